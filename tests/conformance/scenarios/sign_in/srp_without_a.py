"""SRP cannot begin without SRP_A.

Sources: observed: aws/aws-sdk-cpp#452
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    aws.create_user(pool, "ann")
    with aws.refused("InvalidParameterException", "Missing required parameter SRP_A"):
        aws.idp.initiate_auth(ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "ann"})
