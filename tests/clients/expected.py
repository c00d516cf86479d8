"""What clients report: refusals in the service's words, and pools that several tests need."""

from __future__ import annotations

import re
from typing import Any

from tests.helpers.build import SMS, Setup, setup
from tests.helpers.harness import Running

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECOND, THIRD, TEMPORARY = "Second-horse-7", "Third-horse-7", "Temporary-7"


def refused(name: str, message: str) -> dict[str, str]:
    """What `refusal` in lib.mjs gives for an error of that name and message."""
    return {"name": name, "message": message}


WRONG_PASSWORD = refused("NotAuthorizedException", "Incorrect username or password.")
UNKNOWN_USER = refused("UserNotFoundException", "User does not exist.")
WRONG_CODE = refused("CodeMismatchException", "Invalid verification code provided, please try again.")
USED_CODE = refused("ExpiredCodeException", "Invalid code provided, please request a code again.")
WRONG_TOTP = refused("CodeMismatchException", "Invalid code received for user")
USED_TOTP = refused("ExpiredCodeException", "Your software token has already been used once.")
WRONG_SMS = refused("CodeMismatchException", "Invalid code or auth state for the user.")
UNVERIFIED_TOTP = refused("InvalidParameterException", "User has not verified software token mfa")
FAILED_TOTP = refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
MISSING_NAME = refused("InvalidParameterException", "Invalid attributes given, name is missing")
EXISTS = refused("UsernameExistsException", "User already exists")
TOKEN_EXPIRED = refused("NotAuthorizedException", "Access Token has expired")
TOKEN_REVOKED = refused("NotAuthorizedException", "Access Token has been revoked")
REFRESH_REVOKED = refused("NotAuthorizedException", "Refresh Token has been revoked")
SIGN_UP_TOO_SHORT = refused(
    "InvalidPasswordException", "Password did not conform with policy: Password not long enough"
)


def too_weak(rule: str) -> dict[str, str]:
    return refused("InvalidPasswordException", f"Password does not conform to policy: {rule}")


def account_setting() -> dict[str, str]:
    """What the account scripts need."""
    return {
        "email": "ann@example.com",
        "newEmail": "anna@example.org",
        "secondPassword": SECOND,
        "thirdPassword": THIRD,
    }


def mfa_pool(running: Running, mode: str, **pool: Any) -> Setup:
    """A pool with authenticator apps, and SMS if `pool` has SmsConfiguration, switched on."""
    made = setup(running, **pool)
    factors: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    if "SmsConfiguration" in pool:
        factors["SmsMfaConfiguration"] = {"SmsConfiguration": SMS}
    running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, MfaConfiguration=mode, **factors)
    return made


def check_tokens(running: Running, setup: Setup, payloads: dict[str, Any], username: str, sub: str) -> None:
    """The claims that both tokens of a sign-in have in common, and those that tell them apart."""
    identity, access = payloads["id"], payloads["access"]
    for claims in (identity, access):
        assert claims["iss"] == f"{running.url}/{setup.pool}"
        assert claims["sub"] == sub
        assert claims["exp"] - claims["iat"] == 3600
        assert UUID.fullmatch(claims["jti"])
    for same in ("origin_jti", "event_id", "auth_time", "iat"):
        assert identity[same] == access[same]
    assert identity["jti"] != access["jti"]
    assert (identity["token_use"], identity["aud"], identity["cognito:username"]) == ("id", setup.client, username)
    assert (access["token_use"], access["client_id"], access["username"]) == ("access", setup.client, username)
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert "aud" not in access
    assert "at_hash" not in identity


def check_refreshed(before: dict[str, Any], after: dict[str, Any]) -> None:
    """New tokens of the same sign-in."""
    for use in ("id", "access"):
        assert after[use]["iat"] > before[use]["iat"]
        assert after[use]["jti"] != before[use]["jti"]
        for kept in ("auth_time", "origin_jti", "event_id", "sub"):
            assert after[use][kept] == before[use][kept]
