"""The collector of garbage, put off."""

from __future__ import annotations

import gc

from cognito_emulator.ports.collector import put_off, put_off_for_imports


def test_it_is_off_until_the_last_one_is_done() -> None:
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    with put_off():
        with put_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > frozen


def test_it_goes_on_where_little_is_made() -> None:
    with put_off(when=False):
        assert gc.isenabled()


def test_imports_freeze_nothing_and_leave_the_collector_as_it_was() -> None:
    frozen = gc.get_freeze_count()
    with put_off_for_imports():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() <= frozen, "some of it may have gone meanwhile"
    gc.disable()
    try:
        with put_off_for_imports():
            pass
        assert not gc.isenabled(), "the program's own choice"
    finally:
        gc.enable()
