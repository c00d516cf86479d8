"""The keys of a second world: shared with the first where they are said to be, its own otherwise."""

from __future__ import annotations

import asyncio

from cognito_emulator.ports.keys import Keys
from cognito_emulator.ports.shared_keys import SharedKeys
from tests.helpers.harness import key_sets_in_turn

MADE = key_sets_in_turn(4)


def test_shared_pools_have_the_keys_of_home_and_others_their_own() -> None:
    async def ask() -> None:
        home = Keys(MADE)
        own = SharedKeys(home, {"seeded"})
        try:
            assert own.known("seeded") is None
            seeded = await own.of("seeded")
            assert seeded is await home.of("seeded")
            assert own.known("seeded") is seeded
            made = await own.of("made")
            assert home.known("made") is None
            assert made.id_key.kid not in {seeded.id_key.kid, (await home.of("made")).id_key.kid}
            assert await own.of("made") is made
        finally:
            own.stop()
            home.stop()

    asyncio.run(ask())


def test_what_home_knows_already_is_known_at_once() -> None:
    async def ask() -> None:
        home = Keys(MADE)
        seeded = await home.of("seeded")
        assert SharedKeys(home, {"seeded"}).known("seeded") is seeded
        assert SharedKeys(home, set()).known("seeded") is None
        home.stop()

    asyncio.run(ask())


def test_home_and_the_other_go_their_own_ways() -> None:
    async def ask() -> None:
        home = Keys(MADE)
        own = SharedKeys(home, {"seeded"})
        try:
            seeded = await own.of("seeded")
            home.put("seeded", MADE())
            assert await own.of("seeded") is seeded
            own.put("seeded", other := MADE())
            assert await own.of("seeded") is other
            assert await home.of("seeded") not in (seeded, other)
            home.forget(())
            assert await own.of("seeded") is other
        finally:
            own.stop()
            home.stop()

    asyncio.run(ask())


def test_a_spare_of_home_is_taken_before_a_set_is_made() -> None:
    home, spare = Keys(MADE), MADE()
    home._spare.append(spare)
    assert home.take() is spare
    assert home.take() is not spare
