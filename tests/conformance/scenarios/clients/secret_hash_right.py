"""The secret hash is an HMAC of username and client id.

Sources: docs: signing-up-users-in-your-app
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    made = aws.idp.create_user_pool_client(
        UserPoolId=pool, ClientName="app", GenerateSecret=True, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]
    aws.create_user(pool, "ann")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}

    message = ("ann" + made["ClientId"]).encode()
    digest = hmac.new(made["ClientSecret"].encode(), message, hashlib.sha256).digest()
    parameters["SECRET_HASH"] = base64.b64encode(digest).decode()
    answer = aws.idp.initiate_auth(ClientId=made["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert "AccessToken" in answer["AuthenticationResult"]
