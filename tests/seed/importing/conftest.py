"""Files of other formats, imported; the seed that they make, in the shared server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.seed import apply, parse_mapping
from cognito_emulator.seed.importing.draft import Imported, Options
from cognito_emulator.seed.importing.recognise import FORMATS
from cognito_emulator.seed.parse import Parser
from tests.helpers.harness import Running

FILES = Path(__file__).parent / "files"


class Imports:
    """Imports files, and puts what they make into the server."""

    def __init__(self, running: Running) -> None:
        self.running = running

    def read(self, *files: str | Path, **options: Any) -> Imported:
        """The seed of the files; a mistake fails the test."""
        parser = Parser(Options(**options))
        for name in files:
            parser.import_file(FILES / name, FORMATS)
        made = parser.imported()
        assert not parser.notes.mistakes, "\n".join(map(str, parser.notes.mistakes))
        assert made is not None
        return made

    def load(self, *files: str | Path, **options: Any) -> Imported:
        made = self.read(*files, **options)
        self.running.run(apply(self.running.world, parse_mapping(made.content, base=FILES)))
        return made


@pytest.fixture
def imports(running: Running) -> Imports:
    return Imports(running)


def texts(made: Imported) -> str:
    """What an import says it leaves out."""
    return "\n".join(str(one) for one in made.left_out).replace(f"{FILES}/", "")
