"""Make the errors of passkeys that several places raise."""

from __future__ import annotations

from cognito_emulator.domain import errors


def challenge_not_found() -> errors.WebAuthnChallengeNotFound:
    return errors.WebAuthnChallengeNotFound("The challenge of the registration does not exist or has expired.").because(
        "passkeys.challenge"
    )


def relying_party_mismatch() -> errors.WebAuthnRelyingPartyMismatch:
    return errors.WebAuthnRelyingPartyMismatch(
        "The credential is for another relying party ID than the user pool's."
    ).because("passkeys.relying-party")


def invalid_credential() -> errors.InvalidParameter:
    """Refuse a passkey that cannot be used.

    It is malformed, not discoverable, or a user's already [observed: aws-sdk-net#4386].
    """
    return errors.InvalidParameter("Credential data is not valid").because("passkeys.credential")
