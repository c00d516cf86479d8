"""Probes, `/_emulator/info`, `/`, and what is nowhere."""

from __future__ import annotations

from urllib.request import Request, urlopen

import pytest

from cognito_emulator import __version__
from tests.helpers.control_api import CLIENT, JSON_TYPE, POOL, Control
from tests.helpers.raw_control import raw


def test_probes(control: Control) -> None:
    assert control("GET", "/_emulator/health").json == {"status": "ok", "version": __version__}
    assert control("GET", "/_emulator/ready").json == {"status": "ready"}
    assert control("HEAD", "/_emulator/health").status == 200


@pytest.mark.parametrize("path", ["/health", "/__admin/health"])
def test_probes_where_scripts_of_other_servers_look(control: Control, path: str) -> None:
    control("DELETE", "/_emulator/requests")
    assert control("GET", path).json == {"status": "ok", "version": __version__}
    assert control("HEAD", path).status == 200
    assert control("POST", path).status == 405
    known = control("GET", "/_emulator/requests").json["requests"]
    assert [entry["path"] for entry in known] == ["/_emulator/requests"], "a probe is no request to look at"


def test_localstacks_probe_is_honest(control: Control) -> None:
    services = control("GET", "/_localstack/health").json["services"]
    assert services == {"cognito-idp": "running", "cognito-identity": "running"}


def test_localstacks_stages_are_complete(control: Control) -> None:
    stages = {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}
    assert control("GET", "/_localstack/init").json == {"completed": stages, "scripts": []}
    for stage, is_completed in stages.items():
        answer = control("GET", f"/_localstack/init/{stage.lower()}")
        assert answer.json == {"completed": is_completed, "scripts": []}
    unknown = control("GET", "/_localstack/init/nope")
    assert (unknown.status, unknown.json["message"][:14]) == (404, "No stage NOPE;")


def test_info_names_everything(control: Control) -> None:
    url = control.emulator.url
    assert control("GET", "/_emulator/info").json == {
        "version": __version__,
        "url": url,
        "issuer": "local",
        "account": "000000000000",
        "region": "us-east-1",
        "messages": f"{url}/_emulator/messages",
        "pools": [
            {
                "id": POOL,
                "name": "control",
                "issuer": f"{url}/{POOL}",
                "jwks": f"{url}/{POOL}/.well-known/jwks.json",
                "clients": [{"id": CLIENT, "name": "web", "secret": False}],
            }
        ],
        "identityPools": [],
    }


def test_the_front_page_tells_where_things_are(control: Control) -> None:
    answer = control("GET", "/")
    assert answer.json["health"] == f"{control.emulator.url}/_emulator/health"
    assert answer.json["guide"] == f"{control.emulator.url}/_emulator/guide/llms.txt"
    assert control("HEAD", "/").status == 200


@pytest.mark.parametrize("path", ["/nothing", "/_emulatorx", "/_emulator/nothing", "/_emulator/health/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_unknown_paths_are_json_404(control: Control, method: str, path: str) -> None:
    answer = control(method, path)
    assert answer.status == 404
    assert answer.json == {"message": f"No resource at {path}. GET / lists the endpoints."}


@pytest.mark.parametrize("path", ["/_emulator", "/_emulator/"])
def test_the_consoles_address_has_no_json(control: Control, path: str) -> None:
    answer = control("GET", path, headers={"accept": "application/json"})
    assert (answer.status, answer.json) == (404, {"message": f"No resource at {path}. GET / lists the endpoints."})


def test_curl_gets_the_console(control: Control) -> None:
    with urlopen(Request(f"{control.emulator.url}/_emulator/", headers={"accept": "*/*"})) as answer:
        assert answer.headers.get_content_type() == "text/html"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/"), ("DELETE", "/"), ("PATCH", "/"), ("POST", "/_emulator/health"), ("PATCH", "/_emulator/seed")],
)
def test_other_methods_are_json_405(control: Control, method: str, path: str) -> None:
    answer = control(method, path)
    assert (answer.status, answer.json) == (405, {"message": f"{path} does not take {method}."})
    assert answer.headers["allow"]


def test_a_large_body_is_refused(control: Control) -> None:
    limit = control.emulator.settings.max_body
    headers = {"host": "localhost", "content-length": str(limit + 1), **JSON_TYPE}
    answer = raw(control, "POST", "/_emulator/seed", headers)
    assert answer == (413, {"message": f"The request body is larger than {limit} bytes."})
