"""Wait for handlers that run as processes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable

import pytest

needs_node = pytest.mark.skipif(
    not shutil.which("node") and os.environ.get("REQUIRE_CLIENTS") != "1", reason="Node is not installed"
)


def eventually(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()
