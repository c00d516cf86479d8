"""A verified address that another user takes over moves only if that is asked for.

Sources: model: AdminCreateUser; observed: boto/boto3#3213
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(AliasAttributes=["email"])
    aws.create_user(pool, "ann", email="ann@example.com", email_verified="true")
    attributes = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    with aws.refused("UsernameExistsException", "An account with the given email already exists."):
        aws.idp.admin_create_user(UserPoolId=pool, Username="bob", UserAttributes=attributes, MessageAction="SUPPRESS")
    aws.idp.admin_create_user(
        UserPoolId=pool, Username="bob", UserAttributes=attributes, MessageAction="SUPPRESS", ForceAliasCreation=True
    )
    found = aws.idp.admin_get_user(UserPoolId=pool, Username="ann@example.com")
    assert found["Username"] == "bob"
