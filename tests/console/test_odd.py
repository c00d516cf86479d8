"""Odd paths, queries and forms: every one is answered with a page that says what is wrong, never with a failure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from cognito_emulator.control.masking import MASK
from cognito_emulator.routes import Row
from tests.helpers.build import PASSWORD, setup, sign_in, user
from tests.helpers.console_site import FORM, FORMS, PAGES, ROOT, Site, newest
from tests.helpers.harness import Running

ODD = (
    "%00", "%FF%FE", "%ED%A0%80", "a" * 3_000, "%D9%A3", "..%2F..%2Fsettings", "%0d%0aX:y", "9" * 400,
    "%7B%7B7*7%7D%7D", "%F0%9F%98%80",
)  # fmt: skip


def filled(path: str, known: dict[str, str], odd: str) -> str:
    """A row's path, with an odd value where none is known."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: known.get(found[1], odd), path)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.path)
def test_odd_addresses(running: Running, site: Site, row: Row) -> None:
    place = setup(running)
    known = {
        "pool_id": place.pool,
        "sub": user(running, place.pool),
        "client_id": place.client,
        "service": "cognito-idp",
    }
    for odd in ODD:
        paths = {re.sub(r"\{[^}]*\}", odd, row.path)}
        paths.add(filled(row.path, known, odd))
        for path in paths:
            for query in ("", f"?{odd}", f"?q={odd}", f"?after={odd}&status={odd}", f"?done={odd}", f"?masked={odd}"):
                answer = site.request("GET", path + query)
                assert answer.status < 500, path + query
                assert "x" not in answer.headers, "a line of the address is no header"


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.path)
def test_odd_forms(running: Running, site: Site, row: Row) -> None:
    place = setup(running)
    sub = user(running, place.pool)
    known = {"pool_id": place.pool, "sub": sub, "client_id": place.client}
    known |= {"service": "cognito-idp", "operation": "AdminCreateUser"}
    path = re.sub(r"\{(\w+)[^}]*\}", lambda found: known.get(found[1], "x"), row.path)
    token, sent = site.token(), {**FORM, "origin": site.origin, "sec-fetch-site": "same-origin"}
    does = ("", "save", "set", "mfa", "settings", "add")
    names = (
        "username",
        "user",
        "name",
        "password",
        "token",
        "at",
        "settings",
        "mfa",
        "as-json",
        "UserPoolId",
        "new-name",
    )
    for odd in ODD:
        for do in does:
            body = "&".join(
                [f"csrf={token}", f"do={do}", *(f"{name}={odd}" for name in names), f"attribute:{odd}={odd}"]
            )
            answer = site.request("POST", path, body, sent)
            assert answer.status < 500, (do, odd)
    for body in ("", "&" * 50, "=", "a=b" * 5_000, "&".join(["a=1"] * 3_000), "\u00e9=%"):
        assert site.request("POST", path, body, sent).status in (400, 403), body[:20]


def test_a_form_that_is_too_large(running: Running, site: Site) -> None:
    sent = {**FORM, "origin": site.origin, "sec-fetch-site": "same-origin"}
    large = "token=" + "a" * (running.world.settings.max_body + 1)
    assert site.request("POST", f"{ROOT}/tokens", large, sent).status == 413
    assert site.request("POST", f"{ROOT}/tokens", "token=\xff", {**sent}).status in (400, 403)


def test_numbers_that_json_can_write_and_records_cannot(running: Running, site: Site) -> None:
    place = setup(running)
    path = f"{ROOT}/api/cognito-idp/CreateGroup"
    for number in ("9" * 400, "1e999", "-1", "true", '"x"', "[]", "{}"):
        fields = {"UserPoolId": place.pool, "GroupName": "g", "Precedence": number}
        assert site.post(path, fields).status == 400, number
    assert len(running.world.store.groups) == 0


def test_passwords_and_tokens_are_masked_in_what_is_remembered(running: Running, idp: Any, site: Site) -> None:
    place = setup(running)
    sub = user(running, place.pool)
    tokens = sign_in(idp, place)
    site.post(site.at(place.pool, "users", sub), {"do": "password", "password": "Secret-horse-1"})
    page = site.get(f"{ROOT}/requests/{newest(running).id}").text
    assert "Secret-horse-1" not in page
    assert MASK in page
    site.post(f"{ROOT}/api/cognito-idp/GetUser", {"AccessToken": tokens["AccessToken"]})
    assert tokens["AccessToken"] not in site.get(f"{ROOT}/requests/{newest(running).id}").text
    site.post(site.at(place.pool, "users", "new"), {"username": "bob", "password": PASSWORD, "permanent": "1"})
    assert PASSWORD not in site.get(f"{ROOT}/requests").text
    assert quote(PASSWORD) not in site.get(f"{ROOT}/requests/{newest(running).id}").text
