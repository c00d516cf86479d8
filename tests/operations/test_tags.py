"""Tags of user pools by ARN."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused
from tests.helpers.harness import Running


@pytest.fixture
def arn(running: Running) -> str:
    pool: dict[str, Any] = running.call("CreateUserPool", PoolName="p", UserPoolTags={"a": "1", "b": "2"})["UserPool"]
    return str(pool["Arn"])


def described(idp: Any, arn: str) -> Any:
    return idp.describe_user_pool(UserPoolId=arn.rpartition("/")[2])["UserPool"]["UserPoolTags"]


def listed(idp: Any, arn: str) -> Any:
    return idp.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_tags_are_added_and_replaced(idp: Any, arn: str) -> None:
    assert listed(idp, arn) == {"a": "1", "b": "2"}
    idp.tag_resource(ResourceArn=arn, Tags={"b": "3", "c": ""})
    assert listed(idp, arn) == described(idp, arn) == {"a": "1", "b": "3", "c": ""}


def test_tags_are_removed(idp: Any, arn: str) -> None:
    idp.untag_resource(ResourceArn=arn, TagKeys=["a", "never"])
    assert listed(idp, arn) == described(idp, arn) == {"b": "2"}
    idp.untag_resource(ResourceArn=arn, TagKeys=["b"])
    assert listed(idp, arn) == described(idp, arn) == {}


def test_an_update_of_the_pool_replaces_them(idp: Any, arn: str) -> None:
    idp.tag_resource(ResourceArn=arn, Tags={"c": "3"})
    idp.update_user_pool(UserPoolId=arn.rpartition("/")[2], UserPoolTags={"d": "4"})
    assert listed(idp, arn) == {"d": "4"}


def test_at_most_50_tags(idp: Any, arn: str) -> None:
    idp.tag_resource(ResourceArn=arn, Tags={f"k{number}": "v" for number in range(48)})
    idp.tag_resource(ResourceArn=arn, Tags={"k0": "w"})
    with refused("InvalidParameterException", "A user pool can have at most 50 tags."):
        idp.tag_resource(ResourceArn=arn, Tags={"one more": "v"})
    assert len(listed(idp, arn)) == 50


def test_reserved_keys(idp: Any, arn: str) -> None:
    with refused("InvalidParameterException", "Tag keys that begin with aws: are reserved."):
        idp.tag_resource(ResourceArn=arn, Tags={"aws:x": "v"})
    assert listed(idp, arn) == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("userpool/us-east-1_", "userpool/us-east-1_z"),
        (":000000000000:", ":111111111111:"),
        ("userpool", "identitypool"),
    ],
)
def test_unknown_resources(idp: Any, arn: str, old: str, new: str) -> None:
    other = arn.replace(old, new)
    text = f"Resource {other} does not exist."
    with refused("ResourceNotFoundException", text):
        idp.list_tags_for_resource(ResourceArn=other)
    with refused("ResourceNotFoundException", text):
        idp.tag_resource(ResourceArn=other, Tags={"a": "b"})
    with refused("ResourceNotFoundException", text):
        idp.untag_resource(ResourceArn=other, TagKeys=["a"])


def test_another_account_does_not_see_it(running: Running, arn: str) -> None:
    stranger = running.client(access_key="111111111111")
    with refused("ResourceNotFoundException", f"Resource {arn} does not exist."):
        stranger.list_tags_for_resource(ResourceArn=arn)
