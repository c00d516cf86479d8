"""Languages: `lang`, its cookie, and texts that are complete."""

from __future__ import annotations

import json
import re

import pytest

from emulator.oauth.pages.texts import FOLDER, LANGUAGES, choose, texts
from tests.build import user
from tests.harness import Running
from tests.oauth.site import site

TRANSLATED = [language for language in LANGUAGES if language != "en"]


def test_each_file_is_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_every_text_with_the_same_places_in_it(language: str) -> None:
    english, other = texts("en").texts, texts(language).texts
    assert set(english) == {key for key in other if not key.startswith("api:")}
    for key, text in english.items():
        assert text.strip() == "" or other[key].strip(), key
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", other[key]), key


def test_the_same_errors_are_translated_into_every_language() -> None:
    errors = [{key for key in texts(language).texts if key.startswith("api:")} for language in TRANSLATED]
    assert all(one == errors[0] for one in errors)
    assert len(errors[0]) > 15


def test_files_say_no_key_twice() -> None:
    for path in FOLDER.glob("*.json"):
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
        assert len(pairs) == len(dict(pairs)), path.name


def test_the_address_goes_before_the_cookie_and_english_is_the_rest() -> None:
    assert choose("de", "fr") == "de"
    assert choose("xx", "fr") == "fr"
    assert choose("ko", None) == "en"  # known to AWS, not translated here
    assert choose(None, None) == "en"


@pytest.mark.parametrize(
    ("language", "title", "error"),
    [
        ("de", "Anmelden", "Benutzername oder Passwort ist falsch."),
        ("fr", "Se connecter", "Nom d’utilisateur ou mot de passe incorrect."),
        ("es", "Iniciar sesión", "El nombre de usuario o la contraseña no son correctos."),
        ("ja", "サインイン", "ユーザー名またはパスワードが正しくありません。"),
    ],
)
def test_the_language_of_the_address_is_remembered(running: Running, language: str, title: str, error: str) -> None:
    place = site(running)
    user(running, place.pool)
    browser = place.at("/oauth2/authorize", lang=language)
    assert browser.page is not None
    assert browser.page.title == title
    assert browser.page.soup.html is not None
    assert browser.page.soup.html["lang"] == language
    assert browser.cookies["lang"] == language
    page = browser.get(f"/login?{place.query()}")
    assert page.title == title
    assert browser.submit(username="ann", password="Wrong-horse-7").error == error
    assert browser.get(f"/login?{place.query(lang='en')}").title == "Sign in"
    assert browser.cookies["lang"] == "en"


def test_the_classic_pages_are_in_english(running: Running) -> None:
    browser = site(running, version=1).at("/login", lang="de")
    assert browser.page is not None
    assert browser.page.title == "Sign in with your username and password"
    assert "lang" not in browser.cookies
