"""Begin a sign-in and answer its challenges."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import Setup, SrpClient

WRONG = "Incorrect username or password."


def begin(idp: Any, at: Setup, flow: str = "USER_PASSWORD_AUTH", **parameters: Any) -> Any:
    return idp.initiate_auth(ClientId=at.client, AuthFlow=flow, AuthParameters=parameters)


def admin_begin(idp: Any, at: Setup, flow: str = "ADMIN_USER_PASSWORD_AUTH", **parameters: Any) -> Any:
    return idp.admin_initiate_auth(UserPoolId=at.pool, ClientId=at.client, AuthFlow=flow, AuthParameters=parameters)


def respond(idp: Any, at: Setup, challenge: str, session: str | None = None, **responses: Any) -> Any:
    members = {"Session": session} if session else {}
    return idp.respond_to_auth_challenge(
        ClientId=at.client, ChallengeName=challenge, ChallengeResponses=responses, **members
    )


def srp_begin(idp: Any, at: Setup, client: SrpClient, username: str = "ann", **parameters: Any) -> dict[str, str]:
    answer = begin(idp, at, "USER_SRP_AUTH", USERNAME=username, SRP_A=client.public, **parameters)
    assert answer["ChallengeName"] == "PASSWORD_VERIFIER"
    assert "Session" not in answer
    found: dict[str, str] = answer["ChallengeParameters"]
    return found
