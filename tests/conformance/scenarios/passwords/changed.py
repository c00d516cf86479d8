"""A user changes the password; the old one is refused.

Sources: model: ChangePassword
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    token = result["AccessToken"]
    aws.idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Another-horse-8")
    with aws.refused("NotAuthorizedException", "Incorrect username or password."):
        aws.sign_in(client, "ann")
    assert "AccessToken" in aws.sign_in(client, "ann", "Another-horse-8")
