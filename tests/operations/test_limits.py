"""Request rates of an account in a region."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.limits import Rates
from tests.helpers.build import refused, setup, user
from tests.helpers.harness import Running

FREE = {
    "UserAuthentication": 120,
    "UserCreation": 50,
    "UserFederation": 25,
    "UserRead": 120,
    "UserToken": 120,
    "UserResourceRead": 50,
}


def definition(category: str) -> Any:
    return {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category}}


def get(idp: Any, category: str = "UserRead") -> Any:
    return idp.get_provisioned_limit(LimitDefinition=definition(category))["Limit"]


def put(idp: Any, value: int, category: str = "UserRead") -> Any:
    return idp.update_provisioned_limit(LimitDefinition=definition(category), RequestedLimitValue=value)["Limit"]


@pytest.mark.parametrize("category", FREE)
def test_the_default(idp: Any, category: str) -> None:
    free = FREE[category]
    limit = {"LimitDefinition": definition(category), "ProvisionedLimitValue": free, "FreeLimitValue": free}
    assert get(idp, category) == limit
    assert put(idp, free + 1, category) == {**limit, "ProvisionedLimitValue": free + 1} == get(idp, category)
    assert put(idp, free, category) == limit


def test_of_one_account_in_one_region(running: Running, idp: Any) -> None:
    put(idp, 500)
    assert get(running.client(region="eu-west-1"))["ProvisionedLimitValue"] == 120
    assert get(running.client(access_key="111111111111"))["ProvisionedLimitValue"] == 120
    assert get(idp)["ProvisionedLimitValue"] == 500
    assert get(idp, "UserToken")["ProvisionedLimitValue"] == 120


def test_bounds(idp: Any) -> None:
    assert put(idp, 1200)["ProvisionedLimitValue"] == 1200
    with refused("ServiceQuotaExceededException", "RequestedLimitValue exceeds the account limit 1200."):
        put(idp, 1201)
    with refused("InvalidParameterException", "RequestedLimitValue must be at least the default limit 120."):
        put(idp, 119)
    assert get(idp)["ProvisionedLimitValue"] == 1200


@pytest.mark.parametrize("category", ["Nothing", "UserUpdate"])
def test_unknown_and_fixed_categories(idp: Any, category: str) -> None:
    text = f"Limit {category} does not exist or is not adjustable."
    with refused("ResourceNotFoundException", text):
        get(idp, category)
    with refused("ResourceNotFoundException", text):
        put(idp, 100, category)


def test_attributes(idp: Any) -> None:
    for attributes in ({}, {"Category": "UserRead", "Other": "x"}):
        with refused("InvalidParameterException", "Attributes must have Category and nothing else."):
            idp.get_provisioned_limit(LimitDefinition={"LimitClass": "API_CATEGORY", "Attributes": attributes})


def test_managed_login_fixes_two(running: Running, idp: Any) -> None:
    pool = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    running.call("CreateUserPoolDomain", UserPoolId=pool, Domain="pages", ManagedLoginVersion=1)
    put(idp, 200, "UserAuthentication")
    running.call("UpdateUserPoolDomain", UserPoolId=pool, Domain="pages", ManagedLoginVersion=2)
    for category in ("UserAuthentication", "UserFederation"):
        text = f"{category} cannot be adjusted for user pools with managed login."
        with refused("InvalidParameterException", text):
            put(idp, 130, category)
    assert get(idp, "UserAuthentication")["ProvisionedLimitValue"] == 200
    put(idp, 130)


# --- the rate ----------------------------------------------------------------------------------------------


def test_requests_are_counted_once_a_rate_is_set(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    running.world.clock.freeze(1_800_000_000)
    ask = {"UserPoolId": made.pool, "Username": "ann"}
    for _ in range(130):
        running.call("AdminGetUser", **ask)  # nobody counts
    put(idp, 120)
    for _ in range(120):
        running.call("AdminGetUser", **ask)
    with refused("TooManyRequestsException", "Rate exceeded"):
        idp.admin_get_user(**ask)
    idp.list_users(UserPoolId=made.pool)  # of another category
    running.client(region="eu-west-1").list_user_pools(MaxResults=1)
    running.world.clock.advance(1)
    idp.admin_get_user(**ask)


def test_answers_have_three_times_the_rate(running: Running, idp: Any) -> None:
    rates, limits = Rates(), {"UserAuthentication": 2}
    home = ("000000000000", "us-east-1")
    for _ in range(6 + 2):
        rates.admit("RespondToAuthChallenge", "SMS_MFA", limits, 10.5, *home)
    with pytest.raises(errors.TooManyRequests):
        rates.admit("RespondToAuthChallenge", "SMS_MFA", limits, 10.9, *home)
    with pytest.raises(errors.TooManyRequests):
        rates.admit("InitiateAuth", None, limits, 10.9, *home)
    rates.admit("RespondToAuthChallenge", "NEW_PASSWORD_REQUIRED", limits, 10.9, *home)
    rates.admit("InitiateAuth", None, limits, 10.9, "111111111111", "us-east-1")
    rates.admit("InitiateAuth", None, limits, 11.0, *home)
