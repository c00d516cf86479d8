"""What the pages are proof against: forged forms, planted cookies, markup in every value, frames, other hosts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from tests.helpers.browser import APP, Browser
from tests.helpers.build import PASSWORD, user
from tests.helpers.harness import Running
from tests.helpers.page_paths import PATHS
from tests.helpers.site import EMAIL, OAUTH, Site, site

EVIL = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"""
FORM = {"username": "ann", "password": PASSWORD}
PAGES = sorted(PATHS - {"/oauth2/login", "/confirmForgotPassword"})
FORMS = [path for path in PAGES if path not in ("/error", "/confirmUser", "/confirmUser/")]


def ready(running: Running, **more: Any) -> Site:
    place = site(running, **more)
    user(running, place.pool)
    return place


def login(browser: Browser, place: Site, token: str | None, **headers: str) -> int:
    """The status of a sign-in by a form with that token."""
    fields = {**FORM, **({} if token is None else {"csrf": token})}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post(f"/login?{place.query()}", fields, follow=False, headers=given).status


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_the_token_changes_nothing(running: Running, path: str) -> None:
    place = ready(running)
    browser = place.at("/login")
    for fields in (FORM, {**FORM, "csrf": "00000000-0000-4000-8000-000000000000"}, {**FORM, "_csrf": ""}):
        answer = browser.post(f"{path}?{place.query()}", fields)
        assert (answer.status, answer.path) == (403, path)
        assert "This page is no longer valid. Please try again." in answer.body
    assert "cognito" not in browser.cookies


def test_the_token_of_another_browser_is_not_taken(running: Running) -> None:
    place = ready(running)
    other = place.at("/login").cookies["XSRF-TOKEN"]
    browser = place.at("/login")
    assert login(browser, place, other) == 403
    browser.cookies["XSRF-TOKEN"] = ""
    assert login(browser, place, "") == 403
    browser.cookies["XSRF-TOKEN"] = "x"
    assert login(browser, place, "x") == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://other.auth.localhost"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_not_taken_though_it_knows_the_token(
    running: Running, headers: dict[str, str]
) -> None:
    place = ready(running)
    browser = place.at("/login")
    assert login(browser, place, browser.cookies["XSRF-TOKEN"], **headers) == 403


def test_forms_of_this_host_are_taken_also_behind_a_proxy(running: Running) -> None:
    place = ready(running)
    browser = place.at("/login")
    token = browser.cookies["XSRF-TOKEN"]
    assert login(browser, place, token, origin=browser.base, sec_fetch_site="same-origin") == 302
    forwarded = {"origin": "https://id.example.com", "x_forwarded_host": "id.example.com"}
    own = Site(running, place.pool, place.client)  # a proxy may stand before the emulator's own host
    assert login(own.browser(), own, None, **forwarded) == 403
    browser = own.at("/login")
    assert login(browser, own, browser.cookies["XSRF-TOKEN"], **forwarded) == 302


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join([b"a=1"] * 200), b"a=" + b"x" * 300_000])
def test_what_is_no_form_is_refused(running: Running, body: bytes) -> None:
    place = ready(running)
    browser = place.at("/login")
    answer = browser._send("POST", f"{browser.base}/login?{place.query()}", body, {})  # type: ignore[arg-type]
    assert answer.status == 403


def test_the_session_cookie_is_a_new_one_each_time(running: Running) -> None:
    """Session fixation: what was planted before the sign-in is worth nothing after it."""
    place = ready(running)
    browser = place.at("/login")
    browser.cookies["cognito"] = "planted"
    browser.submit(**FORM)
    first = browser.cookies["cognito"]
    assert first != "planted"
    browser.get(f"/login?{place.query(prompt='login')}")
    browser.submit(**FORM)
    assert browser.cookies["cognito"] not in (first, "planted")


def test_cookies_are_hidden_from_scripts_and_from_other_sites(running: Running) -> None:
    place = ready(running, Schema=[{"Name": "email", "Required": True}])
    running.call("AdminSetUserPassword", UserPoolId=place.pool, Username="ann", Password=PASSWORD, Permanent=False)
    browser = place.at("/login", lang="de")
    assert browser.page is not None
    lines = browser.page.set_cookies
    lines += browser.submit(**FORM, follow=False).set_cookies
    assert {line.partition("=")[0] for line in lines} == {"XSRF-TOKEN", "lang", "page-data"}
    for line in lines:
        assert "HttpOnly" in line
        assert "Path=/" in line
        assert "SameSite=lax" in line
        assert "Secure" not in line
        assert "Domain" not in line


def test_cookies_are_secure_where_the_browser_came_by_tls(running: Running) -> None:
    place = ready(running)
    browser = place.browser()
    url = f"{browser.base}/login?{place.query()}"
    answer = browser._send("GET", url, None, {"x-forwarded-proto": "https"})
    assert answer.set_cookies
    assert all("Secure" in line for line in answer.set_cookies)


def test_no_address_holds_a_secret(running: Running) -> None:
    """Neither session, password nor code: only the request's own parameters."""
    place = ready(running, Schema=[{"Name": "email", "Required": True}], **EMAIL)
    running.call("AdminSetUserPassword", UserPoolId=place.pool, Username="ann", Password=PASSWORD, Permanent=False)
    browser = place.at("/login")
    first = browser.page.url if browser.page else ""
    page = browser.submit(**FORM)
    assert page.path == "/newpassword"
    assert page.url.partition("?")[2] == first.partition("?")[2]


def test_page_data_cannot_be_made_or_carried_elsewhere(running: Running) -> None:
    place = ready(running, Schema=[{"Name": "email", "Required": True}])
    running.call("AdminSetUserPassword", UserPoolId=place.pool, Username="ann", Password=PASSWORD, Permanent=False)
    browser = place.at("/login")
    browser.submit(**FORM)
    sealed = browser.cookies["page-data"]
    assert browser.get(f"/newpassword?{place.query()}").path == "/newpassword"
    for forged in ("", "x", sealed[:-4] + "AAAA", sealed[:40]):
        browser.cookies["page-data"] = forged
        assert browser.get(f"/newpassword?{place.query()}").path == "/login"
    # Another request, and another client: what was begun for one is not finished for another.
    other = running.call("CreateUserPoolClient", UserPoolId=place.pool, ClientName="o", **OAUTH)["UserPoolClient"]
    running.call(
        "CreateManagedLoginBranding", UserPoolId=place.pool, ClientId=other["ClientId"], UseCognitoProvidedValues=True
    )
    for query in (place.query(state="other"), Site(running, place.pool, other["ClientId"]).query()):
        browser.cookies["page-data"] = sealed
        assert browser.get(f"/newpassword?{query}").path == "/login"
    browser.cookies["page-data"] = sealed
    running.world.clock.advance(301)
    assert browser.get(f"/newpassword?{place.query()}").path == "/login"


@pytest.mark.parametrize("path", PAGES)
def test_headers_of_every_page(running: Running, path: str) -> None:
    place = ready(running)
    browser = place.browser()
    browser.get(f"{path}?{place.query()}")
    page = browser.page
    assert page is not None
    assert page.headers["x-frame-options"] == "DENY"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-cache, no-store, max-age=0, must-revalidate"
    assert page.headers["x-content-type-options"] == "nosniff"
    # Not "no-referrer": browsers would send `Origin: null` with the forms.
    assert page.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in page.headers


def test_forms_that_may_lead_to_the_app_are_not_held_here(running: Running) -> None:
    """Chromium holds `form-action` against the redirects that follow, the app's own included."""
    place = ready(running)
    pages = {path: place.at(path).page for path in ("/login", "/signup", "/forgotPassword")}
    held = {path: "form-action" in page.headers["content-security-policy"] for path, page in pages.items() if page}
    assert held == {"/login": False, "/signup": False, "/forgotPassword": True}


def test_no_script_or_style_stands_in_a_page(running: Running) -> None:
    place = ready(running)
    for path in ("/login", "/signup", "/forgotPassword"):
        page = place.at(path).page
        assert page is not None
        assert not page.soup.select("style, [style], script:not([src])")


def test_other_origins_scripts_are_told_nothing(running: Running) -> None:
    place = ready(running)
    browser = place.browser()
    for path in ("/login", "/_pages/pages.css"):
        answer = browser._send("OPTIONS", f"{browser.base}{path}", None, {"origin": "https://evil.example"})
        assert answer.status == 405
        assert "access-control-allow-origin" not in answer.headers


def executable(soup: BeautifulSoup) -> list[str]:
    """Markup that came out of a value, or an attribute that would run it."""
    inside = [str(tag) for tag in soup.find_all("script") if not str(tag.get("src", "")).startswith("/_pages/")]
    inside += [str(tag) for tag in soup.find_all("img") if tag.get("src") == "x"]
    for tag in soup.find_all(True):
        inside += [name for name in tag.attrs if name.startswith("on")]
        inside += [str(tag[name]) for name in ("href", "action") if str(tag.get(name, "")).startswith("javascript:")]
    return inside


@pytest.mark.parametrize("version", [1, 2])
def test_markup_in_what_is_typed(running: Running, version: int) -> None:
    place = ready(running, version=version, Schema=[{"Name": "given_name", "Required": True}])
    for path, fields in {
        "/login": {"username": EVIL, "password": EVIL},
        "/signup": {"username": EVIL, "password": EVIL, "requiredAttributes[given_name]": EVIL},
        "/forgotPassword": {"username": EVIL},
    }.items():
        page = place.at(path).submit(**fields)
        assert page.status == 200
        assert not executable(page.soup), path
        shown = page.soup.find("input", attrs={"name": "username"})
        assert shown is not None
        assert shown["value"] == EVIL.strip()


@pytest.mark.parametrize(
    "parameter", ["state", "nonce", "login_hint", "lang", "idp_identifier", "prompt", "ui_locales", "extra"]
)
def test_markup_in_the_address(running: Running, parameter: str) -> None:
    page = ready(running).at("/login", **{parameter: EVIL}).page
    assert page is not None
    if page.left:
        return  # refused by the app's own address
    assert not executable(page.soup)


def test_markup_in_an_error(running: Running) -> None:
    place = ready(running)
    browser = place.browser()
    for client in (place.client, EVIL):
        page = browser.get(f"/error?{urlencode({'error': EVIL, 'client_id': client})}")
        assert (page.status, page.title) == (400, "An error was encountered with the requested page.")
        assert not executable(page.soup)
        assert EVIL in page.soup.get_text()


def test_markup_in_names_attributes_and_messages(running: Running) -> None:
    place = site(
        running,
        Schema=[{"Name": "email", "Required": True}],
        VerificationMessageTemplate={"EmailMessage": "{####} <script>alert(1)</script>"},
        **EMAIL,
    )
    running.call(
        "CreateIdentityProvider",
        UserPoolId=place.pool,
        ProviderName="O'Neil",
        ProviderType="OIDC",
        ProviderDetails={
            "client_id": "c",
            "client_secret": "s",
            "authorize_scopes": "openid",
            "attributes_request_method": "GET",
            "oidc_issuer": "https://idp.example.com",
            "authorize_url": "https://idp.example.com/a",
            "token_url": "https://idp.example.com/t",
            "attributes_url": "https://idp.example.com/u",
            "jwks_uri": "https://idp.example.com/j",
        },
    )
    running.call(
        "UpdateUserPoolClient",
        UserPoolId=place.pool,
        ClientId=place.client,
        SupportedIdentityProviders=["COGNITO", "O'Neil"],
        **OAUTH,
    )
    browser = place.at("/login")
    assert browser.page is not None
    assert not executable(browser.page.soup)
    button = browser.page.soup.select_one("a.idp")
    assert button is not None
    assert button.get_text(strip=True).endswith("Continue with O'Neil")
    assert "identity_provider=O%27Neil" in str(button["href"])
    browser = place.at("/signup")
    given = {"username": "<b>bold</b>", "requiredAttributes[email]": "ann@example.com"}
    page = browser.submit(**given, password=PASSWORD, passwordConfirmation=PASSWORD)
    assert page.path == "/confirm"
    assert not executable(page.soup)
    assert "<script>alert(1)</script>" in page.soup.get_text()


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgotPassword", "/passkeys/add"])
@pytest.mark.parametrize(
    "redirect_uri", ["https://evil.example/", f"{APP}/../x", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_an_address_that_is_not_the_clients(running: Running, path: str, redirect_uri: str) -> None:
    place = ready(running)
    page = place.at(path, redirect_uri=redirect_uri).page
    assert page is not None
    assert (page.path, page.status, page.params["error"]) == ("/error", 400, "redirect_mismatch")
    assert "redirect_mismatch" in page.body
    assert "CallbackURLs" in page.body


def test_a_client_of_another_pool_is_not_known_at_a_domain(running: Running) -> None:
    place, other = ready(running), site(running, domain="other")
    mixed = Site(running, place.pool, place.client, other.domain)
    page = mixed.at("/login").page
    assert page is not None
    assert (page.path, page.status) == ("/error", 400)
    page = Site(running, place.pool, place.client, "nowhere").at("/login").page
    assert page is not None
    assert page.status == 404


def test_messages_are_shown_under_private_names_alone(running: Running) -> None:
    """As by the control API: a name that others can register could be pointed here (DNS rebinding)."""
    place = site(running, domain=None, Schema=[{"Name": "email", "Required": True}], **EMAIL)
    fields = {"username": "ann", "requiredAttributes[email]": "ann@example.com"}
    browser = place.at("/signup")
    page = browser.submit(**fields, password=PASSWORD, passwordConfirmation=PASSWORD)
    code = page.code
    assert page.path == "/confirm"
    for host, shown in {"auth.example.com": False, "pages.localhost": True, "emulator": True}.items():
        stranger = Browser(running.port, host)
        stranger.cookies = dict(browser.cookies)
        page = stranger.get(f"/confirm?{place.query()}")
        assert page.path == "/confirm"
        assert (code in page.body) is shown, host
