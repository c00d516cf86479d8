"""Log lines: readable on a terminal, one JSON object a line for machines.

They go to stderr; the banner has stdout.

emulator.requests   one line a request (`record.fields`)
emulator.messages   one line a message, with its code unless `--no-log-codes`
emulator            everything else
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from time import gmtime, localtime, strftime, struct_time
from typing import Any, TextIO

from msgspec import Struct
from msgspec.json import Encoder

from cognito_emulator.output import GATHER, Writer
from cognito_emulator.ports.clock import Clock
from cognito_emulator.ports.log_lines import LineHandler, only_handler

LONGEST = 200  # characters of one value: a request may carry anything
_SHOWN = ("pool", "client", "user")
_encode = Encoder().encode
_LEVELS = {level: logging.getLevelName(level).lower() for level in (logging.DEBUG, logging.INFO, logging.WARNING)}
# The name of the world whose request is in hand; "" of the first one, and outside of a request.
WORLD: ContextVar[str] = ContextVar("world", default="")


class Lines(LineHandler):
    """Passes lines to a thread that writes them.

    Where they are not read in time, some are dropped and counted.
    """

    def __init__(self, stream: TextIO | None, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._writer = Writer(stream, self._dropped, gather=GATHER)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._writer.write(f"{self.format(record)}\n")
        except Exception:
            self.handleError(record)

    def put_line(self, name: str, level: int, text: str) -> None:
        """Put a line into the queue, as `emit` would."""
        self._writer.write(f"{self._form.plain(name, level, Clock.machine(), text)}\n")

    def setFormatter(self, fmt: logging.Formatter | None) -> None:  # noqa: N802 - the name of `logging`
        super().setFormatter(fmt)
        assert isinstance(fmt, (TextLines, JsonLines))  # noqa: S101 - `configure` gives it
        self._form = fmt

    def put_request(self, name: str, level: int, fields: Mapping[str, Any]) -> None:
        """Write the line of a request, as `emit` would, without a record of `logging`.

        The writer's thread makes the text: many at once take a third of the time that each takes in between requests.
        """
        kept = fields if _are_small(fields.values()) else _cleaned(fields)
        self._writer.write(_RequestLine(self._form, name, level, Clock.machine(), WORLD.get(), kept))

    def flush(self) -> None:
        self._writer.flush()

    def _dropped(self, count: int) -> str:
        text = f"Lines of the log were not read in time; {count} were dropped."
        return f"{self.format(logging.LogRecord('emulator', logging.WARNING, '', 0, text, None, None))}\n"


class _RequestLine(Struct, gc=False):
    """The line of a request that is still to be made."""

    form: TextLines | JsonLines
    name: str
    level: int
    created: float
    world: str
    fields: Mapping[str, Any]

    def __str__(self) -> str:
        WORLD.set(self.world)  # of the thread that writes
        return f"{self.form.request(self.name, self.level, self.created, self.fields)}\n"


def configure(log_format: str, stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Send the emulator's log, and the warnings of all others, to `stream` (stderr).

    Args:
        level: the least of the emulator's own lines that is written.
        log_format: "text", "json", or "auto": text if the stream is a terminal.
    """
    stream = stream or sys.stderr
    text = log_format == "text" or (log_format == "auto" and stream is not None and stream.isatty())
    handler = Lines(stream, TextLines() if text else JsonLines())
    for name, least in (("", logging.WARNING), ("emulator", level), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(least)
        logger.propagate = False
    return handler


def _plain(value: Any) -> str:
    """Return one value on one line: a client's text must not begin a new line."""
    text = value if isinstance(value, str) else f"({type(value).__name__})"
    if len(text) <= LONGEST and text.isprintable():
        return text
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text[: LONGEST + 1]
    )
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def request_line(logger: logging.Logger, level: int, fields: Mapping[str, Any]) -> None:
    """Log a request.

    Where nothing but `configure` has a say, the line goes straight to its handler (`ports.log_lines`).
    """
    handler = only_handler(logger, level)
    if type(handler) is Lines:
        handler.put_request(logger.name, level, fields)
        return
    record = logging.LogRecord(logger.name, level, "", 0, "request", None, None)
    record.fields = fields
    logger.handle(record)


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    return fields


def _are_small(values: Iterable[Any]) -> bool:
    """Tell whether values may wait in the queue as they are."""
    for value in values:
        if type(value) is str:
            if len(value) > LONGEST:
                return False
        elif not (value is None or isinstance(value, (int, float))):
            return False
    return True


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of the fields.

    Every request has such a line, so that most values are passed by.
    """
    return {
        name: value
        if (type(value) is str and len(value) <= LONGEST and value.isprintable()) or isinstance(value, (int, float))
        else _plain(value)
        for name, value in fields.items()
        if value is not None
    }


def _shown_as_they_are(fields: Mapping[str, Any]) -> str:
    """Return the fields as JSON, without the first bracket.

    It is "" where `_cleaned` would change one.
    """
    try:
        text = _encode(fields).decode()
    except (TypeError, UnicodeEncodeError):
        return ""
    # Neither long nor an escape, and no value is a list, a mapping or left out.
    is_plain = len(text) <= LONGEST and "\\" not in text and text.isprintable()
    return text[1:] if is_plain and "[" not in text and text.rfind("{") == 0 and ":null" not in text else ""


def _level(level: int) -> str:
    return _LEVELS.get(level) or logging.getLevelName(level).lower()


class _Times:
    """Times in seconds as text, worked out once a second."""

    def __init__(self, form: str, of: Callable[[float], struct_time]) -> None:
        self._form, self._of = form, of
        self._known = -1, ""  # replaced as one: lines are made on two threads

    def text(self, seconds: float) -> str:
        second, text = self._known
        if int(seconds) != second:
            text = strftime(self._form, self._of(seconds))
            self._known = int(seconds), text
        return text


class TextLines(logging.Formatter):
    """Lines like `12:30:01 SignUp pool=… client=… user=… ok 1.2 ms`."""

    def __init__(self) -> None:
        super().__init__()
        self._times = _Times("%H:%M:%S", localtime)

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        if fields:
            line = self.request(record.name, record.levelno, record.created, fields)
        else:
            line = self.plain(record.name, record.levelno, record.created, record.getMessage())
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line

    def request(self, name: str, level: int, created: float, fields: Mapping[str, Any]) -> str:
        """Return the line of a request."""
        fields = _cleaned(fields)
        words = [str(fields.get("operation", name))]
        words += [f"{shown}={fields[shown]}" for shown in _SHOWN if shown in fields]
        words += [str(fields.get("result", ""))]
        if fields.get("status", 200) >= 400:
            words.append(str(fields["status"]))
        if "why" in fields:
            words.append(f"why={fields['why']}")
        words.append(f"{fields.get('ms', 0)} ms")
        if "message" in fields:
            words.append(fields["message"])
        return self._headed(" ".join(words), level, created)

    def plain(self, _: str, level: int, created: float, text: str) -> str:
        """Return a line without fields."""
        if not text.isprintable():
            text = "".join(c if c.isprintable() else " " for c in text)
        return self._headed(text, level, created)

    def _headed(self, line: str, level: int, created: float) -> str:
        if WORLD.get():
            line = f"[{WORLD.get()}] {line}"
        if level >= logging.WARNING:
            line = f"{logging.getLevelName(level).lower()}: {line}"
        return f"{self._times.text(created)} {line}"


class JsonLines(logging.Formatter):
    """Lines like `{"time", "level", "logger", "message", …fields}`.

    The time is ISO 8601 in UTC.
    """

    def __init__(self) -> None:
        super().__init__()
        self._times = _Times("%Y-%m-%dT%H:%M:%S", gmtime)

    def format(self, record: logging.LogRecord) -> str:
        more = {"exception": self.formatException(record.exc_info)} if record.exc_info else {}
        return self._line(record.name, record.levelno, record.created, record.getMessage(), _fields(record), more)

    def request(self, name: str, level: int, created: float, fields: Mapping[str, Any]) -> str:
        """Return the line of a request.

        Most have no value that has to be changed. Those are written without a look at each value: half of the time.
        """
        shown = _shown_as_they_are(fields)
        if not shown or WORLD.get() or "message" in fields:
            return self._line(name, level, created, "request", fields, {})
        head = f'"level":"{_level(level)}","logger":"{name}","message":"request"'
        return f'{{"time":"{self._time(created)}",{head},{shown}'

    def plain(self, name: str, level: int, created: float, text: str) -> str:
        """Return a line without fields."""
        return self._line(name, level, created, text, {}, {})

    def _line(
        self, name: str, level: int, created: float, message: str, fields: Mapping[str, Any], more: Mapping[str, str]
    ) -> str:
        line: dict[str, Any] = {
            "time": self._time(created),
            "level": _level(level),
            "logger": name,
            "message": message,
        }
        if world := WORLD.get():
            line["world"] = world
        cleaned = _cleaned(fields)
        detail = cleaned.pop("message", None)
        line |= cleaned
        if detail is not None:
            line["detail"] = detail
        line |= more
        try:
            return _encode(line).decode()
        except UnicodeEncodeError:  # half a character
            return json.dumps(line, ensure_ascii=False)

    def _time(self, created: float) -> str:
        return f"{self._times.text(created)}.{int(created % 1 * 1000):03d}Z"
