"""Adaptive authentication: level x action x factors of the user x mode of the pool, and what each rule decides."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, SrpClient, give_totp, refused, totp, user
from tests.helpers.harness import Running
from tests.helpers.passkey_sign_in import try_in
from tests.helpers.passkeys import Session
from tests.helpers.protected import (
    ADDRESS_TEXT,
    BLOCKED_TEXT,
    HOME,
    LEVELS,
    add_ons,
    configure,
    context,
    events,
    fix,
    forget_configuration,
    from_,
    mfa,
    protected,
    risk,
    status,
)

ACTIONS = ("NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK")
# The user's factor: none; an authenticator that is registered and off; one that is on.
FACTORS = ("none", "registered", "on")
POOLS = ("OFF", "OPTIONAL", "ON")
MODES = ("AUDIT", "ENFORCED")
TOTP = "SOFTWARE_TOKEN_MFA"
CASES = list(itertools.product(("", *LEVELS), ACTIONS, FACTORS, POOLS, MODES))


def expected(level: str, action: str, factor: str, pool: str, mode: str) -> tuple[str, tuple[str, str | None, bool]]:
    """What the sign-in answers (tokens, the name of a challenge, or BLOCK) and EventRisk."""
    has = factor != "none" and pool != "OFF"
    usual = "tokens"
    if pool == "ON":
        usual = TOTP if has else "MFA_SETUP"
    elif pool == "OPTIONAL" and factor == "on":
        usual = TOTP
    if mode == "AUDIT" or not level:
        return usual, ("NoRisk", level or None, False)
    if action == "BLOCK" or (action == "MFA_REQUIRED" and not has and pool != "ON"):
        return "BLOCK", ("Block", level, False)
    if action != "NO_ACTION" and has:
        usual = TOTP
    return usual, ("AccountTakeover", level, False)


def test_the_table_has_all_of_them() -> None:
    assert len(CASES) == 4 * 4 * 3 * 3 * 2 == 288
    assert {expected(*case)[0] for case in CASES} == {"tokens", TOTP, "MFA_SETUP", "BLOCK"}


def with_factor(running: Running, idp: Any, at: Setup, factor: str) -> str:
    """Ann with that factor; the secret of her authenticator."""
    if factor == "none":
        return ""
    mfa(running, at)
    return give_totp(running, idp, at, prefer=factor == "on")


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_table(running: Running, idp: Any, case: tuple[str, str, str, str, str]) -> None:
    level, action, factor, pool, mode = case
    at = protected(running, mode)
    user(running, at.pool)
    secret = with_factor(running, idp, at, factor)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration=pool,
        **({} if pool == "OFF" else {"SoftwareTokenMfaConfiguration": {"Enabled": True}}),
    )
    configure(running, at, action)
    fix(running, level, pool=at.pool)
    wanted, told = expected(*case)
    if wanted == "BLOCK":
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            from_(idp, at)
    else:
        answer = from_(idp, at)
        assert answer.get("ChallengeName", "tokens") == wanted
        if wanted == TOTP:
            responses = {"USERNAME": "ann", f"{TOTP}_CODE": totp(secret, running.world.clock.now())}
            answer = idp.admin_respond_to_auth_challenge(
                UserPoolId=at.pool,
                ClientId=at.client,
                ChallengeName=TOTP,
                Session=answer["Session"],
                ChallengeResponses=responses,
            )
        assert ("AuthenticationResult" in answer) == (wanted != "MFA_SETUP")
    newest = events(idp, at)[0]
    assert risk(newest) == told
    response = {"BLOCK": "Fail", "MFA_SETUP": "InProgress"}.get(wanted, "Pass")
    assert newest["EventResponse"] == response


# --- the level -------------------------------------------------------------------------------------------------


OTHER = "Mozilla/5.0 (Windows NT 10.0) Chrome/125.0 Safari/537.36"
AWAY = "198.51.100.7"


@pytest.mark.parametrize(
    ("there", "level"),
    [
        ({}, None),
        ({"ip": "192.0.2.99"}, None),  # the same network
        ({"ip": AWAY}, "Low"),
        ({"ip": "2001:db8::1"}, "Low"),
        ({"agent": OTHER}, "Low"),
        ({"ip": AWAY, "agent": OTHER}, "Medium"),
    ],
)
def test_device_and_network(running: Running, idp: Any, there: dict[str, str], level: str | None) -> None:
    at = protected(running)
    user(running, at.pool)
    from_(idp, at, AWAY, agent=OTHER)  # the first sign-in of all has nothing to be held against
    assert risk(events(idp, at)[0]) == ("NoRisk", None, False)
    user(running, at.pool, "bob")
    from_(idp, at, username="bob")
    from_(idp, at, username="bob", **there)
    assert risk(events(idp, at, "bob")[0])[1] == level


def test_a_failure_before_makes_it_high(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    from_(idp, at)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        from_(idp, at, AWAY, agent=OTHER, password="Wrong-horse-7")
    from_(idp, at, AWAY, agent=OTHER)
    assert [risk(event)[1] for event in events(idp, at)] == ["High", None, None]
    from_(idp, at, AWAY, agent=OTHER)
    assert risk(events(idp, at)[0])[1] is None  # it is known by now


def test_a_failure_before_an_exchange(running: Running, idp: Any) -> None:
    """SRP takes two calls: the event of the first is not what came before."""
    at = protected(running)
    user(running, at.pool)
    from_(idp, at)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        from_(idp, at, AWAY, password="Wrong-horse-7")
    client = SrpClient(at.pool, PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    responses = client.responses(asked["ChallengeParameters"])
    idp.respond_to_auth_challenge(ClientId=at.client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses)
    assert risk(events(idp, at)[0])[1] == "High"


def test_feedback_changes_the_level(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    from_(idp, at)
    from_(idp, at, AWAY)
    strange = events(idp, at)[0]["EventId"]

    def call_it(value: str) -> None:
        idp.admin_update_auth_event_feedback(UserPoolId=at.pool, Username="ann", EventId=strange, FeedbackValue=value)

    call_it("Invalid")
    from_(idp, at, AWAY)
    assert risk(events(idp, at)[0])[1] == "High"
    call_it("Valid")
    from_(idp, at, AWAY)
    assert risk(events(idp, at)[0])[1] is None


def test_what_was_called_invalid_is_not_known(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    from_(idp, at)
    from_(idp, at, AWAY)
    idp.admin_update_auth_event_feedback(
        UserPoolId=at.pool, Username="ann", EventId=events(idp, at)[0]["EventId"], FeedbackValue="Invalid"
    )
    from_(idp, at, AWAY, agent=OTHER)
    assert risk(events(idp, at)[0])[1] == "Medium"


def test_fixed_levels_go_by_what_says_more(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool, email="ann@example.com")
    user(running, at.pool, "bob")

    def level(ip: str = HOME, username: str = "ann") -> Any:
        from_(idp, at, ip, username)
        return risk(events(idp, at, username)[0])[1]

    fix(running, "Low")
    assert level() == "Low"
    fix(running, "Medium", pool=at.pool)
    assert level() == "Medium"
    fix(running, "High", ip_range="192.0.2.0/24")
    assert (level(), level("203.0.113.1")) == ("High", "Medium")
    fix(running, "", user="ann@example.com")
    assert (level(), level(username="bob")) == (None, "High")
    fix(running, "Low", user="ann", ip_range="192.0.2.10/32")
    assert (level(), level("192.0.2.11")) == ("Low", None)


# --- configurations --------------------------------------------------------------------------------------------


def test_a_pool_without_a_configuration_blocks_all_risk(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    forget_configuration(running, at)
    from_(idp, at)
    for level in LEVELS:
        fix(running, level)
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            from_(idp, at)
    assert [event["EventResponse"] for event in events(idp, at)] == ["Fail", "Fail", "Fail", "Pass"]


def test_a_level_without_an_action_is_let_in(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    actions = {"Actions": {"HighAction": {"EventAction": "BLOCK", "Notify": False}}}
    configure(running, at, AccountTakeoverRiskConfiguration=actions)
    fix(running, "Medium")
    from_(idp, at)
    assert risk(events(idp, at)[0]) == ("NoRisk", "Medium", False)
    fix(running, "High")
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        from_(idp, at)


def test_a_clients_configuration_overrides_the_pools_whole(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    configure(running, at, "BLOCK", RiskExceptionConfiguration={"BlockedIPRangeList": [f"{HOME}/32"]})
    fix(running, "High")
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        from_(idp, at)
    configure(running, at, "NO_ACTION", client=True)
    assert "AuthenticationResult" in from_(idp, at)


def test_mode_off_judges_nothing(running: Running, idp: Any) -> None:
    at = protected(running, "OFF")
    user(running, at.pool)
    configure(running, at, "BLOCK", RiskExceptionConfiguration={"BlockedIPRangeList": ["0.0.0.0/0"]})
    fix(running, "High")
    assert "AuthenticationResult" in from_(idp, at)
    assert len(running.world.store.auth_events) == 0


# --- addresses -------------------------------------------------------------------------------------------------


def test_a_blocked_address_begins_no_sign_in(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    ranges = ["198.51.100.0/24", "2001:db8::/32"]
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": ranges})
    assert "AuthenticationResult" in from_(idp, at)
    for ip in ("198.51.100.255", "2001:db8::7", "::ffff:198.51.100.1"):
        with refused("NotAuthorizedException", ADDRESS_TEXT):
            from_(idp, at, ip)
    assert [risk(event) for event in events(idp, at)][:3] == [("Block", None, False)] * 3
    # It says nothing of who is there, and nothing of the password.
    for username, password in (("nobody", PASSWORD), ("ann", "Wrong-horse-7")):
        with refused("NotAuthorizedException", ADDRESS_TEXT):
            from_(idp, at, "198.51.100.1", username, password)


@pytest.mark.parametrize("mode", ["AUDIT", "OFF"])
def test_only_full_function_blocks_addresses(running: Running, idp: Any, mode: str) -> None:
    at = protected(running, mode)
    user(running, at.pool)
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": [f"{HOME}/32"]})
    assert "AuthenticationResult" in from_(idp, at)


def test_the_callers_own_address_counts(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8"]})
    password = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    srp = {"USERNAME": "ann", "SRP_A": SrpClient(at.pool, PASSWORD).public}
    flows: list[tuple[str, dict[str, str]]] = [
        ("USER_PASSWORD_AUTH", password),
        ("USER_SRP_AUTH", srp),
        ("USER_AUTH", {"USERNAME": "ann"}),
    ]
    for flow, parameters in flows:
        with refused("NotAuthorizedException", ADDRESS_TEXT):
            idp.initiate_auth(ClientId=at.client, AuthFlow=flow, AuthParameters=parameters)
    for operation, members in (
        ("sign_up", {"Password": PASSWORD}),
        ("confirm_sign_up", {"ConfirmationCode": "123456"}),
        ("resend_confirmation_code", {}),
        ("forgot_password", {}),
        ("confirm_forgot_password", {"ConfirmationCode": "123456", "Password": PASSWORD}),
    ):
        with refused("NotAuthorizedException", ADDRESS_TEXT):
            getattr(idp, operation)(ClientId=at.client, Username="eve", **members)
    assert [known.username for known in running.world.store.users] == ["ann"]
    assert "AuthenticationResult" in from_(idp, at)  # ContextData tells another address


def test_an_answer_from_a_blocked_address(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool, permanent=False)
    asked = from_(idp, at)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": [f"{AWAY}/32"]})
    answer = {
        "UserPoolId": at.pool,
        "ClientId": at.client,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": asked["Session"],
        "ChallengeResponses": {"USERNAME": "ann", "NEW_PASSWORD": "Correct-horse-8"},
    }
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        idp.admin_respond_to_auth_challenge(**answer, ContextData=context(AWAY))
    assert status(idp, at) == "FORCE_CHANGE_PASSWORD"
    assert "AuthenticationResult" in idp.admin_respond_to_auth_challenge(**answer, ContextData=context())


def test_refreshing_tokens_from_a_blocked_address(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    token = from_(idp, at)["AuthenticationResult"]["RefreshToken"]
    configure(running, at, "BLOCK", RiskExceptionConfiguration={"BlockedIPRangeList": ["0.0.0.0/0"]})
    fix(running, "High")
    parameters = {"REFRESH_TOKEN": token}
    answer = idp.initiate_auth(ClientId=at.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert "AccessToken" in answer["AuthenticationResult"]


def test_a_skipped_address_has_no_risk(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    configure(running, at, "BLOCK", RiskExceptionConfiguration={"SkippedIPRangeList": [f"{AWAY}/32"]})
    fix(running, "High")
    assert "AuthenticationResult" in from_(idp, at, AWAY)
    assert risk(events(idp, at)[0]) == ("NoRisk", None, False)
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        from_(idp, at)


def test_a_skipped_address_means_nothing_to_an_audit(running: Running, idp: Any) -> None:
    at = protected(running, "AUDIT")
    user(running, at.pool)
    configure(running, at, RiskExceptionConfiguration={"SkippedIPRangeList": [f"{AWAY}/32"]})
    fix(running, "High")
    from_(idp, at, AWAY)
    assert risk(events(idp, at)[0]) == ("NoRisk", "High", False)


# --- several steps ---------------------------------------------------------------------------------------------


def test_a_sign_in_is_judged_once(running: Running, idp: Any) -> None:
    """What was demanded when the password was proved holds for the steps that follow, whatever changes meanwhile."""
    at = protected(running)
    user(running, at.pool)
    mfa(running, at)
    secret = give_totp(running, idp, at, prefer=False)
    running.call("AdminSetUserPassword", UserPoolId=at.pool, Username="ann", Password=PASSWORD, Permanent=False)
    configure(running, at, "MFA_REQUIRED")
    fix(running, "High")
    asked = from_(idp, at)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    fix(running, "")

    def respond(asked: Any, **responses: str) -> Any:
        return idp.admin_respond_to_auth_challenge(
            UserPoolId=at.pool,
            ClientId=at.client,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "ann", **responses},
        )

    asked = respond(asked, NEW_PASSWORD="Correct-horse-8")
    assert asked["ChallengeName"] == TOTP
    answer = respond(asked, **{f"{TOTP}_CODE": totp(secret, running.world.clock.now())})
    assert "AuthenticationResult" in answer
    assert risk(events(idp, at)[0]) == ("AccountTakeover", "High", False)


def test_a_factor_that_is_gone_meanwhile_lets_nobody_in(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool, phone_number="+15551234567")
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsConfiguration": sms},
    )
    running.call("AdminSetUserPassword", UserPoolId=at.pool, Username="ann", Password=PASSWORD, Permanent=False)
    configure(running, at, "MFA_REQUIRED")
    fix(running, "High")
    asked = from_(idp, at)
    running.call("AdminDeleteUserAttributes", UserPoolId=at.pool, Username="ann", UserAttributeNames=["phone_number"])
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        idp.admin_respond_to_auth_challenge(
            UserPoolId=at.pool,
            ClientId=at.client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Correct-horse-8"},
        )
    assert status(idp, at) == "FORCE_CHANGE_PASSWORD"


def test_srp_is_judged_and_a_block_uses_the_exchange_up(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    configure(running, at, "BLOCK")
    fix(running, "Low")
    client = SrpClient(at.pool, PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    responses = client.responses(asked["ChallengeParameters"])
    answer = {"ClientId": at.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses}
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        idp.respond_to_auth_challenge(**answer)
    fix(running, "")
    with refused("NotAuthorizedException", "Incorrect username or password."):
        idp.respond_to_auth_challenge(**answer)


def test_a_wrong_password_is_wrong_before_it_is_risky(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    configure(running, at, "BLOCK")
    fix(running, "High")
    with refused("NotAuthorizedException", "Incorrect username or password."):
        from_(idp, at, password="Wrong-horse-7")
    assert risk(events(idp, at)[0]) == ("NoRisk", None, False)


def test_who_has_to_reset_the_password_is_told_that(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    running.call("AdminResetUserPassword", UserPoolId=at.pool, Username="ann")
    configure(running, at, "BLOCK", notify=True)
    fix(running, "High")
    running.world.outbox.clear()
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        from_(idp, at)
    assert running.world.outbox.all() == []


@pytest.mark.parametrize("multi", [True, False])
def test_a_passkey_may_do_for_what_a_risk_demands(running: Running, idp: Any, multi: bool) -> None:
    at = protected(running, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}})
    user(running, at.pool)
    factor = {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"} if multi else {}
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        WebAuthnConfiguration={"RelyingPartyId": "example.com", **factor},
    )
    session = Session(idp, at)
    passkey = session.register()
    if multi:
        give_totp(running, idp, at)
        idp.set_user_mfa_preference(AccessToken=session.token, WebAuthnMfaSettings={"Enabled": True})
    configure(running, at, "MFA_REQUIRED")
    fix(running, "Low")
    if multi:
        assert "AuthenticationResult" in try_in(idp, at, passkey)
    else:
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            try_in(idp, at, passkey)


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
def test_who_begins_with_a_code_has_no_second_factor(running: Running, idp: Any, action: str) -> None:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    at = protected(running, Policies=policies)
    mfa(running, at)
    user(running, at.pool, email="ann@example.com", email_verified="true", phone_number="+15551234567")
    configure(running, at, action)
    fix(running, "Low")
    parameters = {"USERNAME": "ann", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_AUTH", AuthParameters=parameters)
    answer = {
        "ClientId": at.client,
        "ChallengeName": "EMAIL_OTP",
        "Session": asked["Session"],
        "ChallengeResponses": {"USERNAME": "ann", "EMAIL_OTP_CODE": running.world.outbox.all()[-1].code},
    }
    if action == "MFA_REQUIRED":
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            idp.respond_to_auth_challenge(**answer)
    else:
        assert "AuthenticationResult" in idp.respond_to_auth_challenge(**answer)


def test_users_may_choose_among_the_factors_that_a_risk_demands(running: Running, idp: Any) -> None:
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
    at = protected(running)
    user(running, at.pool, phone_number="+15551234567")
    mfa(running, at)
    secret = give_totp(running, idp, at, prefer=False)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        SmsMfaConfiguration={"SmsConfiguration": sms},
    )
    configure(running, at, "MFA_IF_CONFIGURED")
    fix(running, "Low")

    def respond(asked: Any, **responses: str) -> Any:
        return idp.admin_respond_to_auth_challenge(
            UserPoolId=at.pool,
            ClientId=at.client,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "ann", **responses},
        )

    asked = from_(idp, at)
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    asked = respond(asked, ANSWER=TOTP)
    answer = respond(asked, **{f"{TOTP}_CODE": totp(secret, running.world.clock.now())})
    assert "AuthenticationResult" in answer


def test_a_remembered_device_replaces_no_factor_that_a_risk_demands(running: Running, idp: Any) -> None:
    from tests.helpers.devices import confirm

    remembered = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
    at = protected(running, DeviceConfiguration=remembered)
    user(running, at.pool)
    mfa(running, at)
    give_totp(running, idp, at, prefer=False)
    device = confirm(idp, from_(idp, at)["AuthenticationResult"])
    configure(running, at, "MFA_IF_CONFIGURED")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD, "DEVICE_KEY": device.key}
    members = {"ClientId": at.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    fix(running, "")
    assert idp.initiate_auth(**members)["ChallengeName"] == "DEVICE_SRP_AUTH"
    fix(running, "Low")
    assert idp.initiate_auth(**members)["ChallengeName"] == TOTP


# --- the setting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("custom", [None, "AUDIT", "ENFORCED"])
@pytest.mark.parametrize("mode", ["OFF", "AUDIT", "ENFORCED"])
def test_modes_are_shown_and_make_the_tier_plus(idp: Any, mode: str, custom: str | None) -> None:
    made = idp.create_user_pool(PoolName="p", **add_ons(mode, custom))["UserPool"]
    assert made["UserPoolAddOns"] == add_ons(mode, custom)["UserPoolAddOns"]
    assert made["UserPoolTier"] == ("ESSENTIALS" if mode == "OFF" and custom is None else "PLUS")


@pytest.mark.parametrize("members", [add_ons("ENFORCED"), add_ons("OFF", "AUDIT"), add_ons("OFF", "ENFORCED")])
def test_every_mode_needs_plus(idp: Any, members: dict[str, Any]) -> None:
    text = "The following features need to be disabled for the ESSENTIALS pricing tier configured: Threat Protection"
    with refused("FeatureUnavailableInTierException", text):
        idp.create_user_pool(PoolName="p", UserPoolTier="ESSENTIALS", **members)
