"""A pool that is not there is not found.

Sources: model: AdminGetUser; observed: aws/aws-sdk-js#1273
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    with aws.refused("ResourceNotFoundException", f"User pool {aws.target.region}_NoSuchPool does not exist."):
        aws.idp.admin_get_user(UserPoolId=f"{aws.target.region}_NoSuchPool", Username="ann")
