"""Custom authentication: its pool, functions and steps."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import FLOWS, Setup, SrpClient, setup, user
from tests.helpers.functions import Event, Functions
from tests.helpers.harness import Running

CUSTOM = [*FLOWS, "ALLOW_CUSTOM_AUTH"]


def define(event: Event) -> None:
    """The guide's pattern: the password if it was begun with, then one question, three tries."""
    rounds, response = event["request"]["session"], event["response"]
    names = [item["challengeName"] for item in rounds]
    response["issueTokens"], response["failAuthentication"] = False, False
    if names == ["SRP_A"]:
        response["challengeName"] = "PASSWORD_VERIFIER"
    elif rounds and names[-1] == "CUSTOM_CHALLENGE" and rounds[-1]["challengeResult"]:
        response["issueTokens"] = True
    elif names.count("CUSTOM_CHALLENGE") >= 3:
        response["failAuthentication"] = True
    else:
        response["challengeName"] = "CUSTOM_CHALLENGE"


def create(event: Event) -> None:
    number = len(event["request"]["session"])
    event["response"]["publicChallengeParameters"] = {"question": f"number {number}"}
    event["response"]["privateChallengeParameters"] = {"answer": f"answer {number}"}
    event["response"]["challengeMetadata"] = f"QUESTION_{number}"


def verify(event: Event) -> None:
    request = event["request"]
    right = request["privateChallengeParameters"]["answer"] == request["challengeAnswer"]
    event["response"]["answerCorrect"] = right


def functions_of(running: Running, **others: Any) -> Functions:
    handlers = {"DefineAuthChallenge": define, "CreateAuthChallenge": create, "VerifyAuthChallengeResponse": verify}
    return Functions(running, **{**handlers, **others})


def pool_with(running: Running, functions: Functions, client: dict[str, Any] | None = None, **pool: Any) -> Setup:
    made = setup(running, client={"ExplicitAuthFlows": CUSTOM, **(client or {})}, LambdaConfig=functions.config, **pool)
    user(running, made.pool, email="ann@example.com")
    return made


def begin(idp: Any, made: Setup, username: str = "ann", **parameters: str) -> Any:
    return idp.initiate_auth(
        ClientId=made.client,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={"USERNAME": username, **parameters, **made.hashed(username)},
    )


def reply(idp: Any, made: Setup, asked: Any, answer: str | None, username: str = "ann", **members: Any) -> Any:
    responses = {"USERNAME": username, **made.hashed(username)} | ({} if answer is None else {"ANSWER": answer})
    return idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses=responses,
        **members,
    )


def prove(idp: Any, made: Setup, client: SrpClient, asked: Any) -> Any:
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    responses = client.responses(asked["ChallengeParameters"])
    return idp.respond_to_auth_challenge(
        ClientId=made.client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )
