"""Languages: `lang`, its cookie, and texts that are complete."""

from __future__ import annotations

import json
import re

import pytest

from cognito_emulator.oauth.pages.wording import FOLDER, LANGUAGES, LINK_LANGUAGES, choose, texts
from cognito_emulator.wire.model import service_model
from tests.helpers.build import user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.site import site

TRANSLATED = [language for language in LANGUAGES if language != "en"]


def test_each_file_is_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_every_text_with_the_same_places_in_it(language: str) -> None:
    english, other = texts("en").texts, texts(language).texts
    assert not set(english) - set(other)
    assert all(key.startswith("api:") for key in set(other) - set(english))
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
    assert choose(None, "fr") == choose("", "fr") == "fr"
    assert choose("xx", "fr") == "en"
    assert choose("pt-BR", None) == "pt-BR"
    assert choose("pt", None) == choose("ru", None) == "en"
    assert choose(None, None) == choose(None, "xx") == "en"


def test_the_languages_are_those_of_managed_login() -> None:
    """Developer guide, "Managed login languages"."""
    assert set(LANGUAGES) == {"de", "en", "es", "fr", "id", "nl", "it", "ja", "ko", "pt-BR", "zh-CN", "zh-TW"}


@needs_newest
def test_links_of_terms_documents_name_the_same_languages() -> None:
    create = service_model("cognito-idp").operation("CreateTerms")
    assert create is not None
    named = create.input.members["Links"].key
    assert named is not None
    assert set(LINK_LANGUAGES) == set(LANGUAGES)
    for name in LINK_LANGUAGES.values():
        assert re.fullmatch(str(named.pattern), f"cognito:{name}")


def test_a_language_that_is_none_is_english_whatever_was_before(running: Running) -> None:
    place = site(running)
    browser = place.at("/login", lang="es")
    page = browser.get(f"/login?{place.query(lang='tlh')}")
    assert page.title == "Sign in"
    assert browser.get(f"/login?{place.query(lang='zh-TW')}").title == "登入"
    assert browser.get(f"/login?{place.query()}").title == "登入"


@pytest.mark.parametrize(
    ("language", "title", "error"),
    [
        ("de", "Anmelden", "Benutzername oder Passwort ist falsch."),
        ("fr", "Se connecter", "Nom d’utilisateur ou mot de passe incorrect."),
        ("es", "Iniciar sesión", "El nombre de usuario o la contraseña no son correctos."),
        ("id", "Masuk", "Nama pengguna atau kata sandi salah."),
        ("it", "Accedi", "Nome utente o password non corretti."),
        ("ja", "サインイン", "ユーザー名またはパスワードが正しくありません。"),
        ("ko", "로그인", "사용자 이름 또는 비밀번호가 올바르지 않습니다."),
        ("nl", "Inloggen", "Gebruikersnaam of wachtwoord is onjuist."),
        ("pt-BR", "Fazer login", "Nome de usuário ou senha incorretos."),
        ("zh-CN", "登录", "用户名或密码不正确。"),
        ("zh-TW", "登入", "使用者名稱或密碼不正確。"),
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
