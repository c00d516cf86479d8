"""The prefix of a domain may not hold cognito, aws or amazon.

Sources: docs: cognito-user-pools-assign-domain-prefix
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    for word in ("cognito", "aws", "amazon"):
        with aws.refused("InvalidParameterException"):
            aws.idp.create_user_pool_domain(UserPoolId=pool, Domain=f"my-{word}-app")
