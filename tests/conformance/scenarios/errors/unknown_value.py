"""A value that an enumeration does not have is refused.

Sources: model: UserPoolMfaType
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    with aws.refused("InvalidParameterException"):
        aws.idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="SOMETIMES")
