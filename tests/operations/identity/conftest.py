"""Fixtures of identity pools: a boto3 client of cognito-identity, and a pool tied to a user pool."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Running
from tests.operations.identity.build import Ann, federation


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
