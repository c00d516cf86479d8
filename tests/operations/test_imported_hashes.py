"""Users imported with password hashes: the job, the first sign-in, and what replaces a hash."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from msgspec.structs import replace

from tests.helpers.build import PASSWORD, Setup, SrpClient, refused, setup, sign_in
from tests.helpers.harness import Running
from tests.helpers.imported_hashes import MAKE, NEW, WRONG, brought, kept, row, run, scrypt, signed_in
from tests.helpers.imports import COLUMNS, ROLE, job, log_of

WEAK = "horse"  # breaks the policy of every pool


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running, AutoVerifiedAttributes=["email"])


# --- the job ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", MAKE)
def test_the_password_lets_in(running: Running, idp: Any, at: Setup, algorithm: str) -> None:
    done = run(running, idp, at, algorithm, row("ann", MAKE[algorithm](WEAK)))
    assert (done["PasswordHashingAlgorithm"], done["ImportedUsers"], done["FailedUsers"]) == (algorithm, 1, 0)
    told = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert told["UserStatus"] == "CONFIRMED"
    with refused(*WRONG):
        sign_in(idp, at, "ann", PASSWORD)
    assert kept(running, at).imported_hash is not None
    sign_in(idp, at, "ann", WEAK)
    after = kept(running, at)
    assert after.imported_hash is None
    assert after.password is not None
    assert running.world.store.users.count("hashed", at.pool) == 0
    now = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert (now["UserStatus"], now["UserLastModifiedDate"]) == ("CONFIRMED", told["UserLastModifiedDate"])
    sign_in(idp, at, "ann", WEAK)
    with refused(*WRONG):
        sign_in(idp, at, "ann", PASSWORD)


def test_the_algorithm_is_told(idp: Any, at: Setup) -> None:
    assert "PasswordHashingAlgorithm" not in job(idp, at)
    made = idp.create_user_import_job(
        UserPoolId=at.pool, JobName="j", CloudWatchLogsRoleArn=ROLE, PasswordHashingAlgorithm="ARGON2ID"
    )["UserImportJob"]
    assert made["PasswordHashingAlgorithm"] == "ARGON2ID"
    listed = idp.list_user_import_jobs(UserPoolId=at.pool, MaxResults=1)["UserImportJobs"]
    assert listed == [made]


def test_rows_without_a_good_hash(running: Running, idp: Any, at: Setup) -> None:
    rows = [
        row("ann", ""),
        row("bob", "rubbish"),
        row("cy", "$2b$13$" + "." * 53),
        row("di", MAKE["SCRYPT"](PASSWORD)),
        row("ed", MAKE["BCRYPT"](PASSWORD)),
    ]
    done = run(running, idp, at, "BCRYPT", *rows)
    assert (done["Status"], done["ImportedUsers"], done["FailedUsers"]) == ("Succeeded", 2, 3)
    assert log_of(running, done) == [
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        "[FAILED] Line Number 3 - The password hash does not have the format of BCRYPT.",
        "[FAILED] Line Number 4 - A parameter of the password hash exceeds the maximum of BCRYPT.",
        "[FAILED] Line Number 5 - The password hash was not made by BCRYPT.",
        "[SUCCEEDED] Line Number 6 - The import succeeded.",
    ]
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == "RESET_REQUIRED"
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        sign_in(idp, at, "ann")
    assert [found["Username"] for found in idp.list_users(UserPoolId=at.pool)["Users"]] == ["ann", "ed"]
    job_record = running.world.store.import_jobs.get(done["JobId"])
    assert job_record is not None
    assert job_record.content is None


def test_the_column_is_wanted(running: Running, idp: Any, at: Setup) -> None:
    done = run(running, idp, at, "SCRYPT", row("ann", scrypt(PASSWORD)), columns=COLUMNS)
    assert (done["Status"], done["CompletionMessage"]) == ("Failed", "The CSV file has no password_hash column.")
    assert idp.list_users(UserPoolId=at.pool)["Users"] == []


def test_without_an_algorithm_the_column_is_not_read(running: Running, idp: Any, at: Setup) -> None:
    assert run(running, idp, at, None, row("ann", "rubbish"))["ImportedUsers"] == 1
    assert kept(running, at).imported_hash is None
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == "RESET_REQUIRED"


@pytest.mark.parametrize(
    ("factor", "status"), [("EMAIL_OTP", "CONFIRMED"), ("SMS_OTP", "RESET_REQUIRED"), ("WEB_AUTHN", "RESET_REQUIRED")]
)
def test_who_can_sign_in_by_a_code_is_confirmed(
    running: Running, idp: Any, at: Setup, factor: str, status: str
) -> None:
    """bob has a phone number too."""
    store = running.world.store
    pool = store.pools.get(at.pool)
    assert pool is not None

    async def allow() -> None:
        with store.write():
            store.pools.put(replace(pool, first_factors=frozenset({"PASSWORD", factor})))

    running.run(allow())
    run(running, idp, at, None, row("ann", ""), {**row("bob", ""), "phone_number": "+15555550100"})
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == status
    by_phone = "CONFIRMED" if factor == "SMS_OTP" else status
    assert idp.admin_get_user(UserPoolId=at.pool, Username="bob")["UserStatus"] == by_phone


@pytest.mark.parametrize(("algorithm", "library"), [("BCRYPT", "bcrypt"), ("ARGON2ID", "argon2")])
def test_without_the_extra(
    running: Running, idp: Any, at: Setup, monkeypatch: pytest.MonkeyPatch, algorithm: str, library: str
) -> None:
    brought(running, idp, at, algorithm=algorithm)
    text = (
        f"{algorithm} needs the extra `imports` of cognito-emulator, which installs the packages bcrypt and argon2-cffi"
    )
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, library, None)
        with refused("NotImplementedException", f"{text}."):
            idp.create_user_import_job(
                UserPoolId=at.pool, JobName="j", CloudWatchLogsRoleArn=ROLE, PasswordHashingAlgorithm=algorithm
            )
        with refused("NotImplementedException", f"{text}."):
            sign_in(idp, at)
    sign_in(idp, at)


# --- signing in ------------------------------------------------------------------------------------------


def srp(idp: Any, at: Setup) -> dict[str, Any]:
    mine = SrpClient(at.pool, PASSWORD)
    asked = idp.initiate_auth(
        ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "ann", "SRP_A": mine.public}
    )
    answer: dict[str, Any] = idp.respond_to_auth_challenge(
        ClientId=at.client,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=mine.responses(asked["ChallengeParameters"]),
    )
    return answer


def test_srp_only_after_a_password_sign_in(running: Running, idp: Any, at: Setup) -> None:
    brought(running, idp, at)
    with refused(*WRONG):
        srp(idp, at)
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    idp.admin_initiate_auth(
        UserPoolId=at.pool, ClientId=at.client, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    assert "AuthenticationResult" in srp(idp, at)


def test_wrong_passwords_count(running: Running, idp: Any, at: Setup) -> None:
    running.world.clock.freeze(1_800_000_000)
    brought(running, idp, at)
    for _ in range(5):
        with refused(*WRONG):
            sign_in(idp, at, "ann", WEAK)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(idp, at)
    running.world.clock.advance(2)
    sign_in(idp, at)


def test_it_is_a_password_for_every_other_operation(running: Running, idp: Any, at: Setup) -> None:
    brought(running, idp, at)
    told = idp.admin_get_user_auth_factors(UserPoolId=at.pool, Username="ann")
    assert "PASSWORD" in told["ConfiguredUserAuthFactors"]
    idp.admin_disable_provider_for_user(
        UserPoolId=at.pool,
        User={"ProviderName": "Cognito", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "ann"},
    )
    assert kept(running, at).imported_hash is None
    with refused(*WRONG):
        sign_in(idp, at)


# --- what replaces it ------------------------------------------------------------------------------------


def test_an_administrator_sets_another(running: Running, idp: Any, at: Setup) -> None:
    brought(running, idp, at)
    idp.admin_set_user_password(UserPoolId=at.pool, Username="ann", Password=NEW, Permanent=True)
    assert kept(running, at).imported_hash is None
    with refused(*WRONG):
        sign_in(idp, at)
    sign_in(idp, at, "ann", NEW)


def test_the_user_recovers(running: Running, idp: Any, at: Setup) -> None:
    brought(running, idp, at)
    idp.forgot_password(ClientId=at.client, Username="ann")
    code = running.world.outbox.all()[-1].code
    idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=NEW)
    with refused(*WRONG):
        sign_in(idp, at)
    sign_in(idp, at, "ann", NEW)


def test_the_user_changes_it(running: Running, idp: Any, at: Setup) -> None:
    token = signed_in(running, idp, at)
    with refused("InvalidParameterException", "Missing required parameter OldPassword"):
        idp.change_password(AccessToken=token, ProposedPassword=NEW)
    with refused(*WRONG):
        idp.change_password(AccessToken=token, PreviousPassword=WEAK, ProposedPassword=NEW)
    assert kept(running, at).imported_hash is not None
    idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
    with refused(*WRONG):
        sign_in(idp, at)
    sign_in(idp, at, "ann", NEW)


USED = ("PasswordHistoryPolicyViolationException", "Password has previously been used.")


def test_it_counts_as_the_last_password(running: Running, idp: Any) -> None:
    at = setup(
        running,
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"PasswordHistorySize": 2, "MinimumLength": 8}},
        UserPoolTier="ESSENTIALS",
    )
    brought(running, idp, at)
    with refused(*USED):
        idp.admin_set_user_password(UserPoolId=at.pool, Username="ann", Password=PASSWORD, Permanent=True)
    idp.forgot_password(ClientId=at.client, Username="ann")
    code = running.world.outbox.all()[-1].code
    with refused(*USED):
        idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=PASSWORD)
    assert kept(running, at).imported_hash is not None
    idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=NEW)
    sign_in(idp, at, "ann", NEW)
