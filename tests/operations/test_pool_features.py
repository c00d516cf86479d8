"""Names of authentication levels, client registration, key, issuer and ways of recovery of a pool."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.pool_cases import mechanisms

KEY = "arn:aws:kms:us-east-1:000000000000:key/mrk-1"
DEFAULT_LEVELS = {f"Level{level}": {"AcrValue": f"urn:cognito:loa:{level}"} for level in range(1, 5)}


def create(idp: Any, **members: Any) -> dict[str, Any]:
    pool: dict[str, Any] = idp.create_user_pool(PoolName="p", **members)["UserPool"]
    assert idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"] == pool
    return pool


def described(idp: Any, pool: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    return found


def test_levels(idp: Any) -> None:
    pool = create(idp, AcrConfiguration={"Level2": {"AcrValue": "gold"}})
    assert pool["AcrConfiguration"] == {**DEFAULT_LEVELS, "Level2": {"AcrValue": "gold"}}
    idp.update_user_pool(UserPoolId=pool["Id"])
    assert described(idp, pool)["AcrConfiguration"] == DEFAULT_LEVELS


@pytest.mark.parametrize(
    "levels",
    [
        {"Level1": {"AcrValue": "a"}, "Level2": {"AcrValue": "a"}},
        {"Level1": {"AcrValue": "urn:cognito:loa:4"}},
    ],
)
def test_levels_have_names_of_their_own(idp: Any, levels: dict[str, Any]) -> None:
    with refused("InvalidParameterException", "The AcrValue of each level in AcrConfiguration must be unique."):
        create(idp, AcrConfiguration=levels)


def test_registration(idp: Any) -> None:
    pool = create(idp)
    assert "DcrConfiguration" not in pool
    given = {"OpenDcrEnabled": True, "OpenDcrGrantTypes": [], "AllowedScopes": ["api/read"]}
    idp.update_user_pool(UserPoolId=pool["Id"], DcrConfiguration=given)
    expected = {
        "EnableStatus": "Enabled",
        "OpenDcrEnabled": True,
        "AuthenticatedGrantTypes": ["code", "client_credentials"],
        "OpenDcrGrantTypes": [],
        "AllowedScopes": ["api/read"],
    }
    assert described(idp, pool)["DcrConfiguration"] == expected
    idp.update_user_pool(UserPoolId=pool["Id"])  # kept when it is left out
    assert described(idp, pool)["DcrConfiguration"] == expected
    idp.update_user_pool(UserPoolId=pool["Id"], DcrConfiguration={"EnableStatus": "Disabled"})  # else replaced whole
    assert described(idp, pool)["DcrConfiguration"] == {
        "EnableStatus": "Disabled",
        "OpenDcrEnabled": False,
        "AuthenticatedGrantTypes": ["code", "client_credentials"],
        "OpenDcrGrantTypes": ["code"],
    }


@pytest.mark.parametrize(
    ("members", "feature"),
    [
        ({"AcrConfiguration": {"Level1": {"AcrValue": "a"}}}, "ACR Configuration"),
        ({"DcrConfiguration": {}}, "Dynamic Client Registration"),
    ],
)
def test_lite_has_neither(idp: Any, members: dict[str, Any], feature: str) -> None:
    text = f"The following features need to be disabled for the LITE pricing tier configured: {feature}"
    with refused("FeatureUnavailableInTierException", text):
        create(idp, UserPoolTier="LITE", **members)
    pool = create(idp, UserPoolTier="LITE", DcrConfiguration={"EnableStatus": "Disabled"})
    assert "AcrConfiguration" not in pool


def test_key(idp: Any) -> None:
    wanted = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY}
    assert create(idp, KeyConfiguration=wanted)["KeyConfiguration"] == wanted
    assert "KeyConfiguration" not in create(idp)
    # "If not specified, AWS managed keys are used" (API reference).
    for other in ({"KeyType": "CUSTOMER_MANAGED_KEY"}, {"KeyType": "AWS_OWNED_KEY", "KmsKeyArn": KEY}):
        assert create(idp, KeyConfiguration=other)["KeyConfiguration"] == other


def test_issuer(running: Running, idp: Any) -> None:
    updated = create(idp, IssuerConfiguration={"Type": "UPDATED"})
    assert updated["IssuerConfiguration"] == {"Type": "UPDATED"}
    pools = running.world.store.pools
    plain = create(idp)
    aws = World(Settings(issuer="aws"))
    hosts = [aws.issuer(pools.get(pool["Id"])).split("/")[2] for pool in (updated, plain)]  # type: ignore[arg-type]
    assert hosts == ["issuer-cognito-idp.us-east-1.amazonaws.com", "cognito-idp.us-east-1.amazonaws.com"]
    assert running.world.issuer(pools.get(updated["Id"])) == f"{running.url}/{updated['Id']}"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ways", "order"),
    [
        ([(1, "verified_email"), (1, "verified_phone_number")], ("email", "phone_number")),
        ([(2, "verified_phone_number"), (1, "verified_phone_number")], ("phone_number",)),
        ([(1, "verified_email"), (2, "admin_only")], ()),
    ],
)
def test_odd_ways_of_recovery(running: Running, idp: Any, ways: Any, order: tuple[str, ...]) -> None:
    made = create(idp, **mechanisms(*ways))
    found = running.world.store.pools.get(made["Id"])
    assert found is not None
    assert found.recovery == order
