"""Other handlers in the table of operations, for tests of what is around them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cognito_emulator import operations
from cognito_emulator.wire import honoured, registry
from cognito_emulator.wire.honoured import Key, table
from cognito_emulator.wire.model import IDP
from cognito_emulator.wire.registry import Handler


def copy_table(patch: pytest.MonkeyPatch) -> None:
    """Let a test add handlers to a copy of the table. It is whole, since modules enter their handlers but once."""
    operations.load()
    patch.setattr(registry, "_OPERATIONS", dict(registry.written()))
    patch.setattr(registry, "_IMPORTED", {})


def replace_handler(patch: pytest.MonkeyPatch, name: str, handler: Handler) -> None:
    """Let that handler do the operation of user pools."""
    copy_table(patch)
    entry = registry.written()[IDP, name]
    patch.setitem(registry._OPERATIONS, (IDP, name), replace(entry, handler=handler))


def leave_out(patch: pytest.MonkeyPatch, key: Key, *paths: str) -> None:
    """Take members of an operation out of honoured.txt; the whole operation if none is named."""
    others = dict(table())
    one = others.pop(key)
    if paths:
        left = frozenset(path for path in one.paths if not f"{path}.".startswith(tuple(f"{gone}." for gone in paths)))
        others[key] = replace(one, paths=left)
    patch.setattr(honoured, "table", lambda: others)
