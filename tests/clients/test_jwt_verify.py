"""npm aws-jwt-verify: AWS's own verifier computes AWS's issuer, so the server runs with `--issuer aws`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import Setup, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.node import Node


@pytest.fixture
def aws() -> Iterator[Running]:
    """A server whose tokens bear AWS's issuer."""
    running = Running(World(Settings(port=0, issuer="aws")))
    yield running
    running.stop()


def given(running: Running) -> tuple[Setup, dict[str, Any]]:
    """A pool, the tokens of a member of a group, expired ones, and those of another pool."""
    made, other = setup(running), setup(running)
    idp = running.client()
    for one in (made, other):
        user(running, one.pool)
    running.call("CreateGroup", UserPoolId=made.pool, GroupName="admins")
    running.call("AdminAddUserToGroup", UserPoolId=made.pool, GroupName="admins", Username="ann")

    def tokens(setup: Setup) -> dict[str, str]:
        result = sign_in(idp, setup)
        return {"id": result["IdToken"], "access": result["AccessToken"]}

    running.world.clock.advance(-3605)
    expired = tokens(made)
    running.world.clock.reset()
    return made, {**tokens(made), "expired": expired, "foreign": tokens(other)}


def check_refusals(steps: dict[str, Any], foreign: str) -> None:
    for use in ("id", "access"):
        assert steps[f"tampered {use}"] == {"name": "Error", "message": "Invalid signature"}
        assert steps[f"expired {use}"]["message"].startswith("Token expired at ")
        assert steps[f"foreign {use}"]["message"].startswith(foreign)


def test_the_cognito_verifier_takes_tokens_with_awss_issuer(node: Node, aws: Running) -> None:
    made, tokens = given(aws)
    steps = node.run("verify.mjs", aws, made, **tokens)

    for use in ("id", "access"):
        assert steps[use]["token_use"] == use
        assert steps[use]["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{made.pool}"
    assert steps["id"]["cognito:username"] == steps["access"]["username"] == "ann"
    check_refusals(steps, "issuer not configured: ")
    assert steps["id as access"]["message"] == "Token use not allowed: id. Expected: access"
    assert steps["another client"]["message"] == f'Client ID ("audience") not allowed: {made.client}. Expected: another'
    assert steps["group"] == ["admins"]
    assert "admins" in steps["another group"]["message"]
    assert steps["scope"] == "aws.cognito.signin.user.admin"


def test_the_general_verifier_takes_tokens_with_the_local_issuer(node: Node, running: Running) -> None:
    made, tokens = given(running)
    issuer = f"{running.url}/{made.pool}"
    steps = node.run("verify.mjs", running, made, issuer=issuer, **tokens)

    assert (steps["id"]["iss"], steps["access"]["iss"]) == (issuer, issuer)
    check_refusals(steps, 'JWK for kid "')
