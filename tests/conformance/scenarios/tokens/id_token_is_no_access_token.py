"""An ID token is refused where an access token is wanted.

Sources: model: GetUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    with aws.refused("NotAuthorizedException"):
        aws.idp.get_user(AccessToken=result["IdToken"])
