"""The userInfo endpoint refuses a token without the scope openid.

Sources: docs: userinfo-endpoint
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    base = aws.create_domain(pool)
    client = aws.create_client(pool)
    aws.create_user(pool, "ann", email="ann@example.com")
    token = aws.sign_in(client, "ann")["AccessToken"]
    answer = aws.http("GET", base + "/oauth2/userInfo", Authorization=f"Bearer {token}")
    assert answer.status in (401, 403)
