"""A wrong code does not set up an authenticator.

Sources: model: VerifySoftwareToken; observed: aws-amplify/amplify-js#5667
"""

from __future__ import annotations

from tests.conformance.apps import enrolling
from tests.conformance.service import Service


def run(aws: Service) -> None:
    ann = enrolling(aws)
    with aws.refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
        aws.idp.verify_software_token(AccessToken=ann.token, UserCode="000000")
