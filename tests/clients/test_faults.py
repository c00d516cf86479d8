"""Faults as Amplify sees them: it tries again by itself where AWS throttles, and tells of other errors."""

from __future__ import annotations

from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.faults import fail, struck
from tests.helpers.harness import Running
from tests.helpers.node import Node


def test_amplify_tries_again(node: Node, running: Running) -> None:
    made = setup(running)
    user(running, made.pool)
    throttled = fail(running, operation="InitiateAuth", error="TooManyRequestsException", times=2)
    steps = node.run("amplify_errors.mjs", running, made, rows=[["sign in", [["signIn", "ann", PASSWORD]]]])
    assert steps["sign in"]["accepted"]["isSignedIn"] is True
    assert struck(running, throttled) == 2
    cut = fail(running, operation="InitiateAuth", drop=True, times=1)
    steps = node.run("amplify_errors.mjs", running, made, rows=[["sign in", [["signIn", "ann", PASSWORD]]]])
    assert steps["sign in"]["accepted"]["isSignedIn"] is True
    assert struck(running, cut) == 1


def test_amplify_tells_of_other_errors(node: Node, running: Running) -> None:
    made = setup(running)
    user(running, made.pool)
    fail(running, operation="InitiateAuth", error={"code": "UserNotConfirmedException", "message": "later"})
    steps = node.run("amplify_errors.mjs", running, made, rows=[["sign in", [["signIn", "ann", PASSWORD]]]])
    assert steps["sign in"]["accepted"]["nextStep"]["signInStep"] == "CONFIRM_SIGN_UP"
