"""An administrator changes attributes, verified ones included.

Sources: model: AdminUpdateUserAttributes
"""

from __future__ import annotations

from tests.conformance.service import Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.sign_in(client, "ann")

    attributes = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    aws.idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=attributes)
    user = aws.idp.admin_get_user(UserPoolId=pool, Username="ann")
    found = attributes_of(user["UserAttributes"])
    assert (found["email"], found["email_verified"]) == ("ann@example.com", "true")
    assert user["UserLastModifiedDate"] >= user["UserCreateDate"]
