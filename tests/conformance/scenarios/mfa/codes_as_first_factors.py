"""Codes cannot be first factors where MFA is required.

Sources: observed: go-to-k/cdkd#1975
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = aws.create_pool(Policies=factors)
    with aws.refused(
        "InvalidParameterException",
        "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled",
    ):
        aws.idp.set_user_pool_mfa_config(
            UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
        )
