"""The first factors of USER_AUTH, and what next_step makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.first_factor import PASSWORDS, available, passwordless_sign_up
from cognito_emulator.domain.auth.next_step import Challenge, SignedIn, first_factor, next_step
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool import MfaSettings, Pool
from cognito_emulator.domain.users.user import (
    CONFIRMED,
    FORCE_CHANGE_PASSWORD,
    RESET_REQUIRED,
    UNCONFIRMED,
    Factors,
    Password,
    Totp,
    User,
)
from tests.helpers.attempts import make_attempt, with_fields

ALL = frozenset({"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"})
SETTINGS: dict[str, Any] = {"SmsConfiguration": {"SnsCallerArn": "x"}}
MULTI = {**SETTINGS, "WebAuthnConfiguration": {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}}
POOL = Pool("us-east-1_a", "0", "us-east-1", "p", 0, 0, SETTINGS, STANDARD, first_factors=ALL)
ADDRESSES = (("email", "a@b.c"), ("phone_number", "+15551234567"))
KNOWN = Password(b"", 1)
USER = User(POOL.id, "sub", "ann", "ann", 0, 0, CONFIRMED, attributes=ADDRESSES, password=KNOWN)
TOTP = Factors(frozenset({"SOFTWARE_TOKEN_MFA"}), None, Totp("S"))
ATTEMPT = make_attempt(POOL.id, "client", "USER_AUTH")
E, S, W = "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"


@pytest.mark.parametrize(
    ("user", "pool", "expected"),
    [
        (USER, POOL, (E, S, W, *PASSWORDS)),
        (replace(USER, password=None), POOL, (E, S, W)),
        (replace(USER, attributes=()), POOL, (W, *PASSWORDS)),
        (replace(USER, status=UNCONFIRMED), POOL, (E, S)),
        (replace(USER, status=FORCE_CHANGE_PASSWORD), POOL, PASSWORDS),
        (replace(USER, status=RESET_REQUIRED), POOL, PASSWORDS),
        (replace(USER, status=RESET_REQUIRED, password=None), POOL, (E, S, W)),
        (USER, replace(POOL, settings={}), (E, W, *PASSWORDS)),
        (USER, replace(POOL, first_factors=frozenset({E})), (E,)),
        (USER, replace(POOL, mfa=MfaSettings("ON", totp=True)), PASSWORDS),
        (USER, replace(POOL, mfa=MfaSettings("OPTIONAL", totp=True)), (E, S, W, *PASSWORDS)),
        (replace(USER, factors=TOTP), replace(POOL, mfa=MfaSettings("OPTIONAL", totp=True)), PASSWORDS),
        (replace(USER, factors=TOTP), POOL, (E, S, W, *PASSWORDS)),
        (replace(USER, factors=TOTP), replace(POOL, mfa=MfaSettings("ON", totp=True), settings=MULTI), PASSWORDS),
        (
            replace(USER, factors=replace(TOTP, passkey=True)),
            replace(POOL, mfa=MfaSettings("ON", totp=True), settings=MULTI),
            (W, *PASSWORDS),
        ),
        (
            replace(USER, factors=replace(TOTP, passkey=True)),
            replace(POOL, mfa=MfaSettings("ON", totp=True)),
            PASSWORDS,
        ),
    ],
)
def test_available(user: User, pool: Pool, expected: tuple[str, ...]) -> None:
    assert available(user, pool, passkey=True) == expected
    assert available(user, pool, passkey=False) == tuple(name for name in expected if name != W)


def test_the_choice() -> None:
    asked = first_factor(ATTEMPT, USER, POOL, passkey=False)
    assert (asked.name, asked.available) == ("SELECT_CHALLENGE", (E, S, *PASSWORDS))
    assert first_factor(with_fields(ATTEMPT, choice=E), USER, POOL, passkey=False).name == E
    assert first_factor(with_fields(ATTEMPT, choice=W), USER, POOL, passkey=False).name == "SELECT_CHALLENGE"
    assert next_step(ATTEMPT, USER, POOL) == asked


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (UNCONFIRMED, errors.UserNotConfirmed),
        (RESET_REQUIRED, errors.PasswordResetRequired),
        (CONFIRMED, errors.NotAuthorized),
    ],
)
def test_nothing_to_choose(status: str, error: type[errors.ApiError]) -> None:
    with pytest.raises(error):
        first_factor(ATTEMPT, replace(USER, status=status, attributes=(), password=None), POOL, passkey=False)


def test_an_unconfirmed_user_is_told_so_who_wants_a_password() -> None:
    with pytest.raises(errors.UserNotConfirmed):
        first_factor(with_fields(ATTEMPT, choice="PASSWORD"), replace(USER, status=UNCONFIRMED), POOL, passkey=False)


@pytest.mark.parametrize("proof", [E, S, W])
def test_no_mfa_after_a_first_factor_that_needs_none(proof: str) -> None:
    user, pool = replace(USER, factors=TOTP), replace(POOL, mfa=MfaSettings("ON", totp=True))
    assert next_step(with_fields(ATTEMPT, challenges=(proof,)), user, pool) == SignedIn()
    after_password = next_step(with_fields(ATTEMPT, challenges=("PASSWORD",)), user, pool)
    assert isinstance(after_password, Challenge)
    assert after_password.name == "SOFTWARE_TOKEN_MFA"


@pytest.mark.parametrize(
    ("verified", "attributes", "flows", "possible"),
    [
        ({"email"}, {"email": "a@b.c"}, {"ALLOW_USER_AUTH"}, True),
        ({"phone_number"}, {"phone_number": "+1"}, {"ALLOW_USER_AUTH"}, True),
        ({"phone_number"}, {"email": "a@b.c"}, {"ALLOW_USER_AUTH"}, False),
        (set(), {"email": "a@b.c"}, {"ALLOW_USER_AUTH"}, False),
        ({"email"}, {"email": "a@b.c"}, {"ALLOW_USER_SRP_AUTH"}, False),
    ],
)
def test_sign_up_without_a_password(
    verified: set[str], attributes: dict[str, str], flows: set[str], possible: bool
) -> None:
    pool = replace(POOL, auto_verified=frozenset(verified))
    assert passwordless_sign_up(pool, frozenset(flows), attributes) is possible
    no_codes = replace(pool, first_factors=frozenset({"PASSWORD"}))
    assert not passwordless_sign_up(no_codes, frozenset(flows), attributes)
