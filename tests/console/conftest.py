"""The console of the shared server, in a new browser."""

from __future__ import annotations

import pytest

from tests.console.site import Site
from tests.harness import Running


@pytest.fixture
def site(running: Running) -> Site:
    running.world.journal.clear()
    return Site(running)
