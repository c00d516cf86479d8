"""A code that was never handed out is an invalid grant.

Sources: docs: token-endpoint
"""

from __future__ import annotations

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

    form = {
        "grant_type": "authorization_code",
        "client_id": client,
        "code": "5d1c1f6a-92b7-4dbb-a3a9-6b0f6a3a9c11",
        "redirect_uri": query["redirect_uri"],
    }
    answer = aws.http("POST", base + "/oauth2/token", form=form)
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")
