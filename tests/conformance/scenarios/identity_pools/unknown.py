"""An identity pool that is not there is not found.

Sources: docs: identity-pools
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = f"{aws.target.region}:5d1c1f6a-92b7-4dbb-a3a9-6b0f6a3a9c11"
    with aws.refused("ResourceNotFoundException", f"IdentityPool '{pool}' not found."):
        aws.identity.get_id(IdentityPoolId=pool)
