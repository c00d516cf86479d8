"""The event that a Lambda trigger is called with.

[docs: cognito-user-pools-working-with-lambda-triggers], and the page of each trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.auth.origin import NOWHERE, Origin
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.trigger import PRE_TOKEN_GENERATION
from cognito_emulator.domain.users.user import User

# callerContext.clientId without an app client, as in AdminCreateUser [assumed].
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
UNKNOWN_SDK = "aws-sdk-unknown-unknown"
# The triggers whose triggerSource has another name.
_SOURCES = {PRE_TOKEN_GENERATION: "TokenGeneration"}
# The operations that pass ClientMetadata to custom senders [docs: user-pool-lambda-custom-email-sender].
_TOLD_TO_SENDERS = ("ForgotPassword", "SignUp", "Authentication")


class Caller(Struct, frozen=True, gc=False):
    """What caused a trigger: app client, ClientMetadata, ValidationData, and SDK.

    `away` is the secondary Region of the pool in which the request arrived; None is the pool's own.
    """

    client_id: str = NO_CLIENT
    metadata: Mapping[str, str] | None = None
    validation: Mapping[str, str] | None = None
    sdk: str = UNKNOWN_SDK
    origin: Origin = NOWHERE  # no trigger is told of it
    away: str | None = None


def event(
    pool: Pool,
    source: str,
    username: str | None,
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    *,
    caller: Caller,
    version: int = 1,
) -> dict[str, Any]:
    """Make the event of a trigger; `source` is its triggerSource.

    A version is text [observed: DefinitelyTyped/DefinitelyTyped#52111].
    """
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
    """Return triggerSource: `PreSignUp_SignUp`, `TokenGeneration_RefreshTokens`."""
    return f"{_SOURCES.get(name, name)}_{what}"


def client_metadata(caller: Caller) -> dict[str, Any]:
    """Return the `clientMetadata` of an event's request.

    It is left out where the caller sent none [assumed].
    """
    return {"clientMetadata": dict(caller.metadata)} if caller.metadata else {}


def user_attributes(user: User) -> dict[str, str]:
    """Return `request.userAttributes` of an existing user.

    They are texts only, with sub, status [observed: floci-io/floci#3850] and aliases [assumed].
    """
    shown = {"sub": user.sub, "cognito:user_status": user.status}
    names = dict(user.aliases)
    if "email" in names:
        shown["cognito:email_alias"] = user.get("email") or ""
    if "phone_number" in names:
        shown["cognito:phone_number_alias"] = user.get("phone_number") or ""
    return shown | dict(user.attributes)


def sender_request(name: str, source: str, code: str | None, user: User, caller: Caller) -> dict[str, Any]:
    """Return `request` of a custom sender's event.

    `code` is encrypted, or None where there is none [observed: DefinitelyTyped/DefinitelyTyped#52111].
    """
    metadata = caller.metadata if source in _TOLD_TO_SENDERS else None
    return {
        "type": f"{name[0].lower()}{name[1:]}RequestV1",
        "code": code,
        "clientMetadata": dict(metadata) if metadata else None,
        "userAttributes": user_attributes(user),
    }
