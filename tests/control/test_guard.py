"""Web pages cannot change or read the control API."""

from __future__ import annotations

import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.control_api import JSON_TYPE, POOL, Control
from tests.helpers.raw_control import raw

WRITES = [
    ("POST", "/_emulator/reset?empty=1"),
    ("POST", "/_emulator/seed"),
    ("PUT", "/_emulator/clock"),
    ("DELETE", "/_emulator/messages"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_write_needs_a_content_type_no_form_can_send(
    control: Control, method: str, path: str, kind: str | None
) -> None:
    headers = {"host": "localhost", **({"content-type": kind} if kind else {})}
    status, answer = raw(control, method, path, headers, '{"freeze": true}')
    assert status == 415
    assert answer["message"].startswith("Writes need the header Content-Type: application/json")
    assert control.pools() == {POOL}
    assert not control("GET", "/_emulator/clock").json["frozen"]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "page",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://localhost:{port}"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_origin_cannot_write(control: Control, method: str, path: str, page: dict[str, str]) -> None:
    port = str(control.emulator.port)
    headers = {name: value.replace("{port}", port) for name, value in page.items()}
    status, answer = raw(control, method, path, {"host": f"localhost:{port}", **JSON_TYPE, **headers})
    assert status == 403
    assert "another origin" in answer["message"]
    assert control.pools() == {POOL}


def test_the_emulators_own_origin_may_write(control: Control) -> None:
    port = control.emulator.port
    for name in (f"localhost:{port}", f"127.0.0.1:{port}"):
        headers = {"host": name, "origin": f"http://{name}", "sec-fetch-site": "same-origin", **JSON_TYPE}
        assert raw(control, "POST", "/_emulator/reset", headers)[0] == 200


@pytest.mark.parametrize(
    "kind", ["application/yaml", "text/yaml", "application/x-yaml", "Application/JSON; charset=utf-8"]
)
def test_json_and_yaml_content_types_pass(control: Control, kind: str) -> None:
    assert control("POST", "/_emulator/reset", headers={"content-type": kind}).status == 200


def test_no_cors_and_no_preflight_here(control: Control) -> None:
    origin = {"origin": "http://evil.example"}
    asked = {**origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    for answer in (
        control("OPTIONS", "/_emulator/reset", headers=asked),
        control("GET", "/_emulator/messages", headers=origin),
        control("GET", "/_localstack/health", headers=origin),
        control("GET", "/_emulator/nothing", headers=origin),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert control("OPTIONS", "/_emulator/reset", headers=asked).status == 405


def test_answers_cannot_be_taken_for_scripts(control: Control) -> None:
    headers = control("GET", "/_emulator/messages").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_strangers_host_name_reads_nothing(control: Control) -> None:
    status, answer = raw(control, "GET", "/_emulator/messages", {"host": "evil.example:9229"})
    assert status == 403
    assert answer["message"].startswith("The control API does not answer to the host 'evil.example:9229'.")
    headers = {"host": "evil.example", "origin": "http://evil.example", **JSON_TYPE}
    assert raw(control, "POST", "/_emulator/reset", headers)[0] == 403
    for probe in ("/_emulator/health", "/_emulator/ready", "/_localstack/health"):
        assert raw(control, "GET", probe, {"host": "evil.example"})[0] == 200


def test_hosts_that_nobody_can_register() -> None:
    world = World(Settings(public_url="https://auth.example.com:8443", host="box.example.com"))
    for host in (
        "localhost", "localhost:9229", "app.localhost:1", "cognito:9229", "127.0.0.1:9229", "[::1]:9229", "10.0.0.3",
        "host.docker.internal:9229", "x.default.svc.cluster.local", "auth.example.com", "box.example.com:1", "",
        "LOCALHOST.:9229",
    ):  # fmt: skip
        assert world.has_host(host), host
    for host in (
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "1.2.3.4.evil.com",
        "a@evil.com",
        "[::1",
    ):
        assert not world.has_host(host), host
    assert not World(Settings()).has_host("auth.example.com")
