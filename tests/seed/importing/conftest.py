"""The shared server, to import files into."""

from __future__ import annotations

import pytest

from tests.helpers.harness import Running
from tests.helpers.imported_files import Imports


@pytest.fixture
def imports(running: Running) -> Imports:
    return Imports(running)
