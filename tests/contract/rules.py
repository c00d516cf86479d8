"""Find where calls are refused without a rule; `python -m tests.contract.rules` lists these places by area.

A place is a `raise` of an API error or an error of the OAuth endpoints (`domain.reasons.Explained`). It has a
rule where

- the error names it: `raise errors.NotAuthorized("…").because("auth.…")`,
- the function that makes the error names it in each `return`,
- the error's code has one (`domain.reasons.BY_CODE`), or
- it translates another refusal: it stands below `except` of one.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from cognito_emulator.domain.reasons import BY_CODE
from cognito_emulator.domain.rules import RULES

PACKAGE = Path(__file__).resolve().parents[2] / "emulator" / "cognito_emulator"
_ROOT = "Explained"
# Callables that make errors, held in variables or parameters.
_MAKERS = frozenset({"refuse", "refusal", "missing"})


class Place(Struct, frozen=True, order=True):
    """A place that refuses without a rule."""

    path: str
    line: int
    code: str

    @property
    def area(self) -> str:
        """The room: `flows/auth`, `operations`, `wire`."""
        parts = self.path.split("/")
        return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


class Maker(Struct, frozen=True):
    """A function that may return an error, and the module where it is."""

    path: str
    node: ast.FunctionDef

    @property
    def module(self) -> str:
        return Path(self.path).stem


class House(Struct):
    """What the package defines: classes with their bases and codes, functions with what they return."""

    bases: dict[str, list[str]]
    codes: dict[str, str]
    makers: dict[str, list[Maker]]

    def is_refusal(self, name: str) -> bool:
        """Whether a class is one of the errors that can have a rule."""
        return name == _ROOT or any(self.is_refusal(base) for base in self.bases.get(name, ()))

    def code_of(self, name: str) -> str:
        return self.codes.get(name) or next((self.code_of(base) for base in self.bases.get(name, ())), "")

    def has_rule(self, name: str) -> bool:
        return self.code_of(name) in BY_CODE


@cache
def sources() -> dict[str, ast.Module]:
    """Return the modules of the package, by path."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in paths}


@cache
def house() -> House:
    """Look at all classes and functions of the package."""
    found = House({}, {}, {})
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.bases[node.name] = [_last(base) for base in node.bases]
                found.codes.update((node.name, code) for code in _codes(node))
            elif isinstance(node, ast.FunctionDef) and node.returns is not None:
                found.makers.setdefault(node.name, []).append(Maker(path, node))
    return found


def _codes(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        if isinstance(target, ast.Name) and target.id == "code" and isinstance(value, ast.Constant):
            yield str(value.value)


# Their errors may have the names of ours.
_LIBRARIES = frozenset({"msgspec"})


def _last(node: ast.AST) -> str:
    """Return the last name of `errors.NotAuthorized`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def without_rule() -> list[Place]:
    """List the places without a rule."""
    return sorted(place for path, tree in sources().items() for place in places(path, tree))


def places(path: str, node: ast.AST, *, translates: bool = False) -> Iterator[Place]:
    """List the places without a rule below a node of that module; `translates` is below `except` of a refusal."""
    for child in ast.iter_child_nodes(node):
        below = translates or (isinstance(child, ast.ExceptHandler) and _catches_refusal(child))
        if isinstance(child, ast.Raise) and child.exc is not None and not below and not _is_explained(path, child.exc):
            yield Place(path, child.lineno, ast.unparse(child.exc))
        yield from places(path, child, translates=below)


def _catches_refusal(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is not None and house().is_refusal(_last(kind)) for kind in kinds)


def _is_explained(path: str, error: ast.expr) -> bool:
    """Whether an error has a rule, or is of a kind that needs none."""
    if isinstance(error, (ast.IfExp, ast.BoolOp)):
        parts = [error.body, error.orelse] if isinstance(error, ast.IfExp) else error.values
        return all(_is_explained(path, part) for part in parts)
    if isinstance(error, ast.Call) and isinstance(error.func, ast.Attribute) and error.func.attr == "because":
        return True
    called = error.func if isinstance(error, ast.Call) else error
    name = _last(called)
    if isinstance(called, ast.Attribute) and _last(called.value) in _LIBRARIES:
        return True
    if isinstance(error, ast.Name) and name not in house().bases:
        return True  # a variable: an error that was made or caught elsewhere
    if name in house().bases:
        return not house().is_refusal(name) or house().has_rule(name)
    of_name = house().makers.get(name, [])
    here = [maker for maker in of_name if maker.module == _module_of(path, called)]
    if not here and name in _MAKERS:
        return False
    return all(map(_is_maker_explained, here or of_name))


def _module_of(path: str, called: ast.expr) -> str:
    """Return the module that a function comes from: the one it is called by, is imported from, or stands in."""
    if isinstance(called, ast.Attribute):
        base = _last(called.value)
        return _imported(path).get(base, ("", base))[1]
    return _imported(path).get(_last(called), (Path(path).stem, ""))[0]


@cache
def _imported(path: str) -> dict[str, tuple[str, str]]:
    """Return what a module imports by name: from which module, and what it is called there."""
    return {
        alias.asname or alias.name: (str(node.module).rpartition(".")[2], alias.name)
        for node in ast.walk(sources()[path])
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@cache
def _is_maker_explained(maker: Maker) -> bool:
    """Whether all that a function returns has a rule, if it returns refusals."""
    kind = _last(maker.node.returns) if maker.node.returns is not None else ""
    if not house().is_refusal(kind):
        return True
    nodes = ast.walk(maker.node)
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    return all(_is_explained(maker.path, value) for value in returned)


_ID = re.compile(r"[a-z]+\.[a-z]+(?:-[a-z]+)*")


def named() -> set[str]:
    """Return the rules that places name, and those of codes; a place may take them from a function or a table."""
    found = set(BY_CODE.values())
    for path, tree in sources().items():
        if not path.startswith("domain/rules/"):
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _last(node.func) in ("because", "Reason"):
                    found.update(_ids(node))
                found.update(name for name in _ids(node) if name in RULES)
    return found


def _ids(node: ast.AST) -> Iterator[str]:
    """Return the ids in what `because` is called with first, or the id that a text is."""
    if isinstance(node, ast.Call):
        for argument in node.args[:1]:
            for inner in ast.walk(argument):
                yield from _ids(inner) if isinstance(inner, ast.Constant) else ()
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
        yield node.value


def main() -> None:
    """Print the places without a rule, by area."""
    found = without_rule()
    for area, count in sorted(Counter(place.area for place in found).items()):
        print(f"{area}: {count}")  # noqa: T201 - a command
        for place in found:
            if place.area == area:
                print(f"  {place.path}:{place.line}  {place.code[:90]}")  # noqa: T201 - a command
    print(f"{len(found)} places without a rule")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
