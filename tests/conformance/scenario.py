"""Scenarios: one file each below `scenarios/<area>/`.

The file's docstring begins with one line that says what is shown. A paragraph that begins with `Sources:` names
where the expectations come from. `run(aws)` makes the calls and says what is expected.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conformance.service import Service

FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """One thing that the service does; `name` is `<area>/<file>`."""

    name: str
    title: str
    sources: str
    run: Callable[[Service], None]

    @property
    def area(self) -> str:
        return self.name.split("/")[0]


def scenarios(pattern: str = "*") -> list[Scenario]:
    """List the scenarios whose name matches, in the order of their names."""
    return [load(path) for path in _files() if fnmatch(_name(path), pattern)]


def names() -> list[str]:
    """List the names of all scenarios."""
    return [_name(path) for path in _files()]


def load(path: Path) -> Scenario:
    """Read one scenario.

    Raises:
        ValueError: it has no title, or no sources.
    """
    module = importlib.import_module(".".join(("tests.conformance.scenarios", *_name(path).split("/"))))
    paragraphs = [" ".join(part.split()) for part in (module.__doc__ or "").strip().split("\n\n")]
    sources = [part.removeprefix("Sources:").strip() for part in paragraphs if part.startswith("Sources:")]
    if not paragraphs[0] or len(sources) != 1:
        raise ValueError(f"{path}: the docstring needs a title and one paragraph `Sources:`")
    return Scenario(_name(path), paragraphs[0], sources[0], module.run)


def _files() -> Iterator[Path]:
    return iter(sorted(path for path in FOLDER.glob("*/*.py") if path.name != "__init__.py"))


def _name(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()
