"""A callback URL of another host than localhost has to be https.

Sources: docs: user-pool-settings-client-apps; model: CallbackURLsListType
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    oauth = {
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "SupportedIdentityProviders": ["COGNITO"],
    }
    with aws.refused("InvalidParameterException"):
        aws.idp.create_user_pool_client(
            UserPoolId=pool, ClientName="app", CallbackURLs=["http://app.example.com/back"], **oauth
        )
    aws.idp.create_user_pool_client(
        UserPoolId=pool, ClientName="app", CallbackURLs=["http://localhost:3000/back", "myapp://back"], **oauth
    )
