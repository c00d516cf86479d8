"""A user who turns the authenticator off signs in without it.

Sources: model: SetUserMFAPreference
"""

from __future__ import annotations

from tests.conformance.apps import enrolled
from tests.conformance.service import Service


def run(aws: Service) -> None:
    ann = enrolled(aws)
    aws.idp.admin_set_user_mfa_preference(
        UserPoolId=ann.pool, Username="ann", SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False}
    )
    assert "AccessToken" in aws.sign_in(ann.client, "ann")
