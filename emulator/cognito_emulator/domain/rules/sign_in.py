"""State the rules of sign-in: users, passwords, sessions, flows."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "auth.user-unknown",
        "No user of the pool has that user name, alias or sub.",
        "docs: cognito-user-pool-managing-errors",
        "Create the user, or sign in with a name that exists. An email address or phone number counts as an alias "
        "once it is verified.",
    ),
    Rule(
        "auth.user-hidden",
        "No user of the pool has that name, and the app client hides that: it answers as for a wrong password or code.",
        "docs: cognito-user-pool-managing-errors",
        "Create the user, or set the client's PreventUserExistenceErrors to LEGACY to see UserNotFoundException.",
    ),
    Rule(
        "auth.user-disabled",
        "An administrator has disabled the user.",
        "docs: how-to-manage-user-accounts",
        "AdminEnableUser lets them sign in again.",
    ),
    Rule(
        "auth.user-unconfirmed",
        "The user has signed up and is not confirmed yet.",
        "docs: signing-up-users-in-your-app",
        "ConfirmSignUp with the code that was sent, AdminConfirmSignUp, or autoConfirmUser in the pre sign-up trigger.",
    ),
    Rule(
        "auth.password-wrong",
        "The user exists; the password is not theirs.",
        "docs: cognito-user-pool-managing-errors",
        "Send the user's password; AdminSetUserPassword sets a new one.",
    ),
    Rule(
        "auth.password-empty",
        "The sign-in page was sent without a user name or password.",
        "our own reading",
        "Enter both.",
    ),
    Rule(
        "auth.password-none",
        "The user exists and has no password.",
        "our own reading",
        "AdminSetUserPassword gives them one; or sign in with USER_AUTH and another factor.",
    ),
    Rule(
        "auth.credentials",
        "The user name or the proof of the password does not fit.",
        "docs: cognito-user-pool-managing-errors",
        "Send a user name that exists and its password.",
    ),
    Rule(
        "auth.password-reset-required",
        "The password was reset, and the user has not chosen a new one.",
        "docs: how-to-manage-user-accounts",
        "ConfirmForgotPassword with the code that was sent, or AdminSetUserPassword.",
    ),
    Rule(
        "auth.reset-hidden",
        "The password was reset, and the app client hides that from a sign-in without a proof.",
        "docs: cognito-user-pool-managing-errors",
        "ConfirmForgotPassword with the code that was sent, or AdminSetUserPassword.",
    ),
    Rule(
        "auth.temporary-password-expired",
        "The temporary password of an administrator is valid for some days only.",
        "docs: how-to-create-user-accounts",
        "AdminCreateUser with MessageAction RESEND, or AdminSetUserPassword.",
    ),
    Rule(
        "auth.password-compromised",
        "The password is on the list of leaked ones, and the pool blocks them.",
        "docs: cognito-user-pool-settings-compromised-credentials",
        "Use another password, or take it off the list: DELETE /_emulator/compromised.",
    ),
    Rule(
        "auth.locked-out",
        "After five wrong passwords or codes the user waits, from a second up to fifteen minutes.",
        "docs: authentication-flow",
        "Wait, or move the clock: PUT /_emulator/clock.",
    ),
    Rule(
        "auth.risk-blocked",
        "Threat protection blocks sign-ins of this risk.",
        "docs: cognito-user-pool-settings-adaptive-authentication",
        "SetRiskConfiguration decides per level; PUT /_emulator/risks sets the risk of a user or address.",
    ),
    Rule(
        "auth.address-blocked",
        "The caller's address is in a blocked range.",
        "docs: cognito-user-pool-settings-threat-protection",
        "SetRiskConfiguration without that range.",
    ),
    Rule(
        "auth.flow-not-enabled",
        "The app client must list a flow before it is used.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "UpdateUserPoolClient with the flow in ExplicitAuthFlows, such as ALLOW_USER_PASSWORD_AUTH.",
    ),
    Rule(
        "auth.flow-of-other-operation",
        "InitiateAuth and AdminInitiateAuth have different flows for a password.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "USER_PASSWORD_AUTH with InitiateAuth, ADMIN_USER_PASSWORD_AUTH with AdminInitiateAuth.",
    ),
    Rule(
        "auth.srp-value",
        "SRP_A must be a hexadecimal number, not a multiple of N.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "Let an SRP library calculate it.",
    ),
    Rule(
        "auth.srp-claim",
        "The timestamp or signature of the password claim is malformed.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "TIMESTAMP like Tue Sep 25 00:09:40 UTC 2018, PASSWORD_CLAIM_SIGNATURE in base64.",
    ),
    Rule(
        "auth.srp-challenge",
        "PASSWORD_CLAIM_SECRET_BLOCK is of no open challenge: it is unknown, used or expired.",
        "our own reading",
        "Begin the sign-in again and answer its own challenge.",
    ),
    Rule(
        "auth.session-invalid",
        "The session does not fit what the call does, or the state of its user has changed.",
        "docs: authentication-flow",
        "Begin the sign-in again and send each session once, to the next call.",
    ),
    Rule(
        "auth.session-unknown",
        "No sign-in has that session: it was never issued here, or its record is gone.",
        "docs: authentication-flow",
        "Send the Session of the last answer, unchanged.",
    ),
    Rule(
        "auth.session-used",
        "A session is valid for one call.",
        "docs: authentication-flow",
        "Send the Session of the last answer.",
    ),
    Rule(
        "auth.session-expired",
        "A session lasts as long as the app client says, 3 minutes unless it is set.",
        "docs: UserPoolClientType",
        "Begin again, or raise AuthSessionValidity (3 to 15 minutes).",
    ),
    Rule(
        "auth.session-other-call",
        "The session is of another app client, user, challenge or operation.",
        "docs: authentication-flow",
        "Answer the challenge that the session came with, by the same client and user name.",
    ),
    Rule(
        "auth.session-other-flow",
        "A session from another operation continues with USER_AUTH only.",
        "our own reading",
        "AuthFlow USER_AUTH, or no Session.",
    ),
    Rule(
        "auth.challenge-unknown",
        "The sign-in has no such challenge to answer.",
        "docs: RespondToAuthChallenge",
        "Answer with the ChallengeName that was received.",
    ),
    Rule(
        "auth.challenge-not-offered",
        "The chosen challenge is not among those that the pool allows and the user has set up.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "Choose one of AvailableChallenges; the pool allows them in AllowedFirstAuthFactors.",
    ),
    Rule(
        "auth.no-first-factor",
        "The user has none of the first factors that the pool allows.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "Give the user a password, an address for codes or a passkey, or allow another factor in "
        "AllowedFirstAuthFactors.",
    ),
    Rule(
        "auth.code-address-missing",
        "A sign-in by code needs an email address or phone number that the pool allows codes to.",
        "docs: amazon-cognito-user-pools-authentication-flow-methods",
        "Give the user an email address or phone number, or a password.",
    ),
    Rule(
        "auth.custom-triggers-missing",
        "Custom authentication needs three functions: define, create and verify.",
        "docs: user-pool-lambda-challenge",
        "Name all three in the pool's LambdaConfig.",
    ),
    Rule(
        "auth.custom-first-challenge",
        "Custom authentication begins with CUSTOM_CHALLENGE or SRP_A.",
        "docs: user-pool-lambda-challenge",
        "Send CHALLENGE_NAME SRP_A, or leave it out.",
    ),
    Rule(
        "auth.custom-failed",
        "DefineAuthChallenge has set failAuthentication, or issued tokens for a user who does not exist.",
        "docs: user-pool-lambda-define-auth-challenge",
        "Look at the trigger's event and answer in this entry.",
    ),
    Rule(
        "auth.migration-failed",
        "The user migration trigger has thrown an error or refused the user.",
        "docs: user-pool-lambda-migrate-user",
        "Look at the trigger's event and answer in this entry.",
    ),
    Rule(
        "auth.migrated-name",
        "The user migration trigger must return the user name that was entered.",
        "docs: user-pool-lambda-migrate-user",
        "Return it as username, or as an alias of the user.",
    ),
    Rule(
        "auth.step-up-parameters",
        "The parameters of a step-up do not fit one another or the pool.",
        "docs: cognito-user-pools-step-up-authentication",
        "Send ACCESS_TOKEN with TARGET_ACR_VALUES, values of the pool's AcrConfiguration.",
    ),
    Rule(
        "auth.step-up-other-user",
        "A step-up is for the user of the access token.",
        "docs: cognito-user-pools-step-up-authentication",
        "Send that user's name.",
    ),
    Rule(
        "auth.step-up-satisfied",
        "The access token has the requested level already.",
        "docs: cognito-user-pools-step-up-authentication",
        "Use the token, or request a higher level.",
    ),
    Rule(
        "auth.step-up-unreachable",
        "The user has no factors that reach the requested level.",
        "docs: cognito-user-pools-step-up-authentication",
        "Set up a further factor first: a step-up does not prompt for it.",
    ),
)
