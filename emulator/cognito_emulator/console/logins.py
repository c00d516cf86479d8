"""Addresses of login pages, ready to be opened."""

from __future__ import annotations

from urllib.parse import urlencode

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.world import World


def login_url(world: World, client: Client) -> str | None:
    """Return the address of a client's login page; None where the client has none."""
    return None if why_not(client) else f"{world.public_url}{login_path(client)}"


def login_path(client: Client) -> str:
    """Return the path and query of the login page of a client that has one."""
    return f"/login?{urlencode(_parameters(client))}"


def why_not(client: Client) -> str:
    """Say why a client has no login page; "" where it has one."""
    if not client.has_oauth:
        return "AllowedOAuthFlowsUserPoolClient is not on."
    if not client.callback_urls:
        return "The client has no CallbackURLs."
    if not client.grants & {"code", "implicit"}:
        return "AllowedOAuthFlows has neither code nor implicit."
    if not client.scopes:
        return "The client has no AllowedOAuthScopes."
    return ""


def _parameters(client: Client) -> dict[str, str]:
    kind = "code" if "code" in client.grants else "token"
    scope = " ".join(client.scopes)
    return {"client_id": client.id, "response_type": kind, "scope": scope, "redirect_uri": client.callback_urls[0]}
