"""Why calls of the API are refused: the everyday refusals, each with its rule, setting, value and remedy."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from cognito_emulator.domain.rules import RULES
from tests.helpers.build import PASSWORD, SrpClient, give_totp, user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import Browser
from tests.helpers.why import ANY, Bench, Case, bench, entry_of, refusal

WRONG, INVALID = "NotAuthorizedException", "InvalidParameterException"
HIDES = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "PreventUserExistenceErrors": "ENABLED"}


def _hidden(at: Bench) -> Any:
    return at.begin("nobody", client=at.new_client(**HIDES).client)


def _without_hash(at: Bench) -> Any:
    secret = at.new_client(GenerateSecret=True, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    return at.begin(client=secret.client)


def _wrong_hash(at: Bench) -> Any:
    secret = at.new_client(GenerateSecret=True, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    return at.begin(client=secret.client, SECRET_HASH=secret.hashed("bob")["SECRET_HASH"])


def _disabled(at: Bench) -> Any:
    at.admin("AdminDisableUser")
    return at.begin()


def _unconfirmed(at: Bench) -> Any:
    at.idp.sign_up(ClientId=at.client, Username="bob", Password=PASSWORD)
    return at.begin("bob")


def _reset(at: Bench) -> Any:
    at.admin("AdminResetUserPassword")
    return at.begin()


def _old_temporary(at: Bench) -> Any:
    user(at.running, at.pool, "bob", PASSWORD, permanent=False)
    at.running.world.clock.advance(8 * 86400)
    return at.begin("bob")


def _locked(at: Bench) -> Any:
    for _ in range(5):
        with pytest.raises(at.idp.exceptions.NotAuthorizedException):
            at.begin(password="Wrong-horse-7")
    return at.begin()


def _challenge(at: Bench) -> Any:
    give_totp(at.running, at.idp, at.at)
    return at.begin()


def _answer(at: Bench, session: str, code: str = "000000") -> Any:
    return at.idp.respond_to_auth_challenge(
        ClientId=at.client,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=session,
        ChallengeResponses={"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code},
    )


def _totp_off(at: Bench) -> Any:
    return at.idp.associate_software_token(AccessToken=at.tokens()["AccessToken"])


def _with_totp(at: Bench) -> None:
    at.running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )


def _wrong_totp(at: Bench) -> Any:
    _with_totp(at)
    return _answer(at, _challenge(at)["Session"])


def _late_session(at: Bench) -> Any:
    _with_totp(at)
    session = _challenge(at)["Session"]
    at.running.world.clock.advance(200)
    return _answer(at, session)


def _revoked(at: Bench) -> Any:
    token = at.tokens()["RefreshToken"]
    at.idp.revoke_token(ClientId=at.client, Token=token)
    return at.refresh(token)


def _late_refresh(at: Bench) -> Any:
    token = at.tokens()["RefreshToken"]
    at.running.world.clock.advance(31 * 86400)
    return at.refresh(token)


def _foreign_refresh(at: Bench) -> Any:
    token = at.tokens()["RefreshToken"]
    return at.refresh(token, at.new_client(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"]).client)


def _rotated(at: Bench) -> Any:
    client = at.new_client(
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    ).client
    token = at.begin(client=client)["AuthenticationResult"]["RefreshToken"]
    at.idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=token)
    return at.idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=token)


def _late_access(at: Bench) -> Any:
    token = at.tokens()["AccessToken"]
    at.running.world.clock.advance(3601)
    return at.idp.get_user(AccessToken=token)


def _signed_out(at: Bench) -> Any:
    token = at.tokens()["AccessToken"]
    at.idp.global_sign_out(AccessToken=token)
    return at.idp.get_user(AccessToken=token)


def _id_token(at: Bench) -> Any:
    return at.idp.get_user(AccessToken=at.tokens()["IdToken"])


def _wrong_code(at: Bench) -> Any:
    at.idp.sign_up(
        ClientId=at.client,
        Username="bob",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "bob@example.com"}],
    )
    return at.idp.confirm_sign_up(ClientId=at.client, Username="bob", ConfirmationCode="0")


def _recover(at: Bench, code: str = "") -> Any:
    newest = at.running.world.outbox.all()[-1].code
    return at.idp.confirm_forgot_password(
        ClientId=at.client, Username="ann", ConfirmationCode=code or newest, Password="Another-horse-8"
    )


def _late_code(at: Bench) -> Any:
    at.idp.forgot_password(ClientId=at.client, Username="ann")
    at.running.world.clock.advance(3601)
    return _recover(at)


def _used_code(at: Bench) -> Any:
    at.idp.forgot_password(ClientId=at.client, Username="ann")
    _recover(at)
    return _recover(at)


def _srp(at: Bench, username: str) -> Any:
    client = at.new_client(ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"], PreventUserExistenceErrors="ENABLED").client
    srp = SrpClient(at.pool, "Wrong-horse-7")
    begun = at.idp.initiate_auth(
        ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": username, "SRP_A": srp.public}
    )
    return at.idp.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=srp.responses(begun["ChallengeParameters"]),
    )


def _no_password(at: Bench) -> Any:
    allowed = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    at.running.call("UpdateUserPool", UserPoolId=at.pool, Policies=allowed, AutoVerifiedAttributes=["email"])
    email = [{"Name": "email", "Value": "bob@example.com"}, {"Name": "email_verified", "Value": "true"}]
    at.running.call("AdminCreateUser", UserPoolId=at.pool, Username="bob", UserAttributes=email)
    return at.begin("bob")


def _no_code(at: Bench) -> Any:
    return at.idp.confirm_forgot_password(
        ClientId=at.client, Username="ann", ConfirmationCode="123456", Password=PASSWORD
    )


def _sign_up(at: Bench, name: str = "bob", password: str = PASSWORD, client: str = "", **attributes: str) -> Any:
    listed = [{"Name": key.replace("__", ":"), "Value": value} for key, value in attributes.items()]
    return at.idp.sign_up(ClientId=client or at.client, Username=name, Password=password, UserAttributes=listed)


def _not_writable(at: Bench) -> Any:
    return _sign_up(at, client=at.new_client(WriteAttributes=["email"]).client, name="bob", family_name="B")


def _closed(at: Bench) -> Any:
    at.running.call("UpdateUserPool", UserPoolId=at.pool, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    return _sign_up(at)


def _required(at: Bench) -> Any:
    schema = [{"Name": "family_name", "Required": True}]
    pool = at.running.call("CreateUserPool", PoolName="strict", Schema=schema)["UserPool"]["Id"]
    client = at.running.call("CreateUserPoolClient", UserPoolId=pool, ClientName="c")["UserPoolClient"]["ClientId"]
    return _sign_up(at, client=client)


def _alias(at: Bench) -> Any:
    made = at.running.call("CreateUserPool", PoolName="mail", UsernameAttributes=["email"])["UserPool"]["Id"]
    client = at.running.call("CreateUserPoolClient", UserPoolId=made, ClientName="c")["UserPoolClient"]["ClientId"]
    return _sign_up(at, client=client)


def _unverified(at: Bench) -> Any:
    user(at.running, at.pool, "bob", email="bob@example.com", email_verified="false")
    return at.idp.forgot_password(ClientId=at.client, Username="bob")


def _protected(at: Bench) -> Any:
    made = at.running.call("CreateUserPool", PoolName="kept", DeletionProtection="ACTIVE")["UserPool"]["Id"]
    return at.idp.delete_user_pool(UserPoolId=made)


def _taken_domain(at: Bench) -> Any:
    other = at.running.call("CreateUserPool", PoolName="other")["UserPool"]["Id"]
    at.running.call("CreateUserPoolDomain", UserPoolId=other, Domain="login")
    return at.idp.create_user_pool_domain(UserPoolId=at.pool, Domain="login")


def _lite(at: Bench) -> Any:
    return at.idp.create_user_pool(
        PoolName="lite",
        UserPoolTier="LITE",
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
    )


def _email_mfa(at: Bench) -> Any:
    return at.idp.set_user_pool_mfa_config(
        UserPoolId=at.pool, EmailMfaConfiguration={"Message": "{####}"}, MfaConfiguration="OPTIONAL"
    )


def _bad_callback(at: Bench) -> Any:
    return at.idp.update_user_pool_client(
        UserPoolId=at.pool, ClientId=at.client, CallbackURLs=["http://app.example.com/back"]
    )


CASES = [
    Case("unknown user", "UserNotFoundException", "auth.user-unknown", "PreventUserExistenceErrors", "LEGACY",
         lambda at: at.begin("nobody")),
    Case("hidden user", WRONG, "auth.user-hidden", "PreventUserExistenceErrors", "ENABLED", _hidden),
    Case("wrong password", WRONG, "auth.password-wrong", None, None, lambda at: at.begin(password="Wrong-horse-7")),
    Case("disabled user", WRONG, "auth.user-disabled", None, None, _disabled),
    Case("unconfirmed user", "UserNotConfirmedException", "auth.user-unconfirmed", None, None, _unconfirmed),
    Case("reset password", "PasswordResetRequiredException", "auth.password-reset-required", None, None, _reset),
    Case("old temporary password", WRONG, "auth.temporary-password-expired",
         "Policies.PasswordPolicy.TemporaryPasswordValidityDays", 7, _old_temporary),
    Case("locked out", WRONG, "auth.locked-out", None, None, _locked),
    Case("flow not enabled", INVALID, "auth.flow-not-enabled", "ExplicitAuthFlows", ["ALLOW_USER_SRP_AUTH"],
         lambda at: at.begin(client=at.new_client(ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"]).client)),
    Case("missing password", INVALID, "api.parameter-missing", None, "PASSWORD", lambda at: at.begin(password="")),
    Case("missing secret hash", WRONG, "clients.secret-hash-missing", "GenerateSecret", True, _without_hash),
    Case("wrong secret hash", WRONG, "clients.secret-hash-wrong", "GenerateSecret", True, _wrong_hash),
    Case("needless secret hash", WRONG, "clients.secret-hash-unexpected", "GenerateSecret", False,
         lambda at: at.begin(SECRET_HASH="eA==")),
    Case("authenticator of a pool without", "SoftwareTokenMFANotFoundException", "mfa.totp-off",
         "SoftwareTokenMfaConfiguration.Enabled", False, _totp_off),
    Case("wrong code of an authenticator", "CodeMismatchException", "mfa.totp-wrong", None, None, _wrong_totp),
    Case("expired session", WRONG, "auth.session-expired", "AuthSessionValidity", 3, _late_session),
    Case("unknown session", WRONG, "auth.session-unknown", None, None, lambda at: _answer(at, "x" * 40)),
    Case("wrong code of a sign-up", "CodeMismatchException", "codes.wrong", None, None, _wrong_code),
    Case("expired code", "ExpiredCodeException", "codes.expired", None, None, _late_code),
    Case("used code", "ExpiredCodeException", "codes.used", None, None, _used_code),
    Case("wrong proof of a password", WRONG, "auth.password-wrong", None, None, lambda at: _srp(at, "ann")),
    Case("proof of a hidden user", WRONG, "auth.user-hidden", None, None, lambda at: _srp(at, "nobody")),
    Case("user without a password", WRONG, "auth.password-none", None, None, _no_password),
    Case("code that was not requested", "ExpiredCodeException", "codes.not-requested", None, None, _no_code),
    Case("revoked refresh token", WRONG, "tokens.refresh-revoked", None, None, _revoked),
    Case("expired refresh token", WRONG, "tokens.refresh-expired", "RefreshTokenValidity", 30, _late_refresh),
    Case("refresh token of another client", WRONG, "tokens.refresh-other-client", None, ANY, _foreign_refresh),
    Case("unknown refresh token", WRONG, "tokens.refresh-unknown", None, None, lambda at: at.refresh("x" * 40)),
    Case("rotated refresh token", "RefreshTokenReuseException", "tokens.refresh-rotated",
         "RefreshTokenRotation.RetryGracePeriodSeconds", 0, _rotated),
    Case("expired access token", WRONG, "tokens.access-expired", "AccessTokenValidity", ANY, _late_access),
    Case("signed out everywhere", WRONG, "tokens.access-revoked", None, None, _signed_out),
    Case("ID token for an access token", WRONG, "tokens.access-not-ours", "token_use", "id", _id_token),
    Case("user exists", "UsernameExistsException", "users.exists", None, None, lambda at: _sign_up(at, "ann")),
    Case("password policy", "InvalidPasswordException", "users.password-policy", "Policies.PasswordPolicy", ANY,
         lambda at: _sign_up(at, password="short")),
    Case("attribute not writable", WRONG, "users.attribute-not-writable", "WriteAttributes", ["email"], _not_writable),
    Case("required attribute", INVALID, "users.attribute-schema", "Schema", ["family_name"], _required),
    Case("unknown attribute", INVALID, "users.attribute-schema", "Schema", ["custom:shoe"],
         lambda at: _sign_up(at, custom__shoe="9")),
    Case("form of the user name", INVALID, "users.username-form", "UsernameAttributes", ["email"], _alias),
    Case("sign-up closed", WRONG, "users.sign-up-closed", "AdminCreateUserConfig.AllowAdminCreateUserOnly", True,
         _closed),
    Case("no verified address", INVALID, "users.no-recovery-address", "AccountRecoverySetting", ANY, _unverified),
    Case("unknown pool", "ResourceNotFoundException", "api.pool-unknown", "UserPoolId", "us-east-1_nowhere",
         lambda at: at.idp.describe_user_pool(UserPoolId="us-east-1_nowhere")),
    Case("unknown client", "ResourceNotFoundException", "api.client-unknown", "ClientId", "nowhere",
         lambda at: at.begin(client="nowhere")),
    Case("deletion protection", INVALID, "pools.deletion-protection", "DeletionProtection", "ACTIVE", _protected),
    Case("domain taken", INVALID, "hosted.domain-taken", "Domain", "login", _taken_domain),
    Case("feature plan", "FeatureUnavailableInTierException", "pools.tier", "UserPoolTier", "LITE", _lite),
    Case("e-mail MFA without SES", INVALID, "pools.email", "EmailConfiguration.EmailSendingAccount",
         "COGNITO_DEFAULT", _email_mfa),
    Case("callback by http", INVALID, "clients.callback-url", "CallbackURLs", "http://app.example.com/back",
         _bad_callback),
]  # fmt: skip


@pytest.fixture
def at(running: Running, idp: Any) -> Bench:
    return bench(running, idp)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_entry_of_a_refusal_tells_why(at: Bench, case: Case) -> None:
    error, why = refusal(at.running, lambda: case.call(at))
    assert (error, why["rule"], why["setting"]) == (case.error, case.rule, case.setting)
    assert case.value is ANY or why["value"] == case.value
    rule = RULES[case.rule]
    assert (why["sentence"], why["source"], why["remedy"]) == (rule.sentence, rule.source, rule.remedy or None)


@pytest.mark.parametrize(
    ("members", "rule", "what"),
    [
        ({}, "model.required", "poolName"),
        ({"PoolName": ""}, "model.length", "poolName"),
        ({"PoolName": "<"}, "model.pattern", "poolName"),
        ({"PoolName": "p", "MfaConfiguration": "MAYBE"}, "model.enum", "mfaConfiguration"),
        ({"PoolName": "p", "AliasAttributes": ["shoe"]}, "model.enum", "aliasAttributes"),
        (
            {"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": 5}}},
            "model.range",
            "policies.passwordPolicy.minimumLength",
        ),
    ],
)
def test_the_model_has_a_rule_by_constraint(
    running: Running, idp: Any, members: dict[str, Any], rule: str, what: str
) -> None:
    error, why = refusal(running, lambda: idp.create_user_pool(**members))
    assert (error, why["rule"], why["value"]) == (INVALID, rule, what)


def test_the_log_names_the_rule(at: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "emulator.requests"):
        refusal(at.running, lambda: at.begin(password="Wrong-horse-7"))
        Browser(at.running).token({"grant_type": "password", "client_id": at.client})
        at.begin()
    rules = [getattr(record, "fields", {}).get("why") for record in caplog.records]
    assert [rule for rule in rules if rule] == ["auth.password-wrong", "oauth.grant-type-unknown"]


def test_a_call_that_passes_has_no_reason(at: Bench) -> None:
    entry = entry_of(at.running, at.begin()["ResponseMetadata"]["RequestId"])
    assert (entry["status"], entry["why"]) == (200, None)
