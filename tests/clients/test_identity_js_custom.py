"""amazon-cognito-identity-js, unmodified: custom challenges, without the password and after it."""

from __future__ import annotations

from typing import Any

from tests.clients import expected
from tests.helpers.build import PASSWORD
from tests.helpers.custom_auth import pool_with
from tests.helpers.custom_clients import PRE_REFUSES, VERIFY_REFUSES, metadata, rounds, triggers
from tests.helpers.harness import Running
from tests.helpers.identity_js import SIGNED_IN, called
from tests.helpers.node import Node


def test_custom_challenges_and_what_reaches_the_functions(node: Node, running: Running) -> None:
    functions = triggers(running)
    made = pool_with(running, functions)
    [record] = running.world.store.users.where("pool", made.pool)
    steps = node.run("identity_custom.mjs", running, made, username="ann", password=PASSWORD)

    def question(number: int) -> dict[str, Any]:
        return called("customChallenge", {"question": f"number {number}", "USERNAME": "ann"})

    assert steps["question"] == question(0)
    assert steps["wrong answer"] == question(1)
    assert steps["right answer"] == SIGNED_IN
    expected.check_tokens(running, made, steps["payloads"], "ann", record.sub)
    assert steps["three wrong answers"] == expected.WRONG_PASSWORD

    assert steps["wrong password"] == expected.WRONG_PASSWORD
    assert steps["password"] == steps["by its inner name"] == question(2)
    assert steps["wrong answer after the password"] == question(3)
    assert steps["right answer after the password"] == SIGNED_IN
    expected.check_tokens(running, made, steps["payloads after the password"], "ann", record.sub)
    answers = [("CUSTOM_CHALLENGE", False), ("CUSTOM_CHALLENGE", True)]
    assert rounds(functions) == [answers, [("SRP_A", True), ("PASSWORD_VERIFIER", True), *answers]]

    assert steps["refused by Verify"] == VERIFY_REFUSES
    assert steps["refused by PreAuthentication"] == PRE_REFUSES

    # Not called where the function's own challenge is the first.
    begun = [None, {"from": "authenticateUser"}, None, {"refuse": "yes"}]
    assert metadata(functions, "PreAuthentication") == begun
    said = [{"from": "first answer"}, {"from": "second answer"}]
    assert metadata(functions, "VerifyAuthChallengeResponse")[:3] == [*said, None]
    assert metadata(functions, "PostAuthentication") == [{"from": "second answer"}, None]
