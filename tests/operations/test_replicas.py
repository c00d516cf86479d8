"""CreateUserPoolReplica, UpdateUserPoolReplica, DeleteUserPoolReplica, ListUserPoolReplicas."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import page
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.newest import needs_newest
from tests.helpers.replica_pool import AWAY, KEY, replicable, replicated

pytestmark = needs_newest


def create(idp: Any, pool: str, region: str = AWAY, **members: Any) -> Any:
    return idp.create_user_pool_replica(UserPoolId=pool, RegionName=region, **members)["UserPoolReplica"]


def test_the_life_of_a_replica(running: Running, idp: Any, world: World) -> None:
    world.clock.freeze(1_763_840_000)
    pool = replicable(running).pool
    primary = {
        "RegionName": REGION,
        "Status": "ACTIVE",
        "Role": "PRIMARY",
        "UserPoolArn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool}",
    }
    arn = f"arn:aws:cognito-idp:{AWAY}:{ACCOUNT}:userpool/{pool}"
    secondary = {"RegionName": AWAY, "Role": "SECONDARY", "UserPoolArn": arn}
    away = running.client(region=AWAY)

    def listed() -> Any:
        return idp.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"]

    def put(client: Any, status: str) -> Any:
        return client.update_user_pool_replica(UserPoolId=pool, RegionName=AWAY, Status=status)["UserPoolReplica"]

    def is_seen() -> bool:
        return pool in [entry["Id"] for entry in away.list_user_pools(MaxResults=60)["UserPools"]]

    assert listed() == [primary]
    assert create(idp, pool) == {**secondary, "Status": "CREATING"}
    assert listed() == [primary, {**secondary, "Status": "CREATING"}]
    assert not is_seen()
    world.clock.advance(1)
    # Never by itself to ACTIVE.
    assert listed() == [primary, {**secondary, "Status": "INACTIVE"}]
    assert is_seen()
    # Both Regions may change the status, and say the same.
    for client, status in ((idp, "ACTIVE"), (away, "INACTIVE"), (away, "ACTIVE"), (idp, "INACTIVE")):
        assert put(client, status) == {**secondary, "Status": status}
        assert listed() == [primary, {**secondary, "Status": status}]
        assert away.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"] == listed()
    gone = idp.delete_user_pool_replica(UserPoolId=pool, RegionName=AWAY)["UserPoolReplica"]
    assert gone == {**secondary, "Status": "DELETING"}
    assert listed() == [primary, gone]
    assert not is_seen()
    world.clock.advance(1)
    assert listed() == [primary]
    # And again, from the beginning.
    assert create(idp, pool) == {**secondary, "Status": "CREATING"}


def test_create_needs_a_higher_tier_and_a_shared_key(running: Running, idp: Any) -> None:
    lite = replicable(running, UserPoolTier="LITE").pool
    text = "The following features need to be disabled for the LITE pricing tier configured: Multi-Region Replication"
    with refused("FeatureUnavailableInTierException", text):
        create(idp, lite)
    one_region = {**KEY, "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b"}
    for key in ({}, {"KeyType": "AWS_OWNED_KEY"}, one_region):
        pool = replicable(running, KeyConfiguration=key).pool
        text = "Multi-Region replication requires a user pool with a multi-Region customer managed key."
        with refused("InvalidParameterException", text):
            create(idp, pool)
        assert len(idp.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"]) == 1


@pytest.mark.parametrize("region", [REGION, "nowhere", "us-west", "US-WEST-2", "us-west-2 "])
def test_create_in_a_region_that_cannot_be(running: Running, idp: Any, region: str) -> None:
    pool = replicable(running).pool
    text = f"A replica of user pool {pool} cannot be created in Region {region}."
    with refused("InvalidParameterException", text):
        create(idp, pool, region)


def test_one_replica_for_each_pool(running: Running) -> None:
    running.world.clock.freeze(1_800_000_000)  # a busy machine may take longer than DELETING lasts
    one = replicated(running)
    text = f"User pool {one.pool} can have at most 1 secondary replica."
    for region in (AWAY, "eu-west-1"):
        with refused("LimitExceededException", text):
            create(one.home, one.pool, region)
    # One that is being deleted still counts.
    one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    with refused("LimitExceededException", text):
        create(one.home, one.pool, "eu-west-1")
    one.settle()
    create(one.home, one.pool, "eu-west-1")
    assert [entry["RegionName"] for entry in one.listed()] == [REGION, "eu-west-1"]
    replicated(running)  # and another pool its own


def test_tags_are_checked_and_kept_apart(running: Running, idp: Any) -> None:
    pool = replicable(running, UserPoolTags={"at": "home"}).pool
    with refused("UserPoolTaggingException", "Tag keys that begin with aws: are reserved."):
        create(idp, pool, UserPoolTags={"aws:x": "y"})
    assert len(idp.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"]) == 1
    arn = create(idp, pool, UserPoolTags={"at": "work"})["UserPoolArn"]
    running.world.clock.advance(1)
    away = running.client(region=AWAY)
    assert away.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"at": "work"}
    away.tag_resource(ResourceArn=arn, Tags={"more": "yes"})
    away.untag_resource(ResourceArn=arn, TagKeys=["at"])
    assert away.describe_user_pool(UserPoolId=pool)["UserPool"]["UserPoolTags"] == {"more": "yes"}
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["UserPoolTags"] == {"at": "home"}
    # Each Region's tags are found from the other one.
    assert idp.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"more": "yes"}
    idp.tag_resource(ResourceArn=arn, Tags={"from": "home"})
    assert away.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"more": "yes", "from": "home"}
    home = idp.describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
    assert away.list_tags_for_resource(ResourceArn=home)["Tags"] == {"at": "home"}
    nowhere = arn.replace(AWAY, "eu-west-1")
    with refused("ResourceNotFoundException", f"Resource {nowhere} does not exist."):
        idp.list_tags_for_resource(ResourceArn=nowhere)


def test_update_and_delete_name_the_replica(running: Running) -> None:
    one = replicated(running)

    def update(region: str) -> Any:
        return one.home.update_user_pool_replica(UserPoolId=one.pool, RegionName=region, Status="INACTIVE")

    def delete(region: str) -> Any:
        return one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=region)

    for change in (update, delete):
        with refused("ResourceNotFoundException", f"User pool {one.pool} has no replica in Region eu-west-1."):
            change("eu-west-1")
        with refused("InvalidParameterException", f"Region {REGION} is the primary Region of user pool {one.pool}."):
            change(REGION)
    one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    one.settle()
    with refused("ResourceNotFoundException", f"User pool {one.pool} has no replica in Region {AWAY}."):
        one.set("ACTIVE")


def test_the_status_must_allow_the_change(running: Running, idp: Any) -> None:
    pool = replicable(running).pool
    create(idp, pool)

    def delete() -> None:
        idp.delete_user_pool_replica(UserPoolId=pool, RegionName=AWAY)

    def activate() -> None:
        idp.update_user_pool_replica(UserPoolId=pool, RegionName=AWAY, Status="ACTIVE")

    said = f"The replica in Region {AWAY} is"
    with refused("InvalidParameterException", f"{said} CREATING; it must be INACTIVE or ACTIVE."):
        activate()
    with refused("InvalidParameterException", f"{said} CREATING; it must be INACTIVE."):
        delete()
    running.world.clock.advance(1)
    activate()
    with refused("InvalidParameterException", f"{said} ACTIVE; it must be INACTIVE."):
        delete()
    idp.update_user_pool_replica(UserPoolId=pool, RegionName=AWAY, Status="INACTIVE")
    delete()
    with refused("InvalidParameterException", f"{said} DELETING; it must be INACTIVE or ACTIVE."):
        activate()


def test_status_is_one_of_two(running: Running) -> None:
    one = replicated(running)
    with refused("InvalidParameterException"):
        one.set("DELETING")
    assert one.listed()[1]["Status"] == "INACTIVE"


def test_another_account_s_pool(running: Running) -> None:
    one = replicated(running)
    other = running.client(region=AWAY, access_key="111111111111")
    named = {"UserPoolId": one.pool, "RegionName": AWAY}
    for name, members in (
        ("create_user_pool_replica", {**named, "RegionName": REGION}),
        ("update_user_pool_replica", {**named, "Status": "ACTIVE"}),
        ("delete_user_pool_replica", named),
        ("list_user_pool_replicas", {"UserPoolId": one.pool}),
    ):
        with refused("ResourceNotFoundException", f"User pool {one.pool} does not exist."):
            getattr(other, name)(**members)


def test_tokens_of_the_listing_are_its_own(running: Running) -> None:
    one = replicated(running)
    with refused("InvalidParameterException", "Invalid pagination token."):
        one.home.list_user_pool_replicas(UserPoolId=one.pool, NextToken="forged")
    token = page.write_token(f"ListUserPoolReplicas:{one.pool}", 1)
    rest = one.home.list_user_pool_replicas(UserPoolId=one.pool, NextToken=token)
    assert rest["UserPoolReplicas"] == one.listed()[1:]
    with refused("InvalidParameterException", "Invalid pagination token."):
        other = replicated(running)
        other.home.list_user_pool_replicas(UserPoolId=other.pool, NextToken=token)


def test_a_pool_with_replicas_is_not_deleted(running: Running) -> None:
    one = replicated(running)
    text = "User pool cannot be deleted. It has replicas that should be deleted first."
    with refused("InvalidParameterException", text):
        one.home.delete_user_pool(UserPoolId=one.pool)
    one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    one.settle()
    one.home.delete_user_pool(UserPoolId=one.pool)
    assert not len(running.world.store.replicas)
    with refused("ResourceNotFoundException", f"User pool {one.pool} does not exist."):
        one.listed()


def test_what_replicas_need_stays(running: Running) -> None:
    one = replicated(running)
    text = "Multi-Region replication requires a user pool with a multi-Region customer managed key."
    with refused("InvalidParameterException", text):
        one.home.update_user_pool(UserPoolId=one.pool)  # the key would go back to Amazon's own
    with refused("FeatureUnavailableInTierException"):
        one.home.update_user_pool(UserPoolId=one.pool, KeyConfiguration=KEY, UserPoolTier="LITE")
    one.home.update_user_pool(UserPoolId=one.pool, KeyConfiguration=KEY, PoolName="renamed")
    assert one.seen()["Name"] == "renamed"


def test_pools_of_a_region_are_listed_with_replicas(running: Running) -> None:
    ours = replicated(running)
    here = [ours.away.create_user_pool(PoolName=str(number))["UserPool"]["Id"] for number in range(3)]
    second = replicated(running)
    listed: list[Any] = []
    token: dict[str, str] = {}
    while True:
        answer = ours.away.list_user_pools(MaxResults=2, **token)
        listed += answer["UserPools"]
        if not answer.get("NextToken"):
            break
        token = {"NextToken": answer["NextToken"]}
    assert [entry["Id"] for entry in listed] == [*here, ours.pool, second.pool]
    regions = [REGION, AWAY]
    assert [entry.get("ReplicaRegions") for entry in listed] == [None, None, None, regions, regions]
    at_home = ours.home.list_user_pools(MaxResults=60)["UserPools"]
    assert [(entry["Id"], entry["ReplicaRegions"]) for entry in at_home] == [
        (ours.pool, regions),
        (second.pool, regions),
    ]
    assert not running.client(region="eu-west-1").list_user_pools(MaxResults=60)["UserPools"]
