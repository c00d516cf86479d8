"""The names on the pages: sign-in name, attributes, password rules, terms."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.terms import TERMS_NAMES, link_for
from cognito_emulator.domain.pools.password_policy import SYMBOLS, PasswordPolicy
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.oauth.pages.classic_wording import CLASSIC
from cognito_emulator.oauth.pages.dial_codes import Country, countries
from cognito_emulator.world import World

FOLDER = Path(__file__).parents[1] / "languages"
# Titles, links, labels and placeholders of managed login are in no documentation; those in the files are [assumed].
# [docs: cognito-user-pools-managed-login, "Managed login languages"]
LANGUAGES = ("en", "de", "es", "fr", "id", "it", "ja", "ko", "nl", "pt-BR", "zh-CN", "zh-TW")
DEFAULT = "en"
_API = "api:"
_INPUT_TYPES = {
    "email": "email", "phone_number": "tel", "birthdate": "date", "website": "url", "picture": "url", "profile": "url",
}  # fmt: skip
_AUTOCOMPLETE = {
    "name": "name", "given_name": "given-name", "family_name": "family-name", "middle_name": "additional-name",
    "nickname": "nickname", "email": "email", "phone_number": "tel", "birthdate": "bday", "website": "url",
    "gender": "sex", "address": "street-address", "locale": "language",
}  # fmt: skip
# As the links of terms documents name them [model: LanguageIdType].
LINK_LANGUAGES = {
    "en": "english", "de": "german", "es": "spanish", "fr": "french", "ja": "japanese", "id": "bahasa-indonesia",
    "it": "italian", "ko": "korean", "nl": "dutch", "pt-BR": "portuguese-brazil", "zh-CN": "chinese-simplified",
    "zh-TW": "chinese-traditional",
}  # fmt: skip


class Texts(Struct, frozen=True):
    """The texts of one language.

    A call returns the text of a key, with `{name}` filled in.
    """

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values)

    def has(self, key: str) -> bool:
        return key in self.texts

    def error(self, message: str) -> str:
        """Return a sentence for an API's error text.

        A text without one stays as it is; on the classic pages all do.
        """
        return self.texts.get(_API + message, message)


@cache
def texts(language: str) -> Texts:
    """Return the texts of one of `LANGUAGES`."""
    return Texts(language, strict_json.decode_own((FOLDER / f"{language}.json").read_text("utf-8")))


@cache
def classic_texts() -> Texts:
    """Return the texts of the classic pages."""
    kept = {key: text for key, text in texts(DEFAULT).texts.items() if not key.startswith(_API)}
    return Texts(DEFAULT, {**kept, **CLASSIC})


def choose(asked: str | None, kept: str | None) -> str:
    """Return the language that `lang` in the address requests.

    Without it the cookie's language is used. An unknown value is English.
    """
    wanted = asked or kept
    return wanted if wanted in LANGUAGES else DEFAULT


class Field(Struct, frozen=True):
    """A text field of a form for an attribute."""

    name: str
    label: str
    value: str = ""
    type: str = "text"
    autocomplete: str = ""
    inputmode: str = ""
    hint: str = ""
    placeholder: str = ""
    countries: list[Country] = []


class Rule(Struct, frozen=True):
    """A rule of the password policy; `met` is None without an entered password.

    `kind` and `value` tell the page's script how to check what is typed.
    """

    text: str
    met: bool | None
    kind: str
    value: str


def name_key(pool: Pool) -> str:
    """Return the key of the text that names what users sign in with."""
    if pool.username_attributes:
        return "name." + "_".join(name for name in ("email", "phone_number") if name in pool.username_attributes)
    kinds = [name for name in ("email", "phone_number") if name in pool.alias_attributes]
    return "_".join(["name.username", *kinds]) if kinds else "username"


def input_mode(pool: Pool) -> str:
    """Return the keyboard that a telephone shows for the sign-in name."""
    return {"name.email": "email", "name.phone_number": "tel"}.get(name_key(pool), "")


def name_field(texts: Texts, pool: Pool, value: str = "", country: str = "") -> Field:
    """Return the field of the name that users sign in with."""
    key = name_key(pool)
    kind = key.removeprefix("name.")
    placeholder = texts(f"placeholder.{kind if kind in ('email', 'phone_number') else 'username'}")
    choices = countries(texts.language, country) if key == "name.phone_number" else []
    return Field(
        "username", texts(key), value, "text", "username", input_mode(pool), placeholder=placeholder, countries=choices
    )


def own_name_field(texts: Texts, pool: Pool, value: str = "", country: str = "") -> Field:
    """Return the field of the user name that a new user chooses.

    They choose one, whatever else they may sign in with later.
    """
    if pool.username_attributes:
        field = name_field(texts, pool, value, country)
        return replace(field, hint=texts("phone.hint")) if field.countries else field
    return Field("username", texts("username"), value, autocomplete="username", placeholder=_placeholder(texts))


def _placeholder(texts: Texts, name: str = "username") -> str:
    key = f"placeholder.{name}"
    return texts(key) if texts.has(key) else ""


def attribute_field(texts: Texts, name: str, value: str = "", country: str = "") -> Field:
    """Return the field of an attribute in a form."""
    phone = name == "phone_number"
    return Field(
        f"requiredAttributes[{name}]",
        attribute_label(texts, name),
        value,
        _INPUT_TYPES.get(name, "text"),
        _AUTOCOMPLETE.get(name, ""),
        hint=texts("phone.hint") if phone else "",
        placeholder=_placeholder(texts, name),
        countries=countries(texts.language, country) if phone else [],
    )


def attribute_label(texts: Texts, name: str) -> str:
    """Return the name of an attribute for people."""
    key = f"attribute.{name}"
    return texts(key) if texts.has(key) else name.removeprefix("custom:")


def rules_of(texts: Texts, policy: PasswordPolicy, tried: str | None = None) -> list[Rule]:
    """Return the policy's rules, and which of them the entered password meets."""
    used, least = set(tried or ""), policy.minimum_length
    symbols = "".join(sorted(SYMBOLS))
    found = [("length", str(least), len(tried or "") >= least)]
    found += [("lower", string.ascii_lowercase, bool(used & set(string.ascii_lowercase)))] * policy.lowercase
    found += [("upper", string.ascii_uppercase, bool(used & set(string.ascii_uppercase)))] * policy.uppercase
    found += [("digit", string.digits, bool(used & set(string.digits)))] * policy.numbers
    found += [("symbol", symbols, bool(used & SYMBOLS))] * policy.symbols
    return [
        Rule(texts(f"password.{kind}", count=least), met if tried else None, kind, value) for kind, value, met in found
    ]


def terms_of(world: World, client: Client, language: str) -> Mapping[str, str] | None:
    """Return links to the terms of use and the privacy policy.

    Returns None unless there are both [docs: cognito-user-pools-managed-login].
    """
    places = [(client.pool_id, client.id, name) for name in TERMS_NAMES]
    documents = [world.store.terms.find("place", place) for place in places]
    links: list[Any] = [document.links for document in documents if document is not None]
    if len(links) < len(TERMS_NAMES):
        return None
    wanted = f"cognito:{LINK_LANGUAGES.get(language, 'english')}"
    use, privacy = (link_for(link, wanted) for link in links)
    return {"use": use, "privacy": privacy} if use and privacy else None
