"""The revocation endpoint wants a token of a client.

Sources: docs: revocation-endpoint; RFC 7009 §2.2
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

    answer = aws.http("POST", base + "/oauth2/revoke", form={"client_id": client})
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")
    assert query["client_id"] == client
