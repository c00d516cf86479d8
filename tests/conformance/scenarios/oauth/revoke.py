"""A refresh token is revoked over HTTP.

Sources: docs: revocation-endpoint
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

    aws.create_user(pool, "ann")
    token = aws.sign_in(client, "ann")["RefreshToken"]
    answer = aws.http("POST", base + "/oauth2/revoke", form={"client_id": client, "token": token})
    assert answer.status == 200
    form = {"grant_type": "refresh_token", "client_id": client, "refresh_token": token}
    again = aws.http("POST", base + "/oauth2/token", form=form)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")
    assert query["client_id"] == client
