"""A protected pool is not deleted.

Sources: docs: user-pool-settings-deletion-protection
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(DeletionProtection="ACTIVE")
    with aws.refused("InvalidParameterException"):
        aws.idp.delete_user_pool(UserPoolId=pool)
