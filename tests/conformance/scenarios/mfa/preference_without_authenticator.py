"""An authenticator that was not verified cannot be preferred.

Sources: observed: aws/aws-sdk-js-v3#4645
"""

from __future__ import annotations

from tests.conformance.apps import enrolling
from tests.conformance.service import Service


def run(aws: Service) -> None:
    ann = enrolling(aws)
    with aws.refused("InvalidParameterException", "User has not verified software token mfa"):
        aws.idp.set_user_mfa_preference(
            AccessToken=ann.token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )
