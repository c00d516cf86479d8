"""State the rules of further factors: MFA, passkeys, devices, and of codes."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "codes.wrong",
        "The code is not the one that was sent.",
        "docs: cognito-user-pool-managing-errors",
        "Read the code in GET /_emulator/messages/latest.",
    ),
    Rule(
        "codes.expired",
        "The code has expired by the emulator's clock, or its address has changed.",
        "docs: cognito-user-pool-managing-errors",
        "Request another one; GET /_emulator/messages/latest shows it.",
    ),
    Rule(
        "codes.used",
        "The code was used already.",
        "docs: cognito-user-pool-managing-errors",
        "Request another one; GET /_emulator/messages/latest shows it.",
    ),
    Rule(
        "codes.not-requested",
        "No code of this kind waits for the user: none was requested, or its address has changed since.",
        "docs: cognito-user-pool-managing-errors",
        "Request one; GET /_emulator/messages/latest shows it.",
    ),
    Rule(
        "codes.attempts",
        "Within an hour a user has a limited number of codes, attempts and changes of a password.",
        "docs: quotas",
        "Wait, or move the clock by an hour: PUT /_emulator/clock.",
    ),
    Rule(
        "mfa.code-wrong",
        "The code of the message is wrong, or the user's address has changed since it was sent.",
        "docs: user-pool-settings-mfa-sms-email-message",
        "Read the code in GET /_emulator/messages/latest.",
    ),
    Rule(
        "mfa.totp-wrong",
        "The code is not one of the authenticator's secret at this time.",
        "docs: user-pool-settings-mfa",
        "Calculate it by the emulator's clock, which may differ from the machine's: GET /_emulator/clock.",
    ),
    Rule(
        "mfa.totp-reused",
        "A code of an authenticator is accepted once.",
        "docs: user-pool-settings-mfa",
        "Wait 30 seconds for the next code, or move the clock: PUT /_emulator/clock.",
    ),
    Rule(
        "mfa.totp-off",
        "The pool has no MFA by authenticator app.",
        "docs: user-pool-settings-mfa",
        "SetUserPoolMfaConfig with SoftwareTokenMfaConfiguration Enabled true.",
    ),
    Rule(
        "mfa.totp-not-begun",
        "No authenticator waits to be verified.",
        "docs: user-pool-settings-mfa",
        "AssociateSoftwareToken first, by the same access token or session.",
    ),
    Rule(
        "mfa.totp-not-set-up",
        "The user has no verified authenticator.",
        "docs: user-pool-settings-mfa",
        "AssociateSoftwareToken, then VerifySoftwareToken.",
    ),
    Rule(
        "mfa.type-not-offered",
        "The chosen MFA method is not one that the pool has and the user can use.",
        "docs: user-pool-settings-mfa",
        "Choose one of MFAS_CAN_CHOOSE or MFAS_CAN_SETUP.",
    ),
    Rule(
        "mfa.no-method",
        "The pool requires MFA, and has none that the user could set up here.",
        "docs: user-pool-settings-mfa",
        "Enable another method in SetUserPoolMfaConfig, or give the user a phone number or email address.",
    ),
    Rule(
        "mfa.preference",
        "The methods cannot be preferred or enabled together like this.",
        "docs: user-pool-settings-mfa",
        "Enable the method that is preferred, and prefer one at most.",
    ),
    Rule(
        "mfa.factor-missing",
        "A method that the user has not set up cannot be enabled.",
        "docs: user-pool-settings-mfa",
        "Verify an authenticator, or give the user the phone number or email address, and enable the method in "
        "the pool.",
    ),
    Rule(
        "mfa.passkey-off",
        "The pool does not count passkeys as MFA.",
        "docs: WebAuthnMfaSettingsType",
        "SetUserPoolMfaConfig with WebAuthnConfiguration FactorConfiguration MULTI_FACTOR_WITH_USER_VERIFICATION.",
    ),
    Rule(
        "mfa.options",
        "MFAOptions knows the text message to phone_number only.",
        "docs: MFAOptionType",
        "Use SetUserMFAPreference for other methods.",
    ),
    Rule(
        "mfa.sms-impossible",
        "The migrated user has no phone number, or the pool has no MFA by text message.",
        "docs: user-pool-lambda-migrate-user",
        "Return phone_number, or leave enableSMSMFA out.",
    ),
    Rule(
        "passkeys.not-enabled",
        "The pool does not allow passkeys as a first factor.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "UpdateUserPool with WEB_AUTHN in AllowedFirstAuthFactors.",
    ),
    Rule(
        "passkeys.relying-party-missing",
        "A passkey needs a relying party: the pool's setting, or the pool's domain.",
        "docs: WebAuthnConfigurationType",
        "Set RelyingPartyId with SetUserPoolMfaConfig, or create a domain.",
    ),
    Rule(
        "passkeys.relying-party",
        "The credential is for another relying party than the pool's.",
        "docs: WebAuthnConfigurationType",
        "Register it at the pool's RelyingPartyId.",
    ),
    Rule(
        "passkeys.challenge",
        "The answer is to no open registration: it was not started, has expired, or was replaced.",
        "our own reading",
        "StartWebAuthnRegistration, and answer its challenge within its time.",
    ),
    Rule(
        "passkeys.credential",
        "The credential is malformed, cannot be verified or discovered, or is a user's already.",
        "our own reading",
        "Send the browser's PublicKeyCredential as JSON, made with residentKey required.",
    ),
    Rule(
        "passkeys.origin",
        "The page's origin does not belong to the relying party.",
        "docs: WebAuthnConfigurationType",
        "Serve the page from the RelyingPartyId or a domain below it.",
    ),
    Rule(
        "passkeys.user-verification",
        "The pool requires that the authenticator verifies its user.",
        "docs: WebAuthnConfigurationType",
        "UserVerification preferred, or an authenticator with a PIN or biometrics.",
    ),
    Rule(
        "passkeys.algorithm",
        "Only keys of ES256 and RS256 are accepted.",
        "our own reading",
        "Offer -7 and -257 in pubKeyCredParams, as StartWebAuthnRegistration does.",
    ),
    Rule(
        "passkeys.client",
        "Another app client has started the registration.",
        "docs: CompleteWebAuthnRegistration",
        "Start and complete it by access tokens of one client.",
    ),
    Rule(
        "passkeys.limit", "A user has a limited number of passkeys.", "docs: quotas", "DeleteWebAuthnCredential first."
    ),
    Rule(
        "passkeys.unknown",
        "The user has no passkey of that credential ID.",
        "docs: DeleteWebAuthnCredential",
        "ListWebAuthnCredentials lists them.",
    ),
    Rule(
        "passkeys.wrong",
        "The passkey is not the user's, or its signature does not verify.",
        "our own reading",
        "Answer with a passkey that was registered for the user here.",
    ),
    Rule(
        "devices.not-tracked",
        "The pool does not track devices.",
        "docs: amazon-cognito-user-pools-device-tracking",
        "UpdateUserPool with a DeviceConfiguration.",
    ),
    Rule(
        "devices.unknown",
        "The user has no device of that key.",
        "docs: amazon-cognito-user-pools-device-tracking",
        "Confirm the device again: a client forgets its key at this error.",
    ),
    Rule(
        "devices.key",
        "The device key is not that of the sign-in.",
        "docs: amazon-cognito-user-pools-device-tracking",
        "Send the DeviceKey of NewDeviceMetadata in the same sign-in.",
    ),
    Rule(
        "devices.verifier",
        "The device's password verifier cannot be used.",
        "docs: amazon-cognito-user-pools-device-tracking",
        "Send it in base64, calculated by SRP modulo N.",
    ),
    Rule(
        "devices.proof-wrong",
        "The device's SRP proof is wrong.",
        "docs: amazon-cognito-user-pools-device-tracking",
        "Use the device password that the verifier was made of.",
    ),
    Rule("devices.exists", "The device is confirmed already.", "docs: amazon-cognito-user-pools-device-tracking"),
)
