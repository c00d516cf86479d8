"""Attribute permissions and lifetimes of app clients, where the wire adds nothing."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.clients.client import Client, Validity
from cognito_emulator.domain.clients.client_settings import OIDC_PROFILE, Known, new_client
from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.domain.pools.pool_settings import new_pool

POOL = new_pool("us-east-1_AbC123dEf", "000000000000", "us-east-1", 0.0, {"PoolName": "p"})


def client(**members: Any) -> Client:
    return new_client("c", None, POOL, "c", 0.0, given=members, known=Known())


def test_oidc_profile_stands_for_thirteen_attributes() -> None:
    made = client(ReadAttributes=["oidc:profile", "email"], WriteAttributes=["oidc:profile"])
    assert made.read_attributes == OIDC_PROFILE | {"email"}
    assert made.write_attributes == OIDC_PROFILE
    assert len(OIDC_PROFILE) == 13
    assert made.settings["ReadAttributes"] == ["oidc:profile", "email"]


@pytest.mark.parametrize(
    ("members", "validity"),
    [
        ({"TokenValidityUnits": {"AccessToken": "days", "IdToken": "seconds"}}, Validity()),
        ({"AccessTokenValidity": 300, "TokenValidityUnits": {"AccessToken": "seconds"}}, Validity(access=300)),
        ({"IdTokenValidity": 1, "TokenValidityUnits": {"IdToken": "days"}}, Validity(id=86400)),
        ({"TokenValidityUnits": {"RefreshToken": "hours"}}, Validity(refresh=30 * 3600)),
        ({"RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": "hours"}}, Validity(refresh=3600)),
        ({"RefreshTokenValidity": 3650}, Validity(refresh=315_360_000)),
    ],
)
def test_lifetimes(members: dict[str, Any], validity: Validity) -> None:
    assert client(**members).validity == validity


@pytest.mark.parametrize(
    "members",
    [
        {"AccessTokenValidity": 299, "TokenValidityUnits": {"AccessToken": "seconds"}},
        {"IdTokenValidity": 86401, "TokenValidityUnits": {"IdToken": "seconds"}},
        {"RefreshTokenValidity": 3599, "TokenValidityUnits": {"RefreshToken": "seconds"}},
        {"RefreshTokenValidity": 315_360_000},
        {"TokenValidityUnits": {"RefreshToken": "minutes"}},  # 30 minutes, as the answer would say
        {
            "IdTokenValidity": 61,
            "RefreshTokenValidity": 60,
            "TokenValidityUnits": {"IdToken": "minutes", "RefreshToken": "minutes"},
        },
    ],
)
def test_lifetimes_out_of_range(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        client(**members)
    assert caught.value.message == "Invalid range for token validity."
