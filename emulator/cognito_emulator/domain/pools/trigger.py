"""Lambda triggers: the functions that a pool calls.

[docs: cognito-user-pools-working-with-lambda-triggers], and the page of each trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool

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

_TOKEN_CONFIG = "PreTokenGenerationConfig"
_SENDERS = (CUSTOM_EMAIL_SENDER, CUSTOM_SMS_SENDER)


def completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return LambdaConfig as Describe shows it.

    The two forms of the pre token trigger mirror each other.

    Raises:
        InvalidParameter: they name two functions, or a custom sender has no key to encrypt for.
    """
    config = {name: value for name, value in given.items() if value}
    single, versioned = config.get(PRE_TOKEN_GENERATION), config.get(_TOKEN_CONFIG)
    if single and versioned and versioned["LambdaArn"] != single:
        # "Its value must be identical" [docs: LambdaConfigType; own wording].
        raise errors.InvalidParameter(
            "PreTokenGeneration and PreTokenGenerationConfig must name the same function."
        ).because("pools.triggers", setting="LambdaConfig.PreTokenGenerationConfig")
    if single and not versioned:
        config[_TOKEN_CONFIG] = {"LambdaVersion": "V1_0", "LambdaArn": single}
    elif versioned and not single:
        config[PRE_TOKEN_GENERATION] = versioned["LambdaArn"]
    if any(name in config for name in _SENDERS) and "KMSKeyID" not in config:
        # The key is required with a custom sender [docs: user-pool-lambda-custom-sender-triggers; own wording].
        raise errors.InvalidParameter(
            "KMSKeyID is required when a custom sender Lambda trigger is configured."
        ).because("pools.triggers", setting="LambdaConfig.KMSKeyID")
    return config


def needing_a_higher_tier(config: Mapping[str, Any]) -> list[str]:
    """List the features of LambdaConfig that a Lite pool does not have.

    [docs: cognito-sign-in-feature-plans]
    """
    version = config.get(_TOKEN_CONFIG, {}).get("LambdaVersion", "V1_0")
    return ["Access Token Customization"] * (version != "V1_0")


def function_of(pool: Pool, trigger: str) -> str | None:
    """Return the ARN of the function for a trigger of `pool`, if any."""
    configured = pool.settings.get("LambdaConfig", EMPTY).get(trigger)
    if configured is None:  # most often; each request asks for several
        return None
    return str(configured["LambdaArn"] if isinstance(configured, Mapping) else configured)


def token_version(pool: Pool) -> int:
    """Return the version of the pre token event: 1, 2 or 3."""
    version = pool.settings.get("LambdaConfig", {}).get(_TOKEN_CONFIG, {}).get("LambdaVersion", "V1_0")
    return int(version[1])


EMPTY: Mapping[str, Any] = MappingProxyType({})
