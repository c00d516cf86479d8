"""Fixtures of the OAuth tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import Running
from tests.oauth.federated import Provider, Server


@pytest.fixture(scope="session")
def provider_server(shared_server: Running) -> Iterator[Server]:
    server = Server(lambda: shared_server.world.clock.now())
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(provider_server: Server) -> Provider:
    """An OIDC provider that a test may let say anything."""
    provider_server.provider.reset()
    return provider_server.provider
