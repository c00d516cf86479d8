"""The table of next steps: user state x pool MFA x factors."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.next_step import Challenge, SignedIn, next_step
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool import MfaSettings, Pool
from cognito_emulator.domain.users.user import CONFIRMED, FORCE_CHANGE_PASSWORD, RESET_REQUIRED, Factors, Totp, User
from tests.helpers.attempts import make_attempt, with_fields

POOL = Pool("us-east-1_a", "0", "us-east-1", "p", 0, 0, {}, STANDARD)
USER = User("us-east-1_a", "sub", "ann", "ann", 0, 0, CONFIRMED)
ATTEMPT = make_attempt(POOL.id, "client", "USER_SRP_AUTH", challenges=("PASSWORD_VERIFIER",))
PHONE = (("phone_number", "+15551234567"),)
TOTP = Totp(secret="S", name="phone")
BOTH = MfaSettings("ON", sms=True, totp=True)


def step(user: User = USER, mfa: MfaSettings = BOTH, attempt: Attempt = ATTEMPT, **pool: object) -> str:
    found = next_step(attempt, user, replace(POOL, mfa=mfa, **pool))
    return found.name if isinstance(found, Challenge) else "signed in"


def having(enabled: str = "", preferred: str | None = None, *, phone: bool = False, totp: bool = False) -> User:
    factors = Factors(frozenset(enabled.split()), preferred, TOTP if totp else Totp())
    return replace(USER, factors=factors, attributes=PHONE if phone else ())


S, T = "SMS_MFA", "SOFTWARE_TOKEN_MFA"
TABLE = [
    # mode, sms, totp offered; user -> step
    ("OFF", True, True, having(f"{S} {T}", T, phone=True, totp=True), "signed in"),
    ("OPTIONAL", True, True, having(), "signed in"),
    ("OPTIONAL", True, True, having(phone=True, totp=True), "signed in"),
    ("OPTIONAL", True, True, having(T, totp=True), T),
    ("OPTIONAL", True, True, having(S, phone=True), S),
    ("OPTIONAL", True, True, having(f"{S} {T}", S, phone=True, totp=True), S),
    ("OPTIONAL", True, True, having(f"{S} {T}", T, phone=True, totp=True), T),
    ("OPTIONAL", True, True, having(f"{S} {T}", phone=True, totp=True), "SELECT_MFA_TYPE"),
    ("OPTIONAL", False, True, having(f"{S} {T}", S, phone=True, totp=True), T),
    ("OPTIONAL", True, False, having(T, T, totp=True), "signed in"),
    ("OPTIONAL", True, True, having(S, S), "signed in"),
    ("ON", True, True, having(), "MFA_SETUP"),
    ("ON", True, True, having(phone=True), S),
    ("ON", True, True, having(totp=True), T),
    ("ON", True, True, having(phone=True, totp=True), "SELECT_MFA_TYPE"),
    ("ON", False, True, having(phone=True), "MFA_SETUP"),
    ("ON", True, False, having(), "MFA_SETUP"),
    ("ON", True, False, having(T, T, phone=True, totp=True), S),
]


@pytest.mark.parametrize(("mode", "sms", "totp", "user", "expected"), TABLE)
def test_mfa_decision(mode: str, sms: bool, totp: bool, user: User, expected: str) -> None:
    assert step(user, MfaSettings(mode, sms, totp)) == expected


def test_a_proved_factor_ends_it() -> None:
    for proved in (S, T, "MFA_SETUP"):
        assert step(having(T, totp=True), attempt=with_fields(ATTEMPT, challenges=("PASSWORD", proved))) == "signed in"


def test_other_proofs_do_not() -> None:
    attempt = with_fields(ATTEMPT, challenges=("PASSWORD", "NEW_PASSWORD_REQUIRED"))
    assert step(having(T, totp=True), attempt=attempt) == T


def test_a_choice_is_followed_only_if_offered() -> None:
    user = having(f"{S} {T}", phone=True, totp=True)
    assert step(user, attempt=with_fields(ATTEMPT, choice=S)) == S
    assert step(having(T, totp=True), attempt=with_fields(ATTEMPT, choice=S)) == T


def test_password_states_come_before_mfa() -> None:
    assert step(replace(having(T, totp=True), status=FORCE_CHANGE_PASSWORD)) == "NEW_PASSWORD_REQUIRED"
    with pytest.raises(errors.PasswordResetRequired, match="Password reset required for the user"):
        step(replace(USER, status=RESET_REQUIRED))


def test_a_phone_number_for_recovery_is_no_fallback() -> None:
    recovery = ("phone_number", "email")
    assert step(having(phone=True), recovery=recovery) == "MFA_SETUP"
    with pytest.raises(errors.MfaMethodNotFound):
        step(having(phone=True), MfaSettings("ON", sms=True), recovery=recovery)
    assert step(having(S, S, phone=True), recovery=recovery) == S


def test_new_password_names_missing_and_present_attributes() -> None:
    schema = {**STANDARD, "name": replace(STANDARD["name"], required=True)}
    user = replace(USER, status=FORCE_CHANGE_PASSWORD, attributes=(("email", "a@b.c"), ("email_verified", "true")))
    found = next_step(ATTEMPT, user, replace(POOL, schema=schema))
    assert isinstance(found, Challenge)
    assert json.loads(found.parameters["requiredAttributes"]) == ["userAttributes.name"]
    present = {"email": "a@b.c", "email_verified": "true"}
    assert json.loads(found.parameters["userAttributes"]) == {**present, "name": ""}
    assert found.parameters["USER_ID_FOR_SRP"] == "ann"


def test_parameters_name_the_choices() -> None:
    found = next_step(ATTEMPT, having(phone=True, totp=True), replace(POOL, mfa=BOTH))
    assert isinstance(found, Challenge)
    assert json.loads(found.parameters["MFAS_CAN_CHOOSE"]) == [S, T]
    found = next_step(ATTEMPT, having(), replace(POOL, mfa=BOTH))
    assert isinstance(found, Challenge)
    assert json.loads(found.parameters["MFAS_CAN_SETUP"]) == [S, T]
    found = next_step(ATTEMPT, having(T, totp=True), replace(POOL, mfa=BOTH))
    assert found == Challenge(
        ChallengeName.SOFTWARE_TOKEN_MFA, {"USER_ID_FOR_SRP": "ann", "FRIENDLY_DEVICE_NAME": "phone"}
    )


def test_signed_in_without_mfa() -> None:
    assert next_step(ATTEMPT, USER, POOL) == SignedIn()
