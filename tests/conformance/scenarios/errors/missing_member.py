"""A required member that is missing is refused.

Sources: model: AdminGetUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("InvalidParameterException"):
        aws.idp.admin_get_user(UserPoolId=pool)
