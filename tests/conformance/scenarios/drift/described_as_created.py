"""DescribeUserPool shows what CreateUserPool answered.

Sources: model: CreateUserPool, DescribeUserPool
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    made = aws.idp.create_user_pool(PoolName=aws.name(), UserPoolTags={"team": "blue"})["UserPool"]
    found = aws.idp.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    assert found == made
