"""The parsers of files, texts and mappings into seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from cognito_emulator.seed import login_providers, read_json
from cognito_emulator.seed.coercion import Field, fields
from cognito_emulator.seed.identity_pools import IdentityPoolReader
from cognito_emulator.seed.model import IdentityPoolSeed, LoginProviderSeed, PoolSeed, Seed
from cognito_emulator.seed.nodes import Node, Scalar, from_python
from cognito_emulator.seed.pools import PoolReader
from cognito_emulator.seed.problems import Enough, Notes, Place, SeedError, Unreadable

DEFAULT = "default.yaml"
_SECTIONS = ("UserPools", "IdentityPools", *login_providers.SECTIONS)


def _read_yaml(text: str, most: int | None) -> Node | None:
    from cognito_emulator.seed import read_yaml  # PyYAML is a tenth of a start without a seed

    return read_yaml.read(text, most)


class Parser:
    """Reads the parts of one seed and collects their mistakes."""

    def __init__(self) -> None:
        self.notes = Notes()
        self._pools: list[PoolSeed] = []
        self._identity_pools: list[IdentityPoolSeed] = []
        self._login_providers: list[LoginProviderSeed] = []
        self._pool_reader = PoolReader(self.notes)
        self._identity_pool_reader = IdentityPoolReader(self.notes)

    @property
    def sound(self) -> Seed:
        """The part of the seed that has no mistake."""
        return Seed(tuple(self._pools), tuple(self._identity_pools), tuple(self._login_providers))

    def seed(self) -> Seed:
        """Return the seed that was read.

        Raises:
            SeedError: the mistakes, if there is one.
        """
        if self.notes.mistakes:
            raise SeedError(self.notes.told())
        return self.sound

    def file(self, path: str | Path) -> None:
        with suppress(Enough):
            self._file(path)

    def text(self, text: str, name: str, base: Path | None = None, most: int | None = None) -> None:
        with suppress(Enough):
            self._text(text, name, base, most)

    def mapping(self, mapping: Any, name: str, base: Path | None = None) -> None:
        with suppress(Enough):
            self._mapping(mapping, name, base)

    def _file(self, path: str | Path) -> None:
        name = str(path)
        try:
            raw = Path(path).read_bytes()
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self.notes.add(Place(name), f"cannot be read: {reason}")
            return
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.notes.add(Place(name, raw.count(b"\n", 0, error.start) + 1), "is not UTF-8")
            return
        self._text(text, name, Path(path).parent)

    def _text(self, text: str, name: str, base: Path | None = None, most: int | None = None) -> None:
        try:
            root = read_json.read(text, most) if read_json.looks_like_json(text) else _read_yaml(text, most)
        except Unreadable as error:
            root = self._second_reading(text, name, error, most)
        self._root(name, root, base)

    def _second_reading(self, text: str, name: str, first: Unreadable, most: int | None) -> Node | None:
        """Read a text as YAML that was no JSON, since YAML may begin with a bracket too.

        If it is no YAML either, the first reader's mistake is noted.
        """
        if read_json.looks_like_json(text):
            try:
                return _read_yaml(text, most)
            except Unreadable:
                pass
        self.notes.add(Place(name, first.line), first.text)
        return None

    def _mapping(self, mapping: Any, name: str, base: Path | None = None) -> None:
        try:
            root = from_python(mapping)
        except Unreadable as error:
            self.notes.add(Place(name), error.text)
            return
        self._root(name, root, base)

    def _root(self, name: str, root: Node | None, base: Path | None) -> None:
        if isinstance(root, Scalar) and root.null != "no":
            self.notes.add(Place(name, root.line), "is empty; a seed begins with UserPools:")
        elif root is not None:
            found = fields(self.notes, Field(Place(name, root.line), root), _SECTIONS) or {}
            self._pools += self._pool_reader.read(found.get("UserPools"), base)
            self._identity_pools += self._identity_pool_reader.read(found.get("IdentityPools"))
            self._login_providers += login_providers.read(self.notes, found)


def parse_files(paths: Sequence[str | Path]) -> Seed:
    """Return one seed from several files (YAML or JSON, UTF-8).

    Raises:
        SeedError: all mistakes of all files.
    """
    parser = Parser()
    for path in paths:
        parser.file(path)
    return parser.seed()


def parse_text(text: str, name: str, base: Path | None = None, most: int | None = None) -> Seed:
    """Return a seed from YAML or JSON text.

    `name` replaces a file's name in mistakes.

    Args:
        base: the folder of handler files; without it the seed may name none. It must be absent for a text that came
            over HTTP.
        most: the largest number of values.

    Raises:
        SeedError
    """
    parser = Parser()
    parser.text(text, name, base, most)
    return parser.seed()


def parse_mapping(mapping: Mapping[str, Any], name: str = "seed", base: Path | None = None) -> Seed:
    """Return a seed from Python values in the form of the YAML.

    `base` is as in `parse_text`.

    Raises:
        SeedError
    """
    parser = Parser()
    parser.mapping(mapping, name, base)
    return parser.seed()


def parse_default() -> Seed:
    """Return the seed that is used where none is named."""
    return parse_text((files("cognito_emulator.seed") / DEFAULT).read_text("utf-8"), DEFAULT)
