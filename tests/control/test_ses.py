"""`/_aws/ses`, as tests written for LocalStack read it."""

from __future__ import annotations

from tests.helpers.control_api import POOL, Control


def test_mails_are_shown_as_localstack_shows_them(control: Control) -> None:
    control.forgot()
    (mail,) = control("GET", "/_aws/ses").json["messages"]
    (message,) = control("GET", "/_emulator/messages").json["messages"]
    stamp = mail.pop("Timestamp")
    assert len(stamp) == len("2026-01-01T00:00:00")
    assert mail == {
        "Id": message["id"],
        "Region": POOL.partition("_")[0],
        "Source": "no-reply@verificationemail.com",
        "Destination": {"ToAddresses": ["ann@example.com"]},
        "Subject": "Your verification code",
        "Body": {"text_part": None, "html_part": message["body"]},
    }


def test_mails_are_found_by_id_and_by_sender(control: Control) -> None:
    control.forgot()
    control.forgot()
    first, second = control("GET", "/_aws/ses").json["messages"]
    assert control("GET", f"/_aws/ses?id={first['Id']}").json["messages"] == [first]
    assert control("GET", f"/_aws/ses?email={first['Source']}").json["messages"] == [first, second]
    assert control("GET", "/_aws/ses?email=x@y.z").json["messages"] == []
    assert control("GET", "/_aws/ses?to=x").status == 400


def test_mails_are_deleted_one_by_one_or_all(control: Control) -> None:
    for _ in range(3):
        control.forgot()
    first, second, third = control("GET", "/_aws/ses").json["messages"]
    headers = {"content-type": "application/json"}
    assert control("DELETE", f"/_aws/ses?id={second['Id']}", headers=headers).status == 204
    assert control("GET", "/_aws/ses").json["messages"] == [first, third]
    assert control("DELETE", "/_aws/ses", headers=headers).status == 204
    assert control("GET", "/_aws/ses").json["messages"] == []
    assert control("GET", "/_emulator/messages").json["messages"] == []


def test_web_pages_see_nothing(control: Control) -> None:
    control.forgot()
    answer = control("GET", "/_aws/ses", headers={"origin": "http://evil.example"})
    assert "access-control-allow-origin" not in {name.lower() for name in answer.headers}
    assert control("GET", "/_aws/ses", headers={"host": "evil.example"}).status == 403
    assert control("DELETE", "/_aws/ses", headers={"content-type": "text/plain"}).status == 415
    assert len(control("GET", "/_aws/ses").json["messages"]) == 1
