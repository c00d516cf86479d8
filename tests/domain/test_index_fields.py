"""What an index says that it depends on is all that it reads: else a change would leave it behind."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.auth.attempt import Attempt, How, Who
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.user import User

RECORDS: dict[str, Any] = {
    "users": User("p", "s", "ann", "ann", 0.0, 0.0, "CONFIRMED", attributes=(("email", "A@x"), ("phone_number", "+1"))),
    "families": RefreshFamily("o", "p", "c", "s", "e", "d", 0, 0.0, 1.0, rotated=(("r", 1.0),), expired_events=("x",)),
    "sessions": Session("d", Attempt(Who("p", "c", "s", "ann"), How("f")), ChallengeName.DEVICE_SRP_AUTH, 1.0),
}


class Only:
    """A record of which only some fields can be read."""

    def __init__(self, record: Any, fields: tuple[str, ...]) -> None:
        self._record, self._fields = record, fields

    def __getattr__(self, name: str) -> Any:
        if name in self._record.__struct_fields__:
            assert name in self._fields, f"{name} is read, and not named"
            return getattr(self._record, name)
        found = getattr(type(self._record), name)
        return type(found).__get__(found, self)  # a property's value, or a method


DECLARED = [
    (table.name, name) for table in Store().tables().values() for name, index in table._indexes.items() if index.fields
]


@pytest.mark.parametrize(("table", "name"), DECLARED)
def test_an_index_reads_no_other_fields(table: str, name: str) -> None:
    index = Store().tables()[table]._indexes[name]
    record: Any = RECORDS[table]
    assert list(index.values_of(Only(record, index.fields))) == list(index.values_of(record))


def test_there_are_some() -> None:
    assert {table for table, _ in DECLARED} == set(RECORDS)
