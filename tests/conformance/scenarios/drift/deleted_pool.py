"""A deleted pool is gone.

Sources: model: DeleteUserPool
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    aws.idp.delete_user_pool(UserPoolId=pool)
    with aws.refused("ResourceNotFoundException", f"User pool {pool} does not exist."):
        aws.idp.describe_user_pool(UserPoolId=pool)
