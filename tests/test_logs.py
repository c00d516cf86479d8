"""Log lines."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from typing import Any

import pytest

from cognito_emulator.logs import LONGEST, WORLD, JsonLines, Lines, TextLines, configure, request_line


def record(fields: dict[str, Any] | None = None, text: str = "request", level: int = logging.INFO) -> logging.LogRecord:
    made = logging.LogRecord("emulator.requests", level, "", 0, text, None, None)
    if fields is not None:
        made.fields = fields
    return made


def test_a_client_cannot_begin_a_line_of_its_own() -> None:
    user = "ann\n12:00:00 SignUp user=admin ok\u2028\x1b[31m\ud800"
    line = TextLines().format(record({"operation": "SignUp", "user": user, "result": "ok", "status": 200, "ms": 1}))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    line.encode()
    parsed = json.loads(JsonLines().format(record({"operation": "SignUp", "user": user})))
    assert parsed["user"].startswith("ann\\n12:00:00")
    assert len(TextLines().format(record(text="EMAIL to a\nb")).splitlines()) == 1


def test_a_value_of_the_wrong_type_or_length_is_not_shown() -> None:
    fields = {"operation": "SignUp", "user": {"Password": "secret"}, "client": "x" * 10_000, "pool": ["eyJ"]}
    parsed = json.loads(JsonLines().format(record(fields)))
    assert (parsed["user"], parsed["pool"]) == ("(dict)", "(list)")
    assert parsed["client"] == "x" * LONGEST + "…"


@pytest.mark.parametrize(
    "user",
    [
        "ann",
        'a"b',
        "a\\b",
        "a\nb",
        "a\x7f",
        "a\u2028",
        "\ud800",
        "Zoë",
        {"a": 1},
        [1],
        [],
        None,
        "null",
        True,
        7,
        1.5,
        2**70,
    ],
)
def test_a_line_is_the_same_with_and_without_a_look_at_each_value(user: Any) -> None:
    fields = {"operation": "GetUser", "user": user, "status": 200, "ms": 1.0}
    lines, at = JsonLines(), 1_767_225_600.5
    shown = lines.request("emulator.requests", logging.INFO, at, fields)
    assert shown == lines._line("emulator.requests", logging.INFO, at, "request", fields, {})


def test_a_line_names_its_world_though_another_thread_makes_it() -> None:
    stream = io.StringIO()
    for form in (JsonLines(), TextLines()):
        handler = Lines(stream, form)
        for world in ("one", "", "two"):
            WORLD.set(world)
            handler.put_request("emulator.requests", logging.INFO, {"operation": "GetUser", "status": 200})
        WORLD.set("")
        handler.flush()
    told = [re.search("one|two", line) for line in stream.getvalue().splitlines()]
    assert [found and found[0] for found in told] == ["one", None, "two"] * 2


def test_what_waits_to_be_written_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client may send megabytes as a user name, and the log may be read late."""
    waiting: list[Any] = []
    handler = Lines(io.StringIO(), JsonLines())
    monkeypatch.setattr(handler._writer, "write", waiting.append)
    for user in ("x" * 10_000, ["x"] * 10_000):
        handler.put_request("emulator.requests", logging.INFO, {"operation": "GetUser", "user": user, "ms": 1})
    assert [line.fields["user"] for line in waiting] == ["x" * LONGEST + "…", "(list)"]


def test_a_line_that_cannot_be_made_is_counted_and_stops_no_other() -> None:
    class Odd:
        def __str__(self) -> str:
            raise ValueError("odd")

    stream = io.StringIO()
    handler = Lines(stream, JsonLines())
    handler._writer.write(Odd())
    handler.put_request("emulator.requests", logging.INFO, {"operation": "GetUser"})
    handler.flush()
    assert "GetUser" in stream.getvalue()
    assert "1 were dropped" in stream.getvalue()


def test_text_lines_read_well() -> None:
    fields = {
        "operation": "GetUser",
        "pool": None,
        "client": "c",
        "user": None,
        "result": "ok",
        "status": 200,
        "ms": 1.5,
    }
    assert TextLines().format(record(fields)).split(" ", 1)[1] == "GetUser client=c ok 1.5 ms"
    fields = {
        "operation": "SignUp",
        "result": "NotImplemented",
        "status": 501,
        "ms": 0.1,
        "message": "SignUp.X is not …",
    }
    text = TextLines().format(record(fields)).split(" ", 1)[1]
    assert text == "SignUp NotImplemented 501 0.1 ms SignUp.X is not …"
    fields = {"operation": "GetUser", "result": "refused", "status": 400, "why": "tokens.access-expired", "ms": 2}
    assert TextLines().format(record(fields)).endswith(" GetUser refused 400 why=tokens.access-expired 2 ms")
    assert TextLines().format(record(text="odd", level=logging.WARNING)).endswith(" warning: odd")


def test_json_lines_have_time_level_logger_and_detail() -> None:
    parsed = json.loads(JsonLines().format(record({"operation": "SignUp", "message": "not built"})))
    assert parsed["time"].endswith("Z")
    assert len(parsed["time"]) == len("2030-01-02T03:04:05.678Z")
    assert (parsed["level"], parsed["logger"]) == ("info", "emulator.requests")
    assert (parsed["message"], parsed["detail"]) == ("request", "not built")


def test_a_failure_keeps_its_traceback() -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        failed = logging.LogRecord("emulator", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    assert "ValueError: odd" in TextLines().format(failed)
    assert "ValueError: odd" in json.loads(JsonLines().format(failed))["exception"]


def test_auto_is_json_unless_on_a_terminal() -> None:
    from cognito_emulator.logs import configure

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    names = ("", "emulator", "uvicorn")
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).propagate) for name in names}
    levels = {name: logging.getLogger(name).level for name in names}
    try:
        for stream, first in ((io.StringIO(), "{"), (Terminal(), "1234567890")):
            handler = configure("auto", stream)
            logging.getLogger("emulator").info("hello")
            handler.flush()
            assert stream.getvalue()[0] in first + "0"
    finally:
        for name, (handlers, propagate) in before.items():
            logging.getLogger(name).handlers, logging.getLogger(name).propagate = handlers, propagate
            logging.getLogger(name).setLevel(levels[name])


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_request_takes_the_short_path_only_where_nothing_else_listens(form: str) -> None:
    names = ("", "emulator", "uvicorn", "emulator.requests")
    kept = {name: (logging.getLogger(name).handlers, logging.getLogger(name).level) for name in names}
    fields = {"operation": "GetUser", "user": "ann", "result": "ok", "status": 200, "ms": 1.5, "pool": None}
    requests, seen = logging.getLogger("emulator.requests"), Kept()
    stream = io.StringIO()
    try:
        handler = configure(form, stream)
        request_line(requests, logging.INFO, fields)
        requests.addHandler(seen)
        request_line(requests, logging.INFO, fields)
        handler.flush()
    finally:
        requests.removeHandler(seen)
        for name, (handlers, level) in kept.items():
            logging.getLogger(name).handlers = handlers
            logging.getLogger(name).setLevel(level)
        logging.getLogger("emulator").propagate = logging.getLogger("uvicorn").propagate = True
    first, second = (re.sub(r"\d\d:\d\d:\d\d(\.\d+)?", "", line) for line in stream.getvalue().splitlines())
    assert first == second
    assert "GetUser" in first
    assert [record.__dict__["fields"] for record in seen.records] == [fields]


class Kept(logging.Handler):
    """Keeps records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
