"""A custom attribute is written under its prefix.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(Schema=[{"Name": "tier", "AttributeDataType": "String", "Mutable": True}])
    client = aws.create_client(pool)
    aws.create_user(pool, "ann", **{"custom:tier": "gold"})
    claims = (decoded(aws.sign_in(client, "ann")["IdToken"]) or {})["claims"]
    assert claims["custom:tier"] == "gold"
