"""Whatever is sent to a page: no failure of the emulator, no markup that was sent, and no way around the forms."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.browser import Browser
from tests.helpers.build import user
from tests.helpers.harness import Running
from tests.helpers.page_paths import PATHS
from tests.helpers.site import CHOICE, EMAIL, Site, site

NAMES = [
    "username", "password", "passwordConfirmation", "code", "answer", "resend", "skip", "credential", "deviceName",
    "address", "idp_domain", "step_up", "requiredAttributes[email]", "requiredAttributes[]", "requiredAttributes[sub]",
    "country-username", "country-address", "country-requiredAttributes[phone_number]", "csrf",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["ann", "123456", "1", "DE", "0151 1", "SMS_MFA", "WEB_AUTHN", "{}", "[]", "null", "<b>x</b>", "\x00", "a@b.cd"]
    ),
)
QUERY = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "lang",
    "prompt",
    "max_age",
    "acr_values",
    "login_hint",
]
ANY = settings(max_examples=60)


class Places:
    """One site for all examples of a test."""

    def __init__(self, running: Running) -> None:
        self.site: Site = site(running, client=CHOICE, Schema=[{"Name": "email", "Required": True}], **EMAIL)
        user(running, self.site.pool, email="ann@example.com")


@pytest.mark.exhaustive
def test_forms(running: Running) -> None:
    place = Places(running).site
    browser = place.at("/login")

    @ANY
    @given(st.sampled_from(sorted(PATHS)), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
    def send(path: str, fields: dict[str, str]) -> None:
        token = browser.cookies["XSRF-TOKEN"]
        sent = {name: value.encode("utf-8", "ignore").decode() for name, value in fields.items()}
        answer = browser.post(f"{path}?{place.query()}", {**sent, "csrf": token}, follow=False)
        assert answer.status in (200, 302, 403, 405), (path, fields, answer.status, answer.body)
        assert "<b>x</b>" not in answer.body

    send()


@pytest.mark.exhaustive
def test_addresses(running: Running) -> None:
    place = Places(running).site

    @ANY
    @given(st.sampled_from(sorted(PATHS)), st.dictionaries(st.sampled_from(QUERY), VALUES, max_size=4), st.booleans())
    def ask(path: str, changed: dict[str, str], raw: bool) -> None:
        known = {} if raw else dict(pair.split("=", 1) for pair in place.query().split("&"))
        given_ = {name: quote(value.encode("utf-8", "ignore"), safe="") for name, value in changed.items()}
        query = "&".join(f"{name}={value}" for name, value in {**known, **given_}.items())
        browser = Browser(place.running.port, place.host)
        answer = browser.get(f"{path}?{query}", follow=False)
        assert answer.status in (200, 302, 400, 403, 404, 501), (path, query, answer.status, answer.body)
        assert "<b>x</b>" not in answer.body

    ask()


@pytest.mark.exhaustive
def test_cookies(running: Running) -> None:
    place = Places(running).site

    @ANY
    @given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"\\'), max_size=200))
    def ask(value: str) -> None:
        browser = place.browser()
        browser.cookies = dict.fromkeys(("cognito", "XSRF-TOKEN", "page-data", "lang"), value)
        for path in ("/login", "/mfa/code", "/passkeys/add"):
            assert browser.get(f"{path}?{place.query()}", follow=False).status in (200, 302, 403)

    ask()


def test_a_query_given_twice_is_refused(running: Running) -> None:
    place = site(running)
    page = place.browser().get(f"/login?{place.query()}&{urlencode({'client_id': place.client})}")
    assert (page.path, page.status) == ("/error", 400)
