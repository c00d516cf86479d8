"""A text that is no token is refused.

Sources: observed: aws-amplify/amplify-js#2560
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.sign_in(client, "ann")

    with aws.refused("NotAuthorizedException", "Invalid Access Token"):
        aws.idp.get_user(AccessToken="nonsense")
