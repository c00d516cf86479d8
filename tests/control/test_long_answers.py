"""Long JSON answers are written in parts: the same text, and other requests have their turn between."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import JSONResponse, StreamingResponse

from cognito_emulator.control.long_answers import PART, in_parts, json_answer, texts_of
from cognito_emulator.control.messages import _SLICE, select
from cognito_emulator.domain.history import Commit
from cognito_emulator.domain.threats.known_risk import CompromisedPassword, FixedRisk, Place
from cognito_emulator.flows.threats.fixed_risks import SLICE
from cognito_emulator.ports.outbox import Message
from cognito_emulator.world import World
from tests.helpers.control_api import Control

VALUES: list[Any] = [
    {},
    [],
    {"a": []},
    {"a": [1, "é", None, True, {"b": [[[[[1, 2]]]]]}], "c": {"d": {"e": {"f": {"g": [1.5]}}}}},
    ["x", ["y"], {}],
    7,
]


@pytest.mark.parametrize("value", VALUES)
def test_the_text_is_the_same(value: Any) -> None:
    assert "".join(texts_of(value)).encode() == JSONResponse(value).body


def test_an_iterator_is_a_list() -> None:
    assert "".join(texts_of({"a": map(str, range(3)), "b": iter(())})) == '{"a":["0","1","2"],"b":[]}'


def test_others_have_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []

    async def give_way() -> None:
        turns.append(1)

    monkeypatch.setattr(world.background, "give_way", give_way)
    content = {"a": ["x" * 1_000] * 200, "b": {"c": ["y" * 1_000] * 200}}
    answer = asyncio.run(json_answer(world, content))
    assert len(turns) >= 400_000 // (PART + 50_000)
    assert isinstance(answer, StreamingResponse)
    assert asyncio.run(_whole(answer)) == JSONResponse(content).body
    assert int(answer.headers["content-length"]) == len(JSONResponse(content).body)


async def _whole(answer: StreamingResponse) -> bytes:
    return b"".join([bytes(part) async for part in answer.body_iterator if not isinstance(part, str)])


def test_a_short_answer_is_a_plain_one() -> None:
    answer = in_parts([b"{}"], "application/json")
    assert (type(answer).__name__, answer.body, answer.headers["content-length"]) == ("Response", b"{}", "2")


def test_messages_over_http(control: Control) -> None:
    world = control.emulator.world
    body = "b" * 500

    def send() -> None:
        for number in range(200):
            world.outbox.send(Message("EMAIL", "sign-up", f"{number}@example.com", "s", body, "p", "u", 0.0))

    control.emulator.on_loop(send)
    answer = control("GET", "/_emulator/messages")
    assert [one["to"] for one in answer.json["messages"]] == [f"{number}@example.com" for number in range(200)]
    assert int(answer.headers["content-length"]) > PART


@pytest.mark.parametrize(
    ("path", "table", "records"),
    [
        ("risks", "fixed_risks", [FixedRisk("", f"u{n}", "", "High") for n in range(SLICE * 2 + 1)]),
        ("compromised", "compromised", [CompromisedPassword("", f"d{n}") for n in range(SLICE * 2 + 1)]),
        ("places", "places", [Place(f"10.{n // 256}.{n % 256}.0/24", "", "") for n in range(SLICE * 2 + 1)]),
    ],
)
def test_facts_for_threat_protection_go_in_slices(
    control: Control, monkeypatch: pytest.MonkeyPatch, path: str, table: str, records: list[Any]
) -> None:
    store = control.emulator.world.store

    def fill() -> None:
        with store.write():
            for record in records:
                store.tables()[table].put(record)

    control.emulator.on_loop(fill)
    assert len(control("GET", f"/_emulator/{path}").json[path]) == len(records)
    commits: list[Commit] = []
    monkeypatch.setattr(store.history, "_commit_listeners", [commits.append])
    assert control("DELETE", f"/_emulator/{path}").json == {path: []}
    assert [len(commit.changes) for commit in commits] == [SLICE, SLICE, 1]


def test_passwords_are_marked_in_slices(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[Commit] = []
    monkeypatch.setattr(control.emulator.world.store.history, "_commit_listeners", [commits.append])
    passwords = [f"Leaked-{number}" for number in range(SLICE + 1)]
    found = control("PUT", "/_emulator/compromised", {"passwords": passwords}).json["compromised"]
    assert len(found) == SLICE + 1
    assert [len(commit.changes) for commit in commits] == [SLICE, 1]


def test_messages_are_looked_at_in_slices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(_SLICE * 2 + 1):
        world.outbox.send(Message("EMAIL", "sign-up", "a@example.com", "s", "b", "p", f"u{number}", 0.0))
    turns: list[int] = []

    async def give_way() -> None:
        turns.append(1)

    monkeypatch.setattr(world.background, "give_way", give_way)
    found = asyncio.run(select(world, lambda message: message.user in ("u0", f"u{_SLICE * 2}")))
    assert [message.user for message in found] == ["u0", f"u{_SLICE * 2}"]
    assert len(turns) == 2
