"""`/_emulator/clock`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.helpers.control_api import CLIENT, Control


def put(control: Control, **members: Any) -> dict[str, Any]:
    answer = control("PUT", "/_emulator/clock", members)
    assert answer.status == 200, answer.json
    state: dict[str, Any] = answer.json
    return state


def test_the_machines_time_is_the_start(control: Control) -> None:
    state = control("GET", "/_emulator/clock").json
    assert state["now"] == pytest.approx(time.time(), abs=5)
    assert (state["frozen"], state["offset"]) == (False, 0)


def test_freeze_set_advance_and_reset(control: Control) -> None:
    assert put(control, freeze=True)["frozen"]
    frozen = control("GET", "/_emulator/clock").json["now"]
    assert control("GET", "/_emulator/clock").json["now"] == frozen
    assert put(control, advance=90)["now"] == frozen + 90
    state = put(control, set=1_000_000_000)
    assert (state["now"], state["iso"], state["frozen"]) == (1_000_000_000, "2001-09-09T01:46:40.000Z", True)
    state = put(control, freeze=False)
    assert not state["frozen"]
    assert state["now"] == pytest.approx(1_000_000_000, abs=5)
    assert put(control, advance=-100)["now"] == pytest.approx(999_999_900, abs=5)
    assert put(control, reset=True)["offset"] == 0


@pytest.mark.parametrize(
    ("at", "epoch"),
    [
        ("2030-01-02T03:04:05Z", 1893553445),
        ("2030-01-02T05:04:05+02:00", 1893553445),
        ("2030-01-02T03:04:05", 1893553445),
    ],
)
def test_times_may_be_iso_8601(control: Control, at: str, epoch: int) -> None:
    assert put(control, freeze=at)["now"] == epoch
    assert put(control, reset=True, set=at)["now"] == pytest.approx(epoch, abs=5)


def test_members_work_together(control: Control) -> None:
    state = put(control, reset=True, set=2_000_000_000, freeze=True, advance=1)
    assert (state["now"], state["frozen"]) == (2_000_000_001, True)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({}, "Nothing to do; known: reset, set, freeze, advance."),
        ({"advnce": 1}, "Unknown member 'advnce'; known: reset, set, freeze, advance."),
        ({"reset": False}, "'reset' must be true."),
        ({"advance": "60"}, "'advance' must be a number of seconds."),
        ({"advance": True}, "'advance' must be a number of seconds."),
        ({"set": True}, "'set' must be epoch seconds or an ISO 8601 time, not 'True'."),
        ({"set": "yesterday"}, "'set' must be epoch seconds or an ISO 8601 time, not 'yesterday'."),
        ({"freeze": None}, "'freeze' must be epoch seconds or an ISO 8601 time, not 'None'."),
        ({"set": -1}, "The clock can stand between 1970 and the year 3000."),
        ({"advance": 1e300}, "The clock can stand between 1970 and the year 3000."),
        ({"advance": 10**400}, "'advance' must be a number of seconds."),
        (
            {"set": 10**400},
            "'set' must be epoch seconds or an ISO 8601 time, not '1000000000000000000000000000000000000000'.",
        ),
        (
            {"freeze": -(10**400)},
            "'freeze' must be epoch seconds or an ISO 8601 time, not '-100000000000000000000000000000000000000'.",
        ),
        ({"freeze": True, "advance": "x"}, "'advance' must be a number of seconds."),
    ],
)
def test_what_is_wrong_changes_nothing(control: Control, members: dict[str, Any], text: str) -> None:
    answer = control("PUT", "/_emulator/clock", members)
    assert (answer.status, answer.json) == (400, {"message": text})
    state = control("GET", "/_emulator/clock").json
    assert (state["frozen"], state["offset"]) == (False, 0)


@pytest.mark.parametrize("body", ["{", "[]", '"x"', '{"set": NaN}', "[" * 100_000, b"\xff"])
def test_a_bad_body_is_refused(control: Control, body: Any) -> None:
    assert control("PUT", "/_emulator/clock", body).status == 400


def test_codes_expire_by_this_clock(control: Control) -> None:
    control.forgot()
    code = control.emulator.code_for("ann")
    put(control, advance=3601)
    with pytest.raises(ClientError) as refused:
        control.emulator.client().confirm_forgot_password(
            ClientId=CLIENT, Username="ann", ConfirmationCode=code, Password="Ann-54321"
        )
    assert refused.value.response["Error"]["Code"] == "ExpiredCodeException"
