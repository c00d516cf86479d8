"""npm cognito-at-edge of awslabs, unmodified: a function in front of a website, which speaks HTTPS to Amazon's names.

The emulator answers to them by its own certificates; the harness only says where they are (`edge/amazon.mjs`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.server import Emulator
from tests.helpers.build import PASSWORD
from tests.helpers.edge_site import DOMAIN, SITE, website
from tests.helpers.node import Node


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    directory = str(tmp_path_factory.mktemp("tls"))
    with Emulator(tls=True, tls_port=0, tls_dir=directory, issuer="aws") as running:
        yield running


@pytest.mark.parametrize("csrf", [False, True])
@pytest.mark.parametrize("secret", [False, True])
def test_sign_in_refresh_and_sign_out(
    edge: Node, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, csrf: bool, secret: bool
) -> None:
    emulator.reset()
    setup, stale = website(emulator, secret=secret)
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(Path(str(emulator.settings.tls_dir)) / "ca.pem"))
    domain = f"{DOMAIN}.auth.us-east-1.amazoncognito.com"
    given: dict[str, Any] = {"region": "us-east-1", "domain": domain, "secret": setup.secret, "password": PASSWORD}
    given |= {"tlsPort": int(emulator.tls_url.rpartition(":")[2]), "csrf": csrf, "stale": stale}
    steps = edge.run("cognito_at_edge.mjs", emulator, setup, **given)
    assert steps["sent to"] == {"status": "302", "host": domain, "path": "/authorize"}
    assert steps["the endpoint"] == {"status": 302, "path": "/login"}
    assert steps["back"] == {"status": 302, "origin": SITE, "path": "/parse" if csrf else "/"}
    assert steps["signed in"]["status"] == "302", steps["signed in"]
    assert steps["cookies"] == ["LastAuthUser", "accessToken", "idToken", "refreshToken", "tokenScopesString"]
    assert steps["the page"] == {"status": "forwarded", "location": None}
    assert (steps["refreshed"]["status"], steps["refreshed"]["new"]) == ("302", True)
    assert steps["the page again"]["status"] == "forwarded"
    assert steps["signed out"] == {"status": "302", "location": f"{SITE}/bye"}
    assert steps["cookies left"] == []
    assert steps["a revoked refresh token"] == {"status": "302", "path": "/authorize"}
