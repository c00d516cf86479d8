"""`cognito-emulator exec`, and the ready file: real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.command import COMMAND, environment, run, served

pytestmark = pytest.mark.processes

OWN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SIGN_IN = """
import boto3
answer = boto3.client("cognito-idp").initiate_auth(
    ClientId="localweb000000000000000001",
    AuthFlow="USER_PASSWORD_AUTH",
    AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"},
)
print(sorted(answer["AuthenticationResult"]))
"""


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine that runs the tests may decide."""
    for name in OWN:
        monkeypatch.delenv(name, raising=False)


def script(text: str) -> list[str]:
    return ["--", sys.executable, "-c", text]


def test_an_unmodified_program_signs_in() -> None:
    done = run("exec", *script(SIGN_IN))
    assert done.stdout == "['AccessToken', 'ExpiresIn', 'IdToken', 'RefreshToken', 'TokenType']\n", done.stderr
    assert done.returncode == 0


def test_settings_are_those_of_serve() -> None:
    text = "import os; print(os.environ['AWS_REGION'], os.environ['AWS_DEFAULT_REGION'])"
    done = run("exec", "--region", "eu-north-1", "--no-seed", *script(text), AWS_REGION="us-west-2")
    assert done.stdout == "eu-north-1 eu-north-1\n"


def test_credentials_of_the_users_own_stay() -> None:
    text = "import os; print(os.environ['AWS_ACCESS_KEY_ID'], os.environ.get('AWS_SESSION_TOKEN'))"
    assert run("exec", *script(text)).stdout == "test None\n"
    own = {"AWS_ACCESS_KEY_ID": "AKIAOWN", "AWS_SESSION_TOKEN": "theirs"}
    assert run("exec", *script(text), **own).stdout == "AKIAOWN theirs\n"


def test_an_endpoint_that_is_to_be_ignored_is_not() -> None:
    done = run("exec", *script(SIGN_IN), AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")
    assert done.returncode == 0, done.stderr


def test_what_it_tells_is_no_unknown_setting() -> None:
    done = run("exec", "--", *COMMAND, "config")
    assert done.returncode == 0
    assert done.stderr == ""


def test_the_port_is_free_unless_it_is_chosen() -> None:
    text = "import os; print(os.environ['COGNITO_EMULATOR_URL'])"
    with served("--port", "0") as other:
        done = run("exec", *script(text))
        assert done.returncode == 0
        assert done.stdout.startswith("http://localhost:")
        taken = run("exec", "--port", str(other.port), *script(text))
    assert taken.returncode == 1
    assert f"Port {other.port} on localhost is taken" in taken.stderr


def test_the_exit_code_is_the_commands() -> None:
    assert run("exec", *script("raise SystemExit(7)")).returncode == 7


@pytest.mark.skipif(sys.platform == "win32", reason="a process of Windows ends by no signal")
def test_a_command_that_a_signal_ended_exits_as_in_a_shell() -> None:
    assert run("exec", *script("import os; os.kill(os.getpid(), 9)")).returncode == 128 + 9


@pytest.mark.skipif(sys.platform == "win32", reason="a process of Windows gets no such signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_are_passed_on(number: signal.Signals) -> None:
    text = """
import signal, sys
def leave(number, _):
    print("got", signal.Signals(number).name, flush=True)
    sys.exit(5)
for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(one, leave)
print("waiting", flush=True)
while True:
    signal.pause()
"""
    process = subprocess.Popen(
        [*COMMAND, "exec", *script(text)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # no terminal sends anything
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(number)
        assert process.stdout.readline() == f"got {number.name}\n"
        assert process.wait(20) == 5
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def test_nothing_but_the_commands_output_is_on_standard_output_and_no_request_in_the_log() -> None:
    done = run("exec", *script(SIGN_IN))
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_without_a_command_it_says_how() -> None:
    for arguments in (["exec"], ["exec", "--"], ["exec", "--port", "0"]):
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr == (
            "cognito-emulator: exec: name the command after --, as in: cognito-emulator exec -- pytest\n"
        )


def test_a_command_that_is_not_there_or_cannot_be_run(tmp_path: Path) -> None:
    missing = run("exec", "--", "no-such-command")
    assert (missing.returncode, missing.stderr) == (127, "cognito-emulator: exec: no-such-command: no such command.\n")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF and nothing more")
    broken.chmod(0o755)
    refused = run("exec", "--", str(broken))
    assert refused.returncode == 126
    assert refused.stderr.startswith(f"cognito-emulator: exec: cannot run {broken}: ")


def test_a_refused_seed_starts_no_command(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("UserPools: 5\n", encoding="utf-8")
    done = run("exec", "--seed", str(seed), *script("print('started')"))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "the seed is refused" in done.stderr


def test_the_ready_file_is_there_while_the_emulator_answers(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with served("--port", "0", "--ready-file", str(path)) as one:
        told = json.loads(path.read_text("utf-8"))
        assert told == {"url": f"http://localhost:{one.port}", "pid": one.process.pid}
        one.stop()
    assert list(tmp_path.iterdir()) == []


def test_the_ready_file_names_the_https_address(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    text = f"import os; print(os.environ['COGNITO_EMULATOR_TLS_URL']); print(open({str(path)!r}).read())"
    done = run("exec", "--tls", "--tls-dir", str(tmp_path / "tls"), "--ready-file", str(path), *script(text))
    url, told = done.stdout.splitlines()[:2]
    assert url.startswith("https://localhost:")
    assert json.loads(told)["tls_url"] == url


@pytest.mark.parametrize("command", [["serve"], ["exec", *script("print('started')")]])
def test_a_ready_file_that_cannot_be_written_is_said(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "none" / "ready.json"
    done = run(command[0], "--port", "0", "--ready-file", str(path), *command[1:])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"cognito-emulator: Cannot write the ready file {path}: No such file or directory.\n"


def test_the_banner_is_json_where_the_log_is() -> None:
    done = run("exec", "--", *COMMAND, "--version")
    assert done.returncode == 0
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--log-format", "json"], env=environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        told = json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout
        rest = process.stdout.read()
        process.stdout.close()
    assert told["message"] == "Ready."
    assert told["pid"] == process.pid
    assert told["url"].startswith("http://localhost:")
    assert [pool["id"] for pool in told["pools"]] == ["us-east-1_localpool"]
    assert rest == ""
