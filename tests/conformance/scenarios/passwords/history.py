"""A pool with a password history refuses old passwords.

Sources: docs: managing-users-passwords
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}})
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    token = aws.sign_in(client, "ann")["AccessToken"]
    with aws.refused("PasswordHistoryPolicyViolationException"):
        aws.idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=PASSWORD)
