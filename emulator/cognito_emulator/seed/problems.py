"""The mistakes in a seed, with their places.

A hundred of them are collected; with one more the reading ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from msgspec import Struct

log = logging.getLogger("emulator")
MOST_MISTAKES = 100
_LONGEST = 1_000  # characters of one text: an operation's answer may quote its input


class Place(Struct, frozen=True):
    """A place in a seed.

    `line` counts from 1, 0 where there is none; `path` is like `UserPools[0].Users[2].Sub`.
    """

    file: str
    line: int = 0
    path: str = ""

    def key(self, name: str, line: int) -> Place:
        """Return the place of a member of this mapping."""
        name = name if len(name) <= 60 else name[:57] + "..."
        return Place(self.file, line, f"{self.path}.{name}" if self.path else name)

    def item(self, number: int, line: int) -> Place:
        """Return the place of an item of this list; `number` counts from 0."""
        return Place(self.file, line, f"{self.path}[{number}]")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Mistake(Struct, frozen=True):
    """One mistake.

    As text it is `file:line: path: text`, without unknown parts. It never shows a secret.
    """

    place: Place
    text: str

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def line(self) -> int:
        return self.place.line

    @property
    def path(self) -> str:
        return self.place.path

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.path, self.text) if part)


class SeedError(Exception):
    """A seed can't be used.

    `mistakes` are in the order of files and lines.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = list(mistakes)


class Unreadable(Exception):
    """A text is neither YAML nor JSON; `line` is where that shows (0 if nowhere)."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.line = line


class Enough(Exception):
    """There are too many mistakes to list."""


class Notes:
    """The collected mistakes of one seed."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._more = False
        self._warned: set[str] = set()

    def add(self, place: Place, text: str) -> None:
        """Note a mistake.

        Raises:
            Enough
        """
        if len(self.mistakes) == MOST_MISTAKES:
            self._more = True
            raise Enough
        self.mistakes.append(Mistake(place, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"))

    def warn(self, place: Place, text: str) -> None:
        """Log what is no mistake yet, each text once."""
        if text not in self._warned:
            self._warned.add(text)
            log.warning("%s", Mistake(place, text))

    def told(self) -> list[Mistake]:
        """Return the mistakes by file, in the order of the files, and by line.

        A last one says that there are more.
        """
        files = list(dict.fromkeys(mistake.file for mistake in self.mistakes))
        told = sorted(self.mistakes, key=lambda mistake: (files.index(mistake.file), mistake.line))
        more = Mistake(Place(""), f"and more; the first {MOST_MISTAKES} mistakes are shown")
        return [*told, more] if self._more else told


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` for a word that is near one of `known`.

    Otherwise the text is empty.
    """
    folded = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), folded, n=1, cutoff=0.7) if len(word) <= 64 else []
    return f" Did you mean {folded[near[0]]}?" if near else ""
