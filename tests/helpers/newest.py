"""Whether the installed botocore describes all that the emulator is written for: CI tests the oldest one too."""

from __future__ import annotations

import botocore
import pytest

from tests.contract.written_for import version


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3])


OLDER = _numbers(botocore.__version__) < _numbers(version())
needs_newest = pytest.mark.skipif(OLDER, reason="the installed botocore lacks operations or members")
