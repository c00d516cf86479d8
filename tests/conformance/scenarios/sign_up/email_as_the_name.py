"""In a pool whose users sign in by e-mail address, the name given is the address, and the username is the sub.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool(UsernameAttributes=["email"])
    client = aws.create_client(pool)
    sub = aws.idp.sign_up(ClientId=client, Username="ann@example.com", Password=PASSWORD)["UserSub"]
    user = aws.idp.admin_get_user(UserPoolId=pool, Username="ann@example.com")
    assert user["Username"] == sub
    assert attributes_of(user["UserAttributes"])["email"] == "ann@example.com"
