"""A machine with a wrong secret gets invalid_client.

Sources: docs: token-endpoint; RFC 6749 §5.2
"""

from __future__ import annotations

import base64

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

    wrong = base64.b64encode(f"{made['ClientId']}:wrong".encode()).decode()
    answer = aws.http(
        "POST", base + "/oauth2/token", form={"grant_type": "client_credentials"}, Authorization=f"Basic {wrong}"
    )
    assert (answer.status, answer.body["error"]) == (400, "invalid_client")
    assert proof != wrong
