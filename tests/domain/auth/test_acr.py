"""Levels (acr) and methods (amr): which combinations reach which level, and what an identity provider's count for."""

from __future__ import annotations

from itertools import chain, combinations
from types import MappingProxyType
from typing import Any

import pytest

from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.federation import provider_levels
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.pool_features import levels


def pool(**names: str) -> Pool:
    configured = levels({level: {"AcrValue": name} for level, name in names.items()})
    settings = {"AcrConfiguration": configured}
    return Pool("us-east-1_x", "000000000000", "us-east-1", "p", 0.0, 0.0, settings, STANDARD)


def provider(type_: str = "OIDC", **mapping: str) -> Provider:
    return Provider("us-east-1_x", "Mine", type_, 0.0, 0.0, {}, acr=MappingProxyType(mapping))


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ((), 0),
        (("pwd",), 1),
        (("sms",), 2),
        (("email_otp",), 2),
        (("swk",), 3),
        (("hwk",), 3),
        (("pwd", "sms"), 3),
        (("email_otp", "pwd"), 3),
        (("pwd", "otp"), 4),
        (("otp",), 0),
        (("fed",), 0),
        (("mfa",), 0),
    ],
)
def test_the_levels_of_the_guide(methods: tuple[str, ...], level: int) -> None:
    assert acr.level(methods) == level


def test_more_methods_are_never_less() -> None:
    every = [set(some) for some in chain.from_iterable(combinations(acr.METHODS, n) for n in range(7))]
    assert len(every) == 64
    for fewer in every:
        for more in every:
            assert not fewer <= more or acr.level(fewer) <= acr.level(more)


def test_claims_name_the_level_and_several_methods() -> None:
    plain = pool()
    assert acr.context(plain, ["pwd"]).claims == {"acr": "urn:cognito:loa:1", "amr": ["pwd"]}
    assert acr.context(plain, ["pwd", "otp"]).claims == {"acr": "urn:cognito:loa:4", "amr": ["pwd", "otp", "mfa"]}
    assert acr.context(pool(Level3="gold"), ["swk"]).claims == {"acr": "gold", "amr": ["swk"]}
    assert acr.context(plain, []).claims == {}


def test_requested_levels_by_their_present_names() -> None:
    renamed = pool(Level2="silver", Level4="gold")
    assert acr.requested(renamed, "gold urn:cognito:loa:2 urn:cognito:loa:1 gold silver") == (4, 1, 2)
    assert acr.requested(renamed, "urn:cognito:loa:4 ") == ()
    assert (acr.level_of(renamed, "gold"), acr.level_of(renamed, "urn:cognito:loa:4")) == (4, 0)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"acr": "silver", "amr": ["pwd"]}, ("urn:cognito:loa:2", ("pwd",))),
        ({"acr": "gold", "amr": ["pwd", "otp", "mfa", "face", 7]}, ("urn:cognito:loa:4", ("pwd", "otp", "mfa"))),
        ({"acr": "platinum", "amr": ["face"]}, ("urn:cognito:loa:1", ("fed",))),
        ({"acr": "urn:cognito:loa:4"}, ("urn:cognito:loa:1", ("fed",))),
        ({"acr": ["gold"], "amr": "pwd"}, ("urn:cognito:loa:1", ("fed",))),
        ({}, ("urn:cognito:loa:1", ("fed",))),
    ],
)
def test_what_an_oidc_provider_says(claims: dict[str, Any], expected: tuple[str, tuple[str, ...]]) -> None:
    found = provider_levels.federated(pool(), provider(Level2="silver", Level4="gold"), claims)
    assert (found.acr, found.amr) == expected
    assert found.methods == ()  # the pool has asked for none of it


@pytest.mark.parametrize("type_", ["SAML", "Google", "SignInWithApple"])
def test_other_providers_are_not_heard(type_: str) -> None:
    found = provider_levels.federated(pool(), provider(type_, Level4="gold"), {"acr": "gold", "amr": ["pwd"]})
    assert (found.acr, found.amr) == ("urn:cognito:loa:1", ("fed",))


def test_levels_as_a_provider_calls_them() -> None:
    assert provider_levels.at_provider(provider(Level2="silver", Level4="gold"), (4, 3, 2)) == "gold silver"
    assert provider_levels.at_provider(provider("SAML", Level4="gold"), (4,)) == ""
