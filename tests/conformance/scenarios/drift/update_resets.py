"""An update of a pool sets what it leaves out to its default.

Sources: docs: cognito-user-pool-updating; model: UpdateUserPool
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True}, DeletionProtection="ACTIVE")
    aws.idp.update_user_pool(UserPoolId=pool)
    found = aws.idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert found["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
