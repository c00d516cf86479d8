"""The inbox on the console: codes large, e-mails in a frame that can do nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import DEVELOPER, PASSWORD, SMS, Setup, setup, user
from tests.helpers.console_site import ROOT, Site
from tests.helpers.harness import Running


@pytest.fixture
def place(running: Running, idp: Any) -> Setup:
    made = setup(running, AutoVerifiedAttributes=["email"])
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    idp.sign_up(ClientId=made.client, Username="ann", Password=PASSWORD, UserAttributes=attributes)
    return made


def test_nothing_yet(site: Site) -> None:
    assert "No messages yet." in site.get(f"{ROOT}/inbox").words()


def test_a_message(running: Running, site: Site, place: Setup) -> None:
    (message,) = running.world.outbox.all()
    assert message.code is not None
    answer = site.get(f"{ROOT}/inbox")
    spaced = f"{message.code[:3]} {message.code[3:]}"
    assert answer.words("#list .code") == spaced
    assert answer.soup.select("#list [data-copy]")[0]["data-copy"] == message.code
    answer = site.get(f"{ROOT}/inbox/{message.id}")
    assert answer.words(".code.big") == spaced
    assert "ann@example.com" in answer.words("dl")
    assert answer.soup.select_one(f'dl a[href^="{ROOT}/pools/{place.pool}/users/"]')
    assert answer.words('dl a[href*="/requests/"]') == "SignUp"
    site.get(f"{ROOT}/inbox/999", 404)


def test_search(running: Running, idp: Any, site: Site, place: Setup) -> None:
    idp.admin_confirm_sign_up(UserPoolId=place.pool, Username="ann")
    user(running, place.pool, "bob", email="bob@example.com", email_verified="true")
    idp.forgot_password(ClientId=place.client, Username="bob")
    for query, expected in {
        "q=BOB": ["bob@example.com"],
        "type=sign-up": ["ann@example.com"],
        "user=bob": ["bob@example.com"],
        "to=ann@example.com&type=EMAIL": ["ann@example.com"],
        "": ["bob@example.com", "ann@example.com"],
        "type=SMS": [],
        f"q={running.world.outbox.all()[0].code}": ["ann@example.com"],
    }.items():
        found = site.get(f"{ROOT}/inbox?{query}").soup.select("#list tbody th strong")
        assert [one.get_text() for one in found] == expected, query
    site.get(f"{ROOT}/inbox?colour=red", 400)


def test_clear(running: Running, site: Site, place: Setup) -> None:
    assert site.post(f"{ROOT}/inbox", {"do": "x"}).refusal == "'do' must be: clear."
    assert len(running.world.outbox.all()) == 1
    site.post(f"{ROOT}/inbox", {"do": "clear"})
    assert running.world.outbox.all() == []


def test_an_email_is_shown_in_a_frame_without_scripts(running: Running, idp: Any, site: Site) -> None:
    evil = '<script>parent.alert(1)</script><img src="http://evil.example/x.png">Code {####}'
    template = {"DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailMessage": evil, "EmailSubject": "<b>Hi</b>"}
    made = setup(
        running, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=template, EmailConfiguration=DEVELOPER
    )
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    idp.sign_up(ClientId=made.client, Username="ann", Password=PASSWORD, UserAttributes=attributes)
    (message,) = running.world.outbox.all()
    answer = site.get(f"{ROOT}/inbox/{message.id}")
    frame = answer.soup.select_one("iframe")
    assert frame is not None
    assert not frame["sandbox"], "nothing is allowed"
    assert "<script>parent" not in answer.text
    assert "<b>Hi</b>" not in answer.text
    body = site.get(f"{ROOT}/inbox/{frame['src']}")
    assert "<script>parent.alert(1)</script>" in body.text
    policy = body.headers["content-security-policy"]
    assert policy.endswith("; sandbox")
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert body.headers["x-frame-options"] == "SAMEORIGIN"
    listed = site.get(f"{ROOT}/inbox")
    assert "<b>Hi</b>" not in listed.text


def test_an_sms_is_text(running: Running, idp: Any, site: Site) -> None:
    made = setup(running, AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS)
    attributes = [{"Name": "phone_number", "Value": "+15550001111"}]
    idp.sign_up(ClientId=made.client, Username="ann", Password=PASSWORD, UserAttributes=attributes)
    (message,) = running.world.outbox.all()
    answer = site.get(f"{ROOT}/inbox/{message.id}")
    assert message.code is not None
    assert message.code in answer.words("pre")
    assert answer.soup.select_one("iframe") is None
