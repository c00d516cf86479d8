"""The texts of the pages, one file of `oauth/languages` for each language.

Managed login is in English unless the request has `lang`, which a cookie of that name keeps
[docs: cognito-user-pools-managed-login]. The browser's languages do not matter. The classic pages are in English
alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parents[1] / "languages"
# [docs: cognito-user-pools-managed-login, "Managed login languages"]
LANGUAGES = ("en", "de", "es", "fr", "id", "it", "ja", "ko", "nl", "pt-BR", "zh-CN", "zh-TW")
DEFAULT = "en"
_API = "api:"


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
        """Return an API's error text in this language.

        An unknown text stays as it is.
        """
        return self.texts.get(_API + message, message)


@cache
def texts(language: str) -> Texts:
    """Return the texts of one of `LANGUAGES`."""
    return Texts(language, json.loads((FOLDER / f"{language}.json").read_text("utf-8")))


def choose(asked: str | None, kept: str | None) -> str:
    """Return the language that `lang` in the address requests.

    Without it the cookie's language is used. An unknown value is English.
    """
    wanted = asked or kept
    return wanted if wanted in LANGUAGES else DEFAULT
