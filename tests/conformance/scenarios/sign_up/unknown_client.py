"""A client id that nobody has is refused.

Sources: model: SignUp; observed: aws-amplify/amplify-js#2552
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    with aws.refused("ResourceNotFoundException", "User pool client 1h57kf5cpq17m0eml12EXAMPLE does not exist."):
        aws.idp.sign_up(ClientId="1h57kf5cpq17m0eml12EXAMPLE", Username="ann", Password=PASSWORD)
