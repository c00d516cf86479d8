"""Rules of the source that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.helpers.wrong_files import OURS, PACKAGE, ROOT, wrong_files

TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)
LONGEST = 400
LONGEST_FUNCTION = 60
MOST_POSITIONAL = 5
# How many functions may have more; where none of them can be left out, let the surplus be keyword-only.
WIDE_FUNCTIONS = 10
RECORDER = "record_property"
TEXTS = [
    *OURS,
    *sorted(path for kind in ("html", "mjs", "js", "yaml") for path in PACKAGE.rglob(f"*.{kind}")),
    PACKAGE / "oauth" / "languages" / "en.json",
    ROOT / "README.md",
    *sorted((PACKAGE / "guide").glob("*.md")),
    ROOT / "emulator" / "README.md",
    *sorted((ROOT / ".github").rglob("*.md")),
]
# People are "the user", "they", "the client" or "the caller".
NOT_PLAIN = re.compile(r"\b(?:he|him|his|whoever|whom|somebody|nobody|whence)\b", re.IGNORECASE)


def interruptions(tree: ast.AST) -> Iterator[int]:
    """Lines inside a write block at which others may run."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.With, ast.AsyncWith)) and any(map(_opens_block, node.items)):
            yield from (line for child in node.body for line in _awaits(child))


def _opens_block(item: ast.withitem) -> bool:
    call = item.context_expr
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "write"


def _awaits(node: ast.AST) -> Iterator[int]:
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)):
        yield node.lineno
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            yield from _awaits(child)


def test_a_write_block_is_never_interrupted() -> None:
    assert wrong_files(lambda text: list(interruptions(ast.parse(text)))) == {}


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("with world.store.write():\n    await x()", [2]),
        ("with store.write():\n    if a:\n        y = f(await x())", [3]),
        ("with store.write():\n    async for _ in x: pass", [2]),
        ("with a, store.write():\n    async with x: pass", [2]),
        ("with store.write():\n    yield 1", [2]),
        ("with store.write():\n    x()\nawait y()", []),
        ("with store.read():\n    await x()", []),
        ("with store.write():\n    async def f():\n        await x()", []),
    ],
)
def test_an_interruption_is_seen(body: str, lines: list[int]) -> None:
    function = "async def f():\n" + "\n".join("    " + line for line in body.splitlines())
    assert [line - 1 for line in interruptions(ast.parse(function))] == lines


def evaluated_annotations(text: str) -> list[int]:
    """List the lines with annotations that are evaluated."""
    if "from __future__ import annotations\n" in text:
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.AnnAssign)
    return [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]


def test_annotations_are_not_evaluated() -> None:
    assert wrong_files(evaluated_annotations) == {}
    assert evaluated_annotations("\ndef f() -> None: ...") == [2]


def test_no_file_is_too_long() -> None:
    assert wrong_files(lambda text: text.splitlines()[LONGEST:]) == {}


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List the functions and methods of a source text."""
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def wide(tree: ast.AST) -> list[str]:
    """List the functions with too many positional parameters, apart from `self` and `cls`."""
    counted = [
        (function.name, [name.arg for name in (*function.args.posonlyargs, *function.args.args)])
        for function in functions(tree)
    ]
    return [name for name, names in counted if len(names) - (names[:1] in (["self"], ["cls"])) > MOST_POSITIONAL]


def long(tree: ast.AST) -> list[str]:
    """List the functions that are too long, decorators left out."""
    return [node.name for node in functions(tree) if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION]


def test_few_functions_have_many_positional_parameters() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}: {name}" for path in OURS for name in wide(ast.parse(path.read_text("utf-8")))
    ]
    assert len(found) <= WIDE_FUNCTIONS, found


def test_no_function_is_too_long() -> None:
    assert wrong_files(lambda text: long(ast.parse(text))) == {}


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ("a, b, c, d, e", 0),
        ("a, b, c, d, e, f", 1),
        ("a, /, b, c, d, e, f=1", 1),
        ("self, a, b, c, d, e", 0),
        ("cls, a, b, c, d, e, f", 1),
        ("a, b, c, d, e, *, f, g", 0),
    ],
)
def test_positional_parameters_are_counted(parameters: str, count: int) -> None:
    assert len(wide(ast.parse(f"def f({parameters}): ...\nclass F:\n    async def g({parameters}): ..."))) == 2 * count


@pytest.mark.parametrize(("lines", "names"), [(59, []), (60, ["f"])])
def test_lines_of_a_function_are_counted(lines: int, names: list[str]) -> None:
    assert long(ast.parse("@decorator\nasync def f():\n" + "    pass\n" * lines)) == names


def not_plain(text: str) -> list[str]:
    """List the lines of `text` with a word that plain English avoids."""
    return [line.strip() for line in text.splitlines() if NOT_PLAIN.search(line)]


def test_texts_are_plain_english() -> None:
    assert wrong_files(not_plain, TEXTS) == {}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# the user\n    # as he signed in\n", ["# as he signed in"]),
        ('"""Whom it means."""', ['"""Whom it means."""']),
        ("Nobody's, somebody, whoever, him, his, whence", ["Nobody's, somebody, whoever, him, his, whence"]),
        ("this is the head of history; they, them, who, whose, cache", []),
    ],
)
def test_words_that_are_not_plain_are_seen(text: str, lines: list[str]) -> None:
    assert not_plain(text) == lines


NAMED = re.compile(r"^\s*(?:from|import)\s+tests\b.*\b(?:test_\w+|conftest)\b|^\s*from\s+tests\b.*\($", re.MULTILINE)


def imports_of_tests(tree: ast.AST) -> list[str]:
    """List what `tree` imports from test modules and from conftest.py."""
    paths = [
        path
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for path in (
            [f"{node.module}.{alias.name}" for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    ]
    return [path for path in paths if path.startswith("tests.") and re.search(r"\.(test_\w+|conftest)(\.|$)", path)]


def test_nothing_is_imported_from_a_test_module() -> None:
    """What several test modules use is in `tests/helpers`."""
    sources = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in TESTS}
    assert len(sources) > 300
    named = {path: text for path, text in sources.items() if NAMED.search(text)}  # few; parsing all takes seconds
    assert {path: names for path, text in named.items() if (names := imports_of_tests(ast.parse(text)))} == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from tests.operations.test_sign_in import begin", ["tests.operations.test_sign_in.begin"]),
        ("from tests.operations import test_sign_in as other", ["tests.operations.test_sign_in"]),
        ("import tests.test_tls", ["tests.test_tls"]),
        ("def f():\n    from tests.clients.conftest import Node", ["tests.clients.conftest.Node"]),
        ("from tests.helpers.build import test_user", ["tests.helpers.build.test_user"]),
        ("from tests.helpers.sign_in import begin\nimport tests.helpers.latest_model\nfrom other import test_x", []),
    ],
)
def test_an_import_from_a_test_module_is_seen(line: str, found: list[str]) -> None:
    assert imports_of_tests(ast.parse(line)) == found


def test_every_test_can_report_as_junit_xml() -> None:
    """`pytest --junitxml` has no place for `record_property` in its default family, and warnings are errors."""
    told = [path.name for path in (ROOT / "tests").rglob("test_*.py") if f"({RECORDER}" in path.read_text("utf-8")]
    assert told == []


@pytest.mark.processes
def test_imports_go_one_way() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
