"""Handler files that a seed names."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import jwt
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from cognito_emulator.seed import SeedError, check_files, parse_mapping, parse_text
from cognito_emulator.server import Emulator
from tests.helpers.build import refused
from tests.helpers.command import served
from tests.helpers.control_api import Control
from tests.helpers.lambda_process import needs_node

pytestmark = pytest.mark.processes

HANDLERS = Path(__file__).parents[2] / "fixtures" / "triggers" / "handlers"
POOL = "us-east-1_localpool"


def seed(folder: Path, **config: Any) -> Path:
    """A seed file with one pool, and `handlers` beside it."""
    shutil.copytree(HANDLERS, folder / "handlers", dirs_exist_ok=True)
    lines = "\n".join(f"      {name}: {value}" for name, value in config.items())
    path = folder / "seed.yaml"
    path.write_text(f"""
UserPools:
  - PoolName: local
    Id: {POOL}
    LambdaConfig:
{lines}
    Clients:
      - ClientName: web
        ClientId: web
        ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
    Users:
      - {{Username: ann, Password: Password-1, Attributes: {{email: ann@example.com}}}}
      - {{Username: bob, Password: Password-1}}
      - {{Username: last, Password: Password-1}}
""")
    return path


def sign_in(emulator: Emulator, user: str) -> Any:
    return emulator.client().initiate_auth(
        ClientId="web", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": user, "PASSWORD": "Password-1"}
    )


def config(emulator: Emulator) -> Any:
    return emulator.client().describe_user_pool(UserPoolId=POOL)["UserPool"]["LambdaConfig"]


def test_a_handler_is_run_and_calls_back(tmp_path: Path) -> None:
    with Emulator(seed=seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:handler")) as emulator:
        assert config(emulator) == {
            "PreAuthentication": "arn:aws:lambda:us-east-1:000000000000:function:handlers-before_sign_in-handler"
        }
        assert sign_in(emulator, "ann")["AuthenticationResult"]
        text = "PreAuthentication failed with error bob has no e-mail address."
        with refused("UserLambdaValidationException", text):
            sign_in(emulator, "bob")


def test_a_handler_that_sets_itself_off(tmp_path: Path) -> None:
    with Emulator(seed=seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:again")) as emulator:
        assert sign_in(emulator, "ann")["AuthenticationResult"]


@needs_node
def test_a_handler_in_javascript(tmp_path: Path) -> None:
    with Emulator(seed=seed(tmp_path, PreTokenGeneration="handlers/claims.mjs#handler")) as emulator:
        arn = "arn:aws:lambda:us-east-1:000000000000:function:handlers-claims-handler"
        assert config(emulator)["PreTokenGeneration"] == arn
        token = sign_in(emulator, "ann")["AuthenticationResult"]["IdToken"]
        assert jwt.decode(token, options={"verify_signature": False})["colour"] == "green"


@needs_node
def test_the_versioned_form(tmp_path: Path) -> None:
    versioned = "{LambdaVersion: V1_0, LambdaArn: handlers/claims.mjs:handler}"
    with Emulator(seed=seed(tmp_path, PreTokenGenerationConfig=versioned)) as emulator:
        token = sign_in(emulator, "ann")["AuthenticationResult"]["IdToken"]
        assert jwt.decode(token, options={"verify_signature": False})["colour"] == "green"


def test_the_pools_region_and_account_are_in_the_arn(tmp_path: Path) -> None:
    path = seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:handler")
    path.write_text(path.read_text().replace(POOL, "eu-north-1_other"))
    with Emulator(seed=path, account="123456789012") as emulator:
        (pool,) = emulator.world.store.pools
        assert pool.settings["LambdaConfig"]["PreAuthentication"].startswith("arn:aws:lambda:eu-north-1:123456789012:")


def test_a_reset_keeps_handlers(tmp_path: Path) -> None:
    with Emulator(seed=seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:handler")) as emulator:
        emulator.reset()
        assert sign_in(emulator, "ann")["AuthenticationResult"]


def test_a_handler_calls_back_into_the_world_that_called_it(tmp_path: Path) -> None:
    with Emulator(seed=seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:handler")) as emulator:
        worlds = [emulator.client(endpoint_url=f"{emulator.url}/w/{name}") for name in ("one", "two")]
        email = [{"Name": "email", "Value": "bob@example.com"}]
        worlds[0].admin_update_user_attributes(UserPoolId=POOL, Username="bob", UserAttributes=email)
        given = {
            "ClientId": "web",
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "bob", "PASSWORD": "Password-1"},
        }
        assert worlds[0].initiate_auth(**given)["AuthenticationResult"]
        with refused("UserLambdaValidationException", "PreAuthentication failed with error bob has no e-mail address."):
            worlds[1].initiate_auth(**given)
        both = _children()
        assert len(both) == 2
        Control(emulator)("DELETE", "/_emulator/worlds/two")
        (left,) = _children()
        assert worlds[0].initiate_auth(**given)["AuthenticationResult"]
    assert not any(_is_there(child) for child in (*both, left))


def test_a_python_function_is_called_in_every_world() -> None:
    seen: list[str] = []

    def note(event: Any, _: Any) -> Any:
        seen.append(event["userName"])
        return event

    given = {"UserPools": [{"Id": POOL, "PoolName": "local", "Clients": [{"ClientName": "web", "ClientId": "web"}]}]}
    with Emulator(seed=given) as emulator:
        emulator.trigger("PreSignUp", note, pool=POOL)
        emulator.reset()  # the pool's setting is gone, the function is there
        arn = next(iter(emulator.on_loop(emulator.world.triggers.bindings)))
        for name in ("one", "two"):
            cognito = emulator.client(endpoint_url=f"{emulator.url}/w/{name}")
            cognito.update_user_pool(UserPoolId=POOL, LambdaConfig={"PreSignUp": arn})
            cognito.sign_up(ClientId="web", Username=f"ann-{name}", Password="Password-1")
    assert seen == ["ann-one", "ann-two"]


def test_a_seed_calls_no_trigger(tmp_path: Path) -> None:
    """Not even one that would refuse every user."""
    names = ("PreSignUp", "PostConfirmation", "CustomMessage", "PreAuthentication", "PostAuthentication")
    path = seed(tmp_path, **dict.fromkeys(names, "handlers/plain.py:raises"))
    with Emulator(seed=path) as emulator:
        assert len(emulator.client().list_users(UserPoolId=POOL)["Users"]) == 3


def test_two_files_of_one_name_are_two_functions(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = (
        seed(tmp_path / name, PreAuthentication="handlers/before_sign_in.py:handler") for name in ("a", "b")
    )
    second.write_text(second.read_text().replace(POOL, "us-east-1_second").replace("ClientId: web", "ClientId: second"))
    with Emulator(seeds=(str(first), str(second))) as emulator:
        arns = sorted(pool.settings["LambdaConfig"]["PreAuthentication"] for pool in emulator.world.store.pools)
        assert [arn.rpartition(":")[2] for arn in arns] == [
            "handlers-before_sign_in-handler",
            "handlers-before_sign_in-handler-2",
        ]


def test_a_seed_that_is_a_mapping_finds_files_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(tmp_path)
    monkeypatch.chdir(tmp_path)
    pool = {
        "PoolName": "local",
        "Id": POOL,
        "LambdaConfig": {"PreAuthentication": "handlers/before_sign_in.py:handler"},
    }
    with Emulator(seed={"UserPools": [pool]}) as emulator:
        assert "PreAuthentication" in config(emulator)


@pytest.mark.parametrize(
    ("reference", "mistake"),
    [
        ("handlers/none.py:handler", "there is no file {folder}/handlers/none.py"),
        ("handlers/plain.py", "a handler is a .py, .js, .mjs or .cjs file and its function, "
         "such as sign_up.py:handler"),
        ("handlers/plain.ts:handler", "a handler is a .py, .js, .mjs or .cjs file and its function, "
         "such as sign_up.py:handler"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, reference: str, mistake: str) -> None:
    (found,) = check_files([seed(tmp_path, PreAuthentication=reference)])
    assert (found.line, found.path) == (6, "UserPools[0].LambdaConfig.PreAuthentication")
    assert found.text == mistake.format(folder=tmp_path)


def test_check_finds_nothing_wrong_with_a_good_one(tmp_path: Path) -> None:
    assert check_files([seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:handler")]) == []


MISTAKE = "handler files are taken only from seeds that the emulator is started with; name an ARN"


def test_a_seed_that_came_over_http_names_no_file(control: Control, tmp_path: Path) -> None:
    path = HANDLERS / "plain.py"
    text = f"UserPools:\n  - PoolName: p\n    LambdaConfig: {{PreAuthentication: '{path}:echo'}}\n"
    for place in ("/_emulator/seed", "/_emulator/seed?baseline=1"):
        answer = control("POST", place, text)
        assert answer.status == 400
        assert answer.json["mistakes"] == [f"seed:3: UserPools[0].LambdaConfig.PreAuthentication: {MISTAKE}"]


def test_texts_and_mappings_name_files_only_where_a_folder_is_given() -> None:
    block = {"PoolName": "p", "LambdaConfig": {"PreAuthentication": f"{HANDLERS}/plain.py:echo"}}
    for given in ({"UserPools": [block]},):
        with pytest.raises(SeedError, match=MISTAKE):
            parse_mapping(given)
        assert parse_mapping(given, base=HANDLERS).pools[0].handlers
    with pytest.raises(SeedError, match=MISTAKE):
        parse_text(f"UserPools:\n- PoolName: p\n  LambdaConfig: {{PreAuthentication: {HANDLERS}/plain.py#echo}}", "s")


def test_the_processes_end_with_the_emulator(tmp_path: Path) -> None:
    with Emulator(seed=seed(tmp_path, PreAuthentication="handlers/before_sign_in.py:handler")) as emulator:
        sign_in(emulator, "ann")
        (child,) = _children()
    assert not _is_there(child)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("handler", ["before_sign_in.py:handler", pytest.param("claims.mjs:handler", marks=needs_node)])
def test_the_processes_end_with_the_command(tmp_path: Path, ending: signal.Signals, handler: str) -> None:
    trigger = "PreAuthentication" if handler.startswith("before") else "PreTokenGeneration"
    path = seed(tmp_path, **{trigger: f"handlers/{handler}"})
    with served("--port", "0", "--seed", str(path)) as command:
        _try_to_sign_in(_client(command.port))
        (child,) = _children(command.process.pid)
        command.process.send_signal(ending)
        command.process.wait(10)
        until = time.monotonic() + 5
        while _is_there(child) and time.monotonic() < until:
            time.sleep(0.01)
        assert not _is_there(child)


@pytest.mark.parametrize("file", ["plain.py", pytest.param("plain.mjs", marks=needs_node)])
def test_a_process_ends_with_the_command_in_the_middle_of_a_call(tmp_path: Path, file: str) -> None:
    path = seed(tmp_path, PreAuthentication=f"handlers/{file}:sleeps")
    with served("--port", "0", "--seed", str(path)) as command:
        client = _client(command.port)
        caller = threading.Thread(target=_try_to_sign_in, args=(client,), daemon=True)
        caller.start()
        until = time.monotonic() + 10
        while not (children := _children(command.process.pid)) and time.monotonic() < until:
            time.sleep(0.01)
        command.process.kill()
        command.process.wait(10)
        while _is_there(children[0]) and time.monotonic() < until:
            time.sleep(0.01)
        assert not _is_there(children[0])
        caller.join(10)


def _client(port: int) -> Any:
    return boto3.client(
        "cognito-idp",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}),
    )


def _try_to_sign_in(client: Any) -> None:
    parameters = {"USERNAME": "ann", "PASSWORD": "Password-1"}
    with suppress(BotoCoreError):
        client.initiate_auth(ClientId="web", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def _children(parent: int | None = None) -> list[int]:
    """The handler processes of a process (of this one)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_text().split("\0")
            above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if above == (parent or os.getpid()) and any("handler_runtime" in word for word in words):
            found.append(int(entry.name))
    return found


def _is_there(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
