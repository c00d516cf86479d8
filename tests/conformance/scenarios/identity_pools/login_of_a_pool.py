"""A user of a linked user pool always gets the same identity.

Sources: docs: identity-pools; model: GetId
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    provider = f"cognito-idp.{aws.target.region}.amazonaws.com/{pool}"
    linked = aws.create_identity_pool(
        CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": client, "ServerSideTokenCheck": False}]
    )
    logins = {provider: aws.sign_in(client, "ann")["IdToken"]}
    first = aws.identity.get_id(IdentityPoolId=linked, Logins=logins)["IdentityId"]
    second = aws.identity.get_id(IdentityPoolId=linked, Logins=logins)["IdentityId"]
    assert first == second
    shown = aws.identity.describe_identity(IdentityId=first)
    assert shown["Logins"] == [provider]
