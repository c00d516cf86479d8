"""No request holds the event loop out of proportion to the size of its body."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from cognito_emulator.domain import strict_json
from cognito_emulator.wire.model import service_model
from cognito_emulator.wire.validate import MOST_FINDINGS, MOST_SHOWN, findings
from tests.helpers.harness import Running
from tests.helpers.holding import allowed, longest_hold
from tests.helpers.raw import post

SIZE = 2 * 2**20


def listed(unit: str, before: str, after: str = "]}") -> bytes:
    """A body that is filled with a unit again and again."""
    return f"{before}{','.join([unit] * (SIZE // (len(unit) + 1)))}{after}".encode()


def named(form: str, before: str, after: str) -> bytes:
    """A body that is filled with members of different names."""
    return f"{before}{','.join(form % number for number in range(SIZE // (len(form) + 5)))}{after}".encode()


POOL = '{"PoolName":"p","Schema":['
USER = '{"UserPoolId":"us-east-1_none","Username":"u","UserAttributes":['
OTHER = '{"PoolName":"p","Other":['
FULL = {
    "empty objects": ("CreateUserPool", listed("{}", POOL)),
    "empty lists": ("CreateUserPool", listed("[]", POOL)),
    "nulls": ("CreateUserPool", listed("null", POOL)),
    "numbers": ("CreateUserPool", listed("1", POOL)),
    "fractions": ("CreateUserPool", listed("1.5e9", OTHER)),
    "long numbers": ("CreateUserPool", listed("9" * 4_200, OTHER)),
    "nested": ("CreateUserPool", listed("[[[[[[[]]]]]]]", OTHER)),
    "texts": ("CreateUserPool", listed('"a"', '{"PoolName":"p","AutoVerifiedAttributes":[')),
    "attributes": ("AdminCreateUser", listed('{"Name":"a","Value":"b"}', USER)),
    "attributes without a name": ("AdminCreateUser", listed("{}", USER)),
    "members": ("CreateUserPool", named('"m%d":1', '{"PoolName":"p",', "}")),
    "tags": ("CreateUserPool", named('"é%d":"1"', '{"PoolName":"p","UserPoolTags":{', "}}")),
    "metadata": ("SignUp", named('"%d":"1"', '{"ClientId":"c","Username":"u","ClientMetadata":{', "}}")),
    "quotes": ("CreateUserPool", b'{"PoolName":"' + b'\\"' * (SIZE // 2) + b'"}'),
    "quotes without end": ("CreateUserPool", b'{"PoolName":"' + b'[\\"' * (SIZE // 3)),
    "texts without commas": ("CreateUserPool", b'{"PoolName":[' * 20_000 + b'"a"' * (SIZE // 4)),
    "a long name": ("CreateUserPool", b'{"PoolName":"' + b"a" * SIZE + b'"}'),
    "surrogates": ("CreateUserPool", b'{"PoolName":"' + b"\\ud83c\\udf89" * (SIZE // 12) + b'"}'),
    "an address": (
        "CreateUserPool",
        b'{"PoolName":"p","EmailConfiguration":{"ReplyToEmailAddress":"' + b"a@" * (SIZE // 2) + b'\\u0001"}}',
    ),
    "a pool's id": ("DescribeUserPool", b'{"UserPoolId":"' + b"a_" * (SIZE // 2) + b'!"}'),
    "an ARN": ("ListTagsForResource", b'{"ResourceArn":"arn:a:a:a:1:' + b"a" * SIZE + b' "}'),
    "a token": ("GetUser", b'{"AccessToken":"' + b"." * SIZE + b'"}'),
    "a token's claims": ("GetUser", b'{"AccessToken":"a.' + b"W10s" * (SIZE // 4) + b'.a"}'),
    "an SRP number": (
        "InitiateAuth",
        b'{"AuthFlow":"USER_SRP_AUTH","ClientId":"c","AuthParameters":{"USERNAME":"a","SRP_A":"'
        + b"f" * SIZE
        + b'"}}',
    ),
}  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", FULL)
def test_no_body_holds_the_loop(running: Running, name: str) -> None:
    operation, body = FULL[name]
    post(running, operation, b"{}")
    for _ in range(3):  # a busy machine may hold it once; what a body costs comes each time
        gc.collect()
        with longest_hold() as longest:
            answer = post(running, operation, body)
        assert 400 <= answer.status < 500
        assert len(answer.body) < 3 * MOST_SHOWN
        if longest.seconds < allowed(len(body)):
            return
    pytest.fail(f"{longest.seconds} s: {longest.what}")


# --- what is counted -------------------------------------------------------------------------------------------


def test_findings_are_counted_and_the_first_ones_told(running: Running) -> None:
    attributes: list[dict[str, str]] = [{}] * 250
    answer = post(
        running, "AdminCreateUser", {"UserPoolId": "us-east-1_a", "Username": "u", "UserAttributes": attributes}
    )
    text = answer.error[1]
    assert text is not None
    first = "Value null at 'userAttributes.1.member.name' failed to satisfy constraint: Member must not be null"
    assert text.startswith(f"250 validation errors detected: {first}; ")
    assert text.endswith("; and 150 more")
    assert text.count("failed to satisfy constraint") == MOST_FINDINGS


def test_as_many_findings_as_are_told_have_no_others(running: Running) -> None:
    members = {"UserPoolId": "us-east-1_a", "Username": "u", "UserAttributes": [{}] * MOST_FINDINGS}
    text = post(running, "AdminCreateUser", members).error[1]
    assert text is not None
    assert text.startswith("100 validation errors detected: ")
    assert "more" not in text


def test_a_list_that_is_too_long_is_not_looked_into(running: Running) -> None:
    answer = post(running, "CreateUserPool", {"PoolName": "p", "Schema": [{"Name": "x" * 30}] * 51})
    shown = ", ".join(["{Name=" + "x" * 30 + "}"] * 51)
    assert answer.error == (
        "InvalidParameterException",
        f"1 validation error detected: Value '[{shown}]' at 'schema' failed to satisfy constraint: "
        "Member must have length less than or equal to 50",
    )


def test_what_is_quoted_is_bounded(running: Running) -> None:
    """Names and values of 20 attributes, all too long, and each of them half of what is quoted at most."""
    attributes = [{"Name": "n" * 100_000, "Value": "v"}] * 20
    members = {"UserPoolId": "us-east-1_a", "Username": "u", "UserAttributes": attributes}
    text = post(running, "AdminCreateUser", members).error[1]
    assert text is not None
    assert text.startswith("20 validation errors detected: Value 'nnn")
    assert text.count("n" * 100_000) == 10
    assert text.count("failed to satisfy constraint") == 20
    assert len(text) < MOST_SHOWN + 10_000


def test_the_checks_of_answers_see_what_is_wrong() -> None:
    """`findings` is what the contract tests judge answers by."""
    model = service_model("cognito-idp").operation("AdminCreateUser")
    assert model is not None
    members: dict[str, Any] = {"UserPoolId": "us-east-1_a", "Username": "u", "UserAttributes": [{}]}
    assert len(findings(model.input, members, "")) == 1


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("[" + "1," * (strict_json.MOST_VALUES - 1) + "1]", True),
        ("[" + "1," * strict_json.MOST_VALUES + "1]", False),
        ('["' + "," * 100_000 + '"]', True),
        ('["' + '\\",' * 100_000 + '"]', True),
        ('["' + '\\\\",' * 3 + '"]', True),
        ('"' + "[" * 100_000, True),
        ("[" * (strict_json.MOST_VALUES + 1), False),
        ('{"a":{' * strict_json.MOST_VALUES, False),
        (",".join(['"a,b"'] * strict_json.MOST_VALUES), True),
        (",".join(['"a,b"'] * (strict_json.MOST_VALUES + 2)), False),
        ('"' * 200_000 + "," * 20_000, False),
    ],
    ids=range(11),
)
def test_values_are_counted_outside_of_texts(text: str, fits: bool) -> None:
    if fits:
        strict_json.check_size(text)
        return
    with pytest.raises(strict_json.TooManyValues, match="more than 10000 values"):
        strict_json.check_size(text)
