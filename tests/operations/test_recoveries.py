"""InitiatePointInTimeRecovery, Describe..., List..., Start..., Cancel...: what they answer and refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cognito_emulator.domain.history import Kept
from cognito_emulator.domain.pools import recovery as rules
from tests.helpers.build import Setup, refused, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.recovering import HOUR, START, Past, past
from tests.helpers.replica_pool import AWAY, replicated

pytestmark = needs_newest
DAY = 24 * HOUR


@pytest.fixture
def at(running: Running, idp: Any) -> Past:
    return past(running, idp)


def names(at: Past) -> list[str]:
    return [one["Username"] for one in at.idp.list_users(UserPoolId=at.pool)["Users"]]


# --- the life of a recovery ---------------------------------------------------------------------------------------


def test_a_recovery_from_the_preview_to_the_end(running: Running, at: Past) -> None:
    user(running, at.pool, "ann")
    user(running, at.pool, "bob")
    point = at.wait()
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    user(running, at.pool, "cy")
    at.wait()
    begun = at.initiate(point)
    recovery = begun["RestoreId"]
    seconds = datetime.fromtimestamp(point, UTC), datetime.fromtimestamp(at.now, UTC)
    assert begun == {
        "RestoreId": recovery,
        "RestoreStatus": "PREVIEW_GENERATING",
        "RestoreTimestamp": seconds[0],
        "TriggerTimestamp": seconds[1],
    }
    assert at.describe(recovery) == begun
    at.wait(1)
    described = at.describe(recovery)
    assert described["RestoreStatus"] == "PREVIEW_GENERATED"
    assert described["RestorePreview"] == [
        {"Entity": "Users", "CreateCount": 1, "UpdateCount": 0, "DeleteCount": 1},
        {"Entity": "Groups", "CreateCount": 0, "UpdateCount": 0, "DeleteCount": 0},
        {"Entity": "User MFAs", "CreateCount": 0, "UpdateCount": 0, "DeleteCount": 0},
        {"Entity": "Passkeys", "CreateCount": 0, "UpdateCount": 0, "DeleteCount": 0},
    ]
    assert names(at) == ["bob", "cy"]
    assert at.start(recovery)["RestoreStatus"] == "RESTORING"
    at.wait(1)
    assert at.describe(recovery) == {**described, "RestoreStatus": "RESTORE_COMPLETED"}
    assert names(at) == ["ann", "bob"]


def test_a_cancelled_recovery_changes_nothing(running: Running, at: Past) -> None:
    point = at.wait()
    user(running, at.pool)
    first = at.initiate(point)["RestoreId"]
    assert at.cancel(first)["RestoreStatus"] == "PREVIEW_CANCELLED"  # while the preview is made
    second = at.previewed(point)
    assert at.cancel(second)["RestoreStatus"] == "PREVIEW_CANCELLED"
    assert at.describe(second)["RestoreStatus"] == "PREVIEW_CANCELLED"
    assert names(at) == ["ann"]
    user(running, at.pool, "bob")  # writes go on


def test_a_preview_expires_after_24_hours(running: Running, at: Past) -> None:
    point = at.wait()
    recovery = at.initiate(point)["RestoreId"]
    at.wait(DAY - 1)
    assert at.describe(recovery)["RestoreStatus"] == "PREVIEW_GENERATED"
    at.wait(1)
    assert at.describe(recovery)["RestoreStatus"] == "PREVIEW_EXPIRED"
    user(running, at.pool)
    with refused("InvalidParameterException", "The recovery is PREVIEW_EXPIRED; it must be PREVIEW_GENERATED."):
        at.start(recovery)
    with refused("InvalidParameterException"):
        at.cancel(recovery)


def test_what_an_expired_preview_would_have_changed_is_let_go(running: Running, at: Past) -> None:
    user(running, at.pool)
    at.wait()
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    at.wait()
    expired = at.previewed(START)
    kept = running.world.store.recoveries
    assert [len(one.reverts) for one in kept] == [1]
    at.wait(DAY)
    before = at.describe(expired)
    at.initiate(at.now - HOUR)
    assert [len(one.reverts) for one in kept] == [0, 0]
    assert at.describe(expired) == before


def test_what_is_forgotten_cannot_be_previewed(running: Running, at: Past) -> None:
    user(running, at.pool)
    point = at.wait()
    kept, running.world.store.history.kept = running.world.store.history.kept, Kept(1, DAY)
    try:
        running.world.store.history.kept.tables = kept.tables
        user(running, at.pool, "bob")
        user(running, at.pool, "cy")
        at.wait()
        recovery = at.previewed(point)
    finally:
        running.world.store.history.kept = kept
    described = at.describe(recovery)
    assert (described["RestoreStatus"], "RestorePreview" in described) == ("PREVIEW_GENERATION_FAILED", False)
    with refused("InvalidParameterException"):
        at.start(recovery)
    user(running, at.pool, "dan")  # writes go on


@pytest.mark.parametrize("status", ["PREVIEW_GENERATING", "PREVIEW_CANCELLED", "RESTORING", "RESTORE_COMPLETED"])
def test_what_has_no_preview_does_not_start(at: Past, status: str) -> None:
    point = at.wait()
    recovery = at.initiate(point)["RestoreId"]
    if status == "PREVIEW_CANCELLED":
        at.cancel(recovery)
    elif status != "PREVIEW_GENERATING":
        at.wait(1)
        at.start(recovery)
        at.wait(0 if status == "RESTORING" else 1)
    assert at.describe(recovery)["RestoreStatus"] == status
    with refused("InvalidParameterException", f"The recovery is {status}; it must be PREVIEW_GENERATED."):
        at.start(recovery)
    if status != "PREVIEW_GENERATING":
        text = f"The recovery is {status}; it must be PREVIEW_GENERATING or PREVIEW_GENERATED."
        with refused("InvalidParameterException", text):
            at.cancel(recovery)


# --- which point --------------------------------------------------------------------------------------------------


def test_the_point_is_15_minutes_in_the_past(at: Past) -> None:
    at.wait()
    with refused("InvalidParameterException", "RestoreTimestamp must be at least 15 minutes in the past."):
        at.initiate(at.now - 899)
    with refused("InvalidParameterException"):
        at.initiate(at.now + 1e9)
    assert at.initiate(at.now - 900)


def test_the_point_is_not_before_the_pool(at: Past) -> None:
    at.wait()
    with refused("InvalidParameterException"):
        at.initiate(START - 1)
    assert at.initiate(START)


@pytest.mark.parametrize(("tier", "days"), [("ESSENTIALS", 1), ("PLUS", 14)])
def test_the_point_is_within_the_period_of_the_tier(running: Running, idp: Any, tier: str, days: int) -> None:
    at = past(running, idp, UserPoolTier=tier)
    at.wait(20 * DAY)
    with refused("InvalidParameterException"):
        at.initiate(at.now - days * DAY - 1)
    assert at.initiate(at.now - days * DAY)


def test_not_on_the_lite_plan(running: Running, idp: Any) -> None:
    at = past(running, idp, UserPoolTier="LITE")
    point, recovery = at.wait(), "00000000-0000-0000-0000-000000000000"
    with refused("FeatureUnavailableInTierException"):
        at.initiate(point)
    for call in (at.describe, at.start, at.cancel):
        with refused("FeatureUnavailableInTierException"):
            call(recovery)
    with refused("FeatureUnavailableInTierException"):
        at.list()


def test_the_pool_was_on_the_plan_for_long_enough(running: Running, idp: Any) -> None:
    at = past(running, idp, UserPoolTier="LITE")
    at.wait(DAY / 2)
    running.call("UpdateUserPool", UserPoolId=at.pool, UserPoolTier="PLUS")
    plus = at.wait(DAY)
    with refused("FeatureUnavailableInTierException"):
        at.initiate(plus - 1)
    at.cancel(at.initiate(plus)["RestoreId"])
    running.call("UpdateUserPool", UserPoolId=at.pool, UserPoolTier="ESSENTIALS")
    at.wait(HOUR)
    running.call("UpdateUserPool", UserPoolId=at.pool, UserPoolTier="PLUS")
    with refused("FeatureUnavailableInTierException"):
        at.initiate(at.now - DAY - 1)
    assert at.initiate(at.now - DAY)


# --- how many -----------------------------------------------------------------------------------------------------


def test_one_active_recovery_of_a_pool(at: Past) -> None:
    point = at.wait()
    recovery = at.previewed(point)
    with refused("ConcurrentModificationException"):
        at.initiate(point)
    at.start(recovery)
    with refused("ConcurrentModificationException"):
        at.initiate(point)


def test_five_active_recoveries_of_an_account(running: Running, idp: Any) -> None:
    pools = [past(running, idp) for _ in range(6)]
    point = pools[0].wait()
    begun = [at.initiate(point)["RestoreId"] for at in pools[:5]]
    with refused("LimitExceededException", "An account can have at most 5 active recoveries."):
        pools[5].initiate(point)
    pools[0].cancel(begun[0])
    assert pools[5].initiate(point)


def test_one_complete_recovery_in_24_hours(at: Past) -> None:
    point = at.wait()
    at.recover(point)
    with refused("LimitExceededException", "A user pool can be recovered once in 24 hours."):
        at.initiate(point)
    at.wait(DAY)
    assert at.initiate(at.now - HOUR)


def test_previews_of_a_pool(at: Past) -> None:
    at.wait()
    for done in range(10):
        at.cancel(at.initiate(at.now - HOUR)["RestoreId"])
        if done == 2:
            text = "At most 3 recovery previews can be created per user pool in 24 hours."
            with refused("LimitExceededException", text):
                at.initiate(at.now - HOUR)
        at.wait(DAY if done % 3 == 2 else 1)
    at.wait(DAY)
    with refused("LimitExceededException", "At most 10 recovery previews can be created per user pool in 720 hours."):
        at.initiate(at.now - HOUR)
    at.wait(30 * DAY)
    assert at.initiate(at.now - HOUR)


def test_previews_of_an_account(running: Running, idp: Any) -> None:
    pools = [past(running, idp) for _ in range(4)]
    point = pools[0].wait()
    for number in range(10):
        at = pools[number // 3]
        at.cancel(at.initiate(point)["RestoreId"])
    with refused("LimitExceededException", "At most 10 recovery previews can be created per account in 24 hours."):
        pools[3].initiate(point)


# --- what else refuses --------------------------------------------------------------------------------------------


def test_not_while_users_are_imported(running: Running, at: Past) -> None:
    point = at.wait()
    role = "arn:aws:iam::000000000000:role/import"
    job = running.call("CreateUserImportJob", UserPoolId=at.pool, JobName="j", CloudWatchLogsRoleArn=role)
    at.cancel(at.initiate(point)["RestoreId"])  # a job that is not started does not matter

    async def begin() -> None:
        from msgspec.structs import replace

        store = running.world.store
        found = store.import_jobs.get(job["UserImportJob"]["JobId"])
        assert found is not None
        with store.write():
            store.import_jobs.put(replace(found, status="InProgress"))

    running.run(begin())
    with refused("InvalidParameterException", "A user import job is in progress for this user pool."):
        at.initiate(point)


def test_in_the_primary_region_only(running: Running) -> None:
    running.world.clock.freeze(START)
    one = replicated(running, "ACTIVE")
    point = START + 1
    running.world.clock.advance(HOUR)
    with refused("OperationNotEnabledException"):
        one.away.initiate_point_in_time_recovery(UserPoolId=one.pool, RestoreTimestamp=point)
    with refused("OperationNotEnabledException"):
        one.away.list_point_in_time_recoveries(UserPoolId=one.pool)
    assert one.home.initiate_point_in_time_recovery(UserPoolId=one.pool, RestoreTimestamp=point)


def test_not_before_replication_is_complete(running: Running, idp: Any) -> None:
    from tests.helpers.replica_pool import KEY

    at = past(running, idp, KeyConfiguration=KEY)
    point = at.wait()
    idp.create_user_pool_replica(UserPoolId=at.pool, RegionName=AWAY)
    with refused("OperationNotEnabledException", f"The replication of user pool {at.pool} is not complete."):
        at.initiate(point)
    at.wait(1)
    assert at.initiate(point)


def test_an_unknown_recovery_or_pool(running: Running, at: Past) -> None:
    other = past(running, at.idp)
    recovery = at.initiate(at.wait())["RestoreId"]
    for call in (other.describe, other.start, other.cancel):
        with refused("ResourceNotFoundException", f"Recovery {recovery} does not exist."):
            call(recovery)
    nothing = Past(running, at.idp, Setup("us-east-1_nothing", ""))
    for call in (nothing.describe, nothing.start, nothing.cancel):
        with refused("ResourceNotFoundException", "User pool us-east-1_nothing does not exist."):
            call(recovery)
    with refused("ResourceNotFoundException"):
        nothing.initiate(START)
    with refused("ResourceNotFoundException"):
        nothing.list()
    with refused("InvalidParameterException"):
        at.describe("not-an-id")


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_has_the_newest_first_and_pages(running: Running, at: Past) -> None:
    assert at.list()["Restorations"] == []
    begun = []
    for _ in range(3):
        at.wait()
        begun.append(at.initiate(at.now - HOUR))
        at.cancel(begun[-1]["RestoreId"])
    listed = at.list()["Restorations"]
    assert [one["RestoreId"] for one in listed] == [one["RestoreId"] for one in reversed(begun)]
    assert listed[0] == {
        "RestoreId": begun[2]["RestoreId"],
        "RestoreStatus": "PREVIEW_CANCELLED",
        "RestoreTimestamp": begun[2]["RestoreTimestamp"],
    }
    page = at.list(MaxResults=2)
    assert page["Restorations"] == listed[:2]
    rest = at.list(MaxResults=2, NextToken=page["NextToken"])
    assert (rest["Restorations"], "NextToken" in rest) == (listed[2:], False)
    other = past(running, at.idp)
    assert other.list()["Restorations"] == []
    with refused("InvalidParameterException", "Invalid pagination token."):
        other.list(NextToken=page["NextToken"])
    with refused("InvalidParameterException"):
        at.list(MaxResults=61)


def test_recoveries_go_with_the_pool(running: Running, at: Past) -> None:
    user(running, at.pool)
    at.initiate(at.wait())
    at.idp.delete_user_pool(UserPoolId=at.pool)  # no write to its users
    assert list(running.world.store.recoveries) == []


def test_the_numbers() -> None:
    assert (rules.NEWEST, rules.OLDEST) == (900, {"ESSENTIALS": 86_400, "PLUS": 14 * 86_400})
