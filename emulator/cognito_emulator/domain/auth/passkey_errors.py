"""The errors of passkeys, and texts that several places raise."""

from __future__ import annotations

from cognito_emulator.domain import errors


class WebAuthnChallengeNotFound(errors.ApiError):
    code = "WebAuthnChallengeNotFoundException"


class WebAuthnClientMismatch(errors.ApiError):
    code = "WebAuthnClientMismatchException"


class WebAuthnConfigurationMissing(errors.ApiError):
    code = "WebAuthnConfigurationMissingException"


class WebAuthnCredentialNotSupported(errors.ApiError):
    code = "WebAuthnCredentialNotSupportedException"


class WebAuthnNotEnabled(errors.ApiError):
    code = "WebAuthnNotEnabledException"


class WebAuthnOriginNotAllowed(errors.ApiError):
    code = "WebAuthnOriginNotAllowedException"


class WebAuthnRelyingPartyMismatch(errors.ApiError):
    code = "WebAuthnRelyingPartyMismatchException"


def challenge_not_found() -> WebAuthnChallengeNotFound:
    return WebAuthnChallengeNotFound("The challenge of the registration does not exist or has expired.").because(
        "passkeys.challenge"
    )


def relying_party_mismatch() -> WebAuthnRelyingPartyMismatch:
    return WebAuthnRelyingPartyMismatch("The credential is for another relying party ID than the user pool's.").because(
        "passkeys.relying-party"
    )


def invalid_credential() -> errors.InvalidParameter:
    """Refuse a passkey that cannot be used.

    It is malformed, not discoverable, or a user's already [observed: aws-sdk-net#4386].
    """
    return errors.InvalidParameter("Credential data is not valid").because("passkeys.credential")
