"""A password that breaks the policy is refused by the first rule it breaks.

Sources: docs: managing-users-passwords; observed: aws-amplify/amplify-js#1013
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    for password, text in (
        ("short", "Password not long enough"),
        ("correct-horse-7", "Password must have uppercase characters"),
        ("CORRECT-HORSE-7", "Password must have lowercase characters"),
        ("Correct-horse", "Password must have numeric characters"),
        ("Correcthorse7", "Password must have symbol characters"),
    ):
        with aws.refused("InvalidPasswordException", f"Password did not conform with policy: {text}"):
            aws.idp.sign_up(ClientId=client, Username="ann", Password=password)
