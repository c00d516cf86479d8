"""State the rules of user pools and their settings."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "pools.tier",
        "The feature needs a higher feature plan.",
        "docs: cognito-sign-in-feature-plans",
        "UpdateUserPool with UserPoolTier ESSENTIALS or PLUS.",
    ),
    Rule(
        "pools.deletion-protection",
        "A pool with deletion protection is not deleted.",
        "docs: UpdateUserPool",
        "UpdateUserPool with DeletionProtection INACTIVE first.",
    ),
    Rule(
        "pools.has-domain",
        "A pool with a domain is not deleted.",
        "docs: managed-login-endpoints",
        "DeleteUserPoolDomain first.",
    ),
    Rule("pools.exists", "A pool has that ID already.", "our own reading"),
    Rule(
        "pools.aliases",
        "A pool has AliasAttributes or UsernameAttributes, not both.",
        "docs: user-pool-settings-attributes",
        "Choose one at CreateUserPool; it cannot be changed later.",
    ),
    Rule(
        "pools.schema",
        "The definition of an attribute cannot be used.",
        "docs: user-pool-settings-attributes",
        "A name, a type, bounds that fit, and no required custom attribute.",
    ),
    Rule("pools.attribute-exists", "The pool has the attribute already.", "docs: user-pool-settings-attributes"),
    Rule(
        "pools.mfa",
        "The MFA settings contradict one another.",
        "docs: user-pool-settings-mfa",
        "OFF without methods, or ON and OPTIONAL with one method at least.",
    ),
    Rule(
        "pools.sms",
        "Text messages need a usable SmsConfiguration.",
        "docs: SmsConfigurationType",
        "Send SnsCallerArn, the ARN of a role, and ExternalId; any role will do here.",
    ),
    Rule(
        "pools.email",
        "The email settings do not fit.",
        "docs: EmailConfigurationType",
        "EmailSendingAccount DEVELOPER with SourceArn, the ARN of an SES identity.",
    ),
    Rule(
        "pools.recovery-setting",
        "Account recovery must not go to the only address that MFA uses.",
        "docs: user-pool-settings-mfa-sms-email-message",
        "Set AccountRecoverySetting to the other address as well.",
    ),
    Rule(
        "pools.verify-before-update",
        "An address that is verified before an update must be auto-verified.",
        "docs: user-pool-settings-attributes",
        "Send it in AutoVerifiedAttributes too.",
    ),
    Rule(
        "pools.temporary-days",
        "UnusedAccountValidityDays and TemporaryPasswordValidityDays are one setting.",
        "docs: PasswordPolicyType",
        "Send TemporaryPasswordValidityDays only.",
    ),
    Rule(
        "pools.sign-in-policy",
        "The first factors do not fit.",
        "docs: SignInPolicyType",
        "PASSWORD, EMAIL_OTP, SMS_OTP, and WEB_AUTHN beside another one.",
    ),
    Rule(
        "pools.sign-in-policy-mfa",
        "MFA cannot be required where codes or passkeys alone sign in.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "MfaConfiguration OPTIONAL, or passkeys as MFA with user verification.",
    ),
    Rule(
        "pools.relying-party",
        "RelyingPartyId must be a domain name that can be registered.",
        "docs: WebAuthnConfigurationType",
    ),
    Rule("pools.triggers", "The triggers' settings do not fit one another.", "docs: LambdaConfigType"),
    Rule("pools.acr", "The levels need values that differ.", "docs: AcrLevelConfigType"),
    Rule(
        "pools.has-replicas", "A pool with replicas is not deleted.", "our own reading", "DeleteUserPoolReplica first."
    ),
    Rule("pools.key", "KmsKeyArn must be a key of the pool's Region.", "docs: KeyConfigurationType"),
    Rule("pools.tags", "A tag's key or value cannot be used.", "docs: tagging"),
    Rule(
        "pools.custom-id",
        "The tag _custom_id_ gives the pool an ID of its form.",
        "our own reading",
        "Region, underscore, letters and digits.",
    ),
    Rule("pools.replica-region", "The Region cannot have a replica of the pool.", "docs: user-pool-multi-region"),
    Rule("pools.replica-key", "Replication needs a multi-Region customer managed key.", "docs: user-pool-multi-region"),
    Rule("pools.replica-state", "The replica's status does not allow that.", "docs: user-pool-multi-region"),
    Rule(
        "pools.replica-settings",
        "A replica has some settings of its own; the others are the primary's.",
        "docs: user-pool-multi-region",
        "Change them in the primary Region.",
    ),
    Rule(
        "pools.replica-not-here",
        "A secondary Region does not have this operation.",
        "docs: user-pool-multi-region",
        "Call it in the primary Region.",
    ),
    Rule("pools.restore-point", "The point in time cannot be restored.", "our own reading"),
    Rule("pools.recovery-state", "The recovery's status does not allow that.", "our own reading"),
    Rule(
        "pools.recovery-pauses",
        "Nothing is written while the pool is recovered.",
        "our own reading",
        "Wait, or move the clock.",
    ),
)
