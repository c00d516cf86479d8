"""The userInfo endpoint refuses a text that is no token.

Sources: docs: userinfo-endpoint; RFC 6750 §3.1
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    base = aws.create_domain(pool)
    answer = aws.http("GET", base + "/oauth2/userInfo", Authorization="Bearer nonsense")
    assert answer.status == 401
    assert "invalid_token" in str(answer.headers.get("WWW-Authenticate", "")) + str(answer.body)
