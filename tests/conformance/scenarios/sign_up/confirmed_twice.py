"""A user who is confirmed cannot be confirmed again.

Sources: model: AdminConfirmSignUp; observed: aws-amplify/amplify-js#1067
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)
    aws.idp.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
    with aws.refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"):
        aws.idp.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
