"""Constraints of the model, in the words that the service uses."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.wire.model import IDP, service_model
from tests.helpers.harness import Running
from tests.helpers.raw import post

POOL = "us-east-1_abcdefghi"
WORD = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"


def item(shown: str, path: str, text: str) -> str:
    return f"{shown} at '{path}' failed to satisfy constraint: {text}"


def detected(*items: str) -> str:
    plural = "s" if len(items) > 1 else ""
    return f"{len(items)} validation error{plural} detected: {'; '.join(items)}"


def _enum(operation: str, member: str) -> str:
    model = service_model(IDP).operation(operation)
    assert model is not None
    shape = model.input.members[member]
    return ", ".join((shape.element or shape).enum)


LIMIT_60 = "Member must have value less than or equal to 60"
PATTERN = "Member must satisfy regular expression pattern: "
NOT_NULL = "Member must not be null"
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    # required
    ("CreateUserPool", {}, [item("Value null", "poolName", NOT_NULL)]),
    ("ListUserPools", {}, [item("Value null", "maxResults", NOT_NULL)]),
    # numbers
    ("ListUserPools", {"MaxResults": 61}, [item("Value '61'", "maxResults", LIMIT_60)]),
    (
        "ListUserPools",
        {"MaxResults": 0},
        [item("Value '0'", "maxResults", "Member must have value greater than or equal to 1")],
    ),
    ("ListUsers", {"UserPoolId": POOL, "Limit": 61}, [item("Value '61'", "limit", LIMIT_60)]),
    # lengths
    (
        "CreateUserPool",
        {"PoolName": "x" * 129},
        [item(f"Value '{'x' * 129}'", "poolName", "Member must have length less than or equal to 128")],
    ),
    (
        "ListUsers",
        {"UserPoolId": POOL, "Filter": "x" * 257},
        [item(f"Value '{'x' * 257}'", "filter", "Member must have length less than or equal to 256")],
    ),
    (
        "CreateUserPool",
        {"PoolName": ""},
        [
            item("Value ''", "poolName", "Member must have length greater than or equal to 1"),
            item("Value ''", "poolName", PATTERN + r"[\w\s+=,.@-]+"),
        ],
    ),
    # patterns
    ("DescribeUserPool", {"UserPoolId": "x"}, [item("Value 'x'", "userPoolId", PATTERN + r"[\w-]+_[0-9a-zA-Z]+")]),
    ("DescribeUserPool", {"UserPoolId": POOL + "\n"}, [
        item(f"Value '{POOL}\n'", "userPoolId", PATTERN + r"[\w-]+_[0-9a-zA-Z]+")]),
    # enums
    (
        "AdminCreateUser",
        {"UserPoolId": POOL, "Username": "a", "MessageAction": "SHOUT"},
        [item("Value 'SHOUT'", "messageAction", "Member must satisfy enum value set: [RESEND, SUPPRESS]")],
    ),
    (
        "CreateUserPoolClient",
        {"UserPoolId": POOL, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "NOPE"]},
        [
            item(
                "Value '[ALLOW_USER_SRP_AUTH, NOPE]'",
                "explicitAuthFlows",
                "Member must satisfy constraint: [Member must satisfy enum value set: "
                f"[{_enum('CreateUserPoolClient', 'ExplicitAuthFlows')}]]",
            )
        ],
    ),
    # elements of lists
    (
        "CreateUserPoolClient",
        {"UserPoolId": POOL, "ClientName": "c", "AllowedOAuthScopes": ["openid", "x" * 257]},
        [
            item(
                f"Value '[openid, {'x' * 257}]'",
                "allowedOAuthScopes",
                "Member must satisfy constraint: [Member must have length less than or equal to 256, "
                "Member must have length greater than or equal to 1, "
                r"Member must satisfy regular expression pattern: [\x21\x23-\x5B\x5D-\x7E]+]",
            )
        ],
    ),
    (
        "CreateUserPoolClient",
        {"UserPoolId": POOL, "ClientName": "c", "AllowedOAuthFlows": ["code", "implicit", "code", "code"]},
        [
            item(
                "Value '[code, implicit, code, code]'",
                "allowedOAuthFlows",
                "Member must have length less than or equal to 3",
            )
        ],
    ),
    # structures in lists, structures in structures
    (
        "CreateUserPool",
        {"PoolName": "p", "Schema": [{"Name": "ok"}, {"Name": "phone_number_verified"}]},
        [
            item(
                "Value 'phone_number_verified'",
                "schema.2.member.name",
                "Member must have length less than or equal to 20",
            )
        ],
    ),
    (
        "CreateUserPool",
        {"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": 5}}},
        [
            item(
                "Value '5'",
                "policies.passwordPolicy.minimumLength",
                "Member must have value greater than or equal to 6",
            )
        ],
    ),
    ("CreateUserPool", {"PoolName": "p", "SmsConfiguration": {}}, [
        item("Value null", "smsConfiguration.snsCallerArn", NOT_NULL)]),
    # maps
    (
        "CreateUserPool",
        {"PoolName": "p", "UserPoolTags": {"": "x"}},
        [
            item(
                "Value '{=x}'",
                "userPoolTags",
                "Map keys must satisfy constraint: [Member must have length less than or equal to 128, "
                "Member must have length greater than or equal to 1]",
            )
        ],
    ),
    (
        "CreateUserPool",
        {"PoolName": "p", "UserPoolTags": {"k": "x" * 257}},
        [
            item(
                f"Value '{{k={'x' * 257}}}'",
                "userPoolTags",
                "Map value must satisfy constraint: [Member must have length less than or equal to 256, "
                "Member must have length greater than or equal to 0]",
            )
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "body", "items"), CASES, ids=lambda value: str(value)[:40])
def test_one_constraint(running: Running, operation: str, body: dict[str, Any], items: list[str]) -> None:
    answer = post(running, operation, body)
    assert answer.status == 400
    assert answer.json == {"__type": "InvalidParameterException", "message": detected(*items)}


def test_several_findings_are_one_message_in_the_models_order(running: Running) -> None:
    body = {"UserPoolId": "x", "Username": "a b", "MessageAction": "SHOUT"}
    answer = post(running, "AdminCreateUser", body)
    assert answer.json["message"] == detected(
        item("Value 'x'", "userPoolId", PATTERN + r"[\w-]+_[0-9a-zA-Z]+"),
        item("Value", "username", PATTERN + WORD),
        item("Value 'SHOUT'", "messageAction", "Member must satisfy enum value set: [RESEND, SUPPRESS]"),
    )


SENSITIVE: list[tuple[str, dict[str, Any], str, str]] = [
    ("SignUp", {"Username": "a" * 129}, "username", "Member must have length less than or equal to 128"),
    ("SignUp", {"Username": "a b"}, "username", PATTERN + WORD),
    ("SignUp", {"ClientId": "a-b"}, "clientId", PATTERN + r"[\w+]+"),
    ("SignUp", {"SecretHash": "a b"}, "secretHash", PATTERN + r"[\w+=/]+"),
    ("SignUp", {"Password": "x" * 257}, "password", "Member must have length less than or equal to 256"),
    ("SignUp", {"Password": " secret"}, "password", PATTERN + r"^[\S]+.*[\S]+$"),
    ("GetUser", {"AccessToken": "a b"}, "accessToken", PATTERN + r"[A-Za-z0-9-_=.]+"),
    ("VerifySoftwareToken", {"UserCode": "12345"}, "userCode", "Member must have length greater than or equal to 6"),
    ("RespondToAuthChallenge", {"Session": "x" * 19}, "session", "Member must have length greater than or equal to 20"),
]


@pytest.mark.parametrize(("operation", "members", "path", "text"), SENSITIVE, ids=lambda value: str(value)[:40])
def test_sensitive_values_are_left_out(
    running: Running, operation: str, members: dict[str, Any], path: str, text: str
) -> None:
    usual: dict[str, dict[str, Any]] = {
        "SignUp": {"ClientId": "c", "Username": "ann", "Password": "Secret-7"},
        "RespondToAuthChallenge": {"ClientId": "c", "ChallengeName": "SMS_MFA"},
    }
    answer = post(running, operation, {**usual.get(operation, {}), **members}, signed=False)
    assert answer.json["message"] == detected(item("Value", path, text))


def test_a_missing_sensitive_member(running: Running) -> None:
    answer = post(running, "GetUser", {}, signed=False)
    assert answer.json["message"] == detected(item("Value", "accessToken", NOT_NULL))


def test_secrets_in_structures_of_a_list_are_left_out(running: Running) -> None:
    attributes = [{"Name": "ok", "Value": "x" * 2049}]
    body = {"ClientId": "c", "Username": "ann", "Password": "Secret-7", "UserAttributes": attributes}
    answer = post(running, "SignUp", body, signed=False)
    text = "Member must have length less than or equal to 2048"
    assert answer.json["message"] == detected(item("Value", "userAttributes.1.member.value", text))


def test_secrets_in_a_map_are_left_out(running: Running) -> None:
    parameters = {"PASSWORD": "Very-secret-7" * 20_000}
    body = {"ClientId": "c", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    answer = post(running, "InitiateAuth", body, signed=False)
    assert "Very-secret" not in answer.body.decode()
    assert answer.json["message"].startswith("1 validation error detected: Value at 'authParameters' failed to")


def test_constraints_are_judged_of_operations_not_written_yet_too(running: Running) -> None:
    answer = post(running, "CreateIdentityProvider", {"UserPoolId": POOL})
    items = [item("Value null", name, NOT_NULL) for name in ("providerName", "providerType", "providerDetails")]
    assert answer.error == ("InvalidParameterException", detected(*items))
