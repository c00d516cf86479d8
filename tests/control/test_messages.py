"""`/_emulator/messages`."""

from __future__ import annotations

import threading
import time

from tests.helpers.control_api import CLIENT, POOL, Control

MEMBERS = [
    "id", "channel", "purpose", "to", "subject", "body", "code", "link", "user", "pool", "time",
    "sender", "reply_to", "handed_to",
]  # fmt: skip


def test_a_message_has_all_its_members(control: Control) -> None:
    control.forgot()
    (message,) = control("GET", "/_emulator/messages").json["messages"]
    assert sorted(message) == sorted(MEMBERS)
    assert message["channel"] == "EMAIL"
    assert message["purpose"] == "recovery"
    assert message["to"] == "ann@example.com"
    assert message["user"] == "ann"
    assert message["pool"] == POOL
    assert message["code"] in message["body"]
    assert message["link"] is None


def test_filters_select_and_everything_else_is_left_out(control: Control) -> None:
    control.forgot()
    sub = "a0000000-0000-4000-8000-000000000001"
    for wanted in ("to=ANN@example.com", "user=ann", f"user={sub}", "user=ann@example.com", f"pool={POOL}"):
        assert len(control("GET", f"/_emulator/messages?{wanted}").json["messages"]) == 1, wanted
    for wanted in ("type=recovery", "type=email", f"user=ann&pool={POOL}&type=EMAIL"):
        assert len(control("GET", f"/_emulator/messages?{wanted}").json["messages"]) == 1, wanted
    for other in (
        "to=x@example.com",
        "user=bob",
        "pool=us-east-1_other",
        "type=sign-up",
        "type=SMS",
        "user=ann&type=mfa",
    ):
        assert control("GET", f"/_emulator/messages?{other}").json["messages"] == [], other


def test_a_misspelt_filter_is_refused_instead_of_matching_everything(control: Control) -> None:
    control.forgot()
    answer = control("GET", "/_emulator/messages?usr=ann")
    assert answer.status == 400
    assert answer.json["message"] == "Unknown query parameter 'usr'; known here: to, user, pool, type, wait."
    answer = control("GET", "/_emulator/messages?user=ann&user=bob")
    assert (answer.status, answer.json["message"]) == (400, "Query parameter 'user' is given twice.")


def test_a_long_poll_wakes_when_the_message_comes(control: Control) -> None:
    answers = []

    def poll() -> None:
        answers.append(control("GET", "/_emulator/messages?user=ann&wait=60"))

    thread = threading.Thread(target=poll)
    thread.start()
    # A message for somebody else must not end the wait.
    control.emulator.client().sign_up(
        ClientId=CLIENT, Username="eve", Password="Eve-12345", UserAttributes=[{"Name": "email", "Value": "e@e.fi"}]
    )
    assert control("GET", "/_emulator/messages?user=eve&wait=5").json["messages"]
    assert not answers
    control.forgot()
    thread.join(30)  # half of what it would wait
    assert [message["user"] for message in answers[0].json["messages"]] == ["ann"]


def test_a_long_poll_ends_empty(control: Control) -> None:
    started = time.monotonic()
    assert control("GET", "/_emulator/messages?wait=0.2").json == {"messages": []}
    assert time.monotonic() - started >= 0.2


def test_wait_must_be_a_number_of_seconds(control: Control) -> None:
    for wait in ("soon", "nan", "inf", "-1", "", "1_0", "1e1", "%D9%A1", "%201", "0x1"):
        answer = control("GET", f"/_emulator/messages?wait={wait}")
        assert answer.status == 400, wait
        assert "'wait' must" in answer.json["message"]


def test_latest_is_the_newest_that_matches(control: Control) -> None:
    assert control("GET", "/_emulator/messages/latest").status == 404
    control.forgot()
    control.forgot()
    everything = control("GET", "/_emulator/messages").json["messages"]
    assert len(everything) == 2
    assert control("GET", "/_emulator/messages/latest?user=ann").json == everything[-1]
    answer = control("GET", "/_emulator/messages/latest?user=bob")
    assert (answer.status, answer.json["message"]) == (404, "There is no such message.")


def test_the_outbox_can_be_emptied(control: Control) -> None:
    control.forgot()
    assert control("DELETE", "/_emulator/messages").json == {"messages": []}
    assert control("GET", "/_emulator/messages").json == {"messages": []}
