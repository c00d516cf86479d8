"""A scope that the client does not have goes back to the app as invalid_scope.

Sources: docs: authorization-endpoint; RFC 6749 §4.1.2.1
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

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

    answer = aws.http("GET", base + "/oauth2/authorize?" + urlencode({**query, "scope": "profile"}))
    assert answer.status == 302
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "app.example.com"
    found = parse_qs(back.query)
    assert found["error"][0].startswith("invalid_scope") or found["error"] == ["invalid_request"]
    assert found["state"] == ["xyz"]
