"""The built-in seed as the records that `default.yaml` makes.

Most starts have this seed. To read YAML, to import the handlers and to call them took 60 % of such a start, so
`default.json` has the rows that they would leave. `tests/seed/test_built_in.py` holds the two equal, and
`python -m tests.seed.built_in --update` writes it.

What differs from one start to the next is not in the file: a time in it counts from the start, an empty id is a new
one, and a password is what the page of the seed says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cognito_emulator.settings import Settings
from cognito_emulator.world import World

FILE = Path(__file__).with_name("default.json")


class BuiltIn:
    """The built-in seed; it documents what `seed.model.Seed` does."""

    @property
    def credentials(self) -> list[tuple[str, str, str]]:
        """The credentials of every user: (pool id, user name, password)."""
        return [(user["pool_id"], user["username"], user["password"]["text"]) for user in _rows()["users"]]

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets of app clients, by the client's id."""
        return {client["id"]: client["secret"] for client in _rows()["clients"] if client.get("secret")}

    def put(self, world: World) -> None:
        """Write the records into an empty world."""
        from cognito_emulator.seed import built_in_records  # an emulator without a seed needs none of their types

        with world.store.write():
            for table, rows in _rows().items():
                for row in rows:
                    world.store.tables()[table].put(built_in_records.make(world, table, row))


def fits(settings: Settings) -> bool:
    """Tell whether the records are what the seed makes with these settings.

    Of all settings, operations put the account and the Region alone into records.
    """
    return (settings.account, settings.region) == (Settings().account, Settings().region)


@cache
def _rows() -> Mapping[str, list[dict[str, Any]]]:
    rows: Mapping[str, list[dict[str, Any]]] = msgspec.json.decode(FILE.read_bytes())
    return rows
