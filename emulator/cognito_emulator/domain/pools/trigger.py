"""Lambda triggers: which function a pool calls, and the event that it is called with.

Events: developer guide, "Customizing user pool workflows with Lambda triggers", and the page of each trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.origin import NOWHERE, Origin
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User

PRE_SIGN_UP = "PreSignUp"
POST_CONFIRMATION = "PostConfirmation"
PRE_AUTHENTICATION = "PreAuthentication"
POST_AUTHENTICATION = "PostAuthentication"
DEFINE_AUTH_CHALLENGE = "DefineAuthChallenge"
CREATE_AUTH_CHALLENGE = "CreateAuthChallenge"
VERIFY_AUTH_CHALLENGE = "VerifyAuthChallengeResponse"
PRE_TOKEN_GENERATION = "PreTokenGeneration"
USER_MIGRATION = "UserMigration"
CUSTOM_MESSAGE = "CustomMessage"
CUSTOM_EMAIL_SENDER = "CustomEmailSender"
CUSTOM_SMS_SENDER = "CustomSMSSender"
INBOUND_FEDERATION = "InboundFederation"
CUSTOM_CHALLENGE_TRIGGERS = (DEFINE_AUTH_CHALLENGE, CREATE_AUTH_CHALLENGE, VERIFY_AUTH_CHALLENGE)

# callerContext.clientId where no app client is involved, as in AdminCreateUser (recorded).
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
UNKNOWN_SDK = "aws-sdk-unknown-unknown"

_TOKEN_CONFIG = "PreTokenGenerationConfig"
# Where triggerSource does not begin with the name of the trigger.
_SOURCES = {PRE_TOKEN_GENERATION: "TokenGeneration"}
_SENDERS = (CUSTOM_EMAIL_SENDER, CUSTOM_SMS_SENDER)
# Of whose events custom senders are given ClientMetadata (developer guide, "Custom email sender Lambda trigger").
_TOLD_TO_SENDERS = ("ForgotPassword", "SignUp", "Authentication")


class Caller(Struct, frozen=True, gc=False):
    """Who set a trigger off: the app client, the request's ClientMetadata and ValidationData, and the SDK."""

    client_id: str = NO_CLIENT
    metadata: Mapping[str, str] | None = None
    validation: Mapping[str, str] | None = None
    sdk: str = UNKNOWN_SDK
    origin: Origin = NOWHERE  # no trigger is told of it


def completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """LambdaConfig as Describe shows it: the two forms of the pre token trigger mirror each other.

    Raises:
        InvalidParameter: they name two functions, or a custom sender has no key to encrypt for.
    """
    config = {name: value for name, value in given.items() if value}
    single, versioned = config.get(PRE_TOKEN_GENERATION), config.get(_TOKEN_CONFIG)
    if single and versioned and versioned["LambdaArn"] != single:
        # "Its value must be identical" (API reference, LambdaConfigType); the words are ours.
        raise errors.InvalidParameter("PreTokenGeneration and PreTokenGenerationConfig must name the same function.")
    if single and not versioned:
        config[_TOKEN_CONFIG] = {"LambdaVersion": "V1_0", "LambdaArn": single}
    elif versioned and not single:
        config[PRE_TOKEN_GENERATION] = versioned["LambdaArn"]
    if any(name in config for name in _SENDERS) and "KMSKeyID" not in config:
        # The key is required with a custom sender (developer guide); the words are ours.
        raise errors.InvalidParameter("KMSKeyID is required when a custom sender Lambda trigger is configured.")
    return config


def needing_a_higher_tier(config: Mapping[str, Any]) -> list[str]:
    """Features of LambdaConfig that a Lite pool does not have (developer guide, "Feature plans")."""
    version = config.get(_TOKEN_CONFIG, {}).get("LambdaVersion", "V1_0")
    return ["Access Token Customization"] * (version != "V1_0")


def function_of(pool: Pool, trigger: str) -> str | None:
    """The ARN of the function that `pool` calls for a trigger, if any."""
    configured = pool.settings.get("LambdaConfig", {}).get(trigger)
    if isinstance(configured, Mapping):
        return str(configured["LambdaArn"])
    return None if configured is None else str(configured)


def token_version(pool: Pool) -> int:
    """The version of the pre token event: 1, 2 or 3."""
    version = pool.settings.get("LambdaConfig", {}).get(_TOKEN_CONFIG, {}).get("LambdaVersion", "V1_0")
    return int(version[1])


def event(
    pool: Pool,
    source: str,
    username: str | None,
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    caller: Caller,
    version: int = 1,
) -> dict[str, Any]:
    """The event of a trigger; `source` is its triggerSource. A version is text (recorded)."""
    return {
        "version": str(version),
        "region": pool.region,
        "userPoolId": pool.id,
        "userName": username,
        "callerContext": {"awsSdkVersion": caller.sdk, "clientId": caller.client_id},
        "triggerSource": source,
        "request": dict(request),
        "response": dict(response),
    }


def source_of(name: str, what: str) -> str:
    """triggerSource: `PreSignUp_SignUp`, `TokenGeneration_RefreshTokens`."""
    return f"{_SOURCES.get(name, name)}_{what}"


def client_metadata(caller: Caller) -> dict[str, Any]:
    """`clientMetadata` as it stands in an event's request: left out where the caller sent none (recorded)."""
    return {"clientMetadata": dict(caller.metadata)} if caller.metadata else {}


def user_attributes(user: User) -> dict[str, str]:
    """`request.userAttributes` of a user who is there: texts only, with sub, status and aliases (recorded)."""
    shown = {"sub": user.sub, "cognito:user_status": user.status}
    names = dict(user.aliases)
    if "email" in names:
        shown["cognito:email_alias"] = user.get("email") or ""
    if "phone_number" in names:
        shown["cognito:phone_number_alias"] = user.get("phone_number") or ""
    return shown | dict(user.attributes)


def sender_request(name: str, source: str, code: str | None, user: User, caller: Caller) -> dict[str, Any]:
    """`request` of a custom sender's event; `code` is encrypted, or None where there is none (recorded)."""
    metadata = caller.metadata if source in _TOLD_TO_SENDERS else None
    return {
        "type": f"{name[0].lower()}{name[1:]}RequestV1",
        "code": code,
        "clientMetadata": dict(metadata) if metadata else None,
        "userAttributes": user_attributes(user),
    }


EMPTY: Mapping[str, Any] = MappingProxyType({})
