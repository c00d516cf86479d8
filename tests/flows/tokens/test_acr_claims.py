"""acr and amr in the tokens of every kind of sign-in, and that they stay."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.helpers.acr_claims import LEVEL, Said, of, said
from tests.helpers.build import FLOWS, PASSWORD, Setup, SrpClient, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.custom_auth import CUSTOM, functions_of
from tests.helpers.custom_auth import begin as begin_custom
from tests.helpers.custom_auth import reply as reply_custom
from tests.helpers.derived_tokens import exchange, exchanger
from tests.helpers.devices import confirm, finish, tracked
from tests.helpers.flow_table import WAYS, Walk, Way
from tests.helpers.functions import Event, Functions
from tests.helpers.harness import Running
from tests.helpers.oauth_client import claims
from tests.helpers.sign_in import begin, respond
from tests.helpers.site import CHOICE

# --- every way of signing in ----------------------------------------------------------------------------

_PASSWORD: Said = (LEVEL(1), ["pwd"])
_TOTP: Said = (LEVEL(4), ["pwd", "otp", "mfa"])
_SMS: Said = (LEVEL(3), ["pwd", "sms", "mfa"])
_EMAIL: Said = (LEVEL(3), ["pwd", "email_otp", "mfa"])
_PASSKEY: Said = (LEVEL(3), ["swk"])
EXPECTED: dict[str, Said] = {
    **dict.fromkeys(("password", "SRP", "temporary password", "temporary password by SRP"), _PASSWORD),
    **dict.fromkeys(("preferred password", "preferred SRP", "chosen password at once"), _PASSWORD),
    **dict.fromkeys(("chosen password", "chosen SRP"), _PASSWORD),
    **dict.fromkeys(("TOTP", "TOTP after SRP", "chosen password, TOTP", "a level by password and TOTP"), _TOTP),
    **dict.fromkeys(("SMS MFA", "choice of MFA"), _SMS),
    **dict.fromkeys(("e-mail MFA", "set-up of MFA", "a level by password and a chosen code"), _EMAIL),
    **dict.fromkeys(("preferred e-mail", "chosen e-mail"), (LEVEL(2), ["email_otp"])),
    **dict.fromkeys(("preferred SMS", "chosen SMS"), (LEVEL(2), ["sms"])),
    **dict.fromkeys(("preferred passkey", "chosen passkey"), _PASSKEY),
}


def test_no_way_is_forgotten() -> None:
    assert {way.name for way in WAYS if way.flow != "CUSTOM_AUTH"} == set(EXPECTED)


@pytest.mark.parametrize("family", ["user", "admin"])
@pytest.mark.parametrize("way", [way for way in WAYS if way.name in EXPECTED], ids=lambda way: way.name)
def test_a_sign_in(running: Running, idp: Any, way: Way, family: str) -> None:
    walk = Walk(running, idp, way, "public", family)
    assert of(walk.finish(0, walk.to(0))["AuthenticationResult"]) == EXPECTED[way.name]


def test_a_roaming_passkey(running: Running, idp: Any) -> None:
    way = next(way for way in WAYS if way.name == "preferred passkey")
    walk = Walk(running, idp, way, "public", "user")

    async def move() -> None:
        table = running.world.store.passkeys
        with running.world.store.write():
            for one in list(table):
                table.put(replace(one, attested=replace(one.attested, attachment="cross-platform")))

    running.run(move())
    assert of(walk.finish(0, walk.to(0))["AuthenticationResult"]) == (LEVEL(3), ["hwk"])


def test_an_authenticator_set_up_on_the_way(running: Running, idp: Any) -> None:
    at = setup(running)
    factors = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="ON", **factors)
    user(running, at.pool)
    asked = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    made = idp.associate_software_token(Session=asked["Session"])
    code = totp(made["SecretCode"], running.world.clock.now())
    verified = idp.verify_software_token(Session=made["Session"], UserCode=code)
    answer = respond(idp, at, "MFA_SETUP", verified["Session"], USERNAME="ann")
    assert of(answer["AuthenticationResult"]) == _TOTP


@pytest.mark.parametrize(("srp", "expected"), [(False, (None, None)), (True, _PASSWORD)])
def test_custom_challenges_are_in_no_level(running: Running, idp: Any, srp: bool, expected: Said) -> None:
    at = setup(running, client={"ExplicitAuthFlows": CUSTOM}, LambdaConfig=functions_of(running).config)
    user(running, at.pool, email="ann@example.com")
    client = SrpClient(at.pool, PASSWORD)
    asked = begin_custom(idp, at, **({"CHALLENGE_NAME": "SRP_A", "SRP_A": client.public} if srp else {}))
    if srp:
        asked = respond(idp, at, "PASSWORD_VERIFIER", **client.responses(asked["ChallengeParameters"]))
    number = 2 if srp else 0
    answer = reply_custom(idp, at, asked, f"answer {number}")
    assert of(answer["AuthenticationResult"]) == expected


def test_a_remembered_device_adds_nothing(running: Running, idp: Any) -> None:
    at = tracked(running)
    secret = give_totp(running, idp, at)
    asked = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    code = totp(secret, running.world.clock.now())
    answer = respond(idp, at, "SOFTWARE_TOKEN_MFA", asked["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)
    assert of(answer["AuthenticationResult"]) == _TOTP
    device = confirm(idp, answer["AuthenticationResult"])
    asked = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    assert of(finish(idp, at, asked, device)["AuthenticationResult"]) == _PASSWORD


def test_the_sign_in_of_a_new_user(running: Running, idp: Any) -> None:
    """The code that confirms him is the factor."""
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    at = setup(running, CHOICE, Policies=policy, AutoVerifiedAttributes=["email"])
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    made = idp.sign_up(ClientId=at.client, Username="ann", UserAttributes=attributes)
    code = running.world.outbox.all()[-1].code
    done = idp.confirm_sign_up(ClientId=at.client, Username="ann", ConfirmationCode=code, Session=made["Session"])
    answer = idp.initiate_auth(
        ClientId=at.client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "ann"}, Session=done["Session"]
    )
    assert of(answer["AuthenticationResult"]) == (LEVEL(2), ["email_otp"])


@pytest.mark.parametrize("tier", ["LITE", "ESSENTIALS", "PLUS"])
def test_every_tier(running: Running, idp: Any, tier: str) -> None:
    at = setup(running, UserPoolTier=tier)
    user(running, at.pool)
    assert of(sign_in(idp, at)) == _PASSWORD


# --- what stays -----------------------------------------------------------------------------------------


def with_totp(running: Running, idp: Any, client: dict[str, Any] | None = None) -> tuple[Setup, dict[str, Any]]:
    """A user's tokens of the highest level."""
    at = setup(running, client)
    factors = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="OPTIONAL", **factors)
    user(running, at.pool)
    secret = give_totp(running, idp, at)
    asked = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    code = totp(secret, running.world.clock.now())
    answer = respond(idp, at, "SOFTWARE_TOKEN_MFA", asked["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)
    return at, answer["AuthenticationResult"]


def test_refreshed_tokens_say_the_same(running: Running, idp: Any) -> None:
    at, result = with_totp(running, idp)
    before = claims(result["IdToken"])["auth_time"]
    running.world.clock.advance(1000)
    parameters = {"REFRESH_TOKEN": result["RefreshToken"]}
    refreshed = begin(idp, at, "REFRESH_TOKEN_AUTH", **parameters)["AuthenticationResult"]
    assert of(refreshed) == _TOTP
    assert claims(refreshed["IdToken"])["auth_time"] == before


def test_rotated_tokens_say_the_same(running: Running, idp: Any) -> None:
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    flows = [flow for flow in FLOWS if "REFRESH" not in flow]
    at, result = with_totp(running, idp, {"RefreshTokenRotation": rotation, "ExplicitAuthFlows": flows})
    for _ in range(2):
        running.world.clock.advance(100)
        result = idp.get_tokens_from_refresh_token(ClientId=at.client, RefreshToken=result["RefreshToken"])[
            "AuthenticationResult"
        ]
        assert of(result) == _TOTP


def test_a_level_that_is_renamed_keeps_its_name_in_a_sign_in(running: Running, idp: Any) -> None:
    at, result = with_totp(running, idp)
    pool = {"UserPoolId": at.pool, "AcrConfiguration": {"Level4": {"AcrValue": "gold"}, "Level1": {"AcrValue": "tin"}}}
    running.call("UpdateUserPool", **pool)
    refreshed = begin(idp, at, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])["AuthenticationResult"]
    assert of(refreshed) == _TOTP
    user(running, at.pool, "bob")
    assert of(sign_in(idp, at, "bob")) == ("tin", ["pwd"])


def test_no_function_changes_them(running: Running, idp: Any) -> None:
    def change(event: Event) -> None:
        claims = {"acr": "urn:cognito:loa:4", "amr": "otp"}
        part = {"claimsToAddOrOverride": claims, "claimsToSuppress": ["acr", "amr"]}
        event["response"] = {
            "claimsAndScopeOverrideDetails": {"idTokenGeneration": part, "accessTokenGeneration": part}
        }

    functions = Functions(running, PreTokenGeneration=change)
    arn = functions.config["PreTokenGeneration"]
    config = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn}, "PreTokenGeneration": arn}
    at = setup(running, LambdaConfig=config)
    user(running, at.pool)
    assert of(sign_in(idp, at)) == _PASSWORD
    assert functions.events


def test_exchanged_tokens_say_the_same(running: Running, idp: Any) -> None:
    at, result = with_totp(running, idp)
    service = exchanger(running, at.pool)
    for wanted in ("ACCESS_TOKEN", "ID_TOKEN"):
        derived = exchange(idp, service, result["AccessToken"], RequestedTokenType=wanted)
        assert said(derived["IssuedToken"]) == _TOTP


def test_a_wrong_code_gives_no_level(running: Running, idp: Any) -> None:
    at, _ = with_totp(running, idp)
    asked = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    with refused("CodeMismatchException", "Invalid code received for user"):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", asked["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE="000000")
    assert running.world.store.families.count("user", next(iter(running.world.store.users)).key) == 2
