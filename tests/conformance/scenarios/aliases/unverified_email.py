"""An address that is not verified is no name to sign in with.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(AliasAttributes=["email"])
    client = aws.create_client(pool)
    aws.create_user(pool, "ann", email="ann@example.com")
    with aws.refused("UserNotFoundException", "User does not exist."):
        aws.sign_in(client, "ann@example.com")
