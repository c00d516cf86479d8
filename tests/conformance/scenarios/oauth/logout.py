"""The logout endpoint redirects to a sign-out URL of the client.

Sources: docs: logout-endpoint
"""

from __future__ import annotations

from urllib.parse import urlencode

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

    back = urlencode({"client_id": client, "logout_uri": "https://app.example.com/out"})
    answer = aws.http("GET", f"{base}/logout?{back}")
    assert (answer.status, answer.headers["Location"]) == (302, "https://app.example.com/out")
    assert query["client_id"] == client
