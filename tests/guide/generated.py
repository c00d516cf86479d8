"""Write the parts of the guide that follow from the code: `python -m tests.guide.generated --update`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec import NODEFAULT
from msgspec.structs import fields

from cognito_emulator import operations
from cognito_emulator.options import OPTIONS
from cognito_emulator.ports.guide import slug
from cognito_emulator.settings import Settings
from cognito_emulator.wire import ledger, registry
from tests.contract.written_for import written_for
from tests.guide import sources
from tests.guide.pytest_reference import pytest_reference
from tests.helpers.readme import GUIDE, between


def settings_table() -> str:
    """The table of settings."""
    defaults = {each.name: None if each.default is NODEFAULT else each.default for each in fields(Settings)}
    lines = ["| Flag | Variable | Default | Meaning |", "|---|---|---|---|"]
    for option in OPTIONS:
        flag = f"--{option.flag} {option.metavar}" if option.metavar else f"--{option.flag}"
        default = option.meant(defaults[option.field])
        shown = "" if default in (None, (), False) else f"`{default}`"
        lines.append(f"| `{flag}` | `{option.variable}` | {shown} | {option.help} |")
    return "\n".join(lines)


@contextmanager
def as_written_for() -> Iterator[None]:
    """Judge the operations of the model that this version was written for, whichever is installed."""
    operations.load()
    known = sorted(written_for())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "is_installed", lambda service, name: True)
        patch.setattr(registry, "known_names", lambda of: [name for service, name in known if service == of])
        yield


def operations_list() -> str:
    """The ledger of all operations, each with a link to what its module rests on."""
    with as_written_for():
        text = ledger.markdown()
        modules = sorted({ledger.short_module(row).replace(".", "/") for row in ledger.rows() if row["module"]})
    for module in modules:
        text = text.replace(f"| `{module.replace('/', '.')}` |", f"| [{module}] |")
    links = "\n".join(f"[{module}]: how-we-know.md#{slug(module)}" for module in modules)
    return f"\n{text.replace('| Module |', '| How we know |')}\n{links}\n"


def differences() -> str:
    """What is simplified: everywhere, and in which operations."""
    with as_written_for():
        rows = ledger.rows()
    texts: dict[str, list[str]] = {}
    for row in rows:
        if row["simplified"]:
            texts.setdefault(row["simplified"], []).append(f"`{row['operation']}`")
    lines = ["", "## Everywhere", "", *(f"- {line}" for line in ledger.GENERAL), ""]
    lines += ["## In single operations", "", "| Operation | Difference |", "|---|---|"]
    lines += [f"| {', '.join(names)} | {text} |" for text, names in texts.items()]
    return "\n".join([*lines, ""])


SECTIONS = {
    "settings": settings_table,
    "operations": operations_list,
    "differences": differences,
    "pytest": pytest_reference,
    "grades": sources.grades,
    "refusals": sources.refusals,
    "modules": sources.modules,
    "observed": sources.observed,
    "assumed": sources.assumed,
}
PAGES = {
    "settings": "settings.md",
    "operations": "operations.md",
    "differences": "differences.md",
    "pytest": "pytest-reference.md",
    "grades": "how-we-know.md",
    "refusals": "how-we-know.md",
    "modules": "how-we-know.md",
    "observed": "how-we-know.md",
    "assumed": "assumed.md",
}


def update() -> None:
    for name, make in SECTIONS.items():
        path = GUIDE / PAGES[name]
        text = path.read_text("utf-8")
        between(name, text)
        made = make().rstrip("\n")
        section = f"<!-- {name} -->\n{made}\n{'' if name == 'settings' else chr(10)}<!-- /{name} -->"
        before, _, rest = text.partition(f"<!-- {name} -->")
        path.write_text(f"{before}{section}{rest.partition(f'<!-- /{name} -->')[2]}", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("To write the pages anew: python -m tests.guide.generated --update")
    update()
