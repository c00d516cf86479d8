"""Client metadata documents over real HTTP: of this machine with --allow-http-metadata, and attempts to reach more."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cognito_emulator.ports.keys import Keys
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import Setup, refused, setup, user
from tests.helpers.documents import document, metadata_setup
from tests.helpers.harness import Running, key_sets_in_turn
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import CALLBACK, OAUTH, Browser, claims, signed_in

pytestmark = needs_newest
UNREACHABLE = "The client metadata document cannot be retrieved."


@dataclass
class Site:
    """A server of documents: what its paths answer (status, headers, body), and what was asked for."""

    url: str
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str = "/client.json", **changes: Any) -> str:
        """Let the path have a good document, but for `changes`; returns its URL."""
        body = json.dumps(document(f"{self.url}{path}", **changes)).encode()
        self.answers[path] = (200, {"content-type": "application/json"}, body)
        return f"{self.url}{path}"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[ThreadingHTTPServer, list[Site]]]:
    sites: list[Site] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site = sites[-1]
            site.asked.append(self.path)
            status, headers, body = site.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server, sites
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def site(served: tuple[ThreadingHTTPServer, list[Site]]) -> Site:
    server, sites = served
    sites.append(Site(f"http://127.0.0.1:{server.server_port}"))
    return sites[-1]


@pytest.fixture(scope="module")
def open_server() -> Iterator[Running]:
    running = Running(World(Settings(port=0, allow_http_metadata=True), keys=Keys(key_sets_in_turn())))
    yield running
    running.stop()


@pytest.fixture
def local(open_server: Running) -> Running:
    """An emulator with the setting."""
    open_server.reset()
    return open_server


@pytest.fixture
def at(local: Running) -> Setup:
    return metadata_setup(local, "https://127.0.0.1:*/*", "https://localhost:*/*")


def error_of(running: Running, client: str) -> str:
    reply = Browser(running).authorize(client)
    assert reply.location.startswith("/error?"), reply.location
    return reply.query["error"]


def test_a_client_of_this_machine(local: Running, site: Site, at: Setup) -> None:
    url = site.put()
    browser = signed_in(local, at, user(local, at.pool))
    code = browser.authorize(url).query["code"]
    form = {"grant_type": "authorization_code", "client_id": url, "code": code, "redirect_uri": CALLBACK}
    answered = Browser(local).token(form)
    assert claims(answered.json["access_token"])["client_id"] == at.client
    assert site.asked == ["/client.json"]
    again = {"grant_type": "refresh_token", "client_id": url, "refresh_token": answered.json["refresh_token"]}
    assert Browser(local).token(again).status == 200


def test_the_api_has_its_url_with_https(local: Running, site: Site, at: Setup) -> None:
    url = site.put()
    assert Browser(local).authorize(url).location.startswith("/login?")
    idp = local.client()
    (policy,) = idp.list_cimd_policies(UserPoolId=at.pool)["CIMDPolicies"]
    place = {"UserPoolId": at.pool, "CIMDPolicyId": policy["CIMDPolicyId"]}
    (shown,) = idp.list_client_metadata_urls(**place)["ClientMetadataURLs"]
    assert shown["URL"] == url.replace("http://", "https://")
    idp.update_client_metadata_url_state(**place, URL=shown["URL"], Action="REFRESH")
    assert site.asked == ["/client.json"] * 2
    idp.update_client_metadata_url_state(**place, URL=shown["URL"], Action="INVALIDATE")
    with refused("CachedCIMDURLDoesNotExistException"):
        idp.update_client_metadata_url_state(**place, URL=shown["URL"], Action="REFRESH")


def test_without_the_setting_nothing_of_this_machine(running: Running, site: Site) -> None:
    metadata_setup(running, "https://127.0.0.1:*/*")
    url = site.put()
    assert error_of(running, url) == "Client does not exist."
    assert error_of(running, url.replace("http://", "https://")) == UNREACHABLE
    assert site.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "0", "2130706433", "0.0.0.0"])
def test_no_way_into_this_machine(running: Running, site: Site, host: str) -> None:
    metadata_setup(running, "https://*:*/*")
    port = site.url.rpartition(":")[2]
    for url in (f"https://{host}:{port}/client.json", f"https://{host}:{running.port}/_emulator/messages"):
        assert error_of(running, url) == UNREACHABLE
    assert site.asked == []


def test_a_redirect_leads_nowhere(local: Running, site: Site, at: Setup) -> None:
    site.put("/there.json")
    site.answers["/client.json"] = (302, {"location": f"{site.url}/there.json"}, b"")
    text = "The server of the client metadata document answers with status 302."
    assert error_of(local, f"{site.url}/client.json") == text
    assert site.asked == ["/client.json"]


def test_the_control_api_is_no_document(local: Running, at: Setup) -> None:
    text = error_of(local, f"http://127.0.0.1:{local.port}/_emulator/messages")
    assert text == "The server of the client metadata document answers with status 403."


def test_a_large_document(local: Running, site: Site, at: Setup) -> None:
    assert error_of(local, site.put(client_name="x" * 5 * 1024)) == UNREACHABLE
    assert Browser(local).authorize(site.put("/b.json", client_name="x" * 4 * 1024)).location.startswith("/login?")


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/octet-stream", ""])
def test_other_content_types(local: Running, site: Site, at: Setup, kind: str) -> None:
    url = site.put()
    status, _, body = site.answers["/client.json"]
    site.answers["/client.json"] = (status, {"content-type": kind}, body)
    assert error_of(local, url) == "The client metadata document must have the content type application/json."


def test_compressed_documents_are_not_read(local: Running, site: Site, at: Setup) -> None:
    import gzip

    url = site.put()
    status, headers, body = site.answers["/client.json"]
    site.answers["/client.json"] = (status, {**headers, "content-encoding": "gzip"}, gzip.compress(body))
    assert error_of(local, url) == "The client metadata document is not valid JSON."


def test_what_is_found_is_not_told(local: Running, site: Site, at: Setup) -> None:
    """A closed port, a silent one and no HTTP: one text for all, so that no page is a scanner of ports."""
    assert error_of(local, "http://127.0.0.1:1/x") == UNREACHABLE
    assert error_of(local, f"https://127.0.0.1:{site.url.rpartition(':')[2]}/x") == UNREACHABLE


def test_a_pool_without_a_policy_fetches_nothing(local: Running, site: Site) -> None:
    setup(local, OAUTH)
    assert error_of(local, site.put()) == "Client does not exist."
    assert site.asked == []
