"""The authorize endpoint sends the browser to the login page.

Sources: docs: authorization-endpoint
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    base = aws.create_domain(pool)
    client = aws.create_client(
        pool,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        CallbackURLs=["https://app.example.com/back"],
        LogoutURLs=["https://app.example.com/out"],
        SupportedIdentityProviders=["COGNITO"],
    )
    query = {
        "client_id": client,
        "response_type": "code",
        "redirect_uri": "https://app.example.com/back",
        "scope": "openid",
        "state": "xyz",
    }

    answer = aws.http("GET", base + "/oauth2/authorize?" + urlencode(query))
    assert answer.status == 302
    assert urlsplit(answer.headers["Location"]).path == "/login"
