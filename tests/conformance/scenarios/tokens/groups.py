"""Groups are claims of both tokens, the role of the first one too.

Sources: docs: cognito-user-pools-user-groups
"""

from __future__ import annotations

from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    for name, precedence in (("readers", 5), ("editors", 1)):
        role = f"arn:aws:iam::123456789012:role/{name}"
        aws.idp.create_group(UserPoolId=pool, GroupName=name, Precedence=precedence, RoleArn=role)
        aws.idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName=name)
    result = aws.sign_in(client, "ann")
    access, identity = ((decoded(result[name]) or {})["claims"] for name in ("AccessToken", "IdToken"))
    assert set(access["cognito:groups"]) == set(identity["cognito:groups"]) == {"readers", "editors"}
    assert identity["cognito:preferred_role"].endswith("/editors")
    assert len(identity["cognito:roles"]) == 2
