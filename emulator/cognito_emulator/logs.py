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
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, TextIO

from cognito_emulator.output import Writer

LONGEST = 200  # characters of one value: a request may carry anything
_SHOWN = ("pool", "client", "user")
# The name of the world whose request is in hand; "" of the first one, and outside of a request.
WORLD: ContextVar[str] = ContextVar("world", default="")


class Lines(logging.Handler):
    """Passes lines to a thread that writes them.

    Where they are not read in time, some are dropped and counted.
    """

    def __init__(self, stream: TextIO | None, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._writer = Writer(stream, self._dropped)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._writer.write(f"{self.format(record)}\n")
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        self._writer.flush()

    def _dropped(self, count: int) -> str:
        text = f"Lines of the log were not read in time; {count} were dropped."
        return f"{self.format(logging.LogRecord('emulator', logging.WARNING, '', 0, text, None, None))}\n"


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
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text[: LONGEST + 1]
    )
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    return fields


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (int, float)) else _plain(value)
        for name, value in fields.items()
        if value is not None
    }


class TextLines(logging.Formatter):
    """Lines like `12:30:01 SignUp pool=… client=… user=… ok 1.2 ms`."""

    default_time_format = "%H:%M:%S"
    default_msec_format = ""

    def format(self, record: logging.LogRecord) -> str:
        fields = _cleaned(_fields(record))
        if fields:
            words = [str(fields.get("operation", record.name))]
            words += [f"{name}={fields[name]}" for name in _SHOWN if name in fields]
            words += [str(fields.get("result", ""))]
            if fields.get("status", 200) >= 400:
                words.append(str(fields["status"]))
            if "why" in fields:
                words.append(f"why={fields['why']}")
            words.append(f"{fields.get('ms', 0)} ms")
            line = " ".join(words) + (f" {fields['message']}" if "message" in fields else "")
        else:
            line = "".join(c if c.isprintable() else " " for c in record.getMessage())
        if WORLD.get():
            line = f"[{WORLD.get()}] {line}"
        if record.levelno >= logging.WARNING:
            line = f"{record.levelname.lower()}: {line}"
        line = f"{self.formatTime(record)} {line}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """Lines like `{"time", "level", "logger", "message", …fields}`.

    The time is ISO 8601 in UTC.
    """

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    @staticmethod
    def converter(seconds: float | None) -> Any:
        from time import gmtime

        return gmtime(seconds)

    def format(self, record: logging.LogRecord) -> str:
        fields = _cleaned(_fields(record))
        detail = fields.pop("message", None)
        line: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"world": WORLD.get()} if WORLD.get() else {}),
            **fields,
        }
        if detail is not None:
            line["detail"] = detail
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
