"""State the rules of messages and triggers."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "messages.sms-missing",
        "The pool cannot send text messages.",
        "docs: SmsConfigurationType",
        "UpdateUserPool with SmsConfiguration; any role will do here.",
    ),
    Rule(
        "messages.no-address",
        "The user has no address of that kind.",
        "docs: signing-up-users-in-your-app",
        "Set the user's email address or phone number.",
    ),
    Rule(
        "messages.domain-missing",
        "Verification by link needs a domain.",
        "docs: cognito-user-pool-settings-message-customizations",
        "CreateUserPoolDomain, or verification by code.",
    ),
    Rule(
        "messages.placeholder",
        "A message must contain its placeholder, such as {####}, and fit its length.",
        "docs: cognito-user-pool-settings-message-customizations",
    ),
    Rule(
        "triggers.refused",
        "The Lambda function has thrown an error.",
        "docs: cognito-user-pools-working-with-lambda-triggers",
        "Its event and error are in this entry.",
    ),
    Rule(
        "triggers.failed",
        "The Lambda function could not be called, or did not answer in time.",
        "docs: cognito-user-pools-working-with-lambda-triggers",
        "The guide says how functions are found (Lambda triggers); Cognito waits 5 seconds.",
    ),
    Rule(
        "triggers.answer",
        "The Lambda function's answer does not have the form of its trigger.",
        "docs: cognito-user-pools-working-with-lambda-triggers",
        "Return the event with its response filled in.",
    ),
    Rule(
        "triggers.token-claims",
        "The pre token generation trigger changes a claim or scope that it cannot change.",
        "docs: user-pool-lambda-pre-token-generation",
    ),
)
