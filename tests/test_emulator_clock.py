"""`Emulator.clock`, and the warning of tokens that are far from the machine's time."""

from __future__ import annotations

import logging
import re
import time
from datetime import timedelta

import pytest

from cognito_emulator import Emulator
from cognito_emulator.emulator_clock import seconds_of


def test_the_clock_goes_back_after_a_block(cognito: Emulator) -> None:
    cognito.clock.advance("1h")
    with cognito.clock.at("-1d"):
        assert abs(cognito.clock.now() - (time.time() + 3600 - 86_400)) < 60
    with pytest.raises(ZeroDivisionError), cognito.clock.at("-1d"):
        _ = 1 / 0
    assert abs(cognito.clock.now() - (time.time() + 3600)) < 60
    with cognito.clock.at("2030-01-01T00:00:00Z"):
        assert abs(cognito.clock.now() - 1_893_456_000) < 60
    with cognito.clock.at(timedelta(minutes=5)):
        assert abs(cognito.clock.now() - (time.time() + 3900)) < 60
    cognito.clock.freeze(1_000_000_000)
    with cognito.clock.at("+90s"):
        assert cognito.clock.now() == 1_000_000_090
    assert cognito.clock.now() == 1_000_000_000
    assert repr(cognito.clock).startswith("<clock 2001-09-09T01:46:40+00:00, frozen, -")


def test_distances_in_time() -> None:
    assert [seconds_of(each) for each in (5, "5s", "-2h", "1.5d", timedelta(hours=1))] == [5, 5, -7200, 129_600, 3600]
    with pytest.raises(ValueError, match="a number with s, m, h or d, such as '-2h', not 'soon'"):
        seconds_of("soon")


def test_tokens_far_from_the_machines_time_are_warned_of_once(
    cognito: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    with caplog.at_level(logging.WARNING, "emulator"):
        pool.sign_in("ann")
        assert caplog.records == []
        cognito.clock.advance("2h")
        pool.sign_in("ann")
        pool.sign_in("ann")
    (record,) = caplog.records
    assert re.match(r"Tokens are issued 7\d\d\d seconds ahead of the machine's time", record.getMessage())
