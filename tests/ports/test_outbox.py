"""The outbox: kept, found, waited for, logged."""

from __future__ import annotations

import asyncio
import logging

import pytest
from msgspec.structs import replace

from cognito_emulator.ports.outbox import Message, Outbox

MESSAGE = Message("EMAIL", "sign-up", "ann@example.com", "Hello", "Code 123456", "p", "ann", 1.0, code="123456")


def test_messages_are_kept_in_order_with_ids() -> None:
    outbox = Outbox()
    sent = [outbox.send(replace(MESSAGE, user=name)) for name in ("ann", "bob")]
    assert [message.id for message in sent] == ["1", "2"]
    assert outbox.all() == sent
    assert outbox.all(lambda message: message.user == "bob") == sent[1:]
    outbox.clear()
    assert outbox.all() == []
    assert outbox.send(MESSAGE).id == "3"


def test_the_oldest_give_way() -> None:
    outbox = Outbox(limit=2)
    for name in "abc":
        outbox.send(replace(MESSAGE, user=name))
    assert [message.user for message in outbox.all()] == ["b", "c"]


def test_one_line_a_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "emulator.messages")
    Outbox().send(MESSAGE)
    Outbox(log_codes=False).send(MESSAGE)
    Outbox().send(replace(MESSAGE, code=None, channel="SMS"))
    assert caplog.messages == [
        "EMAIL to ann@example.com (sign-up, user ann) code 123456",
        "EMAIL to ann@example.com (sign-up, user ann)",
        "SMS to ann@example.com (sign-up, user ann)",
    ]


def test_waiting_ends_with_the_message() -> None:
    outbox = Outbox()

    async def wait() -> list[list[Message]]:
        waiting = [asyncio.ensure_future(outbox.wait(lambda m, name=name: m.user == name, 30)) for name in "ab"]  # type: ignore[misc]
        await asyncio.sleep(0)
        outbox.send(replace(MESSAGE, user="b"))
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [task.done() for task in waiting] == [False, True]
        outbox.send(replace(MESSAGE, user="a"))
        return list(await asyncio.gather(*waiting))

    assert [[message.user for message in found] for found in asyncio.run(wait())] == [["a"], ["b"]]


def test_what_is_there_is_not_waited_for() -> None:
    outbox = Outbox()
    outbox.send(MESSAGE)
    assert len(asyncio.run(outbox.wait(lambda _: True, 30))) == 1


def test_waiting_ends_with_time() -> None:
    assert asyncio.run(Outbox().wait(lambda _: True, 0.01)) == []


def test_closing_lets_those_who_wait_go() -> None:
    outbox = Outbox()

    async def wait() -> list[Message]:
        waiting = asyncio.ensure_future(outbox.wait(lambda _: True, 30))
        await asyncio.sleep(0)
        outbox.close()
        return await waiting

    assert asyncio.run(wait()) == []
    assert asyncio.run(outbox.wait(lambda _: True, 30)) == []


def test_what_is_forgotten_is_told_first() -> None:
    outbox, told = Outbox(limit=2), list[list[str]]()
    outbox.on_forget(lambda messages: told.append([message.id for message in messages]))
    for _ in range(3):
        outbox.send(MESSAGE)
    outbox.clear(lambda message: message.id == "3")
    outbox.clear()
    outbox.clear()
    assert told == [["1"], ["3"], ["2"]]


def test_messages_that_are_put_back_keep_their_numbers_and_new_ones_go_on() -> None:
    outbox = Outbox()
    outbox.put_back([replace(MESSAGE, id="4"), replace(MESSAGE, id="7")])
    outbox.send(MESSAGE)
    assert [message.id for message in outbox.all()] == ["4", "7", "8"]
    outbox.put_back([])
    assert int(outbox.send(MESSAGE).id) > 8
