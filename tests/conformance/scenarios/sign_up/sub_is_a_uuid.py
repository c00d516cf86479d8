"""The answer of SignUp has the sub of the new user, which is also an attribute.

Sources: docs: user-pool-settings-attributes; model: SignUp
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    sub = aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)["UserSub"]
    user = aws.idp.admin_get_user(UserPoolId=pool, Username="ann")
    assert len(sub) == 36
    assert attributes_of(user["UserAttributes"])["sub"] == sub
    assert user["UserStatus"] == "UNCONFIRMED"
    assert user["Enabled"] is True
