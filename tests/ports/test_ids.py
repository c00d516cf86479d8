"""Ids: their forms, their randomness, and scripted ones that repeat themselves."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.domain.pools.password_policy import PasswordPolicy
from cognito_emulator.ports import ids as module
from cognito_emulator.ports.ids import RandomIds, ScriptedIds

FORMS: list[tuple[Callable[[RandomIds], Any], str]] = [
    (RandomIds.uuid, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    (RandomIds.pool_suffix, r"[A-Za-z0-9]{9}"),
    (RandomIds.client_id, r"[a-z0-9]{26}"),
    (RandomIds.client_secret, r"[a-z0-9]{52}"),
    (RandomIds.code, r"[0-9]{6}"),
    (lambda ids: ids.code(8), r"[0-9]{8}"),
    (lambda ids: ids.bytes(16).hex(), r"[0-9a-f]{32}"),
    (RandomIds.password, r"\S{12}"),
]


@pytest.mark.parametrize("ids", [RandomIds(), ScriptedIds(3)])
@pytest.mark.parametrize(("make", "form"), FORMS)
def test_forms(ids: RandomIds, make: Callable[[RandomIds], Any], form: str) -> None:
    made = [make(ids) for _ in range(200)]
    assert all(re.fullmatch(form, value) for value in made), made
    assert len(set(made)) > 190


def test_uuids_are_of_version_4() -> None:
    for ids in (RandomIds(), ScriptedIds(4)):
        found = [uuid.UUID(ids.uuid()) for _ in range(100)]
        assert {value.version for value in found} == {4}
        assert {value.variant for value in found} == {uuid.RFC_4122}
        assert {str(value)[19] for value in found} == set("89ab")


def test_codes_keep_their_leading_zeros() -> None:
    ids = ScriptedIds(1)
    assert any(ids.code().startswith("0") for _ in range(500))


def test_a_fixed_code() -> None:
    ids = RandomIds("123456")
    assert {ids.code() for _ in range(5)} == {"123456"}


def test_a_temporary_password_suits_the_strictest_policy() -> None:
    for _ in range(200):
        assert PasswordPolicy().violation(RandomIds().password()) is None


def test_scripted_ids_repeat_themselves() -> None:
    def script(seed: int) -> list[Any]:
        ids = ScriptedIds(seed)
        return [make(ids) for make, _ in FORMS]

    assert script(1) == script(1)
    assert script(1) != script(2)


def test_random_ids_do_not() -> None:
    assert [make(RandomIds()) for make, _ in FORMS[:4]] != [make(RandomIds()) for make, _ in FORMS[:4]]


def test_the_system_is_asked_in_batches_and_no_byte_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def urandom(count: int) -> bytes:
        drawn.append(count)
        return bytes([len(drawn)]) * count

    monkeypatch.setattr(os, "urandom", urandom)
    ids = RandomIds()
    assert [ids.bytes(10_000)[0] for _ in range(3)] == [1, 2, 3]
    assert len(ids.bytes(100_000)) == 100_000
    assert len(drawn) == 4


def test_a_child_process_draws_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = RandomIds()
    ids.bytes(16)
    parents = ids._drawn[16:32]
    monkeypatch.setattr(module, "_forks", module._forks)
    module._count_fork()
    assert ids.bytes(16) != parents
