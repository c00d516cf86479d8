"""The command: its settings, its subcommands, its banner, its log and its end. A real child process throughout."""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest

from cognito_emulator import __version__
from cognito_emulator.options import add_to, settings_from
from cognito_emulator.wire.ledger import GENERAL
from tests.helpers.browser import Browser
from tests.helpers.command import Served, run, served

pytestmark = pytest.mark.processes

PASSWORD = "Alice-123"
CLIENT = "localweb000000000000000001"
MACHINE = "localmachine00000000000001:localmachinesecret0000000000000000000000000000000001"


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return json.loads(answer.read())


def idp(port: int) -> Any:
    return boto3.client(
        "cognito-idp",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def sign_in(port: int, password: str = PASSWORD) -> Any:
    parameters = {"USERNAME": "alice", "PASSWORD": password}
    return idp(port).initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def test_the_bare_command_serves_the_built_in_seed_and_says_what_is_in_it() -> None:
    with served(COGNITO_EMULATOR_PORT="0") as one:
        port = one.port
        banner = "\n".join(one.banner)
        assert one.banner[0] == f"cognito-emulator {__version__}"
        assert one.banner[-1] == "Ready."
        for part in (
            f"http://localhost:{port}/_emulator/messages",
            f"http://localhost:{port}/_emulator/health",
            f"http://localhost:{port}/us-east-1_localpool/.well-known/jwks.json",
            f"alice  password {PASSWORD}",
            "mock    Google: a page of the emulator asks which account signs in",
            f"token   curl -u {MACHINE} -d grant_type=client_credentials http://localhost:{port}/oauth2/token",
            f'endpoint_url="http://localhost:{port}", region_name="us-east-1"',
            f'userPoolId: "us-east-1_localpool", userPoolClientId: "{CLIENT}"',
            f'userPoolEndpoint: "http://localhost:{port}"',
            'identityPoolId: "us-east-1:10ca1000-0000-4000-8000-000000000001", allowGuestAccess: true',
            f'identityPoolEndpoint: "http://localhost:{port}"',
            "Identity pool us-east-1:10ca1000-0000-4000-8000-000000000001 (local, with guests)",
            f"issuer  http://localhost:{port}/cognito-identity",
        ):
            assert part in banner, part
        assert get(port, "/_emulator/health")["status"] == "ok"
        assert "AuthenticationResult" in sign_in(port)
        login = next(line.split()[1] for line in one.banner if line.strip().startswith("login "))
        browser = Browser(port)
        browser.get(login)
        assert browser.submit(username="alice", password=PASSWORD).url.startswith("http://localhost:3000/?code=")


def test_sigterm_ends_it_within_a_second_even_with_a_long_poll_open() -> None:
    with served("serve", "--port", "0") as one:
        answers: list[Any] = []
        idle = http.client.HTTPConnection("127.0.0.1", one.port, timeout=5)
        idle.request("GET", "/_emulator/health")
        idle.getresponse().read()  # and stays open
        poll = threading.Thread(target=lambda: answers.append(get(one.port, "/_emulator/messages?wait=50")))
        poll.start()
        stuck = socket.create_connection(("127.0.0.1", one.port))
        stuck.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        time.sleep(0.3)  # the poll has arrived; nothing tells when
        status, seconds = one.stop()
        poll.join(10)
        idle.close()
        stuck.close()
    assert status == 0
    assert seconds < 1
    assert answers == [{"messages": []}]


def test_a_taken_port_is_told_in_one_line() -> None:
    with served("--port", "0") as one:
        answer = run("serve", "--port", str(one.port))
        assert answer.returncode == 1
        assert answer.stderr == (
            f"cognito-emulator: Port {one.port} on localhost is taken by another program. Choose another one with "
            f"--port {one.port + 1} (or COGNITO_EMULATOR_PORT={one.port + 1}), or a free one with --port 0.\n"
        )
        assert answer.stdout == ""


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_localhost_is_both_addresses() -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    with served("--port", "0", "--no-seed") as one:
        for address in ("127.0.0.1", "[::1]"):
            with urllib.request.urlopen(f"http://{address}:{one.port}/_emulator/health", timeout=10) as answer:
                assert answer.status == 200
        with socket.socket(socket.AF_INET6) as other, pytest.raises(OSError, match="in use"):
            other.bind(("::1", one.port))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--port", "70000"], "--port: '70000' is not a port (0 to 65535; 0 takes a free one)"),
        (["--port", "-1"], "--port: '-1' is not a port (0 to 65535; 0 takes a free one)"),
        (["--host", "http://x"], "--host: 'http://x' is not a host name or address"),
        (["--account", "123"], "--account: '123' is not an account id of 12 digits"),
        (["--region", "here"], "--region: 'here' is not a region such as eu-north-1"),
        (["--code", "12 34"], "--code: a code has 1 to 2048 characters, none of them blank"),
        (["--code", ""], "--code: a code has 1 to 2048 characters, none of them blank"),
        (["--code", "1" * 2049], "--code: a code has 1 to 2048 characters, none of them blank"),
        (["--public-url", "localhost"], "--public-url: 'localhost' is not a URL that begins with http:// or https://"),
        (["--public-url", "http://x:y"], "--public-url: 'http://x:y' is not a URL"),
        (["--public-url", "http://x?a"], "--public-url: 'http://x?a' may hold no user, query or fragment"),
        (
            ["--issuer", "remote"],
            "--issuer: 'remote' is not a URL that begins with http:// or https://; an issuer is local, aws or a URL",
        ),
        (
            ["--idle-timeout", "1.5"],
            "--idle-timeout: '1.5' is not a number of seconds (0 to 86400; 0 waits for ever)",
        ),
        (["--max-body", "0"], "--max-body: '0' is not a number of bytes above 0"),
        (
            ["--lambda-endpoint", "sam:3001"],
            "--lambda-endpoint: 'sam:3001' is not a URL that begins with http:// or https://",
        ),
        (
            ["--lambda-functions", "http://x"],
            "--lambda-functions: 'http://x' is not a function's name or ARN, = and a URL",
        ),
        (["--lenient", "custom-message,x"], "--lenient: 'x' is none of: custom-message"),
        (["--lambda-attempts", "0"], "--lambda-attempts: '0' is not a number of attempts from 1 to 3"),
        (["--log-format", "xml"], "--log-format: 'xml' is not a log format: auto, text or json"),
        (["--seed", "a", "--no-seed"], "a seed and no-seed exclude each other"),
        (["--seed", ""], "--seed: an empty path"),
    ],
)
def test_bad_settings_are_refused(arguments: list[str], text: str) -> None:
    answer = run("serve", *arguments)
    assert (answer.returncode, answer.stderr) == (2, f"cognito-emulator: {text}\n")


def test_bad_variables_are_refused_by_their_names() -> None:
    answer = run(COGNITO_EMULATOR_PORT="web")
    assert answer.returncode == 2
    assert answer.stderr.startswith("cognito-emulator: COGNITO_EMULATOR_PORT: 'web' is not a port")
    answer = run(COGNITO_EMULATOR_NO_LOG_CODES="maybe")
    assert answer.stderr == "cognito-emulator: COGNITO_EMULATOR_NO_LOG_CODES: 'maybe' is neither 1 nor 0\n"


def test_unknown_flags_and_commands_are_refused() -> None:
    assert run("serve", "--prot", "1").returncode == 2
    assert run("sevre").returncode == 2
    assert run("check").returncode == 2


def test_an_unknown_host_is_told_in_one_line() -> None:
    answer = run("--host", "nowhere.invalid", "--port", "0")
    assert answer.returncode == 1
    assert answer.stderr.startswith("cognito-emulator: The host 'nowhere.invalid' is not known here: ")
    answer = run("--host", "192.0.2.1", "--port", "0")
    assert answer.stderr == "cognito-emulator: Cannot listen on 192.0.2.1 port 0: Cannot assign requested address.\n"


def test_odd_variables_and_codes_warn() -> None:
    answer = run("config", "--code", "abc", COGNITO_EMULATOR_PROT="1", COGNITO_EMULATOR_ZZZ="1")
    assert answer.returncode == 0
    first, second, third = answer.stderr.splitlines()
    assert first == (
        "cognito-emulator: warning: COGNITO_EMULATOR_PROT is not a setting and has no effect. "
        "Did you mean COGNITO_EMULATOR_PORT?"
    )
    assert second.startswith("cognito-emulator: warning: COGNITO_EMULATOR_ZZZ is not a setting and has no effect.")
    assert "The fixed code is not 6 digits" in third


def test_flags_win_over_variables_and_variables_over_defaults() -> None:
    answer = run("config", "--port", "1", COGNITO_EMULATOR_PORT="2", COGNITO_EMULATOR_REGION="eu-north-1")
    lines = answer.stdout.splitlines()
    assert "COGNITO_EMULATOR_PORT=1  # flag" in lines
    assert "COGNITO_EMULATOR_REGION=eu-north-1  # environment" in lines
    assert "COGNITO_EMULATOR_HOST=localhost  # default" in lines
    assert "COGNITO_EMULATOR_NO_LOG_CODES=0  # default" in lines
    assert answer.stderr == ""
    lines = run("config", "--seed", "a", "--seed", "b", COGNITO_EMULATOR_NO_SEED="1").stdout.splitlines()
    assert "COGNITO_EMULATOR_SEED=a:b  # flag" in lines
    assert "COGNITO_EMULATOR_NO_SEED=0  # default" in lines
    lines = run("config", "--no-seed", COGNITO_EMULATOR_SEED="a", COGNITO_EMULATOR_CODE="").stdout.splitlines()
    assert "COGNITO_EMULATOR_SEED=(built in)  # default" in lines
    assert "COGNITO_EMULATOR_NO_SEED=1  # flag" in lines
    assert "COGNITO_EMULATOR_CODE=  # default" in lines
    assert "COGNITO_EMULATOR_LAMBDA_FUNCTIONS=  # default" in lines
    lines = run("config", COGNITO_EMULATOR_LAMBDA_FUNCTIONS="a=http://x/, b=http://y:1/z").stdout.splitlines()
    assert "COGNITO_EMULATOR_LAMBDA_FUNCTIONS=a=http://x,b=http://y:1/z  # environment" in lines


def test_the_version() -> None:
    assert run("--version").stdout == f"cognito-emulator {__version__}\n"


def test_the_help_names_every_flag_with_its_variable() -> None:
    text = run("serve", "--help").stdout
    for flag in ("host", "port", "seed", "no-seed", "issuer", "public-url", "code", "no-log-codes", "account", "region",
                 "sts-endpoint", "max-body", "idle-timeout", "lambda-endpoint", "lambda-functions", "lambda-attempts",
                 "lenient", "allow-origin",
                 "log-format"):  # fmt: skip
        assert f"--{flag}" in text
        assert "COGNITO_EMULATOR_" + flag.upper().replace("-", "_") in text.replace("\n", "").replace(" ", "")
    assert "serve" in run("--help").stdout


def test_guide_prints_a_page_or_the_list_of_them() -> None:
    listed = run("guide").stdout.splitlines()
    assert "seeds                To start with your own pools, write a seed" in "\n".join(listed)
    assert run("guide", "seeds").stdout.startswith("# Seeds\n")
    refused = run("guide", "nowhere")
    assert (refused.returncode, refused.stderr) == (
        2,
        "cognito-emulator: the guide has no page 'nowhere'; cognito-emulator guide lists them.\n",
    )


def test_operations_as_the_guide_shows_them() -> None:
    printed = run("operations", "--markdown").stdout
    assert "| CreateGroup | done |" in printed
    assert printed.count("\n| ") >= 164


def test_operations_prints_the_ledger() -> None:
    rows = json.loads(run("operations", "--json").stdout)
    by_name = {(row["service"], row["operation"]): row for row in rows}
    assert len(by_name) == len(rows) >= 160
    assert by_name["cognito-idp", "CreateGroup"]["state"] == "done"
    assert by_name["cognito-idp", "CreateGroup"]["module"] == "cognito_emulator.operations.groups"
    assert by_name["cognito-identity", "GetId"]["module"] == "cognito_emulator.operations.identity.identities"
    lines = run("operations").stdout.splitlines()
    general = lines.index("Simplified everywhere:")
    assert len(lines[: general - 1]) == len(rows)
    assert len(lines[general:]) == len(GENERAL) + 3
    assert any(line.startswith("CreateGroup ") and " done " in line for line in lines)
    simple = by_name["cognito-idp", "StopUserImportJob"]["simplified"]
    assert any(line.startswith("StopUserImportJob ") and line.endswith(f"simplified: {simple}") for line in lines)
    done = sum(row["state"] == "done" for row in rows)
    assert lines[-1].startswith(f"{len(rows)} operations: {done} done, ")


def test_check_prints_every_mistake_with_its_place(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("UserPools:\n  - PoolName: one\n")
    bad.write_text("UserPools:\n  - PoolNam: one\n    PoolName: two\n    MfaConfig: {MfaConfiguration: MAYBE}\n")
    answer = run("check", str(good))
    assert (answer.returncode, answer.stdout) == (0, "1 seed file without mistakes.\n")
    answer = run("check", str(good), str(bad), str(tmp_path / "none.yaml"))
    assert answer.returncode == 1
    assert f"{bad}:2: UserPools[0].PoolNam: " in answer.stdout
    assert f"{bad}:4: UserPools[0].MfaConfig" in answer.stdout
    assert f"{tmp_path / 'none.yaml'}: cannot be read: " in answer.stdout
    refused = run("serve", "--port", "0", "--seed", str(bad))
    assert refused.returncode == 1
    assert f"{bad}:2: UserPools[0].PoolNam: " in refused.stderr
    assert refused.stderr.splitlines()[-1].startswith("cognito-emulator: the seed is refused: ")
    assert refused.stderr.splitlines()[-2] == "(More: cognito-emulator guide seeds)"
    assert "Ready." not in refused.stdout


def test_seeds_by_file_and_by_variable(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.json"
    one.write_text("UserPools:\n  - {Id: us-east-1_one, PoolName: one}\n")
    two.write_text('{"UserPools": [{"Id": "us-east-1_two", "PoolName": "two"}]}')
    with served("--port", "0", "--seed", str(one), "--seed", str(two)) as command:
        assert [pool["id"] for pool in get(command.port, "/_emulator/info")["pools"]] == [
            "us-east-1_one",
            "us-east-1_two",
        ]
    with served(COGNITO_EMULATOR_PORT="0", COGNITO_EMULATOR_SEED=one.read_text()) as command:
        assert [pool["id"] for pool in get(command.port, "/_emulator/info")["pools"]] == ["us-east-1_one"]
    with served("--no-seed", "--port", "0") as command:
        assert get(command.port, "/_emulator/info")["pools"] == []
        assert command.banner[-1] == "Ready."


def test_settings_take_effect() -> None:
    arguments = [
        "--port",
        "0",
        "--public-url",
        "http://cognito.test/base/",
        "--issuer",
        "aws",
        "--region",
        "eu-north-1",
    ]
    with served(*arguments, "--account", "123456789012", "--no-seed", "--max-body", "50") as command:
        # The banner names the public URL, and where it listens.
        assert "  API       http://cognito.test/base/" in command.banner
        (listening,) = (line for line in command.banner if "Listening" in line)
        info = get(int(listening.split()[-1]), "/_emulator/info")
        assert info["url"] == "http://cognito.test/base"
        assert (info["issuer"], info["account"], info["region"]) == ("aws", "123456789012", "eu-north-1")


SECRETS = ("Alice-123", "Wrong-12345", "eyJ", "AKIA")


def _traffic(command: Served) -> None:
    """Sign in, fail, ask who one is, send a code."""
    client = idp(command.port)
    token = sign_in(command.port)["AuthenticationResult"]["AccessToken"]
    client.get_user(AccessToken=token)
    with pytest.raises(client.exceptions.NotAuthorizedException):
        sign_in(command.port, "Wrong-12345")
    client.forgot_password(ClientId=CLIENT, Username="alice")
    get(command.port, "/_emulator/messages")


def test_the_log_is_json_lines_without_secrets() -> None:
    with served("--port", "0", "--code", "424242") as command:
        _traffic(command)
        command.log_line("GET /_emulator/messages")
        log = list(command.log)
    lines = [json.loads(line) for line in log]
    requests = [line for line in lines if line["logger"] == "emulator.requests"]
    assert [line["operation"] for line in requests] == [
        "InitiateAuth", "GetUser", "InitiateAuth", "ForgotPassword", "GET /_emulator/messages",
    ]  # fmt: skip
    assert [line["result"] for line in requests] == ["ok", "ok", "NotAuthorizedException", "ok", "ok"]
    assert (requests[0]["client"], requests[0]["user"], requests[0]["status"]) == (CLIENT, "alice", 200)
    assert requests[0]["ms"] > 0
    (message,) = (line for line in lines if line["logger"] == "emulator.messages")
    assert message["message"] == "EMAIL to alice@example.com (recovery, user alice) code 424242"
    assert not [secret for secret in SECRETS if secret in "".join(log)]


def test_the_log_is_readable_text_when_asked_and_codes_can_be_left_out() -> None:
    with served("--port", "0", "--code", "424242", "--log-format", "text", "--no-log-codes") as command:
        _traffic(command)
        command.log_line("GET /_emulator/messages")
        log = "".join(command.log)
    assert f" InitiateAuth client={CLIENT} user=alice ok " in log
    assert f" InitiateAuth client={CLIENT} user=alice NotAuthorizedException 400 " in log
    assert "EMAIL to alice@example.com (recovery, user alice)\n" in log
    assert not [secret for secret in (*SECRETS, "424242") if secret in log]


def test_config_keeps_the_password_of_the_mail_server_to_itself() -> None:
    answer = run("config", COGNITO_EMULATOR_SMTP_URL="smtp://ann:secret@mail:25")
    assert "COGNITO_EMULATOR_SMTP_URL=smtp://***@mail:25  # environment" in answer.stdout.splitlines()
    refused = run("config", "--smtp-url", "http://mail")
    assert refused.returncode == 2
    assert "not an SMTP server: smtp://, smtps:// or starttls://" in refused.stderr


@pytest.mark.parametrize("given", [{"flags": ["--lenient", "custom-message"]}, {"variable": "custom-message"}])
def test_what_is_let_through(given: dict[str, Any]) -> None:
    parser = argparse.ArgumentParser()
    add_to(parser)
    environment = {"COGNITO_EMULATOR_LENIENT": given["variable"]} if "variable" in given else {}
    settings, _ = settings_from(parser.parse_args(given.get("flags", [])), environment)
    assert settings.lenient == ("custom-message",)
    assert settings_from(parser.parse_args([]), {})[0].lenient == ()
