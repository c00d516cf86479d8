"""Hold the API's operations: thin handlers, one module per area.

Admin twins are side by side.

A handler translates and decides nothing. The server imports a module at the first call of one of its operations
(`wire.registry`); `load` imports them all, for the ledger and for tests.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages


def load() -> None:
    """Import every area: each module whose name does not begin with `_`."""
    for module in walk_packages(__path__, f"{__name__}."):
        if not module.name.rpartition(".")[2].startswith("_"):
            import_module(module.name)
