"""Read the origin of a call: its connection, and ContextData or UserContextData."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.auth.origin import LONGEST_AGENT, Origin, checked_address, read_fingerprint
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.wire.registry import Caller


def of_user(caller: Caller, pool: Pool, client: Client, context_data: Mapping[str, Any] | None) -> Origin:
    """Return the origin of an unauthenticated call.

    UserContextData may name an address in PLUS, for a client with a secret and EnablePropagateAdditionalUserContextData
    [docs: cognito-user-pool-settings-adaptive-authentication]; elsewhere it is ignored, since any client could name any
    address.

    Raises:
        InvalidParameter: IpAddress is no address.
    """
    context = context_data or {}
    ip = caller.ip
    accepted = client.settings.get("EnablePropagateAdditionalUserContextData") and pool.tier == "PLUS"
    if accepted and client.secrets and context.get("IpAddress"):
        ip = checked_address(context["IpAddress"])
    return Origin(ip, caller.user_agent, read_fingerprint(context.get("EncodedData")))


def of_server(caller: Caller, context_data: Mapping[str, Any] | None) -> Origin:
    """Return the origin of a call by an app's server.

    Without ContextData that is the server.

    Raises:
        InvalidParameter: ContextData names no address.
    """
    if context_data is None:
        return Origin(caller.ip, caller.user_agent)
    headers = {item.get("headerName", "").lower(): item.get("headerValue", "") for item in context_data["HttpHeaders"]}
    ip = checked_address(context_data["IpAddress"])
    return Origin(ip, headers.get("user-agent", "")[:LONGEST_AGENT], read_fingerprint(context_data.get("EncodedData")))
