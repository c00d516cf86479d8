"""Tags that say where a rule comes from; `python -m tests.contract.provenance` counts them and lists what is assumed.

A tag stands in a docstring or a comment, at the rule: `[docs: managing-users-passwords]`, `[docs: GetDevice]`,
`[model: LanguageIdType]`, `[observed: amplify-js#1234]`, `[RFC 6749 §5.2]`, `[own wording]`, `[assumed]`. Parts are
separated by semicolons, sources of one grade by commas. A page may be followed by the title of its section in quotes.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "emulator" / "cognito_emulator"
GRADES = ("docs", "model", "observed", "RFC", "own wording", "assumed")

# What looks like a tag: text in brackets that is neither code nor part of a word.
_BRACKETS = re.compile(r"(?<![\w`\"'\])<:])\[(?=[A-Za-z])([^\[\]]*)\](?![\w(`\[])")
_SECTION = r'(?:,? "[^"]+")?'
# A page of the developer guide (`quotas`, `user-pool-lambda-challenge`), or of the API reference (`GetDevice`), or of
# another guide named before it (`AWS CLI confirm-device`, `IAM CreateSAMLProvider`).
_PAGE = r"(?:(?:[A-Z][A-Za-z0-9]* )*(?:[A-Z][A-Za-z0-9.]+|[a-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*|quotas))" + _SECTION
# An issue (`amplify-js#5318`), or a repository's or a site's name with a slash or a dot.
_SOURCE = r"(?:[\w.-]+(?:/[\w.-]+)?#\d+|[\w-]+(?:[./][\w.@-]+)+(?: \d+)?)"
_RFC = r"RFC \d{3,5}(?: §[\d.]+)?"
_PART = re.compile(
    rf"docs: {_PAGE}(?:, {_PAGE})*|model: [A-Za-z][\w.]*(?:, [A-Za-z][\w.]*)*|observed: {_SOURCE}(?:, {_SOURCE})*"
    rf"|{_RFC}(?:, {_RFC})*|own wording|assumed"
)


class Tag(Struct, frozen=True):
    """A tag: its text without the brackets, the rule it stands at, and where."""

    path: str
    line: int
    text: str
    rule: str

    @property
    def parts(self) -> list[str]:
        """The parts, of one grade each."""
        return [part.strip() for part in self.text.split(";")]

    @property
    def grades(self) -> list[str]:
        """The grades of the parts."""
        return [grade_of(part) for part in self.parts]


class Text(Struct, frozen=True):
    """A docstring, or a block of comments, on one line. `code` is the code beside it, or its function's name."""

    line: int
    words: str
    starts: tuple[int, ...]
    code: str = ""
    is_named: bool = False

    def line_at(self, place: int) -> int:
        """Return the line on which the character at `place` stands."""
        return self.line + sum(start <= place for start in self.starts) - 1


def grade_of(part: str) -> str:
    """Return the grade that a part of a tag begins with, or "" if it is none."""
    return next((grade for grade in GRADES if part == grade or re.match(rf"{grade}(?:: | \d)", part)), "")


def is_well_formed(tag: Tag) -> bool:
    """Tell whether each part has a known grade and a source in the form of that grade."""
    return all(_PART.fullmatch(part) for part in tag.parts)


@cache
def texts(source: str) -> tuple[Text, ...]:
    """Collect the docstrings and the blocks of comments of a source text; each text is read once in a run of tests."""
    return tuple(sorted([*_docstrings(source), *_comments(source)], key=lambda text: text.line))


def _docstrings(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                name, words = getattr(node, "name", ""), str(first.value.value)
                yield _joined(first.lineno, words.splitlines(), name, is_named=bool(name))


def _comments(source: str) -> Iterator[Text]:
    lines = source.splitlines()
    block: list[str] = []
    begun = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        code = token.line[: token.start[1]].strip()
        words = token.string.lstrip("# ")
        if code:
            yield Text(token.start[0], words, (0,), code, is_named=True)
        elif block and token.start[0] == begun + len(block):
            block.append(words)
        else:
            if block:
                yield _joined(begun, block, _code_after(lines, begun + len(block)))
            begun, block = token.start[0], [words]
    if block:
        yield _joined(begun, block, _code_after(lines, begun + len(block)))


def _code_after(lines: list[str], number: int) -> str:
    return lines[number - 1].strip() if number <= len(lines) else ""


def _joined(line: int, lines: Iterable[str], code: str, *, is_named: bool = False) -> Text:
    words, starts = "", []
    for part in lines:
        starts.append(len(words))
        # A blank line ends a rule, as a period does.
        words += f"{part.strip()} " if part.strip() else "\n"
    return Text(line, words, tuple(starts), code, is_named=is_named)


def tags_of(source: str, path: str) -> list[Tag]:
    """Read the tags of a source text, each with the sentence that it belongs to."""
    return [
        Tag(path, text.line_at(found.start()), " ".join(found[1].split()), _rule(text, found.start(), found.end()))
        for text in texts(source)
        for found in _BRACKETS.finditer(text.words)
    ]


def _rule(text: Text, start: int, end: int) -> str:
    before = re.sub(rf"\s*{_BRACKETS.pattern}", "", text.words[:start]).rstrip()
    sentence = re.split(r"(?<=[.:!?])\s+(?=[A-Z\"`])|\n", before)[-1].strip(" -*(")
    rule = (" ".join(sentence.split()) or " ".join(text.words[end:].split())).rstrip(".:")
    if not text.is_named:
        return rule or text.code
    return f"{text.code}: {rule}" if rule else text.code


def tags_in(folder: Path) -> list[Tag]:
    """Read the tags of the sources under a folder."""
    return [
        tag
        for path in sorted(folder.rglob("*.py"))
        for tag in tags_of(path.read_text("utf-8"), path.relative_to(folder).as_posix())
    ]


def counts(tags: Iterable[Tag]) -> dict[str, int]:
    """Count the parts by grade."""
    found = Counter(grade for tag in tags for grade in tag.grades)
    return {grade: found[grade] for grade in GRADES}


def assumed(tags: Iterable[Tag]) -> list[str]:
    """List the rules that are assumed, as `file:line  rule`."""
    return [f"{tag.path}:{tag.line}  {tag.rule}" for tag in tags if "assumed" in tag.grades]


def report(folder: Path) -> str:
    """Write the counts by grade and the table of what is assumed."""
    tags = tags_in(folder)
    return "\n".join([*(f"{number:5} {grade}" for grade, number in counts(tags).items()), "", *assumed(tags)])


if __name__ == "__main__":
    sys.stdout.write(report(PACKAGE) + "\n")
