"""PreTokenGeneration: what its function is told, and what it may change."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.functions import Functions, answering, arn
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.token_customization import machine

UNRECOGNIZABLE = "Unrecognizable lambda output"
ROLE = "arn:aws:iam::000000000000:role/{}"


def pool_with(running: Running, handler: Any, version: str = "V2_0", **pool: Any) -> tuple[Setup, Functions]:
    functions = Functions(running, PreTokenGeneration=handler)
    config = {"PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": arn("PreTokenGeneration")}}
    made = setup(running, LambdaConfig=config, **pool)
    user(running, made.pool, email="ann@example.com", email_verified="true", family_name="Zoe")
    return made, functions


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def both(result: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return claims(result["IdToken"]), claims(result["AccessToken"])


def test_a_claim_that_is_no_number_of_json(running: Running, idp: Any) -> None:
    details = {"accessTokenGeneration": {"claimsToAddOrOverride": {"much": float("inf")}}}
    made, _ = pool_with(running, answering(claimsAndScopeOverrideDetails=details))
    with refused("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON"):
        sign_in(idp, made)


@pytest.mark.parametrize("operation", ["InitiateAuth", "GetTokensFromRefreshToken"])
def test_no_tokens_for_who_is_reset_while_the_function_runs(running: Running, idp: Any, operation: str) -> None:
    at: dict[str, str] = {}

    def reset(_: Any) -> None:
        if at:
            idp.admin_reset_user_password(UserPoolId=at["pool"], Username="ann")

    recovery = {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]}
    made, _ = pool_with(running, reset, AccountRecoverySetting=recovery)
    token = sign_in(idp, made)["RefreshToken"]
    at["pool"] = made.pool
    if operation == "InitiateAuth":
        with refused("PasswordResetRequiredException", "Password reset required for the user"):
            idp.initiate_auth(
                ClientId=made.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
            )
    else:
        with refused("NotAuthorizedException", "Password reset required for the user"):
            idp.get_tokens_from_refresh_token(ClientId=made.client, RefreshToken=token)


def of_version_1(**details: Any) -> Any:
    return answering(claimsOverrideDetails=details)


def of_version_2(**details: Any) -> Any:
    return answering(claimsAndScopeOverrideDetails=details)


def give_groups(running: Running, pool: str) -> None:
    for name, precedence in (("writers", 2), ("admins", 1)):
        running.call("CreateGroup", UserPoolId=pool, GroupName=name, Precedence=precedence, RoleArn=ROLE.format(name))
        running.call("AdminAddUserToGroup", UserPoolId=pool, Username="ann", GroupName=name)


# --- the event -----------------------------------------------------------------------------------------


def test_the_event_of_version_1(running: Running, idp: Any) -> None:
    functions = Functions(running, PreTokenGeneration=None)
    made = setup(running, LambdaConfig=functions.config)
    sub = user(running, made.pool)
    give_groups(running, made.pool)
    sign_in(idp, made)
    assert functions.events == [
        {
            "version": "1",
            "region": "us-east-1",
            "userPoolId": made.pool,
            "userName": "ann",
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": made.client},
            "triggerSource": "TokenGeneration_Authentication",
            "request": {
                "userAttributes": {"sub": sub, "cognito:user_status": "CONFIRMED"},
                "groupConfiguration": {
                    "groupsToOverride": ["admins", "writers"],
                    "iamRolesToOverride": [ROLE.format("admins"), ROLE.format("writers")],
                    "preferredRole": ROLE.format("admins"),
                },
            },
            "response": {"claimsOverrideDetails": None},
        }
    ]


@pytest.mark.parametrize(("version", "number"), [("V2_0", "2"), pytest.param("V3_0", "3", marks=needs_newest)])
def test_later_versions_are_told_the_scopes(running: Running, idp: Any, version: str, number: str) -> None:
    made, functions = pool_with(running, None, version)
    sign_in(idp, made)
    event = functions.events[0]
    assert event["version"] == number
    assert event["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    assert event["request"]["groupConfiguration"] == {
        "groupsToOverride": [],
        "iamRolesToOverride": [],
        "preferredRole": None,
    }
    assert event["response"] == {"claimsAndScopeOverrideDetails": None}


def test_after_a_new_password(running: Running, idp: Any) -> None:
    made, functions = pool_with(running, None)
    user(running, made.pool, "new", permanent=False)
    asked = idp.initiate_auth(
        ClientId=made.client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "new", "PASSWORD": PASSWORD},
    )
    idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "new", "NEW_PASSWORD": "Another-horse-7"},
    )
    assert functions.sources() == ["TokenGeneration_NewPasswordChallenge"]


# --- version 1 -----------------------------------------------------------------------------------------


def test_version_1_changes_the_id_token_alone(running: Running, idp: Any) -> None:
    change = of_version_1(claimsToAddOrOverride={"team": "red", "family_name": "Doe"}, claimsToSuppress=["email"])
    made, _ = pool_with(running, change, "V1_0")
    identity, access = both(sign_in(idp, made))
    assert (identity["team"], identity["family_name"]) == ("red", "Doe")
    assert "email" not in identity
    assert "team" not in access


def test_groups_are_changed_in_both_tokens(running: Running, idp: Any) -> None:
    details = {"groupsToOverride": ["b", "a"], "iamRolesToOverride": [ROLE.format("x")], "preferredRole": "r"}
    made, _ = pool_with(running, of_version_1(groupOverrideDetails=details), "V1_0")
    give_groups(running, made.pool)
    identity, access = both(sign_in(idp, made))
    assert identity["cognito:groups"] == access["cognito:groups"] == ["b", "a"]
    assert (identity["cognito:roles"], identity["cognito:preferred_role"]) == ([ROLE.format("x")], "r")
    assert "cognito:roles" not in access


@pytest.mark.parametrize("details", [None, {}])
def test_empty_groups_suppress_them(running: Running, idp: Any, details: Any) -> None:
    made, _ = pool_with(running, of_version_1(groupOverrideDetails=details), "V1_0")
    give_groups(running, made.pool)
    identity, access = both(sign_in(idp, made))
    names = {"cognito:groups", "cognito:roles", "cognito:preferred_role"}
    assert not names & identity.keys()
    assert not names & access.keys()


def test_groups_that_are_not_mentioned_stay(running: Running, idp: Any) -> None:
    made, _ = pool_with(running, of_version_1(claimsToSuppress=["email"]), "V1_0")
    give_groups(running, made.pool)
    assert both(sign_in(idp, made))[0]["cognito:groups"] == ["admins", "writers"]


def test_suppressed_groups_take_their_roles_along(running: Running, idp: Any) -> None:
    made, _ = pool_with(running, of_version_1(claimsToSuppress=["cognito:groups"]), "V1_0")
    give_groups(running, made.pool)
    identity, access = both(sign_in(idp, made))
    assert not {"cognito:groups", "cognito:roles", "cognito:preferred_role"} & identity.keys()
    assert access["cognito:groups"] == ["admins", "writers"]


def test_suppression_wins(running: Running, idp: Any) -> None:
    change = of_version_1(claimsToAddOrOverride={"email": "other@example.com"}, claimsToSuppress=["email"])
    made, _ = pool_with(running, change, "V1_0")
    assert "email" not in both(sign_in(idp, made))[0]


def test_a_refresh_is_changed_too(running: Running, idp: Any) -> None:
    made, _ = pool_with(running, of_version_1(claimsToAddOrOverride={"team": "red"}), "V1_0")
    token = sign_in(idp, made)["RefreshToken"]
    answer = idp.initiate_auth(
        ClientId=made.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )
    assert both(answer["AuthenticationResult"])[0]["team"] == "red"


# --- versions 2 and 3 ----------------------------------------------------------------------------------

RICH = {"flag": False, "number": 7, "list": ["a", 1, True], "object": {"a": {"b": "c"}}}


def test_version_2_changes_both_tokens(running: Running, idp: Any) -> None:
    change = of_version_2(
        idTokenGeneration={"claimsToAddOrOverride": RICH, "claimsToSuppress": ["email"]},
        accessTokenGeneration={"claimsToAddOrOverride": {"tenant": "t1", **RICH}},
    )
    made, _ = pool_with(running, change)
    identity, access = both(sign_in(idp, made))
    assert {name: identity[name] for name in RICH} == RICH
    assert "email" not in identity
    assert access["tenant"] == "t1"
    assert {name: access[name] for name in RICH} == RICH


def test_scopes(running: Running, idp: Any) -> None:
    scopes = {"scopesToAdd": ["openid", "api/read"], "scopesToSuppress": ["aws.cognito.signin.user.admin"]}
    made, _ = pool_with(running, of_version_2(accessTokenGeneration=scopes))
    result = sign_in(idp, made)
    assert both(result)[1]["scope"] == "openid api/read"
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        idp.get_user(AccessToken=result["AccessToken"])


FIXED = dict.fromkeys(
    [
        "sub",
        "iss",
        "exp",
        "iat",
        "jti",
        "origin_jti",
        "token_use",
        "auth_time",
        "event_id",
        "client_id",
        "username",
        "cognito:username",
        "cognito:groups",
        "cognito:anything",
        "dev:custom:x",
        "identities",
        "scope",
        "nonce",
    ],
    "changed",
)


def test_claims_that_cannot_be_changed(running: Running, idp: Any) -> None:
    generation = {"claimsToAddOrOverride": FIXED, "claimsToSuppress": list(FIXED)}
    change = of_version_2(idTokenGeneration=generation, accessTokenGeneration=generation)
    made, functions = pool_with(running, change)
    identity, access = both(sign_in(idp, made))
    sub = functions.events[0]["request"]["userAttributes"]["sub"]
    assert identity["sub"] == access["sub"] == sub
    assert (identity["token_use"], access["token_use"]) == ("id", "access")
    assert (identity["cognito:username"], access["username"]) == ("ann", "ann")
    assert (identity["aud"], access["client_id"]) == (made.client, made.client)
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert "changed" not in {str(value) for name, value in access.items() if name != "cognito:username"}
    # In the ID token these two are no names of the service's.
    assert {name for name, value in identity.items() if value == "changed"} <= {"client_id", "username", "scope"}


def test_an_audience_of_the_access_token(running: Running, idp: Any) -> None:
    def own(event: dict[str, Any]) -> None:
        claims = {"aud": event["callerContext"]["clientId"]}
        event["response"]["claimsAndScopeOverrideDetails"] = {
            "accessTokenGeneration": {"claimsToAddOrOverride": claims}
        }

    made, _ = pool_with(running, own)
    assert both(sign_in(idp, made))[1]["aud"] == made.client


REFUSED: dict[str, tuple[Any, str]] = {
    "another audience": (
        {"accessTokenGeneration": {"claimsToAddOrOverride": {"aud": "x"}}},
        "The aud claim of an access token must be the ID of the app client.",
    ),
    "a scope with blanks": (
        {"accessTokenGeneration": {"scopesToAdd": ["a b"]}},
        "A scope that is added must not be empty, have blanks or be reserved.",
    ),
    "a reserved scope": (
        {"accessTokenGeneration": {"scopesToAdd": ["aws.cognito.signin.user.other"]}},
        "A scope that is added must not be empty, have blanks or be reserved.",
    ),
    "no object": ("text", UNRECOGNIZABLE),
    "claims that are no object": ({"idTokenGeneration": {"claimsToAddOrOverride": ["a"]}}, UNRECOGNIZABLE),
    "suppressed that are no list": ({"idTokenGeneration": {"claimsToSuppress": "email"}}, UNRECOGNIZABLE),
    "groups that are no texts": ({"groupOverrideDetails": {"groupsToOverride": [1]}}, UNRECOGNIZABLE),
    "a role that is no text": ({"groupOverrideDetails": {"preferredRole": ["r"]}}, UNRECOGNIZABLE),
    "an object as a flag": ({"idTokenGeneration": {"claimsToAddOrOverride": {"email_verified": {}}}}, UNRECOGNIZABLE),
}


@pytest.mark.parametrize("case", REFUSED)
def test_answers_that_are_refused(running: Running, idp: Any, case: str) -> None:
    details, text = REFUSED[case]
    made, _ = pool_with(running, answering(claimsAndScopeOverrideDetails=details))
    with refused("InvalidLambdaResponseException", text):
        sign_in(idp, made)
    assert list(running.world.store.families) == []


def test_version_1_takes_texts_alone(running: Running, idp: Any) -> None:
    made, _ = pool_with(running, of_version_1(claimsToAddOrOverride={"n": 7}), "V1_0")
    with refused("InvalidLambdaResponseException", UNRECOGNIZABLE):
        sign_in(idp, made)


def test_an_answer_to_another_version_says_nothing(running: Running, idp: Any) -> None:
    made, _ = pool_with(running, of_version_1(claimsToAddOrOverride={"team": "red"}), "V2_0")
    assert "team" not in both(sign_in(idp, made))[0]


# --- machines --------------------------------------------------------------------------------------------


@needs_newest
def test_machines(running: Running, idp: Any) -> None:
    change = of_version_2(accessTokenGeneration={"claimsToAddOrOverride": {"tenant": "t1"}, "scopesToAdd": ["a"]})
    made, functions = pool_with(running, change, "V3_0")
    members = machine(running, made.pool)
    answer = idp.get_client_token(**members, ClientMetadata={"a": "b"})
    access = claims(answer["ClientAuthenticationResult"]["AccessToken"])
    assert (access["tenant"], access["scope"]) == ("t1", "a")
    event = functions.told("TokenGeneration_ClientCredentials")
    assert event["request"]["clientMetadata"] == {"a": "b"}
    assert event["request"]["userAttributes"] == {}


@needs_newest
def test_machines_need_version_3(running: Running, idp: Any) -> None:
    made, functions = pool_with(running, of_version_2(), "V2_0")
    idp.get_client_token(**machine(running, made.pool))
    assert functions.events == []


# --- the configuration ---------------------------------------------------------------------------------


def test_the_two_forms_mirror_each_other(running: Running, idp: Any) -> None:
    single = setup(running, LambdaConfig={"PreTokenGeneration": arn("f")})
    versioned = {"LambdaVersion": "V2_0", "LambdaArn": arn("f")}
    double = setup(running, LambdaConfig={"PreTokenGenerationConfig": versioned})
    shown = [idp.describe_user_pool(UserPoolId=made.pool)["UserPool"]["LambdaConfig"] for made in (single, double)]
    assert shown[0] == {
        "PreTokenGeneration": arn("f"),
        "PreTokenGenerationConfig": {"LambdaVersion": "V1_0", "LambdaArn": arn("f")},
    }
    assert shown[1] == {"PreTokenGeneration": arn("f"), "PreTokenGenerationConfig": versioned}


def test_two_functions(idp: Any) -> None:
    config = {
        "PreTokenGeneration": arn("f"),
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn("g")},
    }
    text = "PreTokenGeneration and PreTokenGenerationConfig must name the same function."
    with refused("InvalidParameterException", text):
        idp.create_user_pool(PoolName="p", LambdaConfig=config)


def test_lite_pools_have_version_1_only(idp: Any) -> None:
    config = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn("f")}}
    text = "The following features need to be disabled for the LITE pricing tier configured: Access Token Customization"
    with refused("FeatureUnavailableInTierException", text):
        idp.create_user_pool(PoolName="p", UserPoolTier="LITE", LambdaConfig=config)
    idp.create_user_pool(PoolName="p", UserPoolTier="LITE", LambdaConfig={"PreTokenGeneration": arn("f")})
