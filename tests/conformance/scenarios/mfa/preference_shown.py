"""The preference of a user is part of the descriptions.

Sources: model: GetUser, AdminGetUser
"""

from __future__ import annotations

from tests.conformance.apps import enrolled
from tests.conformance.service import Service


def run(aws: Service) -> None:
    ann = enrolled(aws)
    for user in (aws.idp.get_user(AccessToken=ann.token), aws.idp.admin_get_user(UserPoolId=ann.pool, Username="ann")):
        assert user["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
        assert user["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
