"""The names of challenges, as the API has them (ChallengeNameType)."""

from __future__ import annotations

from enum import StrEnum


class ChallengeName(StrEnum):
    """A challenge of a sign-in.

    Codes by e-mail have one name as a first factor and in MFA.
    """

    # First factors, and the choice among them
    SELECT_CHALLENGE = "SELECT_CHALLENGE"
    PASSWORD = "PASSWORD"
    PASSWORD_SRP = "PASSWORD_SRP"
    PASSWORD_VERIFIER = "PASSWORD_VERIFIER"
    EMAIL_OTP = "EMAIL_OTP"
    SMS_OTP = "SMS_OTP"
    WEB_AUTHN = "WEB_AUTHN"
    CUSTOM_CHALLENGE = "CUSTOM_CHALLENGE"
    # In place of a temporary password
    NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"
    # MFA
    SELECT_MFA_TYPE = "SELECT_MFA_TYPE"
    MFA_SETUP = "MFA_SETUP"
    SMS_MFA = "SMS_MFA"
    SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"
    # A remembered device
    DEVICE_SRP_AUTH = "DEVICE_SRP_AUTH"
    DEVICE_PASSWORD_VERIFIER = "DEVICE_PASSWORD_VERIFIER"
    # In the API's list, but asked by none of its flows
    ADMIN_NO_SRP_AUTH = "ADMIN_NO_SRP_AUTH"
