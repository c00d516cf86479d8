"""aws-amplify v6, unmodified: custom challenges, without the password and after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.build import PASSWORD
from tests.clients import expected
from tests.clients.conftest import Node
from tests.clients.test_amplify import DONE, asks
from tests.flows.auth.test_custom_auth import functions_of, pool_with, verify
from tests.functions import Event, Functions
from tests.harness import Running

pytestmark = pytest.mark.clients

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


def test_custom_challenges_and_what_reaches_the_functions(node: Node, running: Running) -> None:
    functions = triggers(running)
    made = pool_with(running, functions)
    [record] = running.world.store.users.where("pool", made.pool)
    steps = node.run("amplify_custom.mjs", running, made, username="ann", password=PASSWORD)

    def question(number: int) -> dict[str, Any]:
        told = {"question": f"number {number}", "USERNAME": "ann"}
        return asks("CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE", additionalInfo=told)

    assert steps["question"] == question(0)
    assert steps["wrong answer"] == question(1)
    assert steps["right answer"] == DONE
    expected.check_tokens(running, made, steps["payloads"], "ann", record.sub)
    assert steps["three wrong answers"] == expected.WRONG_PASSWORD

    assert steps["wrong password"] == expected.WRONG_PASSWORD
    assert steps["password"] == question(2)
    assert steps["wrong answer after the password"] == question(3)
    assert steps["right answer after the password"] == DONE
    expected.check_tokens(running, made, steps["payloads after the password"], "ann", record.sub)
    answers = [("CUSTOM_CHALLENGE", False), ("CUSTOM_CHALLENGE", True)]
    assert rounds(functions) == [answers, [("SRP_A", True), ("PASSWORD_VERIFIER", True), *answers]]

    assert steps["refused by Verify"] == VERIFY_REFUSES
    assert steps["refused by PreAuthentication"] == PRE_REFUSES

    # Not called where the function's own challenge is the first.
    assert metadata(functions, "PreAuthentication") == [None, None, {"refuse": "yes"}]
    said = [{"from": "first answer"}, {"from": "second answer"}]
    assert metadata(functions, "VerifyAuthChallengeResponse")[:3] == [*said, None]
    assert metadata(functions, "PostAuthentication") == [{"from": "second answer"}, None]
