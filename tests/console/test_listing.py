"""Long lists on the console come in parts, and what is too much to choose from is entered."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cognito_emulator.console.listing import MOST_OFFERED, PAGE
from cognito_emulator.console.user import MOST_LISTED
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.group import Group
from tests.helpers.build import Setup, setup, user
from tests.helpers.console_site import OAUTH, Site
from tests.helpers.harness import Running
from tests.helpers.slices import put_records


@pytest.fixture
def place(running: Running) -> Setup:
    return setup(running, OAUTH)


def listed(site: Site, path: str) -> list[list[str]]:
    """The names in the first table of each page, from one to the next."""
    pages, at = [], path
    for _ in range(5):
        soup = site.get(at).soup
        table = soup.select_one("table")
        assert table is not None
        pages.append([cell.get_text() for cell in table.select("tbody th strong")])
        link = soup.select_one("a[rel=next]")
        if link is None:
            return pages
        at = f"{path}{link['href']}"
    raise AssertionError(pages)


def test_groups(running: Running, site: Site, place: Setup) -> None:
    groups = [Group(place.pool, f"g{number:03}", 0, 0, precedence=number) for number in range(PAGE + 1)]
    put_records(running, "groups", groups[::-1])
    path = site.at(place.pool, "groups")
    assert listed(site, path) == [[f"g{number:03}" for number in range(PAGE)], [f"g{PAGE:03}"]]
    assert f"{PAGE} shown of {PAGE + 1}" in site.get(path).words()
    assert site.get(f"{path}?after=x", 400).words("h1") == "Refused"


@pytest.mark.parametrize("name", ["clients", "pages"])
def test_clients(running: Running, site: Site, place: Setup, name: str) -> None:
    first = running.world.store.clients.get(place.client)
    assert first is not None
    more = [f"c{number}" for number in range(PAGE)]
    put_records(running, "clients", [replace(first, id=f"client{each}", name=each) for each in more])
    assert listed(site, site.at(place.pool, name)) == [["c", *more[:-1]], more[-1:]]


def test_very_many_groups_are_not_offered(running: Running, site: Site, place: Setup) -> None:
    sub = user(running, place.pool)
    groups = [Group(place.pool, f"g{number}", 0, 0) for number in range(MOST_OFFERED + 1)]
    put_records(running, "groups", groups[:-1])
    paths = [site.at(place.pool, "users"), site.at(place.pool, "users", sub)]
    for path in paths:
        assert len(site.get(path).soup.select("select[name=group] option")) >= MOST_OFFERED
    put_records(running, "groups", groups[-1:])
    for path in paths:
        soup = site.get(path).soup
        assert not soup.select("select[name=group]")
        assert len(soup.select("input[name=group]:not([type=hidden])")) == 1
    site.post(paths[1], {"do": "join", "group": f"g{MOST_OFFERED}"})
    assert len(site.get(f"{paths[0]}?group=g{MOST_OFFERED}").soup.select("#list tbody tr")) == 1


def test_very_many_devices(running: Running, site: Site, place: Setup) -> None:
    sub = user(running, place.pool)
    devices = [
        Device(place.pool, sub, f"us-east-1_{number}", f"d{number}.", b"", 1, 0, 0, 0, "::1")
        for number in range(MOST_LISTED + 3)
    ]
    put_records(running, "devices", devices)
    answer = site.get(site.at(place.pool, "users", sub))
    assert f"The newest {MOST_LISTED}; 3 more." in answer.words()
    shown = [str(one["value"]) for one in answer.soup.select("input[name=device]")]
    assert shown == [device.key for device in devices[3:]]
