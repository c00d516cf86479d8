"""Output that nobody reads: nothing waits for it."""

from __future__ import annotations

import http.client
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from cognito_emulator import output
from cognito_emulator.logs import JsonLines, Lines
from cognito_emulator.output import Writer, write_utf8
from tests.helpers.command import COMMAND, environment, run

pytestmark = pytest.mark.processes

REQUESTS = 5_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answering(port: int) -> http.client.HTTPConnection:
    """A connection to a server that is about to start."""
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/_emulator/ready")
            if connection.getresponse().read() == b'{"status":"ready"}':
                return connection
        except OSError:
            pass
        connection.close()
        time.sleep(0.05)
    raise AssertionError("it does not start")


def test_an_unread_pipe_stops_nothing() -> None:
    """Standard output and error are one pipe, which has been full from the beginning."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)], env=environment(), stdout=writing, stderr=writing
    )
    try:
        connection = answering(port)
        for number in range(REQUESTS):
            connection.request("GET", f"/nothing/{number}/{'x' * 100}")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 404
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(reading)
        os.close(writing)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["operations"], ["config"]])
def test_a_full_disk_is_told_in_one_sentence(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.stderr == "cognito-emulator: cannot write to standard output: No space left on device.\n"
    assert done.returncode == 1


def test_a_log_that_cannot_be_written_is_left_alone() -> None:
    """Nothing is to be told, where to tell it is full; the emulator answers."""
    port = free_port()
    with open("/dev/full", "w") as full:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)], env=environment(), stdout=subprocess.DEVNULL, stderr=full
        )
    try:
        connection = answering(port)
        for _ in range(10):
            connection.request("GET", "/nothing")
            assert connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def test_the_end_of_a_log_is_written() -> None:
    """What waits at the end of the program is not lost."""
    assert run("serve", "--port", "0", "--seed", "nowhere.yaml").stderr.endswith("the seed is refused: 1 mistake.\n")
    code = (
        "import logging, cognito_emulator.logs as logs; logs.configure('json');"
        "[logging.getLogger('emulator').info('line %d', n) for n in range(2000)]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == [f"line {n}" for n in range(2000)]


# --- the writer ------------------------------------------------------------------------------------------------


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """A pipe: where it is read, and a stream that writes to it."""
    reading, writing = os.pipe()
    with open(writing, "w", encoding="utf-8") as stream:
        yield reading, stream
        # Nothing waits any more for a pipe that has no reader.
        os.close(reading)


def test_what_does_not_fit_is_dropped_and_counted(pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "MOST", 100)
    reading, stream = pipe
    lines = Lines(stream, JsonLines())
    lines._writer.write("x" * 2**20)  # more than any pipe holds
    while lines._writer._waiting.is_set():
        time.sleep(0.001)  # until the thread has taken it, and waits
    for number in range(150):
        lines.emit(logging.LogRecord("emulator", logging.INFO, "", 0, f"line {number}", None, None))
    assert not lines._writer.flush(0)
    found = b""
    while not found.endswith(b'were dropped."}\n'):
        found += os.read(reading, 65536)
    told = [json.loads(line)["message"] for line in found.decode().lstrip("x").splitlines()]
    assert told[:-1] == [f"line {number}" for number in range(100)]
    assert told[-1] == "Lines of the log were not read in time; 50 were dropped."
    assert lines._writer.flush(10)


def test_a_pipe_that_does_not_block_is_tried_again(pipe: tuple[int, TextIO]) -> None:
    reading, stream = pipe
    os.set_blocking(stream.fileno(), False)
    writer = Writer(stream)
    writer.write("é" * 200_000)
    found = b""
    while len(found) < 400_000:
        found += os.read(reading, 65536)
    assert found.decode() == "é" * 200_000


def test_a_reader_that_has_gone_is_told_to_whom_it_matters() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    gone = threading.Event()
    with open(writing, "w", encoding="utf-8") as stream:
        writer = Writer(stream, failed=lambda error: gone.set() if isinstance(error, BrokenPipeError) else None)
        writer.write("hello")
        assert gone.wait(10)
        writer.write("again")
        assert writer.flush(10)


def test_streams_in_memory_and_none_at_all() -> None:
    stream = io.StringIO()
    writer = Writer(stream)
    writer.write("a")
    writer.write("b")
    assert writer.flush(10)
    assert stream.getvalue() == "ab"
    none = Writer(None)
    none.write("a")
    assert none.flush(10)


def test_a_stream_of_another_code_page_takes_every_text_as_utf8() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252")
    with pytest.raises(UnicodeEncodeError):
        stream.write("ł")
    write_utf8(stream, None, io.StringIO())  # a program without a console has no streams
    stream.write("► ł \ud800")
    stream.flush()
    assert raw.getvalue() == "► ł ".encode() + b"\\ud800"


def test_texts_gather_again_after_a_flush() -> None:
    """`logging.config` flushes every handler of the process."""
    writer = Writer(io.StringIO())
    assert writer.flush(10)
    assert not writer._hurry.is_set()
