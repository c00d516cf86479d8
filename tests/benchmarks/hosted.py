"""The pages of the hosted login: what one costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.load import Served, measure, message

_APP = "https://app.example.com/callback"


def sign_in_page(served: Served) -> Callable[[int], bytes]:
    """`GET /login` of a client with a managed login style of its own, in a pool that has a domain."""
    pool = served.call("CreateUserPool", PoolName="pages")["UserPool"]["Id"]
    settings: dict[str, Any] = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "CallbackURLs": [_APP],
    }
    made = served.call("CreateUserPoolClient", UserPoolId=pool, ClientName="pages", **settings)["UserPoolClient"]
    client = made["ClientId"]
    served.call("CreateUserPoolDomain", UserPoolId=pool, Domain="pages", ManagedLoginVersion=2)
    style = {"categories": {"global": {"colorSchemeMode": "DYNAMIC"}}}
    served.call("CreateManagedLoginBranding", UserPoolId=pool, ClientId=client, Settings=style)
    query = urlencode({"client_id": client, "response_type": "code", "scope": "openid", "redirect_uri": _APP})
    request = f"GET /login?{query} HTTP/1.1\r\nHost: pages.auth.localhost\r\n\r\n".encode()
    return lambda _: request


def measured(bare: Served, served: Served, requests: int) -> dict[str, float]:
    """Return the sign-in page's time, again and again on one connection: in ms, and against the bare application's.

    The first one, which loads the templates, does not count.
    """
    page, plain = sign_in_page(served), message("AdminGetUser", {"UserPoolId": "us-east-1_x", "Username": "ann"})
    for one, sent in ((served, page), (bare, lambda _: plain)):
        measure(one, sent, 1)
    ours, least = measure(served, page, requests), measure(bare, lambda _: plain, requests)
    return {"page, ms": ours.p50 * 1000, "page, H": ours.cpu / least.cpu}
