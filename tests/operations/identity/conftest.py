"""Fixtures of identity pools: a boto3 client of cognito-identity, and a pool tied to a user pool."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.federated import Provider, Server
from tests.helpers.foreign_logins import know_oidc, oidc_pool
from tests.helpers.harness import Running
from tests.helpers.identity_pools import Ann, federation


@pytest.fixture(scope="session")
def shared_identity(shared_server: Running) -> Any:
    return shared_server.client("cognito-identity")


@pytest.fixture
def identity(running: Running, shared_identity: Any) -> Any:
    """A boto3 cognito-identity client; botocore's own parameter checks are off."""
    return shared_identity


@pytest.fixture
def ann(running: Running, idp: Any, identity: Any) -> Ann:
    """Ann, signed in to a user pool that an identity pool takes logins from."""
    return federation(running, idp)


@pytest.fixture
def provider(provider_server: Server) -> Provider:
    """An OIDC provider that a test may let say anything; its tokens are for `web`."""
    provider_server.provider.reset()
    provider_server.provider.claims = {"aud": "web", "nonce": None}
    return provider_server.provider


@pytest.fixture
def pool(running: Running, provider: Provider) -> str:
    """An identity pool that takes the provider's logins."""
    arn, _ = know_oidc(running, provider.url, "web", "native")
    return oidc_pool(running, arn)
