"""What an import is told beside the files.

The emulator's start needs this module alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Options(Struct, frozen=True):
    """What an import is told beside the files.

    `triggers` are functions by trigger name, `keeps_triggers` leaves the sources' ARNs in. `password` is given to every
    user whose password is not known.
    """

    region: str = "us-east-1"
    account: str = "000000000000"
    parameters: Mapping[str, str] = {}
    password: str | None = None
    triggers: Mapping[str, str] = {}
    keeps_triggers: bool = False
