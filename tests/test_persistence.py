"""`--data`: what was answered is there after the next start, and what could not be kept was not answered."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cognito_emulator import Emulator
from cognito_emulator.banner import as_json
from cognito_emulator.ports.keeper import NotKept
from cognito_emulator.ports.storage import FORMAT, NAME, CannotUseData, Storage
from cognito_emulator.seed import SeedError
from tests.helpers.authenticator import Authenticator
from tests.helpers.command import run, served
from tests.helpers.kept import CLIENT, EMAIL, KEY_ARN, LATER, POOL, delete_pool, fill, kept, live, send, sign_in, state

# --- what is kept -----------------------------------------------------------------------------------------------


def test_everything_is_there_again(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        live(first)
        before = state(first)
    with kept(tmp_path, no_seed=True) as second:
        after = state(second)
    assert after == before
    assert before["messages"]
    assert before["logs"]
    assert before["kms"]
    assert before["clock"][1] > 99
    assert before["keys"]


def test_what_clients_hold_works_as_before(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        tokens = live(first)
        code = first.on_loop(lambda: first.world.kms.encrypt_code(KEY_ARN, "123456", {"userpool-id": POOL}))
    with kept(tmp_path) as second:
        idp = second.client()
        assert idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == "alice"
        parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
        again = idp.initiate_auth(ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
        assert idp.get_user(AccessToken=again["AuthenticationResult"]["AccessToken"])["Username"] == "alice"
        assert second.decrypt(code) == "123456"
        idp.confirm_sign_up(ClientId=CLIENT, Username="erin", ConfirmationCode=second.code_for("erin"))
        assert int(second.messages()[-1].id) == len(second.messages()), "numbers go on"
        assert sign_in(second, "erin", "Erin-1234")


def test_passkeys_are_kept(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        idp = first.client()
        idp.set_user_pool_mfa_config(
            UserPoolId=POOL, WebAuthnConfiguration={"RelyingPartyId": "example.com"}, MfaConfiguration="OFF"
        )
        policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
        idp.update_user_pool(UserPoolId=POOL, Policies=policy, AutoVerifiedAttributes=["email"])
        idp.update_user_pool_client(
            UserPoolId=POOL,
            ClientId=CLIENT,
            ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        access = sign_in(first)["AccessToken"]
        device = Authenticator()
        options = idp.start_web_authn_registration(AccessToken=access)["CredentialCreationOptions"]
        idp.complete_web_authn_registration(AccessToken=access, Credential=device.create(options))
    with kept(tmp_path) as second:
        idp = second.client()
        asked = idp.initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": "alice", "PREFERRED_CHALLENGE": "WEB_AUTHN"},
        )
        options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
        answer = idp.respond_to_auth_challenge(
            ClientId=CLIENT,
            ChallengeName="WEB_AUTHN",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "alice", "CREDENTIAL": json.dumps(device.get(options))},
        )
        assert "AuthenticationResult" in answer


def test_listings_keep_their_order_and_new_rows_come_last(tmp_path: Path) -> None:
    def named(emulator: Emulator) -> list[str]:
        return [user["Username"] for user in emulator.client().list_users(UserPoolId=POOL)["Users"]]

    with kept(tmp_path) as first:
        first.client().admin_create_user(
            UserPoolId=POOL, Username="zoe", MessageAction="SUPPRESS", UserAttributes=EMAIL
        )
        first.client().admin_delete_user(UserPoolId=POOL, Username="zoe")
        before = named(first)
    with kept(tmp_path) as second:
        assert named(second) == before
        second.client().admin_create_user(
            UserPoolId=POOL, Username="yan", MessageAction="SUPPRESS", UserAttributes=EMAIL
        )
        assert sorted(named(second)) == sorted([*before, "yan"])
        newest = second.on_loop(lambda: second.world.store.users.last("pool", POOL))
        assert newest is not None
        assert newest.username == "yan"


def test_without_a_history_of_requests_it_is_kept_too(tmp_path: Path) -> None:
    with kept(tmp_path, history=0) as first:
        live(first)
        before = state(first)
    with kept(tmp_path, history=0) as second:
        assert state(second) == before


# --- the baseline -----------------------------------------------------------------------------------------------


def test_a_reset_goes_back_to_the_baseline_of_an_earlier_start(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        keys = first.jwks(POOL)
        at_first = state(first)["rows"]
        live(first)
    with kept(tmp_path) as second:
        delete_pool(second)
        second.client().create_user_pool(PoolName="third")
    with kept(tmp_path) as third:
        third.reset()
        assert state(third)["rows"] == at_first
        assert third.jwks(POOL) == keys
        assert not third.messages()
    with kept(tmp_path) as fourth:
        assert state(fourth)["rows"] == at_first
        assert fourth.world.clock.state == (None, 0.0)
        live(fourth)
        fourth.reset()
        assert state(fourth)["rows"] == at_first


def test_seeds_posted_into_the_baseline_belong_to_it(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        first.client().create_user_pool(PoolName="before")
        first.seed(LATER, baseline=True)
        baseline = state(first)["rows"]
        first.seed({"UserPools": [{"Id": "us-east-1_Sown00001", "PoolName": "sown"}]})
        first.client().delete_user_pool(UserPoolId="us-east-1_Later0001")
    with kept(tmp_path) as second:
        assert "us-east-1_Sown00001" in second.world.store.pools
        assert "us-east-1_Later0001" not in second.world.store.pools
        second.reset()
        assert state(second)["rows"] == baseline


def test_the_start_seed_is_for_an_empty_folder(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        delete_pool(first)
    with kept(tmp_path, seeds=("fixtures/seeds/example.yaml",)) as second:
        assert not second.client().list_user_pools(MaxResults=10)["UserPools"]


def test_a_refused_start_seed_leaves_the_folder_empty(tmp_path: Path) -> None:
    with pytest.raises(SeedError):
        kept(tmp_path, seeds=('{"UserPools": [{"PoolName": ""}]}',)).start()
    with kept(tmp_path) as second:
        assert POOL in second.world.store.pools


@pytest.mark.processes
def test_handler_files_of_the_start_seed_are_bound_again(tmp_path: Path) -> None:
    (tmp_path / "confirm.py").write_text(
        "def handler(event, context):\n    event['response']['autoConfirmUser'] = True\n    return event\n"
    )
    client = {"ClientId": CLIENT, "ClientName": "c"}
    pool = {"Id": POOL, "PoolName": "p", "LambdaConfig": {"PreSignUp": "confirm.py:handler"}, "Clients": [client]}
    (tmp_path / "seed.yaml").write_text(json.dumps({"UserPools": [pool]}))
    for name in ("ann", "bea"):
        with kept(tmp_path / "data", seeds=(str(tmp_path / "seed.yaml"),)) as emulator:
            made = emulator.client().sign_up(
                ClientId=CLIENT, Username=name, Password="Password-1", UserAttributes=EMAIL
            )
            assert made["UserConfirmed"]


# --- what cannot be kept ----------------------------------------------------------------------------------------


def test_a_full_disk_refuses_the_request_and_memory_stays_what_the_disk_is(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator:
        live(emulator)
        before = state(emulator)
        empty_again = fill(emulator)
        idp = emulator.client(config=_once())
        for call in (
            lambda: idp.create_user_pool(PoolName="p"),
            lambda: idp.admin_delete_user(UserPoolId=POOL, Username="alice"),
            lambda: sign_in(emulator),
            lambda: idp.sign_up(ClientId=CLIENT, Username="fay", Password="Fay-12345", UserAttributes=EMAIL),
        ):
            with pytest.raises(ClientError) as refused:
                call()
            error = refused.value.response
            assert error["Error"]["Code"] == "InternalErrorException"
            assert error["ResponseMetadata"]["HTTPStatusCode"] == 500
            assert "The data folder cannot be written (database or disk is full)" in error["Error"]["Message"]
            assert state(emulator) == before
        assert idp.describe_user_pool(UserPoolId=POOL)["UserPool"]["Name"] == "local", "reading goes on"
        empty_again()
        idp.create_user_pool(PoolName="room again")
        after = state(emulator)
    with kept(tmp_path) as second:
        assert state(second) == after


def _once() -> Any:
    from botocore.config import Config

    return Config(retries={"max_attempts": 1})


def test_control_calls_are_refused_the_same_way(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator:
        live(emulator)
        before = state(emulator)
        empty_again = fill(emulator)
        for method, path, body in (
            ("POST", "/_emulator/reset", None),
            ("PUT", "/_emulator/clock", {"advance": 5}),
            ("DELETE", "/_emulator/messages", None),
            ("POST", "/_emulator/seed", LATER),
            ("POST", "/_emulator/seed?baseline=1", LATER),
        ):
            status, answer = send(emulator, method, path, body)
            assert status == 500, path
            assert "The data folder cannot be written" in answer["message"]
            assert state(emulator) == before, path
        with pytest.raises(NotKept):
            emulator.reset()
        empty_again()
        assert send(emulator, "POST", "/_emulator/reset")[0] == 200
        assert POOL in emulator.world.store.pools
        assert "us-east-1_Later0001" not in emulator.world.store.pools, "it did not become part of the baseline"
        after = state(emulator)
    with kept(tmp_path) as second:
        assert state(second) == after


def test_the_journal_tells_of_it(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator:
        fill(emulator)
        with pytest.raises(ClientError):
            emulator.client(config=_once()).create_user_pool(PoolName="p")
        send(emulator, "POST", "/_emulator/reset")
        send(emulator, "DELETE", "/_emulator/messages")
        entries = emulator.on_loop(lambda: list(emulator.world.journal))
        assert [(entry.operation, entry.status) for entry in entries if entry.status == 500][:1] == [
            ("CreateUserPool", 500)
        ]


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_a_disk_that_is_really_full_and_has_room_again(tmp_path: Path) -> None:
    """The limit of a file's size stands for the disk's."""
    import resource

    with served("--port", "0", "--data", str(tmp_path), "--no-seed") as one:
        idp = client_of(one.port)
        first = idp.create_user_pool(PoolName="first")["UserPool"]["Id"]
        largest = max(file.stat().st_size for file in tmp_path.iterdir())
        before = resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        codes = set()
        for number in range(50):
            try:
                idp.admin_create_user(UserPoolId=first, Username=f"user{number}", MessageAction="SUPPRESS")
            except ClientError as error:
                codes.add(error.response["Error"]["Code"])
        assert codes == {"InternalErrorException"}
        assert one.log_line("The data folder cannot be written")
        there = {user["Username"] for user in idp.list_users(UserPoolId=first)["Users"]}
        resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, before)
        idp.admin_create_user(UserPoolId=first, Username="later", MessageAction="SUPPRESS")
        one.process.kill()
        one.process.wait(20)
    with served("--port", "0", "--data", str(tmp_path)) as one:
        users = client_of(one.port).list_users(UserPoolId=first)["Users"]
        assert {user["Username"] for user in users} == there | {"later"}


def client_of(port: int) -> Any:
    return boto3.client(
        "cognito-idp",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=_once(),
    )


# --- the command ------------------------------------------------------------------------------------------------


@pytest.mark.processes
def test_the_banner_says_where_everything_is(tmp_path: Path) -> None:
    def data_line(banner: list[str]) -> str:
        return next(line.strip() for line in banner if line.startswith("  Data "))

    with served("--port", "0") as one:
        assert data_line(one.banner) == "Data      in memory only; --data DIR keeps it"
    with served("--port", "0", COGNITO_EMULATOR_DATA=str(tmp_path)) as one:
        assert data_line(one.banner) == f"Data      {tmp_path}"
        second = run("--port", "0", "--data", str(tmp_path))
        assert second.returncode == 1
        assert second.stderr.splitlines()[-1] == (
            f"cognito-emulator: the data folder {tmp_path} is in use by another cognito-emulator "
            f"(process {one.process.pid})."
        )
        assert one.stop() == 0
    with served("--port", "0", "--data", str(tmp_path)) as one:
        resumed = ", as the last start left it: the start seed is for an empty folder"
        assert data_line(one.banner) == f"Data      {tmp_path}{resumed}"


def test_the_banner_as_json_says_it_too(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator, Emulator() as other:
        assert json.loads(as_json(emulator._now_running()))["data"] == str(tmp_path)
        assert json.loads(as_json(other._now_running()))["data"] is None


@pytest.mark.processes
def test_folders_that_cannot_be_used_end_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / NAME).write_bytes(b"x" * 4096)
    with Emulator(data=str(tmp_path / "newer")):
        pass
    storage = Storage(tmp_path / "newer")
    storage._database.execute("UPDATE meta SET value=? WHERE name='format'", (FORMAT + 1,))
    storage.close()
    for name, text in (
        ("file", "--data wants a folder"),
        ("odd", "is damaged and was left as it is"),
        ("newer", "of a newer version"),
    ):
        refused = run("--port", "0", "--data", str(tmp_path / name))
        assert refused.returncode == 1
        (line,) = refused.stderr.splitlines()
        assert line.startswith("cognito-emulator: ")
        assert text in line


def test_records_that_cannot_be_read_end_the_start(tmp_path: Path) -> None:
    with kept(tmp_path):
        pass
    storage = Storage(tmp_path)
    storage._database.execute("UPDATE rows SET record=x'93c0' WHERE id IN (SELECT id FROM rows LIMIT 1)")
    storage.close()
    with pytest.raises(CannotUseData, match="is damaged and was left as it is"):
        kept(tmp_path).start()
    Storage(tmp_path).close()  # the lock was let go


@pytest.mark.processes
@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_a_folder_that_cannot_be_written_ends_the_start(tmp_path: Path) -> None:
    folder = Path("/proc/cognito") if os.geteuid() == 0 else tmp_path / "closed" / "data"
    (tmp_path / "closed").mkdir(mode=0o500)
    refused = run("--port", "0", "--data", str(folder))
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"cognito-emulator: the data folder {folder} cannot be written: ")
