"""acr and amr in the tokens of who signs in in a browser, and acr_values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.acr_claims import LEVEL, Said, of
from tests.helpers.acr_pages import Place, redeem
from tests.helpers.browser import Browser
from tests.helpers.build import PASSWORD, SMS, refused, user
from tests.helpers.federated import Provider, arrive, depart, with_provider
from tests.helpers.harness import Running
from tests.helpers.oauth_client import claims
from tests.helpers.site import CHOICE, Site, site
from tests.helpers.token_endpoint import machine

SMS_CODE: Said = (LEVEL(3), ["pwd", "sms", "mfa"])


def test_the_code_grant_the_implicit_one_and_single_sign_on(running: Running, idp: Any) -> None:
    place = site(running, client=CHOICE, SmsConfiguration=SMS)
    factors = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="OPTIONAL", **factors)
    user(running, place.pool, phone_number="+15551234567", email="ann@example.com")
    preference = {"Enabled": True, "PreferredMfa": True}
    idp.admin_set_user_mfa_preference(UserPoolId=place.pool, Username="ann", SMSMfaSettings=preference)
    browser = place.at("/oauth2/authorize")
    browser.submit(username="ann")
    page = browser.submit(password=PASSWORD)
    back = browser.submit(code=page.code, having="code")
    tokens = redeem(place, back.params["code"])
    assert of(tokens) == SMS_CODE
    before = claims(tokens["IdToken"])["auth_time"]
    running.world.clock.advance(60)
    silent = redeem(place, browser.get(f"/oauth2/authorize?{place.query()}").params["code"])
    assert of(silent) == SMS_CODE
    assert claims(silent["IdToken"])["auth_time"] == before
    implicit = browser.get(f"/oauth2/authorize?{place.query(response_type='token')}").params
    assert of({"IdToken": implicit["id_token"], "AccessToken": implicit["access_token"]}) == SMS_CODE


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"acr": "gold", "amr": ["hwk", "face"]}, (LEVEL(4), ["hwk"])),
        ({"acr": "platinum"}, (LEVEL(1), ["fed"])),
        ({}, (LEVEL(1), ["fed"])),
    ],
)
def test_a_federated_user(running: Running, provider: Provider, told: dict[str, Any], expected: Said) -> None:
    place = with_provider(running, "Mine", "OIDC", provider.details)
    running.call("UpdateIdentityProvider", UserPoolId=place.pool, ProviderName="Mine", AcrMapping={"Level4": "gold"})
    browser = place.browser()
    sent = depart(place, browser, "Mine")
    provider.nonce, provider.claims = sent["nonce"], told
    assert of(redeem(place, arrive(browser, sent).params["code"])) == expected


def test_a_machine_has_none(running: Running) -> None:
    at = machine(running)
    body = {"grant_type": "client_credentials", "client_id": at.client, "client_secret": str(at.secret)}
    found = json.loads(Browser(running.port).post("/oauth2/token", body).body)
    assert not {"acr", "amr"} & set(claims(found["access_token"]))


# --- acr_values -----------------------------------------------------------------------------------------

CODES = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}
NO_FACTORS = "The user has no factors to satisfy any of the requested authentication levels."


@pytest.fixture(params=["password", "choice"])
def place(running: Running, request: pytest.FixtureRequest) -> Place:
    return Place(running, CHOICE if request.param == "choice" else None)


def test_a_level_from_the_beginning(place: Place) -> None:
    place.have("SMS_MFA", "SOFTWARE_TOKEN_MFA")
    for target in (4, 3):
        browser = place.site.browser()
        place.ask(browser, target)
        page = place.password(browser)
        assert page.path == "/mfa/code"
        code = place.totp() if target == 4 else page.code
        assert place.told(browser.submit(code=code, having="code"))[0] == LEVEL(target)


def test_a_session_that_reaches_the_level_goes_straight_on(place: Place) -> None:
    place.have("SOFTWARE_TOKEN_MFA")
    browser = place.site.at("/oauth2/authorize")
    place.password(browser)
    assert browser.submit(code=place.totp(), having="code").left
    for levels in ((4,), (3,), (1,), (4, 3)):
        assert place.told(place.ask(browser, *levels)) == (LEVEL(4), ["pwd", "otp", "mfa"])
        assert place.told(place.ask(browser, *levels, prompt="none")) == (LEVEL(4), ["pwd", "otp", "mfa"])


def test_only_what_is_missing_is_asked_for(place: Place) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    before = browser.cookies["cognito"]
    place.running.world.clock.advance(600)
    page = place.ask(browser, 4)
    assert (page.path, page.title) == ("/login", "Confirm that it is you")
    page = browser.submit(step_up="1")
    assert page.path == "/mfa/code"
    assert place.told(browser.submit(code=place.totp(), having="code")) == (LEVEL(4), ["pwd", "otp", "mfa"])
    assert browser.cookies["cognito"] != before
    assert place.told(place.ask(browser, 4, prompt="none"))[0] == LEVEL(4)


def test_a_wrong_code_steps_nobody_up(place: Place) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    before = browser.cookies["cognito"]
    place.ask(browser, 4)
    browser.submit(step_up="1")
    page = browser.submit(code="000000", having="code")
    assert (page.path, page.error) == ("/mfa/code", "The code is not correct. Please try again.")
    assert browser.cookies["cognito"] == before
    assert place.ask(browser, 4, prompt="none").params["error"] == "login_required"
    # The session goes on as it was.
    assert place.told(browser.get(f"/oauth2/authorize?{place.site.query()}")) == (LEVEL(1), ["pwd"])


def test_the_first_level_that_can_be_reached(place: Place) -> None:
    browser = place.signed_in("SMS_MFA")
    assert place.ask(browser, 4, 3).title == "Confirm that it is you"
    page = browser.submit(step_up="1")
    assert place.told(browser.submit(code=page.code, having="code")) == SMS_CODE
    assert place.told(place.ask(browser, 4, 3)) == SMS_CODE
    place.have("SMS_MFA", "SOFTWARE_TOKEN_MFA")  # now the higher one can be
    assert place.ask(browser, 4, 3).title == "Confirm that it is you"


def test_another_code_for_a_step_up(place: Place) -> None:
    browser = place.signed_in("SMS_MFA")
    place.ask(browser, 3)
    first = browser.submit(step_up="1").code
    page = browser.submit(having="resend", resend="1")
    assert page.path == "/mfa/code"
    assert page.code != first
    assert place.told(browser.submit(code=page.code, having="code")) == SMS_CODE


def test_a_page_that_is_only_looked_at_sends_no_code(place: Place) -> None:
    browser = place.signed_in("SMS_MFA")
    place.running.world.outbox.clear()
    place.ask(browser, 3)
    assert place.running.world.outbox.all() == []
    answer = browser.post(f"/login?{place.site.query(acr_values=LEVEL(3))}", {"step_up": "1"})
    assert answer.status == 403
    assert place.running.world.outbox.all() == []


def test_a_user_without_the_factors(place: Place) -> None:
    browser = place.signed_in()
    assert place.ask(browser, 4).title == "Confirm that it is you"
    page = browser.submit(step_up="1")
    assert (page.path, page.error) == ("/login", NO_FACTORS)
    place.ask(fresh := place.site.browser(), 4)
    page = fresh.submit(username="ann") if "password" not in fresh_fields(fresh) else place.password(fresh)
    assert page.error == NO_FACTORS
    assert "cognito" not in fresh.cookies


def fresh_fields(browser: Browser) -> set[str]:
    assert browser.page is not None
    return {str(one.get("name")) for one in browser.page.soup.find_all("input")}


def test_prompt_none_and_a_level_that_is_not_reached(place: Place) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    for levels in ((4,), (3,), (4, 3)):
        back = place.ask(browser, *levels, prompt="none")
        assert back.left
        assert (back.params["error"], back.params["state"]) == ("login_required", "st-1")
        assert "code" not in back.params
    implicit = place.ask(browser, 4, prompt="none", response_type="token")
    assert "#" in implicit.url
    assert implicit.params["error"] == "login_required"
    assert place.told(place.ask(browser, 1, prompt="none")) == (LEVEL(1), ["pwd"])


def test_a_login_that_is_forced_begins_anew(place: Place) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    assert place.ask(browser, 4, prompt="login").title == "Sign in"
    assert place.password(browser).path == "/mfa/code"


@pytest.mark.parametrize(("age", "title"), [("660", "Confirm that it is you"), ("599", "Sign in"), ("0", "Sign in")])
def test_a_session_that_is_too_old_begins_anew(place: Place, age: str, title: str) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.running.world.clock.advance(600)
    assert place.ask(browser, 4, max_age=age).title == title
    if title == "Sign in":
        browser.get(f"/login?{place.site.query(acr_values=LEVEL(4), max_age=age)}")
        assert place.password(browser).path == "/mfa/code"


def test_the_level_of_a_young_sign_in_counts_and_of_an_old_one_not(place: Place) -> None:
    place.have("SOFTWARE_TOKEN_MFA")
    browser = place.site.at("/oauth2/authorize")
    place.password(browser)
    browser.submit(code=place.totp(), having="code")
    assert place.ask(browser, 4, max_age="300").left
    place.running.world.clock.advance(301)
    assert place.ask(browser, 4, max_age="300").title == "Sign in"


def test_values_that_no_level_has(place: Place) -> None:
    """They are ignored, also where there are no others: a live session answers."""
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    for values in ("urn:x", LEVEL(5), "4", LEVEL(4).upper()):
        back = browser.get(f"/oauth2/authorize?{place.site.query(acr_values=values)}")
        assert place.told(back) == (LEVEL(1), ["pwd"])
    page = browser.get(f"/oauth2/authorize?{place.site.query(acr_values=f'urn:x {LEVEL(4)}')}")
    assert page.title == "Confirm that it is you"
    assert place.told(browser.get(f"/oauth2/authorize?{place.site.query(acr_values=' ')}")) == (LEVEL(1), ["pwd"])


def test_the_login_endpoint_takes_the_same(place: Place) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    page = browser.get(f"/login?{place.site.query(acr_values=LEVEL(4))}")
    assert page.title == "Confirm that it is you"
    assert browser.get(f"/login?{place.site.query(acr_values=LEVEL(1))}").title == "You are signed in"


def test_what_was_begun_for_one_level_is_not_finished_for_another(place: Place) -> None:
    browser = place.signed_in("SMS_MFA", "SOFTWARE_TOKEN_MFA")
    place.ask(browser, 3)
    page = browser.submit(step_up="1")
    code = page.code
    fields = page.fields(page.form(having="code"))
    answer = browser.post(f"/mfa/code?{place.site.query(acr_values=LEVEL(4))}", {**fields, "code": code})
    assert answer.path == "/login"
    assert not answer.left


def test_another_account_is_one_link_away(place: Place) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.ask(browser, 4)
    page = browser.click("Use another account")
    assert page.title == "Sign in"
    assert "cognito" not in browser.cookies


def test_levels_by_the_names_of_the_pool_and_a_session_of_another_name(running: Running) -> None:
    names_ = {f"Level{number}": {"AcrValue": f"new:{number}"} for number in (1, 2, 3, 4)}
    place = Place(running)
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.ask(browser, 4)
    browser.submit(step_up="1")
    browser.submit(code=place.totp(), having="code")
    running.call("UpdateUserPool", UserPoolId=place.site.pool, AcrConfiguration=names_, SmsConfiguration=SMS)
    browser.get(f"/oauth2/authorize?{place.site.query(acr_values='new:4')}")
    # Nothing is missing, and nothing is given for it: the sign-in begins anew.
    assert browser.submit(step_up="1").title == "Sign in"
    running.world.clock.advance(31)
    assert place.password(browser).path == "/mfa/code"
    assert place.told(browser.submit(code=place.totp(), having="code")) == ("new:4", ["pwd", "otp", "mfa"])


@pytest.mark.parametrize("way", ["lite", "classic"])
def test_where_there_are_no_levels_they_are_ignored(running: Running, way: str) -> None:
    lite: dict[str, Any] = {"UserPoolTier": "LITE"} if way == "lite" else {}
    place = Place(running, version=1, **lite)
    browser = place.site.browser()
    browser.get(f"/oauth2/authorize?{place.site.query(acr_values='urn:x ' + LEVEL(4))}")
    assert place.told(place.password(browser)) == (LEVEL(1), ["pwd"])
    assert place.told(place.ask(browser, 4)) == (LEVEL(1), ["pwd"])


def test_a_missing_password_is_all_that_is_asked_for(running: Running) -> None:
    place = Place(running, CHOICE, **CODES)
    browser = place.site.at("/oauth2/authorize")
    browser.submit(username="ann")
    page = browser.submit(answer="EMAIL_OTP")
    assert place.told(browser.submit(code=page.code, having="code")) == (LEVEL(2), ["email_otp"])
    for typed, error in (("Wrong-horse-7", "Incorrect username or password."), (PASSWORD, None)):
        place.ask(browser, 3)
        page = browser.submit(step_up="1")
        assert page.path == "/login/password"
        back = browser.submit(password=typed)
        assert back.error == error
    assert place.told(back) == (LEVEL(3), ["email_otp", "pwd", "mfa"])


def test_a_code_is_all_that_is_missing_to_a_password(running: Running) -> None:
    place = Place(running, CHOICE, **CODES)
    browser = place.site.at("/oauth2/authorize")
    browser.submit(username="ann")
    browser.submit(answer="PASSWORD")
    assert place.told(browser.submit(password=PASSWORD)) == (LEVEL(1), ["pwd"])
    place.ask(browser, 3)
    page = browser.submit(step_up="1")
    assert page.path == "/mfa/code"
    assert place.told(browser.submit(code=page.code, having="code")) == (LEVEL(3), ["pwd", "email_otp", "mfa"])


def test_only_what_leads_to_the_level_is_offered(running: Running) -> None:
    place = Place(running, CHOICE, **CODES)
    browser = place.site.browser()
    place.ask(browser, 2)
    page = browser.submit(username="ann")
    assert page.path in ("/mfa/code", "/login/choose")
    if page.path == "/login/choose":
        page = browser.submit(answer="EMAIL_OTP")
    assert place.told(browser.submit(code=page.code, having="code")) == (LEVEL(2), ["email_otp"])


def test_a_session_of_a_user_who_is_disabled(place: Place, idp: Any) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.ask(browser, 4)
    idp.admin_disable_user(UserPoolId=place.site.pool, Username="ann")
    assert browser.submit(step_up="1").title == "Sign in"
    assert place.ask(browser, 4).title == "Sign in"


def test_a_reset_password_is_no_credit(place: Place, idp: Any) -> None:
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.ask(browser, 4)
    idp.admin_set_user_password(UserPoolId=place.site.pool, Username="ann", Password="Temporary-7x", Permanent=False)
    page = browser.submit(step_up="1")
    assert not page.left
    assert page.path == "/login"


# --- levels at identity providers ------------------------------------------------------------------------

MAPPING = {"Level2": "silver", "Level4": "gold"}


def external(running: Running, provider: Provider) -> Site:
    place = with_provider(running, "Mine", "OIDC", provider.details)
    running.call("UpdateIdentityProvider", UserPoolId=place.pool, ProviderName="Mine", AcrMapping=MAPPING)
    return place


@pytest.mark.parametrize(
    ("levels", "sent"),
    [((4,), "gold"), ((4, 3, 2), "gold silver"), ((2, 4), "silver gold"), ((3,), None), ((), None)],
)
def test_levels_as_the_provider_calls_them(
    running: Running, provider: Provider, levels: tuple[int, ...], sent: str | None
) -> None:
    place = external(running, provider)
    asked = {"acr_values": " ".join(LEVEL(one) for one in levels)} if levels else {}
    assert depart(place, place.browser(), "Mine", **asked).get("acr_values") == sent


def test_a_provider_without_a_mapping_is_told_nothing(running: Running, provider: Provider) -> None:
    place = with_provider(running, "Mine", "OIDC", provider.details)
    assert "acr_values" not in depart(place, place.browser(), "Mine", acr_values=LEVEL(4))


def test_a_session_of_the_provider_and_a_level(running: Running, provider: Provider) -> None:
    """Who came from a provider is stepped up there; what it says counts."""
    place = external(running, provider)
    browser = place.browser()
    sent = depart(place, browser, "Mine")
    provider.nonce, provider.claims = sent["nonce"], {"acr": "silver", "amr": ["pwd"]}
    assert of(redeem(place, arrive(browser, sent).params["code"])) == (LEVEL(2), ["pwd"])
    again = {"identity_provider": "Mine"}
    assert browser.get(f"/oauth2/authorize?{place.query(acr_values=LEVEL(2), **again)}").left
    back = browser.get(f"/oauth2/authorize?{place.query(acr_values=LEVEL(4), prompt='none')}")
    assert back.params["error"] == "login_required"
    page = browser.get(f"/oauth2/authorize?{place.query(acr_values=LEVEL(4))}")
    assert page.title == "Sign in"  # nothing can be added to it here
    sent = depart(place, browser, "Mine", acr_values=LEVEL(4))
    assert sent["acr_values"] == "gold"
    provider.nonce, provider.claims = sent["nonce"], {"acr": "gold", "amr": ["hwk"]}
    assert of(redeem(place, arrive(browser, sent).params["code"])) == (LEVEL(4), ["hwk"])
    assert browser.get(f"/oauth2/authorize?{place.query(acr_values=LEVEL(4))}").left


def test_a_provider_that_gives_less_is_believed(running: Running, provider: Provider) -> None:
    """The app has to look at the claim: "Enforcing that an operation requires a given level" is its own."""
    place = external(running, provider)
    browser = place.browser()
    sent = depart(place, browser, "Mine", acr_values=LEVEL(4))
    provider.nonce, provider.claims = sent["nonce"], {"acr": "bronze"}
    assert of(redeem(place, arrive(browser, sent).params["code"])) == (LEVEL(1), ["fed"])


def test_a_federated_sign_in_credits_nothing_in_the_api(running: Running, idp: Any, provider: Provider) -> None:
    place = external(running, provider)
    browser = place.browser()
    scope = "openid aws.cognito.signin.user.admin"
    sent = depart(place, browser, "Mine", scope=scope)
    provider.nonce, provider.claims = sent["nonce"], {"acr": "silver", "amr": ["pwd", "otp", "mfa"]}
    tokens = redeem(place, arrive(browser, sent).params["code"])
    assert of(tokens) == (LEVEL(2), ["pwd", "otp", "mfa"])
    members = {"UserPoolId": place.pool, "ClientId": place.client, "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}
    running.call("UpdateUserPoolClient", **members)
    given = {"TARGET_ACR_VALUES": LEVEL(4), "ACCESS_TOKEN": tokens["AccessToken"], "USERNAME": "Mine_s-1"}
    with refused("NotAuthorizedException", "Incorrect username or password."):
        idp.initiate_auth(ClientId=place.client, AuthFlow="USER_AUTH", AuthParameters=given)
