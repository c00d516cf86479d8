"""What tests of the flows share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.build import Setup, setup, user
from tests.helpers.harness import Running
from tests.helpers.held_crypto import HeldCrypto


@pytest.fixture
def at(running: Running) -> Setup:
    """A pool with the user `ann`."""
    made = setup(running)
    user(running, made.pool)
    return made


@pytest.fixture
def held(running: Running, at: Setup, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldCrypto]:
    """The signatures and powers of `at`, which a test holds."""
    crypto = HeldCrypto()
    crypto.go()
    monkeypatch.setattr(running.world, "crypto", crypto)
    yield crypto
    crypto.stop()
