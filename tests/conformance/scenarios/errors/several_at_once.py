"""Several broken constraints are told in one answer.

Sources: observed: aws/aws-sdk-js#1273
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    client = aws.create_client(pool)
    try:
        aws.idp.sign_up(ClientId=client, Username="", Password="")
    except aws.idp.client.exceptions.InvalidParameterException as error:
        text = error.response["Error"]["Message"]
        assert " validation errors detected: Value at 'username' failed to satisfy constraint: " in text, text
    else:
        raise AssertionError("expected a refusal")
