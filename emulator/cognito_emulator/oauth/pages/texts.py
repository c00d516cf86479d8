"""What the pages say, in the languages of `emulator/cognito_emulator/oauth/languages`, one file each.

Managed login speaks English unless the request says `lang`, which a cookie of that name keeps (developer guide,
"Managed login localization"); it does not ask the browser. The classic pages are in English alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from cognito_emulator.domain import strict_json

FOLDER = Path(__file__).parents[1] / "languages"
# [docs: cognito-user-pools-managed-login, "Managed login languages"]
LANGUAGES = ("en", "de", "es", "fr", "id", "it", "ja", "ko", "nl", "pt-BR", "zh-CN", "zh-TW")
DEFAULT = "en"
_API = "api:"


class Texts(Struct, frozen=True):
    """The texts of one language. Calling it gives the text of a key, with `{name}` filled in."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values)

    def has(self, key: str) -> bool:
        return key in self.texts

    def error(self, message: str) -> str:
        """An API's error text as this language says it; the text itself where that is not known."""
        return self.texts.get(_API + message, message)


@cache
def texts(language: str) -> Texts:
    """The texts of one of `LANGUAGES`."""
    return Texts(language, strict_json.decode_own((FOLDER / f"{language}.json").read_text("utf-8")))


def choose(asked: str | None, kept: str | None) -> str:
    """The language that `lang` in the address asks for; without it the one that the cookie keeps. A value that is none
    is English."""
    wanted = asked or kept
    return wanted if wanted in LANGUAGES else DEFAULT
