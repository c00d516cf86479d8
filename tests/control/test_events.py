"""`/_emulator/events`: server-sent events."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from cognito_emulator.server import Emulator
from tests.helpers.control_api import CLIENT, POOL, SEED, Control
from tests.helpers.event_stream import watching


def test_requests_messages_and_the_clock(control: Control) -> None:
    with watching(control.emulator) as stream:
        control.emulator.client().forgot_password(ClientId=CLIENT, Username="ann")
        kind, message = stream.next()
        assert (kind, message["to"]) == ("message", "ann@example.com")
        kind, entry = stream.next()
        assert (kind, entry["operation"], entry["user"]) == ("request", "ForgotPassword", "ann")
        assert "codes" in entry["changed"]
        control("PUT", "/_emulator/clock", {"advance": 60})
        kind, clock = stream.next()
        assert kind == "clock"
        assert round(clock["offset"]) == 60


def test_a_refusal_names_its_rule(control: Control) -> None:
    with watching(control.emulator, "?type=request") as stream:
        with pytest.raises(ClientError):
            control.emulator.client().admin_get_user(UserPoolId=POOL, Username="ghost")
        _, entry = stream.next()
        assert (entry["error"], entry["rule"]) == ("UserNotFoundException", "auth.user-unknown")


def test_changes_are_sent_to_those_who_ask(control: Control) -> None:
    with watching(control.emulator, "?type=change") as stream:
        made = control.emulator.client().admin_disable_user(UserPoolId=POOL, Username="ann")
        kind, told = stream.next()
        assert (kind, told["request"]) == ("change", made["ResponseMetadata"]["RequestId"])
        (change,) = [change for change in told["changes"] if change["table"] == "users"]
        assert (change["before"]["enabled"], change["after"]["enabled"]) == (True, False)
        assert change["after"]["password"] == "***"


def test_several_read_the_same(control: Control) -> None:
    with watching(control.emulator, "?type=request") as one, watching(control.emulator, "?type=request") as other:
        control.emulator.client().list_users(UserPoolId=POOL)
        assert one.next()[1]["operation"] == other.next()[1]["operation"] == "ListUsers"


def test_an_unknown_type_is_refused(control: Control) -> None:
    answer = control("GET", "/_emulator/events?type=request,requests")
    assert answer.status == 400
    assert answer.json["message"].startswith("Unknown type 'requests'; known: request, message, change,")


def test_readers_do_not_keep_the_server(control: Control) -> None:
    with Emulator(seed=SEED) as emulator, watching(emulator) as stream:
        emulator.stop()
        assert stream.ends()


def test_a_reader_that_leaves_is_forgotten(control: Control) -> None:
    events = control.emulator.world.events
    with watching(control.emulator):
        assert control.emulator.on_loop(lambda: events.readers) >= 1
    for _ in range(100):
        control.emulator.client().list_users(UserPoolId=POOL)
        if control.emulator.on_loop(lambda: events.readers) == 0:
            break
    assert control.emulator.on_loop(lambda: events.readers) == 0
