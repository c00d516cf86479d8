"""A login that is no token is refused.

Sources: docs: identity-pools
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    provider = f"cognito-idp.{aws.target.region}.amazonaws.com/{pool}"
    linked = aws.create_identity_pool(
        CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": client, "ServerSideTokenCheck": False}]
    )
    with aws.refused("NotAuthorizedException"):
        aws.identity.get_id(IdentityPoolId=linked, Logins={provider: "nonsense"})
