"""Passkeys on the pages: offered after the sign-up, added later, used to sign in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import attestation
from tests.helpers.authenticator import Authenticator
from tests.helpers.browser import APP, Answer, Browser
from tests.helpers.build import PASSWORD, user
from tests.helpers.harness import Running
from tests.helpers.site import CHOICE, EMAIL, Site, site

POLICIES: dict[str, Any] = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}


def with_passkeys(running: Running, rp_id: str = "auth.localhost", **more: Any) -> Site:
    place = site(running, client=CHOICE, Policies=POLICIES, **more)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=place.pool,
        MfaConfiguration="OFF",
        WebAuthnConfiguration={"RelyingPartyId": rp_id, "UserVerification": "preferred"},
    )
    return place


def options(page: Answer) -> dict[str, Any]:
    form = page.form(having="credential")
    loaded: dict[str, Any] = json.loads(str(form["data-options"]))
    return loaded


def device(place: Site) -> Authenticator:
    return Authenticator(origin=f"http://{place.host}")


def signed_in(place: Site) -> Browser:
    browser = place.at("/login")
    browser.submit(username="ann")
    assert browser.submit(password=PASSWORD).left
    return browser


def added(place: Site, browser: Browser) -> Authenticator:
    page = browser.get(f"/passkeys/add?client_id={place.client}&redirect_uri={APP}")
    assert (page.status, page.title) == (200, "Add a passkey")
    made = device(place)
    assert browser.submit(having="credential", credential=json.dumps(made.create(options(page)))).url == APP
    return made


def test_a_passkey_is_added_and_signs_in(running: Running) -> None:
    place = with_passkeys(running)
    user(running, place.pool)
    made = added(place, signed_in(place))
    browser = place.at("/login")
    page = browser.submit(username="ann")
    assert page.title == "Choose how to sign in"
    page = browser.submit(answer="WEB_AUTHN")
    assert (page.path, page.title) == ("/login/passkey", "Sign in with a passkey")
    asked = options(page)
    forged = json.dumps(Authenticator(origin=made.origin, id=made.id).get(asked))
    refused = browser.submit(having="credential", credential=forged)
    assert refused.error is not None
    page = browser.get(f"/login?{place.query()}")
    browser.submit(username="ann")
    page = browser.submit(answer="WEB_AUTHN")
    answer = browser.submit(having="credential", credential=json.dumps(made.get(options(page))))
    assert answer.left
    assert answer.params["code"]


def test_a_new_user_is_asked_for_a_passkey_on_the_way_to_the_app(running: Running) -> None:
    place = with_passkeys(running, Schema=[{"Name": "email", "Required": True}], **EMAIL)
    for skip in (True, False):
        browser = place.at("/signup")
        name = f"ann{skip}"
        given = {"username": name, "requiredAttributes[email]": f"{name}@example.com"}
        page = browser.submit(**given, password=PASSWORD, passwordConfirmation=PASSWORD)
        page = browser.submit(having="code", code=page.code)
        assert (page.path, page.title) == ("/passkeys/add", "Add a passkey")
        assert "code=" not in page.url
        if skip:
            answer = browser.submit(having="skip", skip="1")
        else:
            answer = browser.submit(having="credential", credential=json.dumps(device(place).create(options(page))))
        assert answer.left
        assert answer.params["code"]
        assert answer.params["state"] == "st-1"


def test_nobody_is_asked_where_the_browser_would_refuse(running: Running) -> None:
    place = with_passkeys(running, "example.com", Schema=[{"Name": "email", "Required": True}], **EMAIL)
    browser = place.at("/signup")
    given = {"username": "ann", "requiredAttributes[email]": "ann@example.com"}
    page = browser.submit(**given, password=PASSWORD, passwordConfirmation=PASSWORD)
    assert browser.submit(having="code", code=page.code).left


def confirmed(running: Running, **query: str) -> Answer:
    """What comes after the code of a sign-up in a pool with passkeys."""
    place = with_passkeys(running, Schema=[{"Name": "email", "Required": True}], **EMAIL)
    browser = place.at("/signup", **query)
    given = {"username": "ann", "requiredAttributes[email]": "ann@example.com"}
    page = browser.submit(**given, password=PASSWORD, passwordConfirmation=PASSWORD)
    return browser.submit(having="code", code=page.code)


def test_nobody_is_kept_where_passkeys_cannot_be_made(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise errors.NotImplementedHere("not installed")

    monkeypatch.setattr(attestation, "require_library", missing)
    answer = confirmed(running)
    assert answer.left
    assert answer.params["code"]


def test_nobody_is_asked_where_the_way_back_is_too_long_to_keep_or_holds_tokens(running: Running) -> None:
    assert confirmed(running, state="s" * 3000).params["state"] == "s" * 3000
    running.reset()
    assert confirmed(running, response_type="token").params["access_token"]


def test_who_is_not_signed_in_can_add_none(running: Running) -> None:
    place = with_passkeys(running)
    page = place.browser().get(f"/passkeys/add?client_id={place.client}&redirect_uri={APP}")
    assert (page.status, page.error) == (403, "Sign in first to add a passkey.")


def test_a_pool_without_passkeys_says_so(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    page = browser.get(f"/passkeys/add?{place.query()}")
    assert (page.status, page.error) == (400, "Passkeys are not enabled for the user pool.")


def test_the_classic_pages_have_no_passkeys(running: Running) -> None:
    place = site(running, version=1)
    assert place.browser().get(f"/passkeys/add?{place.query()}").status == 404


@pytest.mark.parametrize("credential", ["", "x", "[" * 10_000, '{"id": 1}'])
def test_what_is_no_credential(running: Running, credential: str) -> None:
    place = with_passkeys(running)
    user(running, place.pool)
    browser = signed_in(place)
    browser.get(f"/passkeys/add?client_id={place.client}&redirect_uri={APP}")
    page = browser.submit(having="credential", credential=credential)
    assert (page.path, page.status) == ("/passkeys/add", 200)
    assert page.error


def test_a_passkey_of_another_origin_is_refused(running: Running) -> None:
    place = with_passkeys(running)
    user(running, place.pool)
    browser = signed_in(place)
    page = browser.get(f"/passkeys/add?client_id={place.client}&redirect_uri={APP}")
    made = Authenticator(origin="https://evil.example").create(options(page))
    assert browser.submit(having="credential", credential=json.dumps(made)).error
