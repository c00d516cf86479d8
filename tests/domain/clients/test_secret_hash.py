"""SECRET_HASH: the documented value, and who needs one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client, ClientSecret
from cognito_emulator.domain.clients.secret_hash import check, secret_hash

PUBLIC = Client("client1", "us-east-1_a", "c", None, 0.0, 0.0)
OWNED = replace(PUBLIC, secret="secret1", added_secrets=(ClientSecret("id", "secret2", 0.0),))
UNVERIFIED = "Unable to verify secret hash for client client1"


def test_the_value() -> None:
    """As `openssl dgst -sha256 -hmac secret1 -binary | base64` makes it of `annclient1`."""
    assert secret_hash("secret1", "ann", "client1") == "BRP937NwjZV9qJhuGwbZYch/YGsWFlN5RXYJvK6AekI="


def test_a_right_hash() -> None:
    check(OWNED, ["ann"], secret_hash("secret1", "ann", "client1"))
    check(OWNED, ["ann"], secret_hash("secret2", "ann", "client1"))
    check(OWNED, ["sub", "ann"], secret_hash("secret1", "ann", "client1"))
    check(PUBLIC, ["ann"], None)


@pytest.mark.parametrize(
    "sent", ["", "x", "é", secret_hash("secret1", "bob", "client1"), secret_hash("s", "ann", "client1")]
)
def test_a_wrong_hash(sent: str) -> None:
    with pytest.raises(errors.NotAuthorized) as caught:
        check(OWNED, ["ann"], sent)
    assert caught.value.message == UNVERIFIED


def test_no_hash_where_one_is_needed() -> None:
    with pytest.raises(errors.NotAuthorized) as caught:
        check(OWNED, ["ann"], None)
    assert caught.value.message == "Client client1 is configured with secret but SECRET_HASH was not received"


def test_a_hash_where_none_is_needed() -> None:
    with pytest.raises(errors.NotAuthorized) as caught:
        check(PUBLIC, ["ann"], secret_hash("secret1", "ann", "client1"))
    assert caught.value.message == UNVERIFIED


def test_nobody_has_no_hash() -> None:
    with pytest.raises(errors.NotAuthorized):
        check(OWNED, [], secret_hash("secret1", "", "client1"))
