"""An administrator signs a user in by password.

Sources: docs: amazon-cognito-user-pools-server-side-authentication-flow
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    for flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        answer = aws.idp.admin_initiate_auth(UserPoolId=pool, ClientId=client, AuthFlow=flow, AuthParameters=parameters)
        assert "AccessToken" in answer["AuthenticationResult"]
