"""A client writes only the attributes that it may.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, WriteAttributes=["name"])
    aws.create_user(pool, "ann", name="Ann")
    token = aws.sign_in(client, "ann")["AccessToken"]
    aws.idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "name", "Value": "Anna"}])
    with aws.refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        aws.idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "nickname", "Value": "A"}])
