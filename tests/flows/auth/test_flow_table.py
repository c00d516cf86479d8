"""Every sign-in x kind of client x API family x right and wrong answers, made from one specification.

A `Way` says how a user gets from the first request to tokens: the pool, what is sent first, and the challenges that
follow. Each way is walked to each of its challenges and answered there in every manner of `MANNERS`; what must come
of it stands with the manner, or with the challenge where that differs. To add a flow, add its `Way`, and what answers
its challenges to `Walk.right`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.helpers.build import PASSWORD
from tests.helpers.flow_table import (
    CLIENTS,
    DISABLED,
    FLOWS,
    GONE,
    MANNERS,
    SRP_A,
    TOKENS,
    WAYS,
    WRONG,
    Result,
    Step,
    Walk,
    Way,
    missing,
)
from tests.helpers.harness import Running

UNCONFIRMED: Result = ("UserNotConfirmedException", "User is not confirmed.")
NO_HASH: Result = (
    "NotAuthorizedException",
    "Client {client} is configured with secret but SECRET_HASH was not received",
)


FAMILIES = ("user", "admin")
# The first request: what is wrong with it, and what comes of it for a client of each kind.
BEGINNINGS: dict[str, Result] = {
    "without USERNAME": missing("USERNAME"),
    "unknown user": GONE,
    "disabled": DISABLED,
    "flow not enabled": ("InvalidParameterException", "{flow}"),
    "flow of the other API family": ("InvalidParameterException", "Initiate Auth method not supported."),
    "unconfirmed": UNCONFIRMED,
}
_NOT_ENABLED = {
    "USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH flow not enabled for this client",
    "ADMIN_USER_PASSWORD_AUTH": "Auth flow not enabled for this client",
    "USER_SRP_AUTH": "USER_SRP_AUTH is not enabled for the client.",
    "USER_AUTH": "USER_AUTH is not enabled for the client.",
    "CUSTOM_AUTH": "CUSTOM_AUTH is not enabled for the client.",
}


# --- the table -------------------------------------------------------------------------------------------

# Enough where the client makes a difference to few manners: all the others are walked with two kinds of client.
_BRIEF = ("right", "replayed", "disabled meanwhile", "deleted meanwhile", "without SECRET_HASH")
Case = tuple[Way, str, str, int, str, Result]


def cases() -> Iterator[Case]:
    """Way, client, family, number of the challenge (-1: the first request), manner, result."""
    for way in WAYS:
        for client in CLIENTS:
            for family in FAMILIES:
                yield from ((way, client, family, *row) for row in _beginnings(way, client, family))
                for number, step in enumerate(way.steps):
                    brief = client == "hiding" or (client, family) == ("secret", "admin")
                    rows = [row for row in _answers(step, client) if not brief or row[0] in _BRIEF]
                    yield from ((way, client, family, number, *row) for row in rows)


def _beginnings(way: Way, client: str, family: str) -> Iterator[tuple[int, str, Result]]:
    yield -1, "right", TOKENS
    for key in way.needs:
        yield -1, f"without {key}", missing(key)
    if "PASSWORD" in way.needs:
        yield -1, "PASSWORD=Wrong-horse-7", WRONG
    if "SRP_A" in way.needs:
        yield -1, "SRP_A=zzz", SRP_A
    if client == "secret":
        yield -1, "without SECRET_HASH", NO_HASH
    for manner, result in BEGINNINGS.items():
        if client == "hiding" and result == GONE:
            if "PASSWORD" in way.needs:
                yield -1, manner, WRONG  # otherwise they look like who is there: see test_choice, test_sign_in
            continue
        if manner == "flow of the other API family" and way.flow != "USER_PASSWORD_AUTH":
            continue  # the others are of both
        # A code is what confirms a user.
        confirms = any(step.challenge.endswith("_OTP") for step in way.steps) and way.flow == "USER_AUTH"
        if manner == "unconfirmed" and (confirms or (way.flow == "USER_AUTH" and not way.needs)):
            continue
        name = "ADMIN_USER_PASSWORD_AUTH" if family == "admin" and way.flow == "USER_PASSWORD_AUTH" else way.flow
        yield -1, manner, (result[0], result[1].format(flow=_NOT_ENABLED[name]))


def _answers(step: Step, client: str) -> Iterator[tuple[str, Result]]:
    for manner in MANNERS:
        expected = step.expected(manner)
        if expected is not None:
            yield manner, expected
    for key in step.needs:
        yield f"without {key}", missing(key)
    for key, value, result in step.wrong:
        yield f"{key}={value}", result
    if client == "secret":
        yield "without SECRET_HASH", NO_HASH


TABLE = list(cases())


def _name(case: Case) -> str:
    way, client, family, number, manner, _ = case
    place = way.steps[number].challenge if number >= 0 else "begin"
    return f"{way.name}-{client}-{family}-{place}-{manner}".replace(" ", "_")


def _lane(case: Case) -> tuple[pytest.MarkDecorator, ...]:
    """The right answers of a client without a secret are in the default lane."""
    return () if (case[1], case[4]) == ("public", "right") else (pytest.mark.exhaustive,)


@pytest.mark.parametrize("case", [pytest.param(case, marks=_lane(case)) for case in TABLE], ids=_name)
def test_flow(running: Running, idp: Any, case: Case) -> None:
    way, client, family, number, manner, expected = case
    walk = Walk(running, idp, way, client, family)
    got = _begun(walk, manner) if number < 0 else _answered(walk, number, manner)
    assert got == (expected[0], expected[1].format(client=walk.at.client))


def test_count() -> None:
    count = f"{len(TABLE)} sign-ins: {len(WAYS)} ways, {len(CLIENTS)} kinds of client, {len(FAMILIES)} API families"
    sys.stdout.write(f"\n{count}\n")
    assert len(TABLE) > 2000
    assert len({_name(case) for case in TABLE}) == len(TABLE)


def _result(call: Any, *arguments: Any, **named: Any) -> Result:
    """What came of a call: tokens, or the error's type and text."""
    try:
        answer = call(*arguments, **named)
    except ClientError as refused:
        return refused.response["Error"]["Code"], refused.response["Error"]["Message"]
    assert "AccessToken" in answer["AuthenticationResult"]
    return TOKENS


def _begun(walk: Walk, manner: str) -> Result:
    parameters = walk.first()
    if manner.startswith("without "):
        parameters.pop(manner.removeprefix("without "))
    elif "=" in manner:
        key, _, value = manner.partition("=")
        parameters[key] = value
    elif manner == "unknown user":
        parameters |= {"USERNAME": "nobody", **walk.hashed("nobody")}
    elif manner == "disabled":
        walk.running.call("AdminDisableUser", UserPoolId=walk.at.pool, Username="ann")
    elif manner == "unconfirmed":
        attributes = [{"Name": "email", "Value": "new@example.com"}]
        members = {"ClientId": walk.at.client, "Username": "new", "Password": PASSWORD, "UserAttributes": attributes}
        hashed = walk.hashed("new")
        walk.running.call("SignUp", **members, **({"SecretHash": hashed["SECRET_HASH"]} if hashed else {}))
        parameters |= {"USERNAME": "new", **hashed}
    elif manner == "flow of the other API family":
        other = "USER_PASSWORD_AUTH" if walk.admin else "ADMIN_USER_PASSWORD_AUTH"
        return _result(lambda: walk.initiate(parameters, flow=other))
    elif manner == "flow not enabled":
        other = _other_client(walk)
        parameters.pop("SECRET_HASH", None)
        return _result(walk.initiate, parameters, other)
    return _result(lambda: walk.finish(0, walk.initiate(parameters)))


def _other_client(walk: Walk, *flows: str) -> str:
    members = {"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", *flows]}
    made = walk.running.call("CreateUserPoolClient", UserPoolId=walk.at.pool, **members)
    return str(made["UserPoolClient"]["ClientId"])


def _answered(walk: Walk, number: int, manner: str) -> Result:  # noqa: C901 - one line for each manner
    step = walk.way.steps[number]
    answer = walk.to(number)
    responses, session = walk.right(step, answer), answer.get("Session")
    other: dict[str, Any] = {}
    name = step.challenge
    if manner == "right":
        return _result(lambda: walk.finish(number + 1, walk.respond(name, session, responses)))
    if manner == "replayed":
        walk.respond(name, session, responses)
    elif manner == "expired":
        walk.running.world.clock.advance(181)
    elif manner == "without session":
        session = None
    elif manner == "with rubbish for a session":
        session = "x" * 40
    elif manner == "with another user's session":
        stolen = walk.to(number, "bob")
        session = stolen.get("Session")
        if "SECRET_BLOCK" in stolen["ChallengeParameters"]:
            responses["PASSWORD_CLAIM_SECRET_BLOCK"] = stolen["ChallengeParameters"]["SECRET_BLOCK"]
    elif manner == "as another user":
        responses |= {"USERNAME": "bob", **walk.hashed("bob")}
    elif manner == "by another client":
        other["client"] = _other_client(walk, *FLOWS)
        responses.pop("SECRET_HASH", None)
    elif manner == "under another name":
        name = "SMS_MFA" if name != "SMS_MFA" else "SOFTWARE_TOKEN_MFA"
    elif manner == "by the other API family":
        other["admin"] = not walk.admin
    elif manner == "disabled meanwhile":
        walk.running.call("AdminDisableUser", UserPoolId=walk.at.pool, Username="ann")
    elif manner == "deleted meanwhile":
        walk.running.call("AdminDeleteUser", UserPoolId=walk.at.pool, Username="ann")
    elif manner.startswith("without "):
        responses.pop(manner.removeprefix("without "))
    else:
        key, _, value = manner.partition("=")
        responses[key] = value
    return _result(walk.respond, name, session, responses, **other)
