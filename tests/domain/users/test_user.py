"""The record of a user."""

from __future__ import annotations

import json

import pytest

from cognito_emulator.domain.pools.attributes import UNVERIFIED, shared
from cognito_emulator.domain.users.user import CONFIRMED, User


def received(text: str) -> str:
    """Return an equal text of its own, as each request brings one."""
    return str(json.loads(json.dumps([text]))[0])


def a_user(sub: str) -> User:
    return User("us-east-1_a", sub, sub, sub, 0.0, 0.0, CONFIRMED, attributes=(("email", f"{sub}@example.com"),))


@pytest.mark.parametrize("name", ["email", "phone_number"])
@pytest.mark.parametrize("value", ["true", "false"])
def test_flags_are_one_object_for_all_users(name: str, value: str) -> None:
    ann, bob = (
        a_user(sub).with_attributes([(received(f"{name}_verified"), received(value))]).attributes[1]
        for sub in ("ann", "bob")
    )
    assert ann is bob
    assert ann == (f"{name}_verified", value)
    assert shared([(received(f"{name}_verified"), "false")])[0] is UNVERIFIED[name]


@pytest.mark.parametrize("pair", [("email_verified", "True"), ("custom:email_verified", "true"), ("locale", "true")])
def test_other_attributes_stay_as_they_are(pair: tuple[str, str]) -> None:
    assert shared([pair])[0] is pair


def test_users_share_the_names_of_their_attributes() -> None:
    ann, bob = (a_user(sub).with_attributes([(received("locale"), "de")]).attributes[1][0] for sub in ("ann", "bob"))
    assert ann is bob
