"""Fixtures of the OAuth tests."""

from __future__ import annotations

import pytest

from tests.helpers.federated import Provider, Server


@pytest.fixture
def provider(provider_server: Server) -> Provider:
    """An OIDC provider that a test may let say anything."""
    provider_server.provider.reset()
    return provider_server.provider
