"""Triggers of a custom sign-in, as the JavaScript clients meet them."""

from __future__ import annotations

from typing import Any

from tests.clients import expected
from tests.helpers.custom_auth import functions_of, verify
from tests.helpers.functions import Event, Functions
from tests.helpers.harness import Running

PRE_REFUSES = expected.refused("UserLambdaValidationException", "PreAuthentication failed with error not today.")
VERIFY_REFUSES = expected.refused(
    "UserLambdaValidationException", "VerifyAuthChallengeResponse failed with error broken."
)


def refusing(event: Event) -> None:
    """PreAuthentication that wants nobody who says `refuse`."""
    if (event["request"]["validationData"] or {}).get("refuse"):
        raise ValueError("not today")


def breaking(event: Event) -> None:
    """VerifyAuthChallengeResponse that fails at the answer `break`."""
    if event["request"]["challengeAnswer"] == "break":
        raise ValueError("broken")
    verify(event)


def triggers(running: Running) -> Functions:
    """The three functions of a custom sign-in, and the two around it."""
    return functions_of(
        running, PreAuthentication=refusing, VerifyAuthChallengeResponse=breaking, PostAuthentication=None
    )


def metadata(functions: Functions, trigger: str) -> list[Any]:
    """What each event of a trigger carried from the client; None is an event without it."""
    member = "validationData" if trigger == "PreAuthentication" else "clientMetadata"
    requests = [event["request"] for event in functions.events if event["triggerSource"].startswith(trigger + "_")]
    return [request.get(member) or None for request in requests]


def rounds(functions: Functions) -> list[list[tuple[str, bool]]]:
    """The session list that each PostAuthentication was preceded by: the challenges of every finished sign-in."""
    lists, last = [], []
    for event in functions.events:
        if event["triggerSource"] == "DefineAuthChallenge_Authentication":
            last = [(item["challengeName"], item["challengeResult"]) for item in event["request"]["session"]]
        elif event["triggerSource"] == "PostAuthentication_Authentication":
            lists.append(last)
    return lists
