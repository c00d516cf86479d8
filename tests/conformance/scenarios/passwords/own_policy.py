"""A pool sets its own policy.

Sources: model: PasswordPolicyType
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(
        Policies={
            "PasswordPolicy": {
                "MinimumLength": 6,
                "RequireUppercase": False,
                "RequireLowercase": True,
                "RequireNumbers": False,
                "RequireSymbols": False,
            }
        }
    )
    client = aws.create_client(pool)
    aws.idp.sign_up(ClientId=client, Username="ann", Password="simple")
    with aws.refused("InvalidPasswordException"):
        aws.idp.sign_up(ClientId=client, Username="bob", Password="short")
