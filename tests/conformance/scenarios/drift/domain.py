"""A domain is described, and is free again after it is deleted.

Sources: docs: cognito-user-pools-assign-domain-prefix
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    name = aws.name()
    aws.idp.create_user_pool_domain(UserPoolId=pool, Domain=name)
    assert aws.idp.describe_user_pool_domain(Domain=name)["DomainDescription"]["UserPoolId"] == pool
    aws.idp.delete_user_pool_domain(UserPoolId=pool, Domain=name)
    assert aws.idp.describe_user_pool_domain(Domain=name)["DomainDescription"] == {}
