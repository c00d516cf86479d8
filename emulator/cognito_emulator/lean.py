"""Import libraries without the parts that the command does not use.

They took a third of a start: uvicorn imports its own command with click, msgspec prefers `typing_extensions` to
`typing`. Only the process of the command does this, before anything else is imported: a program that uses `Emulator`
has its libraries whole.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_COMMAND = "uvicorn.main"
_NAMES = ("Server", "main", "run")  # what uvicorn takes from its command's module


def import_msgspec() -> None:
    """Import msgspec with the standard library's `typing`.

    It has all that we use since Python 3.11.
    """
    name = "typing_extensions"
    if name in sys.modules or "msgspec" in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment] # makes its import fail
    try:
        import_module("msgspec")
    finally:
        del sys.modules[name]


def import_uvicorn() -> None:
    """Import uvicorn with an empty module in the place of its command.

    That is imported when it is used.
    """
    if "uvicorn" in sys.modules:
        return
    empty = ModuleType(_COMMAND)
    vars(empty).update(dict.fromkeys(_NAMES))
    sys.modules[_COMMAND] = empty
    try:
        uvicorn = import_module("uvicorn")
    except ImportError:
        # A version that takes more of it: `lifecycle` imports it whole.
        for name in [name for name in sys.modules if name.partition(".")[0] == "uvicorn"]:
            del sys.modules[name]
        return
    del sys.modules[_COMMAND]
    for name in _NAMES:
        vars(uvicorn).pop(name, None)

    def take(name: str) -> Any:
        if name not in _NAMES:
            raise AttributeError(f"module 'uvicorn' has no attribute {name!r}")
        command = import_module(_COMMAND)
        vars(uvicorn).update({each: getattr(command, each) for each in _NAMES})
        return vars(uvicorn)[name]

    vars(uvicorn)["__getattr__"] = take
