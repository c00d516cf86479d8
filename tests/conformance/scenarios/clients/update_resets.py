"""An update of a client sets what it leaves out to its default.

Sources: docs: user-pool-settings-client-apps; model: UpdateUserPoolClient
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, RefreshTokenValidity=5, CallbackURLs=["https://app.example.com/back"])
    changed = aws.idp.update_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    assert changed["RefreshTokenValidity"] == 30
    assert "CallbackURLs" not in changed
