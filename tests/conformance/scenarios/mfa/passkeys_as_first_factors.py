"""Passkeys are first factors where MFA is required only if they count as two.

Sources: observed: go-to-k/cdkd#2064
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    pool = aws.create_pool(Policies=factors)
    with aws.refused(
        "InvalidParameterException",
        "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed first "
        "auth factor",
    ):
        aws.idp.set_user_pool_mfa_config(
            UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
        )
