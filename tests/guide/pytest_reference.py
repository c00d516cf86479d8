"""Write the reference of the fixtures, `Emulator`, `CognitoPool` and the clock from signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from cognito_emulator import pytest_plugin
from cognito_emulator.emulator_clock import EmulatorClock
from cognito_emulator.observing import RecordedRequest
from cognito_emulator.pool_handle import CognitoPool
from cognito_emulator.server import Emulator

# What the package itself uses, and no test needs.
INTERNAL = {
    "on_loop",
    "rework",
    "totp_of",
    "functions_put_back",
    "world",
    "newest_code",
    "refused_since",
    "pool_urls",
    "has_group",
    "call_api",
    "start",
    "stop",
}
CLASSES = (
    ("Emulator", "cognito", Emulator, "`cognito`, `cognito_server`, and `from cognito_emulator import Emulator`."),
    ("CognitoPool", "pool", CognitoPool, "`cognito_pool`, and what `cognito.create_pool()` returns."),
    ("Clock", "cognito.clock", EmulatorClock, "`cognito.clock`."),
)  # fmt: skip


def pytest_reference() -> str:
    """The whole section."""
    lines = ["", "## Fixtures", ""]
    for name, fixture in fixtures():
        lines += [f"**`{name}`** ({scope_of(fixture)}): {text_of(fixture)}", ""]
    lines += ["Markers:", ""]
    lines += [
        f"- `{marker.replace(': ', '`: ', 1)}." for marker in (pytest_plugin.SEED_MARKER, pytest_plugin.POOL_MARKER)
    ]
    for title, name, owner, where in CLASSES:
        lines += ["", f"## {title}", "", where, *attributes_of(owner), ""]
        for member in methods_of(owner):
            lines += [*entry(name, owner, member), ""]
    recorded = ", ".join(f"`{name}`" for name in RecordedRequest.__dataclass_fields__)
    lines += ["## RecordedRequest", "", f"What `cognito.requests()` returns. It has {recorded}.", ""]
    lines += [text_of(RecordedRequest), ""]
    return "\n".join(lines)


def fixtures() -> Iterator[tuple[str, Any]]:
    """Yield name and function of the plugin's fixtures, in its order."""
    for name, value in vars(pytest_plugin).items():
        if _marker_of(value) is not None:
            yield name, value


def scope_of(fixture: Any) -> str:
    """Say how long a fixture lives."""
    scope = _marker_of(fixture).scope
    return f"lives for a {'test' if scope == 'function' else scope}"


def _marker_of(value: Any) -> Any:
    """Return what `pytest.fixture` leaves on a fixture, before pytest 8.4 and since; None for anything else."""
    return getattr(value, "_fixture_function_marker", None) or getattr(value, "_pytestfixturefunction", None)


def attributes_of(owner: type) -> list[str]:
    """Write which attributes a record has; the properties follow by themselves."""
    names = [f"`{name}`" for name in getattr(owner, "__dataclass_fields__", ())]
    if not names:
        return []
    return ["", f"It has {', '.join(names)}. {text_of(owner)}"]


def methods_of(owner: type) -> list[str]:
    """Name the public methods and properties, in the order of the source, bases last."""
    names = [name for base in owner.__mro__ for name in vars(base) if not name.startswith("_")]
    listed = [name for name in dict.fromkeys(names) if name not in INTERNAL]
    return [name for name in listed if isinstance(getattr(owner, name, None), Callable | property)]  # type: ignore[arg-type]


def entry(name: str, owner: type, member: str) -> list[str]:
    """Write a method: signature, text, arguments, errors."""
    found = getattr(owner, member)
    title = f"### {name}.{member}"
    if isinstance(found, property):
        return [title, "", f"A property. {text_of(found)}"]
    shown = signature(found)
    returns = found.__annotations__.get("return", "None")
    returns = re.sub(r"^Iterator\[None\]$", "context manager", returns)
    head = f"`{name}.{member}({shown})`" + ("" if returns == "None" else f" → `{returns}`")
    text, arguments, errors = parts_of(found)
    listed = [f"- `{argument}`: {meaning}" for argument, meaning in arguments]
    listed += [f"- raises `{error}`{f': {meaning}' if meaning else ''}" for error, meaning in errors]
    return [title, "", head, "", text, *(["", *listed] if listed else [])]


def signature(function: Callable[..., Any]) -> str:
    """Write the parameters without `self` and types."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    return str(inspect.Signature(plain))[1:-1].replace("'", '"')


def text_of(thing: Any) -> str:
    """Return a docstring's text before its sections, on one line."""
    return parts_of(thing)[0]


def parts_of(thing: Any) -> tuple[str, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return text, arguments and errors of a docstring."""
    document = inspect.getdoc(thing) or ""
    text, _, rest = re.sub(r"\n(Args|Raises):\n", r"\n\0\1\n", document).partition("\0")
    sections = {part.partition("\n")[0]: part.partition("\n")[2] for part in rest.split("\0") if part}
    return joined(text), pairs(sections.get("Args", "")), pairs(sections.get("Raises", ""))


def pairs(section: str) -> list[tuple[str, str]]:
    """Return the names and meanings of a section, whose lines go on where they are indented further."""
    found: list[str] = []
    for line in section.splitlines():
        if re.match(r" {4}\S", line):
            found.append(line.strip())
        elif line.strip() and found:
            found[-1] += f" {line.strip()}"
    return [(name, meaning.strip()) for name, _, meaning in (each.partition(":") for each in found)]


def joined(text: str) -> str:
    return " ".join(text.split())
