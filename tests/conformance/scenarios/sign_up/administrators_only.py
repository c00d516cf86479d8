"""Where only administrators create users, sign-up is refused.

Sources: docs: how-to-create-user-accounts; observed: aws-amplify/amplify-js#4730
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    client = aws.create_client(pool)
    with aws.refused("NotAuthorizedException", "SignUp is not permitted for this user pool"):
        aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)
