"""The console of the shared server, in a new browser."""

from __future__ import annotations

import pytest

from tests.helpers.console_site import Site
from tests.helpers.harness import Running


@pytest.fixture
def site(running: Running) -> Site:
    running.world.journal.clear()
    return Site(running)
