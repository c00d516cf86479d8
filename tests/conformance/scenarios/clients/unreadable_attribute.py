"""A client reads only the attributes that it may.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ReadAttributes=["email"])
    aws.create_user(pool, "ann", email="ann@example.com", name="Ann")
    result = aws.sign_in(client, "ann")
    shown = attributes_of(aws.idp.get_user(AccessToken=result["AccessToken"])["UserAttributes"])
    assert set(shown) == {"sub", "email"}
    claims = (decoded(result["IdToken"]) or {})["claims"]
    assert "name" not in claims
