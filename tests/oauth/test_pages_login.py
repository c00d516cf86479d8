"""`/login`: user name and password in both versions of the pages, and who is signed in already."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.helpers.browser import APP
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.harness import Running
from tests.helpers.site import CHOICE, EMAIL, OAUTH, Site, site

VERSIONS = pytest.mark.parametrize("version", [1, 2])
ADMIN_ONLY: dict[str, Any] = {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}}


@VERSIONS
def test_user_name_and_password_lead_back_to_the_app_with_a_code_and_the_state(running: Running, version: int) -> None:
    place = site(running, version=version)
    user(running, place.pool)
    answer = place.at("/oauth2/authorize").submit(username="ann", password=PASSWORD)
    assert answer.url.startswith(f"{APP}?")
    assert answer.params["state"] == "st-1"
    assert len(answer.params["code"]) == 36


def test_without_a_domain_the_emulators_own_host_has_the_pages(running: Running) -> None:
    place = site(running, domain=None)
    user(running, place.pool)
    assert place.at("/login").submit(username="ann", password=PASSWORD).left


def test_tokens_come_in_the_fragment_where_the_client_asked_for_them(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    answer = place.at("/login", response_type="token").submit(username="ann", password=PASSWORD)
    assert answer.url.startswith(f"{APP}#")
    assert {"id_token", "access_token", "state"} <= answer.params.keys()


@pytest.mark.parametrize("name", ["_csrf", "csrf"])
def test_the_scripted_sign_in_of_ci_jobs_works(running: Running, name: str) -> None:
    """One POST with the cookie's token, in the classic form's field or in managed login's."""
    place = site(running, version=1 if name == "_csrf" else 2)
    user(running, place.pool)
    browser = place.at("/oauth2/authorize")
    fields = {name: browser.cookies["XSRF-TOKEN"], "username": "ann", "password": PASSWORD, "cognitoAsfData": ""}
    answer = browser.post(f"/login?{place.query()}", fields, follow=False)
    assert answer.status == 302
    assert answer.headers["location"].startswith(f"{APP}?code=")
    assert answer.headers["location"].endswith("&state=st-1")


def test_the_classic_form_has_the_names_that_tests_look_for(running: Running) -> None:
    page = site(running, version=1).at("/login").page
    assert page is not None
    assert page.title == "Sign in with your username and password"
    assert page.soup.select_one("form.cognito-asf[name=cognitoSignInForm]")
    assert page.soup.select_one(".visible-lg input#signInFormUsername[name=username]")
    assert page.soup.select_one("input#signInFormPassword[name=password]")
    button = page.soup.select_one("input[type=submit][name=signInSubmitButton]")
    assert button is not None
    assert button["aria-label"] == "submit"


@VERSIONS
@pytest.mark.parametrize(
    ("username", "password", "text"),
    [
        ("ann", "Wrong-horse-7", "Incorrect username or password."),
        ("bob", PASSWORD, "Incorrect username or password."),
        ("ann", "", "Incorrect username or password."),
        ("", PASSWORD, "Incorrect username or password."),
    ],
)
def test_wrong_credentials(running: Running, version: int, username: str, password: str, text: str) -> None:
    place = site(running, version=version, client={"PreventUserExistenceErrors": "ENABLED"})
    user(running, place.pool)
    answer = place.at("/login").submit(username=username, password=password)
    assert (answer.path, answer.error) == ("/login", text)
    shown = answer.soup.find(id="signInFormUsername")
    assert shown is not None
    assert shown.get("value", "") == username
    assert password not in answer.body or not password


def test_five_wrong_passwords_lock_the_user_for_a_second(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    for _ in range(5):
        browser.submit(username="ann", password="Wrong-horse-7")
    assert browser.submit(username="ann", password=PASSWORD).error == (
        "Too many failed attempts. Please wait a moment and try again."
    )
    running.world.clock.advance(2)
    assert browser.submit(username="ann", password=PASSWORD).left


def test_a_disabled_user_and_one_whose_password_was_reset(running: Running) -> None:
    place = site(running, **EMAIL)
    user(running, place.pool, email="ann@example.com", email_verified="true")
    running.call("AdminResetUserPassword", UserPoolId=place.pool, Username="ann")
    browser = place.at("/login")
    assert browser.submit(username="ann", password=PASSWORD).error == (
        "Your password has to be reset. Follow the link for a forgotten password."
    )
    running.call("AdminDisableUser", UserPoolId=place.pool, Username="ann")
    assert browser.submit(username="ann", password=PASSWORD).error == "User is disabled."


@pytest.mark.parametrize(
    ("flow", "typed"),
    [("ALLOW_USER_PASSWORD_AUTH", {"username": "ann", "password": PASSWORD}), ("ALLOW_USER_AUTH", {"username": "ann"})],
)
def test_a_disabled_user_is_not_hidden(running: Running, flow: str, typed: dict[str, str]) -> None:
    place = site(running, client={"PreventUserExistenceErrors": "ENABLED", "ExplicitAuthFlows": [flow]})
    user(running, place.pool)
    running.call("AdminDisableUser", UserPoolId=place.pool, Username="ann")
    assert place.at("/login").submit(**typed).error == "User is disabled."


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({}, "Username"),
        ({"UsernameAttributes": ["email"]}, "Email address"),
        ({"UsernameAttributes": ["phone_number"]}, "Phone number"),
        ({"UsernameAttributes": ["phone_number", "email"]}, "Email or phone number"),
        ({"AliasAttributes": ["email"]}, "Username or email"),
        ({"AliasAttributes": ["preferred_username"]}, "Username"),
        ({"AliasAttributes": ["email", "phone_number"]}, "Username, email or phone number"),
    ],
)
def test_the_first_field_is_called_what_users_sign_in_with(
    running: Running, settings: dict[str, Any], label: str
) -> None:
    page = site(running, **settings).at("/login").page
    assert page is not None
    found = page.soup.find("label", attrs={"for": "signInFormUsername"})
    assert found is not None
    assert found.get_text() == label


def test_links_are_there_as_the_pool_allows(running: Running) -> None:
    links = {"Forgot your password?", "Create an account"}
    assert links <= _links(site(running, domain="first"))
    closed = site(running, domain="second", AdminCreateUserConfig={"AllowAdminCreateUserOnly": True}, **ADMIN_ONLY)
    assert not links & _links(closed)


def _links(place: Site) -> set[str]:
    page = place.at("/login").page
    assert page is not None
    return {link.get_text(strip=True) for link in page.soup.find_all("a")}


def test_every_link_keeps_the_whole_query(running: Running) -> None:
    place = site(running)
    browser = place.at("/login", nonce="n 1", code_challenge="a" * 43, code_challenge_method="S256")
    assert browser.page is not None
    query = browser.page.url.partition("?")[2]
    for link in browser.page.soup.find_all("a"):
        assert str(link["href"]).partition("?")[2] == query


def test_login_hint_fills_in_the_user_name(running: Running) -> None:
    page = site(running).at("/login", login_hint="ann@example.com").page
    assert page is not None
    assert page.fields(page.form())["username"] == "ann@example.com"


def test_who_is_signed_in_goes_on_with_one_press_or_as_somebody_else(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    page = browser.get(f"/login?{place.query(state='st-2')}")
    assert page.title == "You are signed in"
    answer = browser.click("Sign in as ann")
    assert answer.left
    assert answer.params["state"] == "st-2"
    browser.get(f"/login?{place.query()}")
    page = browser.click("Use another account")
    assert (page.path, page.title) == ("/login", "Sign in")
    assert "cognito" not in browser.cookies


def test_prompt_login_asks_again_although_somebody_is_signed_in(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    page = browser.get(f"/oauth2/authorize?{place.query(prompt='login')}")
    assert (page.path, page.title) == ("/login", "Sign in")
    assert browser.submit(username="ann", password=PASSWORD).left


def test_a_second_client_of_the_pool_needs_no_page_until_the_hour_is_over(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    other = running.call("CreateUserPoolClient", UserPoolId=place.pool, ClientName="other", **OAUTH)["UserPoolClient"]
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    second = Site(running, place.pool, other["ClientId"], place.domain)
    running.call(
        "CreateManagedLoginBranding", UserPoolId=place.pool, ClientId=other["ClientId"], UseCognitoProvidedValues=True
    )
    assert browser.get(f"/oauth2/authorize?{second.query()}").left
    running.world.clock.advance(3601)
    assert browser.get(f"/oauth2/authorize?{second.query()}").path == "/login"


def test_sign_out_ends_the_session(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    away = urlencode({"client_id": place.client, "logout_uri": "https://app.example.com/"})
    assert browser.get(f"/logout?{away}").url == "https://app.example.com/"
    assert browser.get(f"/oauth2/authorize?{place.query()}").path == "/login"


def test_a_client_with_the_choice_is_asked_for_the_name_first(running: Running) -> None:
    place = site(running, client=CHOICE)
    user(running, place.pool)
    browser = place.at("/login")
    assert browser.page is not None
    assert "password" not in browser.page.fields(browser.page.form())
    page = browser.submit(username="ann")
    assert page.title == "Enter your password"
    page = browser.submit(password="Wrong-horse-7")
    assert (page.title, page.error) == ("Enter your password", "Incorrect username or password.")
    assert browser.submit(password=PASSWORD).left


def test_a_client_with_the_choice_takes_the_password_in_the_same_post(running: Running) -> None:
    place = site(running, client=CHOICE)
    user(running, place.pool)
    browser = place.at("/login")
    fields = {"csrf": browser.cookies["XSRF-TOKEN"], "username": "ann", "password": PASSWORD}
    assert browser.post(f"/login?{place.query()}", fields).left


def test_the_flows_of_the_api_do_not_matter_to_the_pages(running: Running) -> None:
    place = site(running, client={"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]})
    user(running, place.pool)
    assert place.at("/login").submit(username="ann", password=PASSWORD).left


def test_an_unconfirmed_user_confirms_in_managed_login_and_is_told_in_the_classic_pages(running: Running) -> None:
    for version, domain in ((1, "classic"), (2, "managed")):
        place = site(running, version=version, domain=domain, **EMAIL)
        members = {"Username": "ann", "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": "a@b.cd"}]}
        running.call("SignUp", ClientId=place.client, **members)
        browser = place.at("/login")
        page = browser.submit(username="ann", password=PASSWORD)
        expected = ("/login", "User is not confirmed.") if version == 1 else ("/confirm", None)
        assert (page.path, page.error) == expected
    assert page.lead == "Your account is not confirmed yet. Enter the code that we sent you to confirm it."
    page = browser.submit(code=page.code)
    assert page.path == "/login"  # nobody has shown the password yet
    assert "Your account is confirmed. You can sign in now." in page.body
    assert browser.submit(username="ann", password=PASSWORD).left


def test_a_page_of_a_pool_in_the_tier_lite_is_classic(running: Running) -> None:
    made = setup(running, OAUTH, UserPoolTier="LITE")
    place = Site(running, made.pool, made.client)
    page = place.at("/login").page
    assert page is not None
    assert page.title == "Sign in with your username and password"


def test_prompt_none_at_the_page_itself_is_answered_at_the_app(running: Running) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    running.world.clock.advance(10)
    answer = browser.get(f"/login?{place.query(prompt='none', max_age='5')}")
    assert answer.left
    assert answer.params["error"] == "login_required"


@pytest.mark.parametrize("path", ["/login", "/signup"])
def test_a_page_with_a_scope_that_the_client_does_not_have(running: Running, path: str) -> None:
    """A page tells it itself; the authorization endpoint tells the app."""
    place = site(running)
    page = place.at(path, scope="openid offline_access").page
    assert page is not None
    assert (page.path, page.status) == ("/error", 400)
    assert page.params == {"error": "invalid_scope", "client_id": place.client}
    back = place.browser().get(f"/oauth2/authorize?{place.query(scope='openid offline_access')}")
    assert back.left
    assert (back.params["error"], back.params["error_description"]) == ("invalid_request", "invalid_scope")
