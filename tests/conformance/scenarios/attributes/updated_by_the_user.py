"""A user changes an attribute that the client may write.

Sources: model: UpdateUserAttributes
"""

from __future__ import annotations

from tests.conformance.service import Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    token = result["AccessToken"]
    aws.idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "nickname", "Value": "Annie"}])
    assert attributes_of(aws.idp.get_user(AccessToken=token)["UserAttributes"])["nickname"] == "Annie"
    aws.idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    assert "nickname" not in attributes_of(aws.idp.get_user(AccessToken=token)["UserAttributes"])
