"""Whether the installed botocore describes all that the emulator is written for: CI tests the oldest one too."""

from __future__ import annotations

import botocore
import pytest

NEWEST = (1, 44, 5)
OLDER = tuple(int(part) for part in botocore.__version__.split(".")[:3]) < NEWEST
needs_newest = pytest.mark.skipif(OLDER, reason="the installed botocore lacks operations or members")
