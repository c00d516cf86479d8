"""Step-up in USER_AUTH through HTTP: requested levels x what the token tells x pools, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.acr_claims import LEVEL, of
from tests.helpers.build import PASSWORD, Setup, SrpClient, give_totp, refused, setup, sign_in, totp, user, without_sms
from tests.helpers.choice import offered
from tests.helpers.devices import confirm, finish
from tests.helpers.flow_table import EMAIL_ON, OPTIONAL, TOTP_ON
from tests.helpers.functions import Functions
from tests.helpers.harness import Running
from tests.helpers.oauth_client import claims, oauth_setup
from tests.helpers.protected import configure, fix, mfa, protected
from tests.helpers.sign_in import begin, respond
from tests.helpers.step_up import BEFORE, BOTH_ON, StepUp
from tests.helpers.token_endpoint import code_for, exchange

ALREADY = "The access token already satisfies the requested authentication level."
NO_FACTORS = "The user has no factors to satisfy any of the requested authentication levels."
NOT_A_LEVEL = "None of the TARGET_ACR_VALUES is a valid ACR value of the user pool."
# The pool's MFA and the user's factors at the time of the step-up.
POOLS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "OFF": ({"MfaConfiguration": "OFF"}, ()),
    "OPTIONAL, none on": ({**OPTIONAL, **BOTH_ON, **EMAIL_ON}, ()),
    "OPTIONAL, SMS": ({**OPTIONAL, **BOTH_ON}, ("SMS_MFA",)),
    "OPTIONAL, TOTP": ({**OPTIONAL, **BOTH_ON}, ("SOFTWARE_TOKEN_MFA",)),
    "OPTIONAL, both": ({**OPTIONAL, **BOTH_ON}, ("SMS_MFA", "SOFTWARE_TOKEN_MFA")),
    "ON, TOTP": ({"MfaConfiguration": "ON", **BOTH_ON}, ("SOFTWARE_TOKEN_MFA",)),
    "ON, e-mail": ({"MfaConfiguration": "ON", **EMAIL_ON}, ("EMAIL_OTP",)),
}
ASKS = {
    "pwd": {"PASSWORD"},
    "sms": {"SMS_OTP", "SMS_MFA"},
    "email_otp": {"EMAIL_OTP"},
    "otp": {"SOFTWARE_TOKEN_MFA"},
    "swk": {"WEB_AUTHN"},
}


# --- the table ------------------------------------------------------------------------------------------

CASES = [
    (pool, before, target, family)
    for pool in POOLS
    for before in (None, *BEFORE)
    for target in (1, 2, 3, 4)
    for family in (("user", "admin") if target == 4 else ("user",))
]


def level(methods: set[str]) -> int:
    found = 1 if "pwd" in methods else 0
    found = 2 if methods & {"sms", "email_otp"} else found
    found = 3 if "swk" in methods or ("pwd" in methods and methods & {"sms", "email_otp"}) else found
    return 4 if {"pwd", "otp"} <= methods else found


def within(pool: str) -> set[str]:
    """What the user can prove there."""
    on = {{"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "otp", "EMAIL_OTP": "email_otp"}[one] for one in POOLS[pool][1]}
    return {"pwd", *on} if on else {"pwd", "sms", "email_otp", "swk"}


@pytest.mark.exhaustive
@pytest.mark.parametrize(("pool", "before", "target", "family"), CASES)
def test_step_up(
    running: Running, idp: Any, pool: str, before: str | None, target: int, family: str
) -> None:  # fmt: skip
    walk = StepUp(running, idp, family)
    done = set(BEFORE[before][2]) - {"mfa"} if before else set()
    given = {"ACCESS_TOKEN": walk.token(before)["AccessToken"]} if before else {}
    walk.configure(*POOLS[pool])
    required = bool(POOLS[pool][1])
    floor_met = not required or bool(done - {"pwd"})
    parameters = {"TARGET_ACR_VALUES": LEVEL(target), **given}
    if level(done | within(pool)) < target:
        with refused("InvalidParameterException", NO_FACTORS):
            walk.begin(**parameters)
        return
    if before and level(done) >= target and floor_met:
        with refused("InvalidParameterException", ALREADY):
            walk.begin(**parameters)
        return
    asked, result = walk.through(walk.begin(**parameters))
    acr, amr = of(result)
    assert level(set(amr or ())) >= target
    assert acr == LEVEL(level(set(amr or ())))
    assert done <= set(amr or ())
    assert amr is not None
    assert (amr[-1] == "mfa") == (len(amr) > 1)
    for method in done:
        assert not ASKS[method] & set(asked), "asked again"
    if required:
        assert len(set(amr) - {"mfa"}) > 1, "MFA is a floor"
    assert 0 <= claims(result["IdToken"])["iat"] - claims(result["IdToken"])["auth_time"] <= 1
    assert idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"


def test_count() -> None:
    assert len(CASES) == len(set(CASES)) == 7 * 7 * 5


# --- sequences, as the guide has them --------------------------------------------------------------------


def test_only_what_is_missing_is_asked_for(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    result = walk.token("password")
    walk.configure(*POOLS["OPTIONAL, both"])
    running.world.clock.advance(900)
    before = claims(result["AccessToken"])
    asked, stepped = walk.through(walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=result["AccessToken"]))
    assert asked == ["SOFTWARE_TOKEN_MFA"]
    after = claims(stepped["AccessToken"])
    assert (after["acr"], after["amr"]) == (LEVEL(4), ["pwd", "otp", "mfa"])
    assert after["origin_jti"] != before["origin_jti"]
    assert after["auth_time"] > before["auth_time"]
    # The old token stays good, and both refresh to what they were.
    assert idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"
    parameters = {"ClientId": walk.at.client, "RefreshToken": stepped["RefreshToken"]}
    assert of(idp.get_tokens_from_refresh_token(**parameters)["AuthenticationResult"])[0] == LEVEL(4)


def test_the_first_level_that_can_be_reached(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token("password")["AccessToken"]
    walk.configure(*POOLS["OPTIONAL, SMS"])
    asked, result = walk.through(walk.begin(TARGET_ACR_VALUES=f"{LEVEL(4)} {LEVEL(3)}", ACCESS_TOKEN=token))
    assert (asked, of(result)[0]) == (["SMS_MFA"], LEVEL(3))


def test_values_that_are_not_known_are_ignored_among_others(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    answer = walk.begin(TARGET_ACR_VALUES=f"urn:x {LEVEL(2)} {LEVEL(9)}")
    assert offered(answer) == ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]


def test_levels_by_the_names_of_the_pool(running: Running, idp: Any) -> None:
    at = setup(
        running,
        {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]},
        AcrConfiguration={"Level1": {"AcrValue": "tin"}, "Level4": {"AcrValue": "gold"}},
    )
    user(running, at.pool)
    with refused("InvalidParameterException", NOT_A_LEVEL):
        begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES=LEVEL(1))
    with refused("InvalidParameterException", NO_FACTORS):
        begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES="gold")
    given = {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD}
    answer = begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES="gold tin", **given)
    assert of(answer["AuthenticationResult"]) == ("tin", ["pwd"])


def test_a_target_of_srp(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    walk.configure(*POOLS["OPTIONAL, TOTP"])
    client = SrpClient(walk.at.pool, PASSWORD)
    asked = walk.begin(TARGET_ACR_VALUES=LEVEL(4), PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=client.public)
    responses = {**client.responses(asked["ChallengeParameters"]), "USERNAME": "ann"}
    answer = walk.respond("PASSWORD_VERIFIER", asked["Session"], responses)
    assert walk.through(answer)[0] == ["SOFTWARE_TOKEN_MFA"]


def test_a_password_missing_by_srp(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token("e-mail code")["AccessToken"]
    client = SrpClient(walk.at.pool, PASSWORD)
    asked = walk.begin(
        TARGET_ACR_VALUES=LEVEL(3), ACCESS_TOKEN=token, PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=client.public
    )
    responses = {**client.responses(asked["ChallengeParameters"]), "USERNAME": "ann"}
    result = walk.respond("PASSWORD_VERIFIER", asked["Session"], responses)["AuthenticationResult"]
    assert of(result) == (LEVEL(3), ["email_otp", "pwd", "mfa"])


def test_a_preferred_factor_of_several(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token("password")["AccessToken"]
    given = {"TARGET_ACR_VALUES": LEVEL(3), "ACCESS_TOKEN": token}
    assert offered(walk.begin(**given)) == ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
    for preferred in ("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"):
        assert walk.begin(**given, PREFERRED_CHALLENGE=preferred)["ChallengeName"] == preferred
    # A password is behind it; so it is no choice, wherever it is named.
    assert offered(walk.begin(**given, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD))
    session = walk.begin(**given)["Session"]
    with refused("InvalidParameterException", "Selected challenge is not available"):
        walk.respond("SELECT_CHALLENGE", session, {"USERNAME": "ann", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD})


def test_one_failure_and_there_are_no_tokens(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    walk.configure(*POOLS["OPTIONAL, TOTP"])
    families = running.world.store.families
    asked = walk.begin(TARGET_ACR_VALUES=LEVEL(4), PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with refused("CodeMismatchException", "Invalid code received for user"):
        walk.respond("SOFTWARE_TOKEN_MFA", asked["Session"], {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": "000000"})
    assert len(families) == 0


# --- the age of a sign-in --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        ("600", ["SOFTWARE_TOKEN_MFA"]),
        ("599", ["PASSWORD", "SOFTWARE_TOKEN_MFA"]),
        ("0", ["PASSWORD", "SOFTWARE_TOKEN_MFA"]),
        ("99999999999", ["SOFTWARE_TOKEN_MFA"]),
    ],
)
def test_too_old_a_sign_in_begins_anew(running: Running, idp: Any, age: str, asked: list[str]) -> None:
    running.world.clock.freeze(1_800_000_000)
    walk = StepUp(running, idp)
    token = walk.token("password")["AccessToken"]
    walk.configure(*POOLS["OPTIONAL, TOTP"])
    running.world.clock.advance(600)
    answer = walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=token, MAX_AGE=age)
    found, result = walk.through(answer)
    assert found == asked
    assert of(result)[0] == LEVEL(4)
    assert idp.get_user(AccessToken=token)["Username"] == "ann"


def test_a_refresh_makes_no_sign_in_younger(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    result = walk.token("password")
    running.world.clock.advance(600)
    parameters = {"ClientId": walk.at.client, "RefreshToken": result["RefreshToken"]}
    refreshed = idp.get_tokens_from_refresh_token(**parameters)["AuthenticationResult"]["AccessToken"]
    walk.configure(*POOLS["OPTIONAL, TOTP"])
    answer = walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=refreshed, MAX_AGE="300")
    assert answer["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_level_that_is_satisfied_but_too_old_is_proved_again(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token("password, TOTP")["AccessToken"]
    with refused("InvalidParameterException", ALREADY):
        walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=token, MAX_AGE="1000")
    running.world.clock.advance(1001)
    asked, _ = walk.through(walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=token, MAX_AGE="1000"))
    assert asked == ["PASSWORD", "SOFTWARE_TOKEN_MFA"]


# --- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("age", ["-1", "1.5", "1e3", "soon", "９", "999999999999"])
def test_an_age_that_is_none(running: Running, idp: Any, age: str) -> None:
    walk = StepUp(running, idp)
    for more in ({}, {"TARGET_ACR_VALUES": LEVEL(1)}):
        with refused("InvalidParameterException", "MAX_AGE must be a non-negative integer."):
            walk.begin(MAX_AGE=age, **more)


def test_an_age_alone_changes_nothing(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    assert offered(walk.begin(MAX_AGE="0")) == offered(walk.begin())


def test_a_token_without_a_level(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token()["AccessToken"]
    for more in ({}, {"TARGET_ACR_VALUES": ""}, {"MAX_AGE": "1"}):
        with refused("InvalidParameterException", "TARGET_ACR_VALUES is required with ACCESS_TOKEN."):
            walk.begin(ACCESS_TOKEN=token, **more)


@pytest.mark.parametrize("values", ["urn:x", " ", "urn:cognito:loa:5", "URN:COGNITO:LOA:4", "4", "x" * 2000])
def test_no_level_of_the_pool(running: Running, idp: Any, values: str) -> None:
    walk = StepUp(running, idp)
    with refused("InvalidParameterException", NOT_A_LEVEL):
        walk.begin(TARGET_ACR_VALUES=values)


def test_another_users_token(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    bob = sign_in(idp, walk.at, "bob")["AccessToken"]
    with refused("InvalidParameterException", "USERNAME does not match the user of the ACCESS_TOKEN."):
        walk.begin(TARGET_ACR_VALUES=LEVEL(3), ACCESS_TOKEN=bob)


def test_a_token_for_somebody_who_does_not_exist(running: Running, idp: Any) -> None:
    """Behind PreventUserExistenceErrors he is told like anybody else."""
    at = setup(running, {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]})
    members = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}
    running.call(
        "UpdateUserPoolClient",
        UserPoolId=at.pool,
        ClientId=at.client,
        PreventUserExistenceErrors="ENABLED",
        **members,
    )
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    for name in ("nobody", "bob"):
        with refused("InvalidParameterException", "USERNAME does not match the user of the ACCESS_TOKEN."):
            begin(idp, at, "USER_AUTH", USERNAME=name, TARGET_ACR_VALUES=LEVEL(1), ACCESS_TOKEN=token)
    for name in ("nobody", "ann"):
        for target in (1, 4):
            asked = begin(idp, at, "USER_AUTH", USERNAME=name, TARGET_ACR_VALUES=LEVEL(target))
            assert offered(asked) == ["PASSWORD_SRP", "PASSWORD"]
    given = {"PREFERRED_CHALLENGE": "PASSWORD", "TARGET_ACR_VALUES": LEVEL(4)}
    for name, typed in (("nobody", PASSWORD), ("ann", "Wrong-horse-7")):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            begin(idp, at, "USER_AUTH", USERNAME=name, PASSWORD=typed, **given)
    with refused("InvalidParameterException", NO_FACTORS):
        begin(idp, at, "USER_AUTH", USERNAME="ann", PASSWORD=PASSWORD, **given)


@pytest.mark.parametrize(
    ("spoil", "error", "text"),
    [
        ("id token", "NotAuthorizedException", "Invalid Access Token"),
        ("rubbish", "NotAuthorizedException", "Invalid Access Token"),
        ("signature", "NotAuthorizedException", "Could not verify signature for Access Token"),
        ("expired", "NotAuthorizedException", "Access Token has expired"),
        ("revoked", "NotAuthorizedException", "Access Token has been revoked"),
        ("signed out", "NotAuthorizedException", "Access Token has been revoked"),
        ("another client", "NotAuthorizedException", "Invalid Access Token"),
        ("another pool", "NotAuthorizedException", "Invalid Access Token"),
        ("refresh token", "NotAuthorizedException", "Invalid Access Token"),
    ],
)
@pytest.mark.parametrize("family", ["user", "admin"])
def test_a_token_that_is_no_good(
    running: Running, idp: Any, spoil: str, error: str, text: str, family: str
) -> None:  # fmt: skip
    walk = StepUp(running, idp, family)
    result = walk.token()
    token: str = result["AccessToken"]
    if spoil == "id token":
        token = result["IdToken"]
    elif spoil == "refresh token":
        token = result["RefreshToken"]
    elif spoil == "rubbish":
        token = "x.y.z"
    elif spoil == "signature":
        token = token[:-8] + ("A" * 8 if token[-8:] != "A" * 8 else "B" * 8)
    elif spoil == "expired":
        running.world.clock.advance(3601)
    elif spoil == "revoked":
        idp.revoke_token(ClientId=walk.at.client, Token=result["RefreshToken"])
    elif spoil == "signed out":
        idp.global_sign_out(AccessToken=token)
    else:
        other = walk.at if spoil == "another client" else setup(running)
        flows = ["ALLOW_USER_PASSWORD_AUTH"]
        members = {"UserPoolId": other.pool, "ClientName": "o", "ExplicitAuthFlows": flows}
        client = running.call("CreateUserPoolClient", **members)["UserPoolClient"]["ClientId"]
        if spoil == "another pool":
            user(running, other.pool)
        token = sign_in(idp, Setup(other.pool, client))["AccessToken"]
    with refused(error, text):
        walk.begin(TARGET_ACR_VALUES=LEVEL(3), ACCESS_TOKEN=token)


def test_a_token_of_the_pages_needs_the_users_scope(running: Running, idp: Any) -> None:

    at = oauth_setup(running, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    found = exchange(running, at, code_for(running, at, scope="openid")).json["access_token"]
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=found)


def test_nobody_who_is_disabled(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token()["AccessToken"]
    idp.admin_disable_user(UserPoolId=walk.at.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        walk.begin(TARGET_ACR_VALUES=LEVEL(3), ACCESS_TOKEN=token)


def test_a_password_that_an_administrator_has_given_since(running: Running, idp: Any) -> None:
    """Nothing is credited then: the temporary password has to be known."""
    walk = StepUp(running, idp)
    token = walk.token()["AccessToken"]
    walk.configure(*POOLS["OPTIONAL, TOTP"])
    given = {"TARGET_ACR_VALUES": LEVEL(4), "ACCESS_TOKEN": token}
    begun = walk.begin(**given)
    assert begun["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    temporary = "Temporary-horse-7"
    running.call("AdminSetUserPassword", UserPoolId=walk.at.pool, Username="ann", Password=temporary, Permanent=False)
    assert offered(walk.begin(**given)) == ["PASSWORD_SRP", "PASSWORD"]
    with refused("NotAuthorizedException", "Invalid session for the user."):
        walk.through(begun)


def test_nothing_is_set_up_for_a_step_up(running: Running, idp: Any) -> None:
    """MFA is required since, and the user has none: that is for a sign-in."""
    walk = StepUp(running, idp)
    token = walk.token()["AccessToken"]
    walk.configure({"MfaConfiguration": "ON", **TOTP_ON}, ())
    without_sms(running, walk.at.pool)
    with refused("InvalidParameterException", NO_FACTORS):
        walk.begin(TARGET_ACR_VALUES=LEVEL(1), ACCESS_TOKEN=token)
    given = {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD}
    assert walk.begin(TARGET_ACR_VALUES=LEVEL(1), **given)["ChallengeName"] == "MFA_SETUP"


def test_lite_has_no_step_up(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    token = walk.token()["AccessToken"]
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}
    running.call("SetUserPoolMfaConfig", UserPoolId=walk.at.pool, MfaConfiguration="OFF")
    running.call("UpdateUserPool", UserPoolId=walk.at.pool, UserPoolTier="LITE", Policies=policies)
    with refused("FeatureUnavailableInTierException"):
        walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=token)


def test_a_name_that_was_changed_counts_for_no_level_but_for_its_methods(running: Running, idp: Any) -> None:
    walk = StepUp(running, idp)
    lower, higher = walk.token("password")["AccessToken"], walk.token("password, TOTP")["AccessToken"]
    kept = running.call("DescribeUserPool", UserPoolId=walk.at.pool)["UserPool"]
    members = {name: kept[name] for name in ("EmailConfiguration", "SmsConfiguration", "Policies")}
    names_ = {f"Level{number}": {"AcrValue": f"new:{number}"} for number in (1, 2, 3, 4)}
    running.call("UpdateUserPool", UserPoolId=walk.at.pool, AcrConfiguration=names_, **members)
    walk.configure(*POOLS["OPTIONAL, TOTP"])
    answer = walk.begin(TARGET_ACR_VALUES="new:4", ACCESS_TOKEN=lower)
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    # Where nothing is missing, there are no tokens for nothing: it begins anew.
    assert offered(walk.begin(TARGET_ACR_VALUES="new:4", ACCESS_TOKEN=higher)) == ["PASSWORD_SRP", "PASSWORD"]


def test_a_remembered_device_is_no_factor(running: Running, idp: Any) -> None:
    tracking = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}
    at = setup(running, flows, DeviceConfiguration=tracking)
    factors = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="OPTIONAL", **factors)
    user(running, at.pool)
    device = confirm(idp, sign_in(idp, at))
    secret = give_totp(running, idp, at)
    asked = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    result = finish(idp, at, asked, device)["AuthenticationResult"]
    assert of(result) == (LEVEL(1), ["pwd"])
    given = {"TARGET_ACR_VALUES": LEVEL(4), "ACCESS_TOKEN": result["AccessToken"], "DEVICE_KEY": device.key}
    asked = begin(idp, at, "USER_AUTH", USERNAME="ann", **given)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = totp(secret, running.world.clock.now())
    asked = respond(idp, at, "SOFTWARE_TOKEN_MFA", asked["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)
    assert of(finish(idp, at, asked, device)["AuthenticationResult"]) == (LEVEL(4), ["pwd", "otp", "mfa"])
    with refused("InvalidParameterException", ALREADY):
        begin(idp, at, "USER_AUTH", USERNAME="ann", **{**given, "TARGET_ACR_VALUES": LEVEL(1)})


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
def test_no_level_talks_away_what_a_risk_demands(running: Running, idp: Any, action: str) -> None:
    """ "MFA that threat protection prompts for is also enforced on initial sign-in"; a step-up has had its MFA."""
    at = protected(running, "ENFORCED")
    user(running, at.pool)
    mfa(running, at)
    secret = give_totp(running, idp, at, prefer=False)
    token = sign_in(idp, at)["AccessToken"]
    configure(running, at, action)
    fix(running, "High", pool=at.pool)
    given = {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD}
    asked = begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES=LEVEL(1), **given)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    idp.admin_set_user_mfa_preference(
        UserPoolId=at.pool, Username="ann", SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": False}
    )
    asked = begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=token)
    code = totp(secret, running.world.clock.now())
    answer = respond(idp, at, "SOFTWARE_TOKEN_MFA", asked["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)
    assert of(answer["AuthenticationResult"])[0] == LEVEL(4)


def test_the_functions_of_a_sign_in_are_called(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None, PreTokenGeneration=None)
    at = setup(
        running,
        {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]},
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
        LambdaConfig=functions.config,
    )
    user(running, at.pool, email="ann@example.com")
    token = sign_in(idp, at)["AccessToken"]
    functions.events.clear()
    asked = begin(idp, at, "USER_AUTH", USERNAME="ann", TARGET_ACR_VALUES=LEVEL(2), ACCESS_TOKEN=token)
    code = running.world.outbox.all()[-1].code or ""
    answer = respond(idp, at, "EMAIL_OTP", asked["Session"], USERNAME="ann", EMAIL_OTP_CODE=code)
    assert of(answer["AuthenticationResult"]) == (LEVEL(3), ["pwd", "email_otp", "mfa"])
    assert functions.sources() == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]


def test_other_flows_know_no_levels(running: Running, idp: Any) -> None:
    """The parameters are USER_AUTH's alone (API reference)."""
    at = setup(running)
    user(running, at.pool)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN="x")
    assert of(answer["AuthenticationResult"]) == (LEVEL(1), ["pwd"])
