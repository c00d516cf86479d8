"""What the command imports until its first answer: each module costs every start."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

# Runs the command, asks it until it answers, and writes the modules that it has then into a file.
_PROGRAM = """
import json, os, socket, sys, threading

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
body = b'{"MaxResults": 10}'
lines = [
    b"POST / HTTP/1.1", b"Host: localhost", b"Content-Type: application/x-amz-json-1.1", b"Connection: close",
    b"X-Amz-Target: AWSCognitoIdentityProviderService.ListUserPools",
    b"Authorization: AWS4-HMAC-SHA256 Credential=A/20260905/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, "
    b"Signature=0",
    b"Content-Length: %d" % len(body), b"", body,
]

def ask():
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\\r\\n".join(lines))
        return b"".join(iter(lambda: connection.recv(65536), b""))

def watch():
    while True:
        try:
            answer = ask()
        except OSError:
            continue
        if answer.startswith(b"HTTP/1.1 200"):
            pools = [pool["Id"] for pool in json.loads(answer.partition(b"\\r\\n\\r\\n")[2])["UserPools"]]
            with open(found, "w") as file:
                json.dump([pools, sorted(sys.modules)], file)
            os._exit(0)

found = sys.argv[1]
threading.Thread(target=watch, daemon=True).start()
sys.argv = ["cognito-emulator", "--port", str(port)]
from cognito_emulator.__main__ import main
main()
"""


@cache
def started() -> tuple[list[str], frozenset[str]]:
    """The pools of the first answer, and the modules that were imported then."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        program = [sys.executable, "-c", _PROGRAM, str(found)]
        subprocess.run(program, capture_output=True, timeout=60, check=True)
        pools, modules = json.loads(found.read_text())
    return pools, frozenset(modules)


def test_the_seed_is_there_before_the_first_answer() -> None:
    assert started()[0] == ["us-east-1_localpool"]


@pytest.mark.parametrize(
    "library",
    [
        "anyio", "boto3", "botocore", "click", "html", "http.client", "importlib.resources", "jinja2",
        "multiprocessing", "regex", "starlette", "typing_extensions", "urllib.request", "uvicorn.main",
        "xml.sax", "yaml", "zipfile",
    ],
)  # fmt: skip
def test_a_library_is_not_imported(library: str) -> None:
    assert library not in started()[1]


@pytest.mark.parametrize(
    "part",
    [
        "console", "control.health", "control.inputs", "domain.removal", "flows.auth", "flows.federation", "oauth",
        "ports.record_types", "ports.tls", "routing", "seed.applying", "seed.calls", "seed.parse", "seed.read_yaml",
        "server",
    ],
)  # fmt: skip
def test_a_part_of_ours_is_not_imported(part: str) -> None:
    assert f"cognito_emulator.{part}" not in started()[1]


def test_only_the_handler_that_answers_is_imported() -> None:
    package = "cognito_emulator.operations."
    assert {name for name in started()[1] if name.startswith(package)} == {f"{package}_shapes", f"{package}pools"}


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_an_emulator_of_a_program_imports_little_either() -> None:
    program = """
import sys
from cognito_emulator import Emulator
with Emulator() as emulator:
    for name in sys.argv[1:]:
        print(name, name in sys.modules)
"""
    names = (
        "anyio", "boto3", "botocore", "difflib", "email.message", "jinja2", "starlette", "yaml",
        "cognito_emulator.control.clock", "cognito_emulator.flows.auth", "cognito_emulator.flows.threats",
        "cognito_emulator.python_triggers", "cognito_emulator.ports.srp_client", "cognito_emulator.seed.parse",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program, *names], capture_output=True, text=True, timeout=60, check=True
    )
    assert [line for line in done.stdout.splitlines() if not line.endswith("False")] == []
    assert len(done.stdout.splitlines()) == len(names)


def test_what_was_left_out_of_uvicorn_comes_when_it_is_used() -> None:
    """A program that a seed names may serve with uvicorn itself."""
    program = """
import sys
from cognito_emulator import lean
lean.import_uvicorn()
import uvicorn
before = "uvicorn.main" in sys.modules
print(before, uvicorn.run.__module__, uvicorn.Server.__module__, hasattr(uvicorn, "nothing"))
from uvicorn import main
print(main.name)
"""
    assert _run(program).split() == ["False", "uvicorn.main", "uvicorn.server", "False", "main"]


def test_a_uvicorn_that_takes_more_of_its_command_is_imported_whole() -> None:
    program = """
from cognito_emulator import lean
lean._NAMES = ("main", "run")
lean.import_uvicorn()
import uvicorn
print(uvicorn.Server.__module__, uvicorn.main.name)
"""
    assert _run(program).split() == ["uvicorn.server", "main"]


def test_typing_extensions_can_be_imported_afterwards() -> None:
    program = """
from cognito_emulator import lean
lean.import_msgspec()
import msgspec, sys
print("typing_extensions" in sys.modules)
import typing_extensions
print(typing_extensions.TypedDict is not None)
"""
    assert _run(program).split() == ["False", "True"]
