"""From a call to what Lambda triggers are told of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.pools.attributes import pairs
from cognito_emulator.wire.registry import Caller

# `aws-sdk-js/2.1639.0` becomes `aws-sdk-js-2.1639.0`; other user agents are unknown to the service [assumed].
_SDK = re.compile(r"\b(aws-sdk-[a-z0-9-]+)/(\d[\w.]{0,30})", re.ASCII)


def trigger_caller(
    caller: Caller,
    client_id: str = trigger_event.NO_CLIENT,
    metadata: Mapping[str, str] | None = None,
    validation: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    *,
    away: str | None = None,
) -> trigger_event.Caller:
    """Return the caller of a trigger.

    `metadata` is ClientMetadata, `validation` becomes validationData. `origin` is where the user comes from, if that is
    not the caller.
    """
    found = _SDK.search(caller.user_agent)
    sdk = f"{found[1]}-{found[2]}" if found else trigger_event.UNKNOWN_SDK
    origin = origin or Origin(caller.ip, caller.user_agent)
    return trigger_event.Caller(client_id, metadata, validation, sdk, origin, away)


def validation(data: Sequence[Mapping[str, str]] | None) -> dict[str, str] | None:
    """Turn ValidationData, a list of names and values, into `validationData`."""
    return None if data is None else pairs(data)
