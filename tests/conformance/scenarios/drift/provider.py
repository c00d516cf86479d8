"""An identity provider is created, listed and deleted.

Sources: docs: cognito-user-pools-social-idp; model: CreateIdentityProvider
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    details = {"client_id": "id", "client_secret": "secret", "authorize_scopes": "openid email"}
    aws.idp.create_identity_provider(
        UserPoolId=pool, ProviderName="Google", ProviderType="Google", ProviderDetails=details
    )
    found = aws.idp.describe_identity_provider(UserPoolId=pool, ProviderName="Google")["IdentityProvider"]
    assert found["ProviderDetails"]["authorize_scopes"] == "openid email"
    assert found["AttributeMapping"] == {"username": "sub"}
    listed = aws.idp.list_identity_providers(UserPoolId=pool)["Providers"]
    assert [each["ProviderName"] for each in listed] == ["Google"]
    aws.idp.delete_identity_provider(UserPoolId=pool, ProviderName="Google")
    assert aws.idp.list_identity_providers(UserPoolId=pool)["Providers"] == []
