"""A machine gets an access token for its scopes.

Sources: docs: token-endpoint
"""

from __future__ import annotations

import base64

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    base = aws.create_domain(pool)
    aws.idp.create_resource_server(
        UserPoolId=pool,
        Identifier="orders",
        Name="orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Read orders"}],
    )
    made = aws.idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read"],
    )["UserPoolClient"]
    proof = base64.b64encode(f"{made['ClientId']}:{made['ClientSecret']}".encode()).decode()

    answer = aws.http(
        "POST", base + "/oauth2/token", form={"grant_type": "client_credentials"}, Authorization=f"Basic {proof}"
    )
    assert answer.status == 200
    assert {"access_token", "expires_in", "token_type"} <= set(answer.body)
    claims = (decoded(answer.body["access_token"]) or {})["claims"]
    assert claims["sub"] == claims["client_id"] == made["ClientId"]
    assert claims["scope"] == "orders/read"
    assert claims["token_use"] == "access"
