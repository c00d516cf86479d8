"""A handler's process without a pipe of its own, as on Windows: its answers come by standard output."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cognito_emulator.ports.function_call import Call
from cognito_emulator.ports.handler_process import Handler, Process
from tests.helpers.lambda_process import eventually, needs_node

pytestmark = pytest.mark.processes

SOURCES = {
    "prints.py": (
        "import os, subprocess, sys\n"
        "def handler(event, context):\n"
        "    print('A{\"mine\": 1}')\n"
        "    os.write(1, b'A{\"mine\": 2}\\n')\n"
        "    subprocess.run([sys.executable, '-c', 'print(\"A3\")'])\n"
        "    return event\n"
    ),
    "prints.mjs": "export const handler = async (event) => { console.log('A{\"mine\": 1}'); return event; };\n",
}


@pytest.fixture(params=["prints.py", pytest.param("prints.mjs", marks=needs_node)])
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Process]:
    path = tmp_path / request.param
    path.write_text(SOURCES[request.param], "utf-8")
    made = Process(Handler(path, "handler", tmp_path), (), dict(os.environ), inherits=False)
    yield made
    made.end()


def test_what_a_handler_prints_is_no_answer(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "emulator.functions")
    for event in (b'{"a": 1}', b'{"a": "\xc3\xa4"}'):
        answer = process.ask(Call("arn", event, "id", 20))
        assert answer is not None
        assert answer.replace(b" ", b"").replace(b"\\u00e4", b"\xc3\xa4") == b"A" + event.replace(b" ", b"")
    assert eventually(lambda: caplog.text.count('A{"mine": 1}') == 2)


def test_it_ends_when_it_is_ended(process: Process) -> None:
    assert process.ask(Call("arn", b"{}", "id", 20)) == b"A{}"
    assert process.is_alive
    process.end()
    assert process.ended() != 0
    assert process.ask(Call("arn", b"{}", "id", 20)) is None


def test_a_pipe_is_passed_on_everywhere_but_on_windows() -> None:
    from cognito_emulator.ports import handler_process

    assert handler_process._INHERITS is (sys.platform != "win32")
