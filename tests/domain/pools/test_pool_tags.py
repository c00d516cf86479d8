"""Tags of user pools and the id that one of them fixes."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.errors import InvalidParameter, UserPoolTagging
from cognito_emulator.domain.pools.pool_tags import checked, custom_id


def test_custom_id() -> None:
    assert custom_id({}, "eu-west-1") is None
    assert custom_id({"_custom_id_": "AbC123dEf"}, "eu-west-1") == "eu-west-1_AbC123dEf"
    assert custom_id({"_custom_id_": "eu-west-1_mypool"}, "eu-west-1") == "eu-west-1_mypool"


@pytest.mark.parametrize(
    "wanted",
    ["", "short", "us-east-1_AbC123dEf", "eu-west-1_", "eu-west-1_a b", "eu-west-1_a_b", "eu-west-1_" + "a" * 46],
)
def test_no_pool_id(wanted: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        custom_id({"_custom_id_": wanted}, "eu-west-1")
    assert caught.value.message == (
        "The tag _custom_id_ must be 9 letters or digits, or a user pool id that begins with eu-west-1_: " + wanted
    )


def test_tags_of_aws() -> None:
    assert checked({"team": "a"}) == {"team": "a"}
    with pytest.raises(UserPoolTagging) as caught:
        checked({"AWS:x": "a"})
    assert caught.value.message == "Tag keys that begin with aws: are reserved."


def test_characters_of_tags() -> None:
    good = {"Größe 1": "a_b.c:d/e=f+g-h@i", "ключ": ""}
    assert checked(good) == good
    for bad in ({"a": "b*"}, {"a\tb": ""}, {"a": "<"}, {"#": "x"}):
        with pytest.raises(UserPoolTagging):
            checked(bad)


def test_at_most_fifty_tags() -> None:
    tags = {f"t{number}": "" for number in range(50)}
    assert checked(tags) == tags
    with pytest.raises(UserPoolTagging) as caught:
        checked({**tags, "one": "more"})
    assert caught.value.message == "A user pool can have at most 50 tags."
