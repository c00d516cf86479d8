"""User import jobs."""

from __future__ import annotations

import http.client
from typing import Any

from tests.helpers.build import Setup
from tests.helpers.harness import Running

# Recorded for a pool without custom attributes.
COLUMNS = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "cognito:mfa_enabled",
    "cognito:username",
]
ROLE = "arn:aws:iam::000000000000:role/logs"
MAIL = {"email": "a@example.com", "email_verified": "TRUE"}


def job(idp: Any, at: Setup, name: str = "job") -> dict[str, Any]:
    made: dict[str, Any] = idp.create_user_import_job(UserPoolId=at.pool, JobName=name, CloudWatchLogsRoleArn=ROLE)[
        "UserImportJob"
    ]
    return made


def described(idp: Any, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = idp.describe_user_import_job(UserPoolId=made["UserPoolId"], JobId=made["JobId"])[
        "UserImportJob"
    ]
    return found


def put(running: Running, url: str, content: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", running.port)
    target = url.removeprefix(running.url)
    connection.request("PUT", target, content, {"x-amz-server-side-encryption": "aws:kms"})
    status = connection.getresponse().status
    connection.close()
    return status


def log_of(running: Running, made: dict[str, Any]) -> list[str]:
    found = running.world.store.import_jobs.get(made["JobId"])
    assert found is not None
    return list(found.log)
