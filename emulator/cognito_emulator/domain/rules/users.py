"""State the rules of users, their attributes and passwords."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "users.exists",
        "A user of the pool has that user name, or the value as theirs.",
        "docs: signing-up-users-in-your-app",
        "Choose another name, or delete the user.",
    ),
    Rule(
        "users.alias-exists",
        "Another user has that email address, phone number or preferred user name as an alias.",
        "docs: user-pool-settings-attributes",
        "Use another value, or ForceAliasCreation to move it.",
    ),
    Rule(
        "users.username-form",
        "The user name does not have the form that the pool's settings ask for.",
        "docs: user-pool-settings-attributes",
        "An email address or phone number with UsernameAttributes; neither with AliasAttributes.",
    ),
    Rule(
        "users.preferred-username",
        "preferred_username is set once the user is confirmed, where it is an alias.",
        "docs: user-pool-settings-attributes",
    ),
    Rule(
        "users.attribute-not-writable",
        "The app client cannot write the attribute.",
        "docs: user-pool-settings-attributes",
        "Add it to WriteAttributes, or use AdminUpdateUserAttributes. No app client can write dev: attributes.",
    ),
    Rule(
        "users.attribute-required",
        "A required attribute of the pool is missing or emptied.",
        "docs: user-pool-settings-attributes",
        "Send it; required attributes cannot be changed after CreateUserPool.",
    ),
    Rule(
        "users.attribute-schema",
        "A value does not fit the attribute's definition, or a required one is missing.",
        "docs: user-pool-settings-attributes",
        "DescribeUserPool shows SchemaAttributes. Custom attributes are named custom:name.",
    ),
    Rule(
        "users.attribute-unknown",
        "The pool has no such attribute.",
        "docs: user-pool-settings-attributes",
        "AddCustomAttributes; its name is custom:name in calls.",
    ),
    Rule(
        "users.attribute-immutable",
        "The attribute cannot be changed.",
        "docs: user-pool-settings-attributes",
        "It is set when the user is created.",
    ),
    Rule(
        "users.attribute-provided",
        "An answer to NEW_PASSWORD_REQUIRED sets attributes that are missing, no others.",
        "docs: RespondToAuthChallenge",
        "Leave it out.",
    ),
    Rule(
        "users.attribute-format",
        "The address does not have its form.",
        "docs: user-pool-settings-attributes",
        "name@example.com; +14155550100 with plus and country code.",
    ),
    Rule(
        "users.verified-flag",
        "An address that the user does not have cannot be verified.",
        "docs: user-pool-settings-attributes",
        "Send the address too.",
    ),
    Rule("users.not-verifiable", "Only email and phone_number can be verified.", "docs: user-pool-settings-attributes"),
    Rule("users.password-policy", "The password does not fit the pool's policy.", "docs: managing-users-passwords"),
    Rule("users.password-history", "The password is one of the user's last ones.", "docs: managing-users-passwords"),
    Rule(
        "users.password-needed",
        "A sign-up needs a password, unless the pool has sign-in without one.",
        "docs: signing-up-users-in-your-app",
    ),
    Rule(
        "users.sign-up-closed",
        "Only administrators create users in this pool.",
        "docs: signing-up-users-in-your-app",
        "AllowAdminCreateUserOnly false, or AdminCreateUser.",
    ),
    Rule(
        "users.verification-off",
        "The pool does not verify addresses, so there is no code to send.",
        "docs: signing-up-users-in-your-app",
        "UpdateUserPool with AutoVerifiedAttributes, or AdminConfirmSignUp.",
    ),
    Rule("users.confirmed", "The user is confirmed already.", "docs: signing-up-users-in-your-app"),
    Rule("users.state", "The user's status does not allow that.", "docs: how-to-manage-user-accounts"),
    Rule(
        "users.not-resettable",
        "A user who never had a password of their own cannot reset it.",
        "docs: managing-users-passwords",
        "Sign in with the temporary password, or AdminSetUserPassword.",
    ),
    Rule(
        "users.no-recovery-address",
        "The user has no verified address for a recovery code.",
        "docs: managing-users-passwords",
        "Set email_verified or phone_number_verified to true; AccountRecoverySetting says which.",
    ),
    Rule(
        "users.recovery-admin-only",
        "The pool leaves recovery to administrators.",
        "docs: managing-users-passwords",
        "Change AccountRecoverySetting, or AdminSetUserPassword.",
    ),
    Rule(
        "users.search-attributes", "AttributesToGet names an attribute that the pool does not have.", "docs: ListUsers"
    ),
    Rule(
        "users.filter",
        "A filter has one attribute, = or ^=, and a quoted value.",
        "docs: ListUsers",
        'email = "ann@example.com". Custom attributes cannot be searched.',
    ),
    Rule("users.group-unknown", "The pool has no such group.", "docs: cognito-user-pools-user-groups", "CreateGroup."),
    Rule(
        "users.group-exists",
        "The pool has that group already.",
        "docs: cognito-user-pools-user-groups",
        "UpdateGroup changes it.",
    ),
    Rule("users.import-unknown", "There is no such import job.", "docs: cognito-user-pools-using-import-tool"),
    Rule(
        "users.import-state",
        "The import job's status does not allow that.",
        "docs: cognito-user-pools-using-import-tool",
    ),
)
