"""Read keys by their names of an earlier version, for one version; log a warning."""

from __future__ import annotations

from cognito_emulator.seed.coercion import Field
from cognito_emulator.seed.nodes import Table
from cognito_emulator.seed.problems import Notes

NEW_KEYS = {"pretend": "mock"}


def rename_keys(notes: Notes, field: Field) -> Field:
    """Put the new key in the place of each old one, and warn of it once in a seed."""
    node = field.node
    if not isinstance(node, Table) or not any(name in NEW_KEYS for name, _, _ in node.entries):
        return field
    for name, line, _ in node.entries:
        if name in NEW_KEYS:
            notes.warn(field.place.key(name, line), f"this key is now called {NEW_KEYS[name]}; rename it")
    entries = tuple((NEW_KEYS.get(name, name), line, value) for name, line, value in node.entries)
    return Field(field.place, Table(entries, node.line))
