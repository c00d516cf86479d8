"""The parsers of files, texts and mappings into seeds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cognito_emulator.seed import limits, login_providers, read_json, state
from cognito_emulator.seed.coercion import Field, fields
from cognito_emulator.seed.identity_pools import IdentityPoolReader
from cognito_emulator.seed.model import IdentityPoolSeed, LimitSeed, LoginProviderSeed, PoolSeed, Seed
from cognito_emulator.seed.nodes import Node, Scalar, Table, from_python
from cognito_emulator.seed.pools import PoolReader
from cognito_emulator.seed.problems import Enough, Notes, Place, SeedError, Unreadable, did_you_mean

if TYPE_CHECKING:
    from cognito_emulator.seed.importing.draft import Imported
    from cognito_emulator.seed.importing.options import Options
    from cognito_emulator.seed.importing.recognise import Importer

DEFAULT = "default.yaml"
ENDINGS = (".yaml", ".yml", ".json")
_CSV_MARK, _TYPE_MARK = "cognito:username", "AWS::"
_SCRIPT = re.compile(
    r"(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*+(?:const|let|var|export|import|module\.exports|window\.|['\"]use )\b"
)
_NAMED = 3
# What an export tells of itself in JSON says nothing to a reader.
LEFT_OUT = "LeftOut"
_SECTIONS = ("UserPools", "IdentityPools", *login_providers.SECTIONS, limits.SECTION, state.SECTION, LEFT_OUT)


def _read_yaml(text: str, most: int | None, tags: Mapping[str, str] = MappingProxyType({})) -> Node | None:
    from cognito_emulator.seed import read_yaml  # PyYAML is a tenth of a start without a seed

    return read_yaml.read(text, most, tags)


class Parser:
    """Reads the parts of one seed and collects their mistakes.

    A file may be of another format too (`seed.importing`). `options` say how such files are read.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.notes = Notes()
        self._options = options
        self._importer: Importer | None = None
        self._pools: list[PoolSeed] = []
        self._identity_pools: list[IdentityPoolSeed] = []
        self._login_providers: list[LoginProviderSeed] = []
        self._limits: list[LimitSeed] = []
        self._states: list[state.StateSeed] = []
        self._pool_reader = PoolReader(self.notes)
        self._identity_pool_reader = IdentityPoolReader(self.notes)
        self.import_name = ""

    @property
    def sound(self) -> Seed:
        """The part of the seed that has no mistake."""
        made = self.imported()
        if made is not None and not self.notes.mistakes:
            for one in made.left_out:
                self.notes.warn(one.place, one.text)
            self.mapping(made.content, self.import_name)
        return Seed(
            tuple(self._pools),
            tuple(self._identity_pools),
            tuple(self._login_providers),
            tuple(self._limits),
            tuple(self._states),
        )

    def seed(self) -> Seed:
        """Return the seed that was read.

        Raises:
            SeedError: the mistakes, if there is one.
        """
        sound = self.sound
        if self.notes.mistakes:
            raise SeedError(self.notes.told())
        return sound

    def imported(self) -> Imported | None:
        """Return the seed of the files of other formats, once; None where there is none.

        Their mistakes are noted.
        """
        importer, self._importer = self._importer, None
        if importer is None:
            return None
        more = len(importer.names) - _NAMED
        self.import_name = ", ".join(importer.names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        try:
            return importer.finish()
        except Enough:
            return None

    def file(self, path: str | Path) -> None:
        with suppress(Enough):
            self._file(path)

    def text(self, text: str, name: str, base: Path | None = None, most: int | None = None) -> None:
        with suppress(Enough):
            self._text(text, name, base, most)

    def mapping(self, mapping: Any, name: str, base: Path | None = None) -> None:
        with suppress(Enough):
            self._mapping(mapping, name, base)

    def import_file(self, path: str | Path, formats: str) -> None:
        """Take a file of another format; `formats` lists them for one that has none."""
        with suppress(Enough):
            name, before = str(path), len(self.notes.mistakes)
            text = self._text_of(path)
            if text is None or self._is_other_text(text, name):
                return
            root = None if _SCRIPT.match(text) else self._node(text, name)
            if len(self.notes.mistakes) == before and (root is None or not self._is_other(name, root)):
                self.notes.add(Place(name), f"is none of the files that can be imported: {formats}")

    def _file(self, path: str | Path) -> None:
        try:
            if Path(path).is_dir():
                self._folder(Path(path))
                return
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            self.notes.add(Place(str(path)), f"cannot be read: {_reason(error)}")
            return
        text = self._text_of(path)
        if text is not None:
            self._text(text, str(path), Path(path).parent)

    def _text_of(self, path: str | Path) -> str | None:
        name = str(path)
        try:
            raw = Path(path).read_bytes()
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            self.notes.add(Place(name), f"cannot be read: {_reason(error)}")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.notes.add(Place(name, raw.count(b"\n", 0, error.start) + 1), "is not UTF-8")
            return None

    def _folder(self, path: Path) -> None:
        files = seed_files(path)
        if not files:
            self.notes.add(Place(str(path)), f"the folder has no seed ({', '.join(f'*{end}' for end in ENDINGS)})")
        for file in files:
            self._file(file)

    def _text(self, text: str, name: str, base: Path | None = None, most: int | None = None) -> None:
        if not self._is_other_text(text, name, most):
            self._root(name, self._node(text, name, most), base)

    def _node(self, text: str, name: str, most: int | None = None) -> Node | None:
        """Return the value in a text; None where its mistake is noted."""
        try:
            return read_json.read(text, most) if read_json.looks_like_json(text) else _read_yaml(text, most)
        except Unreadable as error:
            return self._second_reading(text, name, error, most)

    def _importing(self) -> Importer:
        """Return what takes files of other formats; a seed does not need it."""
        from cognito_emulator.seed.importing.options import Options
        from cognito_emulator.seed.importing.recognise import Importer

        if self._importer is None:
            self._importer = Importer(self._options or Options(), self.notes)
        return self._importer

    def _is_other_text(self, text: str, name: str, most: int | None = None) -> bool:
        """Take a text that is neither YAML nor JSON: CSV or a script."""
        if _CSV_MARK in text.partition("\n")[0]:
            from cognito_emulator.seed.importing.user_csv import is_user_csv

            if is_user_csv(text):
                self._importing().take_csv(name, text)
                return True
        if not _SCRIPT.match(text):
            return False
        from cognito_emulator.seed.importing.values import read_script

        try:
            root = read_script(text, most)
        except Unreadable as error:
            self.notes.add(Place(name, error.line), f"the script's object is not read: {error.text}")
            return True
        return root is not None and self._importing().take(name, root)

    def _second_reading(self, text: str, name: str, first: Unreadable, most: int | None) -> Node | None:
        """Read a text as YAML that was no JSON, since YAML may begin with a bracket too.

        If it is no YAML either, the first reader's mistake is noted.
        """
        if read_json.looks_like_json(text):
            try:
                return _read_yaml(text, most)
            except Unreadable:
                pass
        elif _TYPE_MARK in text:
            from cognito_emulator.seed.importing.functions import SHORT_TAGS

            try:
                return _read_yaml(text, most, SHORT_TAGS)
            except Unreadable as error:
                first = error
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
        elif root is not None and not self._is_other(name, root):
            if _has_no_section(root) and not _has_misspelt_section(root):
                from cognito_emulator.seed.importing.recognise import FORMATS

                self.notes.add(
                    Place(name, root.line), f"is neither a seed, which begins with UserPools:, nor {FORMATS}"
                )
                return
            found = fields(self.notes, Field(Place(name, root.line), root), _SECTIONS) or {}
            self._pools += self._pool_reader.read(found.get("UserPools"), base)
            self._identity_pools += self._identity_pool_reader.read(found.get("IdentityPools"))
            self._login_providers += login_providers.read(self.notes, found)
            self._limits += limits.read(self.notes, found.get(limits.SECTION))
            self._states.append(state.read(self.notes, found.get(state.SECTION)))

    def _is_other(self, name: str, root: Node) -> bool:
        """Take a file of another format: a seed begins with one of its sections."""
        return _has_no_section(root) and self._importing().take(name, root)


def seed_files(path: str | Path) -> list[Path]:
    """Return the seeds of a folder in the order of their names, or a file alone.

    Hidden files and the folders inside are none.

    Raises:
        OSError
    """
    place = Path(path)
    if not place.is_dir():
        return [place]
    found = (one for one in place.iterdir() if one.suffix in ENDINGS and not one.name.startswith("."))
    return sorted((one for one in found if not one.is_dir()), key=lambda one: one.name)


def _reason(error: OSError | ValueError) -> str:
    if not isinstance(error, OSError):
        return str(error)
    if isinstance(error, PermissionError) and hasattr(os, "getuid"):
        return f"{error.strerror}; the emulator runs as user {os.getuid()}, who needs the right to read it"
    return str(error.strerror)


def _has_no_section(root: Node) -> bool:
    """Return whether this is a mapping without any section of a seed."""
    if not isinstance(root, Table) or not root.entries:
        return False
    return not any(key in _SECTIONS for key, _, _ in root.entries)


def _has_misspelt_section(root: Node) -> bool:
    return isinstance(root, Table) and any(did_you_mean(key, _SECTIONS) for key, _, _ in root.entries)


def parse_files(paths: Sequence[str | Path], options: Options | None = None) -> Seed:
    """Return one seed from several files (YAML or JSON, UTF-8), and folders of them.

    `options` say how files of other formats are read.

    Raises:
        SeedError: all mistakes of all files.
    """
    parser = Parser(options)
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
