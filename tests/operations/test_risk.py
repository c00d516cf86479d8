"""Risk configuration of pools and clients."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import Setup, refused, setup
from tests.helpers.harness import Running
from tests.helpers.risk import BLOCKS, COMPROMISED, EXCEPTIONS, NOTIFY, TAKEOVER


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running)


def put(idp: Any, at: Setup, **members: Any) -> Any:
    return idp.set_risk_configuration(UserPoolId=at.pool, **members)["RiskConfiguration"]


def describe(idp: Any, at: Setup, **members: Any) -> Any:
    return idp.describe_risk_configuration(UserPoolId=at.pool, **members)["RiskConfiguration"]


def test_everything_comes_back(running: Running, idp: Any, at: Setup) -> None:
    made = put(idp, at, **BLOCKS)
    assert describe(idp, at) == made
    assert made.pop("LastModifiedDate")
    assert made == {"UserPoolId": at.pool, **BLOCKS}
    running.world.clock.advance(5)
    again = put(idp, at, **BLOCKS)
    assert {**again, "LastModifiedDate": 0} == {**made, "LastModifiedDate": 0}


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_alone_replaces_the_others(idp: Any, at: Setup, name: str) -> None:
    put(idp, at, **BLOCKS)
    put(idp, at, **{name: BLOCKS[name]})
    shown = describe(idp, at)
    assert [block for block in BLOCKS if block in shown] == [name]
    assert shown[name] == BLOCKS[name]


def test_nothing_set_and_reset(idp: Any, at: Setup) -> None:
    assert describe(idp, at) == {"UserPoolId": at.pool}
    put(idp, at, **BLOCKS)
    assert put(idp, at) == describe(idp, at) == {"UserPoolId": at.pool}


def test_every_event_by_default(idp: Any, at: Setup) -> None:
    for bare in ({"Actions": {"EventAction": "NO_ACTION"}}, {"EventFilter": [], "Actions": {"EventAction": "BLOCK"}}):
        put(idp, at, CompromisedCredentialsRiskConfiguration=bare)
        shown = describe(idp, at)["CompromisedCredentialsRiskConfiguration"]
        assert shown == {**bare, "EventFilter": ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]}


def test_a_client_has_its_own(idp: Any, at: Setup) -> None:
    put(idp, at, RiskExceptionConfiguration=EXCEPTIONS)
    bare = {"UserPoolId": at.pool, "ClientId": at.client}
    assert describe(idp, at, ClientId=at.client) == bare
    own = put(idp, at, ClientId=at.client, CompromisedCredentialsRiskConfiguration=COMPROMISED)
    assert own["ClientId"] == at.client
    assert describe(idp, at, ClientId=at.client) == own
    shown = describe(idp, at)
    assert "ClientId" not in shown
    assert shown["RiskExceptionConfiguration"] == EXCEPTIONS
    assert put(idp, at, ClientId=at.client) == describe(idp, at, ClientId=at.client) == bare
    assert describe(idp, at) == shown


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.0.0.0/8", "10.0.0.1"]}},
            "BlockedIPRangeList has an invalid CIDR range: 10.0.0.1",
        ),
        (
            {"RiskExceptionConfiguration": {"SkippedIPRangeList": ["300.0.0.0/8"]}},
            "SkippedIPRangeList has an invalid CIDR range: 300.0.0.0/8",
        ),
    ],
)
def test_refusals(idp: Any, at: Setup, members: Any, text: str) -> None:
    kept = put(idp, at, **BLOCKS)
    with refused("InvalidParameterException", text):
        put(idp, at, **members)
    assert describe(idp, at) == kept


@pytest.mark.parametrize(
    "takeover",
    [
        {"Actions": TAKEOVER["Actions"]},
        {**TAKEOVER, "NotifyConfiguration": {**NOTIFY, "MfaEmail": {"Subject": "Sign-in"}}},
    ],
)
def test_a_notification_may_be_worded_later(idp: Any, at: Setup, takeover: Any) -> None:
    kept = put(idp, at, AccountTakeoverRiskConfiguration=takeover)
    assert kept["AccountTakeoverRiskConfiguration"] == takeover


def test_no_notification_needs_no_configuration(idp: Any, at: Setup) -> None:
    quiet = {"Actions": {"HighAction": {"Notify": False, "EventAction": "MFA_REQUIRED"}}}
    assert put(idp, at, AccountTakeoverRiskConfiguration=quiet)["AccountTakeoverRiskConfiguration"] == quiet


def test_unknown(running: Running, idp: Any, at: Setup) -> None:
    other = setup(running).client
    for call in (put, describe):
        with refused("ResourceNotFoundException", f"User pool client {other} does not exist."):
            call(idp, at, ClientId=other)
        with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
            call(idp, Setup("us-east-1_000000000", ""))


@pytest.mark.parametrize("whole", [True, False])
def test_deleting_the_owner(running: Running, idp: Any, at: Setup, whole: bool) -> None:
    put(idp, at, **BLOCKS)
    put(idp, at, ClientId=at.client, **BLOCKS)
    if whole:
        idp.delete_user_pool(UserPoolId=at.pool)
    else:
        idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    assert [risk.client_id for risk in running.world.store.risks] == ([] if whole else [None])
