"""A pool id without an underscore breaks the pattern of the model.

Sources: model: UserPoolIdType
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    with aws.refused("InvalidParameterException"):
        aws.idp.describe_user_pool(UserPoolId="nopool")
