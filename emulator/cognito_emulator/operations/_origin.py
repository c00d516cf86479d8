"""From where a call comes, by its connection and by what it tells of the user (ContextData, UserContextData)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.auth.origin import LONGEST_AGENT, Origin, checked_address, read_fingerprint
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.wire.registry import Caller


def of_user(caller: Caller, pool: Pool, client: Client, told: Mapping[str, Any] | None) -> Origin:
    """The origin of an unauthenticated call.

    UserContextData may name an address in PLUS, for a client with a secret and
    EnablePropagateAdditionalUserContextData (developer guide, "Adding user device and session data to API requests");
    elsewhere it is not looked at, since anybody could name any.

    Raises:
        InvalidParameter: it is no address.
    """
    context = told or {}
    ip = caller.ip
    accepted = client.settings.get("EnablePropagateAdditionalUserContextData") and pool.tier == "PLUS"
    if accepted and client.secrets and context.get("IpAddress"):
        ip = checked_address(context["IpAddress"])
    return Origin(ip, caller.user_agent, read_fingerprint(context.get("EncodedData")))


def of_server(caller: Caller, told: Mapping[str, Any] | None) -> Origin:
    """The origin of a call that an app's server makes for its user. Without ContextData it is the server itself.

    Raises:
        InvalidParameter: ContextData names no address.
    """
    if told is None:
        return Origin(caller.ip, caller.user_agent)
    headers = {item.get("headerName", "").lower(): item.get("headerValue", "") for item in told["HttpHeaders"]}
    ip = checked_address(told["IpAddress"])
    return Origin(ip, headers.get("user-agent", "")[:LONGEST_AGENT], read_fingerprint(told.get("EncodedData")))
