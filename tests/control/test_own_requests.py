"""No URL that can be set by the API leads the emulator to its own control API, by whatever name it is called."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.ports.web import HttpWeb
from cognito_emulator.server import Emulator

CONTROL = ["/_emulator/messages", "/_emulator/messages/latest", "/_emulator/health", "/_emulator/info", "/_aws/ses"]
REFUSED = {"message": "The control API does not answer what an emulator sends itself."}
# For one server on all addresses, and for one on those of localhost.
EVERYWHERE = [
    "127.0.0.1", "127.1", "127.5.5.5", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "0", "localhost",
    "LOCALHOST", "user:secret@127.0.0.1", "[::ffff:127.0.0.1]", socket.gethostname(),
]  # fmt: skip


def ask(url: str, method: str = "GET") -> tuple[int, Any]:
    """As a flow asks; the content type is one that the control API takes."""
    answer = asyncio.run(HttpWeb().request(method, url, {"content-type": "application/json"}, b"{}"))
    return answer.status, json.loads(answer.body)


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("tls")
    with Emulator(host="0.0.0.0", port=0, no_seed=True, tls=True, tls_port=0, tls_dir=str(folder)) as emulator:
        yield emulator


def reachable(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host.rpartition("@")[2].strip("[]"), port), 5):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("host", EVERYWHERE)
def test_every_name_of_this_machine(everywhere: Emulator, host: str) -> None:
    if not reachable(host, everywhere.port):
        pytest.skip(f"{host} does not lead here")
    for path in CONTROL:
        assert ask(f"http://{host}:{everywhere.port}{path}") == (403, REFUSED)
    for method, path in (("POST", "/_emulator/reset"), ("DELETE", "/_emulator/messages"), ("PUT", "/_emulator/clock")):
        assert ask(f"http://{host}:{everywhere.port}{path}", method) == (403, REFUSED)


def test_ip_version_6(control: Any) -> None:
    port = control.emulator.port
    if not reachable("::1", port):
        pytest.skip("there is no IPv6 here")
    for path in CONTROL:
        assert ask(f"http://[::1]:{port}{path}") == (403, REFUSED)


def test_https(everywhere: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Path(everywhere.settings.tls_dir) / "ca.pem"))
    for path in CONTROL:
        assert ask(f"{everywhere.tls_url}{path}") == (403, REFUSED)


@pytest.mark.parametrize(
    "path", ["/_emulator/idp/p/Google", "/_emulator/idp", "/_emulator/idp/../messages", "/_emulator/", "/_emulator"]
)
def test_paths_beside_the_built_in_provider(everywhere: Emulator, path: str) -> None:
    status, _ = ask(f"http://127.0.0.1:{everywhere.port}{path}")
    assert status in (403, 404)
