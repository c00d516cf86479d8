"""A resource server is created, changed and read back.

Sources: docs: cognito-user-pools-define-resource-servers
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    scopes = [{"ScopeName": "read", "ScopeDescription": "Read orders"}]
    server = {"UserPoolId": pool, "Identifier": "https://api.example.com", "Name": "orders"}
    made = aws.idp.create_resource_server(**server, Scopes=scopes)["ResourceServer"]
    assert made["Scopes"] == scopes
    more = [*scopes, {"ScopeName": "write", "ScopeDescription": "Write orders"}]
    aws.idp.update_resource_server(**server, Scopes=more)
    found = aws.idp.describe_resource_server(UserPoolId=pool, Identifier=server["Identifier"])["ResourceServer"]
    assert {scope["ScopeName"] for scope in found["Scopes"]} == {"read", "write"}
