"""Which requests make a world: every program's, and none of a stranger's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.control_api import POOL, Control
from tests.helpers.raw_control import raw, status_of

FOREIGN = "https://evil.example"
LOCAL = "localhost:9229"
CLICK = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
}
# What browsers send with requests of a stranger's page; none of them makes a world.
ATTACKS: dict[str, tuple[str, dict[str, str]]] = {
    "fetch": ("POST", {"origin": FOREIGN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}),
    "fetch of an old browser": ("POST", {"origin": FOREIGN}),
    "fetch without cors": ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
    "preflight": ("OPTIONS", {"origin": FOREIGN, "access-control-request-method": "POST"}),
    "sandboxed frame": ("POST", {"origin": "null", "sec-fetch-site": "cross-site"}),
    "image": ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image", "referer": f"{FOREIGN}/x"}),
    "image by a name of the network": ("GET", {"host": "cognito:9229", "referer": f"{FOREIGN}/x"}),
    "frame": (
        "GET",
        {
            "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "iframe",
            "sec-fetch-user": "?1",
        },
    ),
    "popup without a click": ("GET", {**CLICK, "sec-fetch-user": ""}),
    "page at a name that leads here": ("GET", {"host": "evil.example:9229", "sec-fetch-site": "same-origin"}),
    "page at a public address": ("POST", {"origin": "http://8.8.8.8", "sec-fetch-site": "cross-site"}),
    "name like localhost": ("POST", {"origin": "http://localhost.evil.example"}),
}
# What programs, the developer's pages and the user send; each makes a world.
WELCOME: dict[str, tuple[str, dict[str, str]]] = {
    "a program": ("POST", {}),
    "a program in a container": ("GET", {"host": "cognito:9229"}),
    "an app of this machine": ("POST", {"origin": "http://localhost:3000", "sec-fetch-site": "same-site"}),
    "an app at an address": ("OPTIONS", {"origin": "http://127.0.0.1:5173", "sec-fetch-site": "cross-site"}),
    "an app of the network": ("POST", {"origin": "http://192.168.1.7:3000", "sec-fetch-site": "cross-site"}),
    "a redirect of such an app": (
        "GET",
        {"referer": "http://app.test/", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ),
    "the address bar": ("GET", {**CLICK, "sec-fetch-site": "none"}),
    "a click": ("GET", {**CLICK, "referer": FOREIGN}),
}


@pytest.fixture
def worlds(control: Control) -> Iterator[Control]:
    """The control API of an emulator whose worlds are dropped at the end."""
    yield control
    for world in control("GET", "/_emulator/worlds").json["worlds"]:
        control("DELETE", f"/_emulator/worlds/{world['name']}")


def made_by(worlds: Control, method: str, headers: dict[str, str]) -> tuple[bool, int]:
    """Whether a request makes a world, and its status."""
    status = status_of(worlds, method, "/w/new/.well-known/x", {"host": LOCAL, **headers})
    return bool(worlds("GET", "/_emulator/worlds").json["worlds"]), status


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_of_a_stranger_makes_no_world(worlds: Control, attack: str) -> None:
    assert made_by(worlds, *ATTACKS[attack]) == (False, 403)


@pytest.mark.parametrize("welcome", WELCOME)
def test_programs_and_pages_of_the_developer_make_worlds(worlds: Control, welcome: str) -> None:
    assert made_by(worlds, *WELCOME[welcome])[0]


def test_a_world_that_is_there_answers_as_the_first(worlds: Control) -> None:
    worlds("GET", "/w/new/_emulator/info")
    path = f"/w/new/{POOL}/.well-known/jwks.json"
    assert status_of(worlds, "GET", path, {"host": LOCAL, **ATTACKS["fetch"][1]}) == 200


def test_a_page_that_may_make_no_world_is_told_what_does(worlds: Control) -> None:
    status, told = raw(worlds, "POST", "/w/new/", {"host": LOCAL, "origin": FOREIGN})
    assert status == 403
    assert told["message"].startswith(f"There is no such world, and a page of another site ({FOREIGN}) makes none.")
