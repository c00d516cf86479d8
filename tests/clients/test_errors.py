"""Errors by name and message, as JavaScript clients give them to an app."""

from __future__ import annotations

from typing import Any

from tests.clients.errors import Town, rows, setting, told
from tests.helpers.amplify import asks
from tests.helpers.harness import Running
from tests.helpers.node import Node


def test_amplify(node: Node, running: Running, idp: Any) -> None:
    town = Town(running, idp)
    table = rows(town)
    steps = node.run("amplify_errors.mjs", running, town.made, **setting(table))
    # These two are the next step of a sign-in to Amplify.
    next_steps = {
        "unconfirmed": {"accepted": asks("CONFIRM_SIGN_UP")},
        "to be reset": {"accepted": asks("RESET_PASSWORD")},
    }
    assert steps == {**told(table), **next_steps}


def test_identity_js(node: Node, running: Running, idp: Any) -> None:
    town = Town(running, idp)
    table = rows(town)
    steps = node.run("identity_errors.mjs", running, town.made, **setting(table))
    assert steps == {name: {**error, "code": error["name"]} for name, error in told(table).items()}
