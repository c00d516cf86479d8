"""The classic hosted UI: its structure, class names, texts and placeholders, as tests of apps look for them."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.oauth.pages.render import static
from tests.helpers.browser import Answer
from tests.helpers.build import user
from tests.helpers.harness import Running
from tests.helpers.page_look import offer, social
from tests.helpers.site import EMAIL, site

FORM = ".panel-left-border > :nth-child(2) > :nth-child(1) > .cognito-asf"


def opened(running: Running, *providers: str, path: str = "/login", **pool: Any) -> Answer:
    place = site(running, version=1, **pool)
    social(running, place, *providers)
    offer(running, place, "COGNITO", *providers)
    page = place.at(path).page
    assert page is not None
    return page


def texts(page: Answer, selector: str) -> list[str]:
    return [found.get_text(strip=True) for found in page.soup.select(selector)]


def test_with_providers_it_has_two_columns(running: Running) -> None:
    page = opened(running, "Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
    assert page.soup.select_one(".modal-dialog.wide .modal-content.background-customizable .modal-body")
    assert page.soup.select_one(".panel.panel-left-border.col-md-6.col-lg-6 form[name=cognitoSignInForm]")
    left = ".panel.panel-right-border.col-md-6.col-lg-6"
    assert texts(page, f"{left} .idpDescription-customizable") == ["Sign In with your social account"]
    assert texts(page, f"{left} .socialButton-customizable") == [
        "Continue with Google", "Continue with Facebook", "Continue with Amazon", "Continue with Apple",
    ]  # fmt: skip
    assert texts(page, ".legalText-customizable") == ["We won't post to any of your accounts without asking first"]
    assert texts(page, ".span-or") == ["or"]
    assert page.soup.select_one(f"{left} .google-button svg")


def test_without_providers_it_has_one(running: Running) -> None:
    page = opened(running)
    assert not page.soup.select(".wide, .panel-right-border, .span-or, .legalText-customizable")
    assert page.soup.select_one(".banner-customizable")


def test_corporate_providers_have_their_names_on_the_buttons(running: Running) -> None:
    page = opened(running, "Contoso")
    assert texts(page, ".idpDescription-customizable") == ["Sign in with your corporate ID"]
    assert texts(page, "a.btn-info.idpButton-customizable") == ["Contoso"]
    assert not page.soup.select(".legalText-customizable")


def test_fields_are_where_recorded_selectors_find_them(running: Running) -> None:
    """Paths that recorders of Cypress made on AWS's page, in public repositories."""
    page = opened(running, "Google")
    assert page.soup.select_one(f"{FORM} > :nth-child(2) #signInFormUsername[placeholder=Username]")
    assert page.soup.select_one(f"{FORM} > :nth-child(3) #signInFormPassword[placeholder=Password]")
    assert page.soup.select_one(f"{FORM} > .btn[name=signInSubmitButton]")


def test_texts_of_the_links_and_placeholders(running: Running) -> None:
    page = opened(running, UsernameAttributes=["email"])
    assert page.title == "Sign in with your email and password"
    assert page.soup.select_one("input[placeholder='name@host.com']")
    assert "Need an account?" in page.body
    assert {"Forgot your password?", "Sign up"} <= set(texts(page, "a"))


def test_password_rules_are_sentences_of_the_classic_page(running: Running) -> None:
    page = opened(running, path="/signup", **EMAIL)
    assert page.title == "Sign up with a new account"
    rules = [str(item.get_text(" ", strip=True)).partition("(")[0].strip() for item in page.soup.select(".rules li")]
    assert rules == [
        "Password must contain at least 8 characters",
        "Password must contain a lower case letter",
        "Password must contain an upper case letter",
        "Password must contain a number",
        "Password must contain a special character",
    ]


def test_it_has_nothing_that_only_managed_login_has(running: Running) -> None:
    page = opened(running, path="/signup", Schema=[{"Name": "phone_number", "Required": True}])
    assert not page.soup.select("select, [data-shows], [name=passwordConfirmation]")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("submitButton", "margin: 20px 0 10px 0; font-size: 14px; font-weight: bold; background-color: #337ab7"),
        ("errorMessage", "padding: 5px; font-size: 14px; color: #d64958; background: #f5f5f5"),
        ("inputField", "width: 100%; height: 34px; color: #555; background-color: #fff; border: 1px solid #ccc"),
        ("banner", "padding: 25px 0 25px 0; background-color: lightgray"),
        ("legalText", "color: #747474; font-size: 11px"),
    ],
)  # fmt: skip
def test_the_sheet_has_the_values_of_the_consoles_template(name: str, values: str) -> None:
    """As users keep the template in their code."""
    _, found, after = static("classic.css").decode().rpartition(f"\n.{name}-customizable {{")
    rule = after.partition("}")[0]
    assert found
    for value in values.split("; "):
        assert f"{value};" in rule, value


def test_an_error_is_above_the_form(running: Running) -> None:
    place = site(running, version=1)
    user(running, place.pool)
    page = place.at("/login").submit(username="ann", password="Wrong-horse-7")
    found = page.soup.select_one("p#loginErrorMessage.errorMessage-customizable")
    assert found is not None
    assert found.get_text() == "Incorrect username or password."


def test_a_client_without_local_users_shows_errors_all_the_same(running: Running) -> None:
    place = site(running, version=1)
    social(running, place, "Google")
    for providers in (["Google"], []):
        offer(running, place, *providers)
        page = place.at("/oauth2/authorize", identity_provider="Other").page
        assert page is not None
        assert page.error == "Login option is not available. Please try another one"
        assert page.title == "Sign in"
