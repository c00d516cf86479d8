"""The events of the triggers of a sign-in, each as it stands in fixtures/triggers."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import PASSWORD, Setup, setup, sign_in, user
from tests.helpers.custom_auth import begin as begin_custom
from tests.helpers.custom_auth import functions_of, pool_with, reply
from tests.helpers.devices import confirm, finish
from tests.helpers.events import as_recorded, recorded
from tests.helpers.functions import Functions, arn
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.token_customization import machine

METADATA = {"from": "test"}
VERIFIED: dict[str, Any] = {"email": "ann@example.com", "email_verified": "true"}


def compare(functions: Functions, made: Setup, sub: str, *sources: str, file: str = "") -> None:
    """The events were of these sources, in order, each as recorded."""
    assert functions.sources() == list(sources)
    for event in functions.events:
        assert as_recorded(event, made, sub) == recorded(file or event["triggerSource"])
    functions.events.clear()


def of_version(version: str) -> dict[str, Any]:
    function = arn("PreTokenGeneration")
    return {"PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": function}}


def test_a_sign_in_by_password(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None)
    made = setup(running, client={"PreventUserExistenceErrors": "ENABLED"}, LambdaConfig=functions.config)
    sub = user(running, made.pool, **VERIFIED)
    members = {"ClientId": made.client, "AuthFlow": "USER_PASSWORD_AUTH", "ClientMetadata": METADATA}
    idp.initiate_auth(**members, AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD})
    compare(functions, made, sub, "PreAuthentication_Authentication", "PostAuthentication_Authentication")


def test_a_custom_challenge(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    sub = next(iter(running.world.store.users)).sub
    asked = begin_custom(idp, made)
    reply(idp, made, asked, "answer 0", ClientMetadata=METADATA)
    functions.events.pop(0)  # the first time Define is told of nothing; the last event is the fuller one
    compare(
        functions,
        made,
        sub,
        "CreateAuthChallenge_Authentication",
        "VerifyAuthChallengeResponse_Authentication",
        "DefineAuthChallenge_Authentication",
    )


def test_tokens(running: Running, idp: Any) -> None:
    functions = Functions(running, PreTokenGeneration=None)
    remembered = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}
    made = setup(running, LambdaConfig=of_version("V1_0"), DeviceConfiguration=remembered)
    sub = user(running, made.pool, permanent=False, **VERIFIED)
    running.call("CreateGroup", UserPoolId=made.pool, GroupName="admins")
    running.call("AdminAddUserToGroup", UserPoolId=made.pool, Username="ann", GroupName="admins")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    asked = idp.initiate_auth(ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": PASSWORD + "8"},
        ClientMetadata=METADATA,
    )
    compare(functions, made, sub, "TokenGeneration_NewPasswordChallenge")
    result = sign_in(idp, made, password=PASSWORD + "8")
    compare(functions, made, sub, "TokenGeneration_Authentication")
    device = confirm(idp, result)
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD + "8", "DEVICE_KEY": device.key}
    asked = idp.initiate_auth(ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    result = finish(idp, made, asked, device)["AuthenticationResult"]
    compare(functions, made, sub, "TokenGeneration_AuthenticateDevice")
    parameters = {"REFRESH_TOKEN": result["RefreshToken"], "DEVICE_KEY": device.key}
    idp.initiate_auth(ClientId=made.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    compare(functions, made, sub, "TokenGeneration_RefreshTokens")


def test_tokens_by_the_second_version(running: Running, idp: Any) -> None:
    functions = Functions(running, PreTokenGeneration=None)
    made = setup(running, LambdaConfig=of_version("V2_0"))
    sub = user(running, made.pool, **VERIFIED)
    sign_in(idp, made)
    file = "TokenGeneration_Authentication.version2"
    compare(functions, made, sub, "TokenGeneration_Authentication", file=file)


@needs_newest
def test_a_machines_token(running: Running, idp: Any) -> None:
    functions = Functions(running, PreTokenGeneration=None)
    pool = setup(running, LambdaConfig=of_version("V3_0")).pool
    members = machine(running, pool)
    idp.get_client_token(**members, ClientMetadata=METADATA)
    compare(functions, Setup(pool, members["ClientId"]), "", "TokenGeneration_ClientCredentials")
