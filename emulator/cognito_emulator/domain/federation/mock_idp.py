"""Hold the accounts of the built-in provider.

It replaces Google, Facebook and other providers. It has no passwords: the user of its page chooses an account. Only
this emulator trusts its tokens.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.federation.oidc import WITHOUT_ID_TOKEN, json_object
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.federation.provider_details import KINDS

CODE_LIFETIME = 300  # seconds
TOKEN_LIFETIME = 3600
MAX_REMEMBERED = 20  # a provider
_LONGEST = 8192  # characters of a person's claims
_LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2
_RESERVED = ("iss", "aud", "exp", "iat", "nonce", "azp")


class BadPerson(Exception):
    """Signal that the entered values make no account; the text says why."""


class Person(Struct, frozen=True, gc=False):
    """Hold a person with an account there.

    The key is (pool_id, provider, subject). `used` is epoch seconds. `chosen` says that the next sign-in is this
    person's, without a page.
    """

    pool_id: str
    provider: str
    subject: str
    claims: Mapping[str, Any]
    used: float = 0.0
    chosen: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return self.pool_id, self.provider, self.subject

    @property
    def label(self) -> str:
        return str(self.claims.get("email") or self.claims.get("name") or self.subject)


class MockCode(Struct, frozen=True, gc=False):
    """A code that it has given out; the key is its hash. `expires` is epoch seconds."""

    digest: str
    pool_id: str
    provider: str
    claims: Mapping[str, Any]
    redirect_uri: str
    nonce: str | None
    expires: float


def person(provider: Provider, given: Mapping[str, Any], *, chosen: bool = False) -> Person:
    """Make a person from claims.

    `sub` is made of the e-mail address, or of the name, where it is left out.

    Raises:
        BadPerson
    """
    claims = {name: value for name, value in given.items() if value not in (None, "")}
    reserved = [name for name in _RESERVED if name in claims]
    if reserved:
        raise BadPerson(f"{reserved[0]} is the provider's to say")
    if len(json.dumps(claims)) > _LONGEST:
        raise BadPerson(f"The claims have more than {_LONGEST} characters")
    told = claims.get("sub") or made_subject(provider, str(claims.get("email") or claims.get("name") or ""))
    if not isinstance(told, str) or not told.isascii() or not told.isprintable() or len(told) > _LONGEST_SUBJECT:
        raise BadPerson(f"sub is a text of 1 to {_LONGEST_SUBJECT} ASCII characters")
    if claims.get("email"):
        claims.setdefault("email_verified", True)
    return Person(provider.pool_id, provider.name, told, MappingProxyType({**claims, "sub": told}), chosen=chosen)


def made_subject(provider: Provider, seed: str) -> str:
    """Make a subject in the provider's form.

    It is always the same for the same person.

    Raises:
        BadPerson: there is nothing to make it of.
    """
    if not seed:
        raise BadPerson("An e-mail address, a name or a sub is needed")
    digest = hashlib.sha256(f"{provider.name}\n{seed.lower()}".encode()).hexdigest()
    digits = str(int(digest, 16))
    if provider.type in ("Google", "Facebook"):
        return f"1{digits[:20]}" if provider.type == "Google" else digits[:16]
    if provider.type == "LoginWithAmazon":
        return f"amzn1.account.{digest[:28].upper()}"
    return f"{digits[:6]}.{digest[:32]}.{digits[6:10]}" if provider.type == "SignInWithApple" else digest[:24]


def samples(provider: Provider) -> list[Person]:
    """Make the accounts that the page offers before any other exists."""
    people = [("Ann Example", "ann@example.com"), ("Bob Example", "bob@example.com")]
    return [person(provider, {"name": name, "email": email}) for name, email in people]


def typed(fields: Mapping[str, str]) -> dict[str, Any]:
    """Read the claims that the page's form makes; `claims` is JSON and wins.

    Raises:
        BadPerson
    """
    found: dict[str, Any] = {name: fields.get(name, "").strip() for name in ("email", "name", "sub")}
    if found["email"]:
        found["email_verified"] = fields.get("email_verified") == "1"
    text = fields.get("claims", "").strip()
    try:
        return found | (json_object(text.encode()) if text else {})
    except ValueError:
        raise BadPerson("The further claims are no JSON object") from None


def profile(provider: Provider, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of userInfo, with the provider's name of the subject."""
    subject = KINDS[provider.type].subject
    found = {name: value for name, value in claims.items() if name != "sub" or subject == "sub"}
    return {**found, subject: claims["sub"]}


def has_id_token(provider: Provider) -> bool:
    return provider.type not in WITHOUT_ID_TOKEN
