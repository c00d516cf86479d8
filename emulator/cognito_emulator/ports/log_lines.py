"""Log lines without a record of the module `logging`.

The record costs more than the rest of a line.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod


class LineHandler(logging.Handler, ABC):
    """A handler that takes the text of a line as it is."""

    @abstractmethod
    def put_line(self, name: str, level: int, text: str) -> None:
        """Write the line of a logger."""


def only_handler(logger: logging.Logger, level: int) -> logging.Handler | None:
    """Return the handler of a logger's lines where nothing else has a say in them.

    The logger is one below `emulator`, as `logs.configure` sets that up; a handler or a filter that a program or a test
    adds needs the record.
    """
    above = logger.parent
    if above is None or logger.handlers or logger.filters or not logger.propagate or above.propagate:
        return None
    if len(above.handlers) != 1 or above.handlers[0].filters or above.handlers[0].level > level:
        return None
    return above.handlers[0]


def info(logger: logging.Logger, text: str) -> None:
    """Log a line of the level INFO."""
    if logger.isEnabledFor(logging.INFO):
        handler = only_handler(logger, logging.INFO)
        if isinstance(handler, LineHandler):
            handler.put_line(logger.name, logging.INFO, text)
        else:
            logger.info("%s", text)
