"""User import from CSV files."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.imports import COLUMNS, MAIL, ROLE, described, job, log_of, put


def test_header(running: Running, idp: Any) -> None:
    pool = setup(running).pool
    answer = idp.get_csv_header(UserPoolId=pool)
    assert (answer["UserPoolId"], answer["CSVHeader"]) == (pool, COLUMNS)


def test_header_has_attributes_added_later(running: Running, idp: Any) -> None:
    pool = setup(running, Schema=[{"Name": "zoo", "AttributeDataType": "String"}]).pool
    running.call(
        "AddCustomAttributes", UserPoolId=pool, CustomAttributes=[{"Name": "age", "AttributeDataType": "Number"}]
    )
    expected = [*COLUMNS[:-2], "custom:zoo", "custom:age", *COLUMNS[-2:]]
    assert idp.get_csv_header(UserPoolId=pool)["CSVHeader"] == expected


def test_header_of_no_pool(idp: Any) -> None:
    with refused("ResourceNotFoundException", "User pool us-east-1_nothing does not exist."):
        idp.get_csv_header(UserPoolId="us-east-1_nothing")


# --- jobs ------------------------------------------------------------------------------------------------


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running, AutoVerifiedAttributes=["email"])


def table(idp: Any, at: Setup, *rows: dict[str, str]) -> bytes:
    columns = idp.get_csv_header(UserPoolId=at.pool)["CSVHeader"]
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "\n".join(",".join(line) for line in lines).encode()


def run(running: Running, idp: Any, at: Setup, content: bytes) -> dict[str, Any]:
    """A job with that file, at its end."""
    made = job(idp, at)
    assert put(running, made["PreSignedUrl"], content) == 200
    idp.start_user_import_job(UserPoolId=at.pool, JobId=made["JobId"])
    for _ in range(200):
        found = described(idp, made)
        if found["Status"] not in ("Pending", "InProgress"):
            return found
    raise AssertionError(found)


def test_a_job_from_beginning_to_end(running: Running, idp: Any, at: Setup) -> None:
    running.world.clock.freeze(1_800_000_000)
    made = job(idp, at)
    assert (made["Status"], made["ImportedUsers"], made["SkippedUsers"], made["FailedUsers"]) == ("Created", 0, 0, 0)
    assert (made["JobName"], made["CloudWatchLogsRoleArn"]) == ("job", ROLE)
    assert described(idp, made) == made
    user(running, at.pool, "bob")
    rows = [
        {"cognito:username": "ann", "name": r"Ann\, the first", **MAIL},
        {"cognito:username": "bob", "email": "b@example.com", "email_verified": "true"},
        {"cognito:username": "cy", "email": "c@example.com"},
    ]
    assert put(running, made["PreSignedUrl"], table(idp, at, *rows)) == 200
    begun = idp.start_user_import_job(UserPoolId=at.pool, JobId=made["JobId"])["UserImportJob"]
    assert (begun["Status"], begun["StartDate"].timestamp()) == ("Pending", 1_800_000_000)
    while (found := described(idp, made))["Status"] in ("Pending", "InProgress"):
        pass
    assert (found["Status"], found["ImportedUsers"], found["SkippedUsers"], found["FailedUsers"]) == (
        "Succeeded",
        1,
        1,
        1,
    )
    assert found["CompletionMessage"] == "Import Job Completed Successfully."
    assert log_of(running, made) == [
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        "[SKIPPED] Line Number 3 - The user already exists.",
        "[FAILED] Line Number 4 - The User Record does not set any of the auto verified attributes to true. "
        "(Example: email_verified to true).",
    ]
    ann = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    told = {item["Name"]: item["Value"] for item in ann["UserAttributes"]}
    assert (ann["UserStatus"], told["name"], told["email_verified"]) == ("RESET_REQUIRED", "Ann, the first", "true")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        sign_in(idp, at, "ann")
    idp.forgot_password(ClientId=at.client, Username="ann")
    code = running.world.outbox.all()[-1].code
    idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=PASSWORD)
    sign_in(idp, at, "ann")
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_get_user(UserPoolId=at.pool, Username="cy")


def test_the_log_can_be_read(running: Running, idp: Any, at: Setup) -> None:
    found = run(running, idp, at, table(idp, at, {"cognito:username": "ann", **MAIL}))
    connection = http.client.HTTPConnection("127.0.0.1", running.port)
    connection.request("GET", f"/_emulator/imports/{found['JobId']}")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert (answer["status"], answer["log"]) == ("Succeeded", ["[SUCCEEDED] Line Number 2 - The import succeeded."])


def test_the_address_is_the_name(running: Running, idp: Any) -> None:
    at = setup(running, AutoVerifiedAttributes=["email"], UsernameAttributes=["email"])
    assert run(running, idp, at, table(idp, at, MAIL))["ImportedUsers"] == 1
    assert idp.admin_get_user(UserPoolId=at.pool, Username="a@example.com")["UserStatus"] == "RESET_REQUIRED"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**MAIL}, "The row has no cognito:username."),
        ({"cognito:username": "a b", **MAIL}, "The value of cognito:username is not a valid username."),
        ({"cognito:username": "a", "email": "x", "email_verified": "true"}, "Invalid email address format."),
        (
            {"cognito:username": "a", **MAIL, "phone_number_verified": "yes"},
            "The value of phone_number_verified must be true or false.",
        ),
        (
            {"cognito:username": "a", **MAIL, "cognito:mfa_enabled": "true"},
            "The value of cognito:mfa_enabled does not fit the MFA setting of the user pool.",
        ),
        (
            {"cognito:username": "a", **MAIL, "birthdate": "1/2/90"},
            "Attributes did not conform to the schema: birthdate: String must be no shorter than 10 characters",
        ),
        ({"cognito:username": "a", **MAIL, "name": "x,y"}, "The number of values differs from the number of columns."),
    ],
)
def test_rows_that_fail(running: Running, idp: Any, at: Setup, row: dict[str, str], reason: str) -> None:
    found = run(running, idp, at, table(idp, at, row))
    assert (found["Status"], found["FailedUsers"]) == ("Failed", 1)
    assert found["CompletionMessage"] == "Too many users have failed or been skipped during the import."
    assert log_of(running, found) == [f"[FAILED] Line Number 2 - {reason}"]
    assert idp.list_users(UserPoolId=at.pool)["Users"] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "The CSV file is not encoded in UTF-8."),
        (b"", "The CSV file has no header."),
        (b"name,email\n", "The header of the CSV file does not match the user pool."),
    ],
)
def test_files_that_fail(running: Running, idp: Any, at: Setup, content: bytes, message: str) -> None:
    found = run(running, idp, at, content)
    assert (found["Status"], found["CompletionMessage"]) == ("Failed", message)


def test_columns_may_stand_in_any_order(running: Running, idp: Any, at: Setup) -> None:
    lines = table(idp, at, {"cognito:username": "ann", **MAIL}).decode().split("\n")
    turned = "\r\n".join(",".join(reversed(line.split(","))) for line in lines)
    assert run(running, idp, at, turned.encode())["ImportedUsers"] == 1


def test_preconditions(running: Running, idp: Any, at: Setup) -> None:
    made = job(idp, at)
    ids = {"UserPoolId": at.pool, "JobId": made["JobId"]}
    with refused("PreconditionNotMetException", f"No csv file was uploaded for {made['JobId']}"):
        idp.start_user_import_job(**ids)
    with refused("PreconditionNotMetException", "The user import job cannot be stopped. Its status is Created."):
        idp.stop_user_import_job(**ids)
    done = run(running, idp, at, table(idp, at, {"cognito:username": "ann", **MAIL}))
    again = {"UserPoolId": at.pool, "JobId": done["JobId"]}
    with refused("PreconditionNotMetException", "The user import job cannot be started. Its status is Succeeded."):
        idp.start_user_import_job(**again)
    bare = setup(running)
    other = job(idp, bare)
    put(running, other["PreSignedUrl"], b"x")
    with refused("PreconditionNotMetException", "The user pool has no auto-verified attribute."):
        idp.start_user_import_job(UserPoolId=bare.pool, JobId=other["JobId"])
    for call in (idp.describe_user_import_job, idp.start_user_import_job, idp.stop_user_import_job):
        with refused("ResourceNotFoundException", "User import job import-0000000000 does not exist."):
            call(UserPoolId=at.pool, JobId="import-0000000000")
        with refused("ResourceNotFoundException", f"User import job {made['JobId']} does not exist."):
            call(UserPoolId=bare.pool, JobId=made["JobId"])


def test_while_a_job_runs(running: Running, idp: Any, at: Setup) -> None:
    first, second = job(idp, at), job(idp, at)

    async def begin() -> None:
        store = running.world.store
        with store.write():
            for made, status in ((first, "InProgress"), (second, "Created")):
                known = store.import_jobs.get(made["JobId"])
                assert known is not None
                store.import_jobs.put(replace(known, status=status, content=b"x"))

    running.run(begin())
    text = "A user import job is in progress for this user pool."
    with refused("UserImportInProgressException", text):
        idp.update_user_pool(UserPoolId=at.pool)
    with refused("UserImportInProgressException", text):
        idp.delete_user_pool(UserPoolId=at.pool)
    with refused("UserImportInProgressException", text):
        attribute = {"Name": "x", "AttributeDataType": "String"}
        idp.add_custom_attributes(UserPoolId=at.pool, CustomAttributes=[attribute])
    with refused("PreconditionNotMetException", "Another user import job is in progress."):
        idp.start_user_import_job(UserPoolId=at.pool, JobId=second["JobId"])
    stopped = idp.stop_user_import_job(UserPoolId=at.pool, JobId=first["JobId"])["UserImportJob"]
    assert (stopped["Status"], stopped["CompletionMessage"]) == (
        "Stopped",
        "The Import Job was stopped by the developer.",
    )
    idp.delete_user_pool(UserPoolId=at.pool)
    assert len(running.world.store.import_jobs) == 0


def test_uploads(running: Running, idp: Any, at: Setup) -> None:
    made = job(idp, at)
    url = made["PreSignedUrl"]
    assert put(running, url[:-1], b"x") == 403
    assert put(running, url.replace(made["JobId"], "import-0000000000"), b"x") == 403
    assert put(running, url, b"x") == 200
    running.world.clock.advance(901)
    assert put(running, url, b"x") == 403
    running.world.clock.advance(86400)
    expired = described(idp, made)
    assert (expired["Status"], expired["CompletionMessage"]) == ("Expired", "The user import job has expired.")


def test_jobs_are_listed_newest_first(idp: Any, at: Setup) -> None:
    assert "UserImportJobs" not in idp.list_user_import_jobs(UserPoolId=at.pool, MaxResults=60)
    ids = [job(idp, at, f"job {number}")["JobId"] for number in range(3)]
    first = idp.list_user_import_jobs(UserPoolId=at.pool, MaxResults=2)
    rest = idp.list_user_import_jobs(UserPoolId=at.pool, MaxResults=2, PaginationToken=first["PaginationToken"])
    assert [made["JobId"] for made in first["UserImportJobs"] + rest["UserImportJobs"]] == ids[::-1]
    assert "PaginationToken" not in rest


def test_many_rows_do_not_hold_up_others(running: Running, idp: Any, at: Setup) -> None:
    rows = [
        {"cognito:username": f"u{number}", "email": f"u{number}@example.com", "email_verified": "true"}
        for number in range(2500)
    ]
    found = run(running, idp, at, table(idp, at, *rows))
    assert (found["Status"], found["ImportedUsers"]) == ("Succeeded", 2500)
    assert len(log_of(running, found)) == 2500
