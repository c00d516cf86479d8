"""A redirect URI that the client does not have is not redirected to.

Sources: docs: authorization-endpoint; observed: aws-amplify/amplify-js#3391
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

    other = {**query, "redirect_uri": "https://evil.example.com/back"}
    answer = aws.http("GET", base + "/oauth2/authorize?" + urlencode(other))
    assert "evil.example.com" not in answer.headers.get("Location", "").split("?")[0]
    assert answer.status in (302, 400)
