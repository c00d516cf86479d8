"""Which role somebody gets, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity_errors
from cognito_emulator.domain.identity_pools.role_mapping import RoleMapping, Rule, choose_role, claim_text, split_role

A, B, DEFAULT = (f"arn:aws:iam::000000000000:role/{name}" for name in ("a", "b", "default"))
ROLES = {"authenticated": DEFAULT}
NAME = "cognito-idp.us-east-1.amazonaws.com/us-east-1_x:client"
DENIED = f"The ambiguous role mapping rules for: {NAME} denied this request."


def token(ambiguous: str = "AuthenticatedRole") -> RoleMapping:
    return RoleMapping("Token", ambiguous)


def rules(*found: Rule, ambiguous: str = "AuthenticatedRole") -> RoleMapping:
    return RoleMapping("Rules", ambiguous, found)


def rule(match: str, value: str, role: str = A, claim: str = "c") -> Rule:
    return Rule(claim, match, value, role)


BOTH = {"cognito:roles": [A, B]}


@pytest.mark.parametrize(
    ("mapping", "claims", "custom", "role"),
    [
        # no mapping: the default, whatever the token offers
        (None, {}, None, DEFAULT),
        (None, {**BOTH, "cognito:preferred_role": A}, None, DEFAULT),
        (None, {}, DEFAULT, DEFAULT),
        # Token
        (token(), {**BOTH, "cognito:preferred_role": B}, None, B),
        (token("Deny"), {"cognito:roles": [A]}, None, A),
        (token(), BOTH, None, DEFAULT),
        (token(), {}, None, DEFAULT),
        (token("Deny"), BOTH, A, A),
        (token(), {**BOTH, "cognito:preferred_role": A}, B, B),
        (token(), {"cognito:roles": "a string"}, None, DEFAULT),
        # Rules: in order, the first that fits
        (rules(rule("Equals", "x", A), rule("Equals", "x", B)), {"c": "x"}, None, A),
        (rules(rule("Equals", "y", A), rule("Equals", "x", B)), {"c": "x"}, None, B),
        (rules(rule("Equals", "y")), {"c": "x"}, None, DEFAULT),
        (rules(rule("Equals", "x")), {"c": "xx"}, None, DEFAULT),
        (rules(rule("StartsWith", "x")), {"c": "xy"}, None, A),
        (rules(rule("StartsWith", "y")), {"c": "xy"}, None, DEFAULT),
        (rules(rule("Contains", "y")), {"c": "xyz"}, None, A),
        (rules(rule("Contains", "q")), {"c": "xyz"}, None, DEFAULT),
        (rules(rule("NotEqual", "x")), {"c": "y"}, None, A),
        (rules(rule("NotEqual", "x")), {"c": "x"}, None, DEFAULT),
        (rules(rule("NotEqual", "x")), {}, None, DEFAULT),
        (rules(rule("Equals", "true")), {"c": True}, None, A),
        (rules(rule("Equals", "7")), {"c": 7}, None, A),
        (rules(rule("Contains", "admins")), {"c": ["users", "admins"]}, None, A),
        (rules(rule("Equals", "users,admins")), {"c": ["users", "admins"]}, None, A),
        (rules(rule("Equals", "x", A), rule("Equals", "x", B)), {"c": "x"}, B, B),
    ],
)
def test_the_role(mapping: RoleMapping | None, claims: dict[str, Any], custom: str | None, role: str) -> None:
    assert choose_role(ROLES, NAME, mapping, claims, custom=custom) == role


@pytest.mark.parametrize(
    ("mapping", "claims", "custom", "message"),
    [
        (None, BOTH, A, f"Access to Role '{A}' is forbidden."),
        (token("Deny"), BOTH, None, DENIED),
        (token("Deny"), {}, None, DENIED),
        (token(), {"cognito:roles": [A]}, B, f"Access to Role '{B}' is forbidden."),
        (token(), BOTH, DEFAULT, f"Access to Role '{DEFAULT}' is forbidden."),
        (rules(rule("Equals", "y"), ambiguous="Deny"), {"c": "x"}, None, DENIED),
        (rules(rule("Equals", "y"), ambiguous="Deny"), {}, None, DENIED),
        (rules(rule("Equals", "y")), {"c": "x"}, A, f"Access to Role '{A}' is forbidden."),
    ],
)
def test_denied(mapping: RoleMapping | None, claims: dict[str, Any], custom: str | None, message: str) -> None:
    with pytest.raises(errors.NotAuthorized) as raised:
        choose_role(ROLES, NAME, mapping, claims, custom=custom)
    assert raised.value.message == message


@pytest.mark.parametrize("mapping", [None, token(), rules(rule("Equals", "y"))])
def test_no_default_role(mapping: RoleMapping | None) -> None:
    with pytest.raises(identity_errors.InvalidIdentityPoolConfiguration) as raised:
        choose_role({}, NAME, mapping, {})
    assert raised.value.message == "Invalid identity pool configuration. Check assigned IAM roles for this pool."


def test_the_text_of_claims() -> None:
    assert claim_text({"formatted": "x"}) == '{"formatted":"x"}'
    assert claim_text(["a", 1, False]) == "a,1,false"


@pytest.mark.parametrize(
    ("arn", "parts"),
    [
        ("arn:aws:iam::123456789012:role/a", ("123456789012", "a")),
        ("arn:aws-cn:iam::123456789012:role/path/to/a-b_c", ("123456789012", "a-b_c")),
        ("arn:aws:iam::123456789012:role/", None),
        ("arn:aws:iam::1:role/a", None),
        ("arn:aws:iam::123456789012:user/a", None),
        ("a-role-with-a-long-name", None),
        ("arn:aws:iam::123456789012:role/a\n", None),
    ],
)
def test_roles_are_iam_roles(arn: str, parts: tuple[str, str] | None) -> None:
    assert split_role(arn) == parts
