"""The identity providers of the pool under attack: they answer as they should, or something near it, or anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cognito_emulator.domain.federation.saml import entity_id
from cognito_emulator.ports.keys import make_key_set
from cognito_emulator.ports.web import Answer, WebError
from tests.attack.functions import plain
from tests.attack.values import TEXTS, any_json, write
from tests.helpers.browser import APP
from tests.helpers.federated import Provider
from tests.helpers.saml import metadata
from tests.helpers.saml_idp import CERTIFICATE, MAIL, Says, encoded, read_query, signed

OIDC = "https://oidc.example.com"
_CLAIMS = ("iss", "aud", "sub", "exp", "nonce", "email", "email_verified", "iat", "azp", "name", "acr", "amr")
_SAYS = ("subject", "issuer", "audience", "recipient", "destination", "method", "status", "session", "id", "request_id")
_JUNK = [text.encode("utf-8", "replace") for text in TEXTS]
_JUNK += [b'{"issuer": 1}', b'{"keys": [{}]}', b'{"keys": 1}', b'{"access_token": [], "id_token": {}}', b"[" * 9_000]


def saml_details() -> dict[str, str]:
    return {"MetadataFile": metadata(sign_out=True, certificate=CERTIFICATE)}


class HostileWeb:
    """Where the emulator asks providers: the OIDC provider, and junk from everywhere else. At once."""

    def __init__(self) -> None:
        self.rng = Random(0)
        self.wild = False
        self.oidc = Provider(make_key_set().id_key, url=OIDC)
        self.now = 0.0

    async def request(self, method: str, url: str, *_: Any, **__: Any) -> Answer:
        if not self.wild or (url.startswith(OIDC) and self.rng.random() < 0.8):
            status, body = self.oidc.answer(urlsplit(url).path, self.now)
            return Answer(status, {"content-type": "application/json"}, body)
        if self.rng.random() < 0.3:
            raise WebError(f"{url} cannot be reached")
        return Answer(self.rng.choice((200, 200, 200, 204, 302, 400, 500)), {}, self.rng.choice(_JUNK))

    async def fetch(self, url: str, *_: Any, **__: Any) -> Answer:
        """A client metadata document, as it should be or something near it."""
        document: Any = {"client_id": url, "redirect_uris": [APP], "token_endpoint_auth_method": "none"}
        document["grant_types"] = ["authorization_code", "refresh_token"]
        headers = {"content-type": "application/json", "cache-control": self.rng.choice(("", "max-age=90000"))}
        if self.rng.random() < 0.6:
            return Answer(200, headers, json.dumps(document).encode())
        kind = self.rng.random()
        if kind < 0.2:
            raise WebError(f"{url} cannot be reached")
        if kind < 0.5:
            document[self.rng.choice(tuple(document))] = any_json(self.rng)
            body = write(document).encode("utf-8", "surrogatepass")
        else:
            body = self.rng.choice(_JUNK)
        if kind > 0.9:
            headers = {"content-type": self.rng.choice(TEXTS), "cache-control": self.rng.choice(TEXTS)}
        return Answer(self.rng.choice((200, 200, 200, 302, 500)), headers, body)

    def arrive(self, location: str) -> Mapping[str, str]:
        """What a browser comes back with that was sent to the OIDC provider."""
        asked = dict(parse_qsl(urlsplit(location).query))
        self.oidc.nonce = asked.get("nonce", "")
        self.oidc.claims = {"email": "o@example.com", **_odd(self.rng, _CLAIMS)}
        self.oidc.userinfo = _odd(self.rng, _CLAIMS)
        return {"code": "c-1", "state": asked.get("state", ""), **({} if self.rng.random() < 0.9 else {"error": "x"})}


def saml_answer(location: str, pool: str, now: float, rng: Random) -> Mapping[str, str]:
    """The form of a browser that was sent to the SAML provider: signed, but not always what it should be."""
    asked, given = read_query(location, "SAMLRequest")
    says = Says(asked.get("AssertionConsumerServiceURL"), entity_id(pool), now, asked.get("ID"), id=f"_{rng.random()}")
    if rng.random() < 0.5:
        setattr(says, rng.choice(_SAYS), _xml(rng.choice(TEXTS)))
    if rng.random() < 0.3:
        says.attributes = {MAIL: [_xml(rng.choice(TEXTS)) for _ in range(rng.randint(0, 3))]}
    if rng.random() < 0.1:
        setattr(says, rng.choice(("begins", "ends", "confirmed_until", "issued")), rng.choice((-9e5, 0.0, 9e5, 1e9)))
    try:
        parts = [signed(says.assertion()) for _ in range(rng.choice((0, 1, 1, 1, 1, 2)))]
        sent = bytearray(encoded(says.response(*parts)), "ascii")
    except (ValueError, SyntaxError):  # no XML can say that; nor can a provider
        sent = bytearray(b"PGEvPg==")
    if rng.random() < 0.2:
        sent[rng.randrange(len(sent))] = rng.choice(b"AZaz09+/=-")
    return {"SAMLResponse": sent.decode(), "RelayState": given.get("RelayState", "")}


def _xml(text: str) -> str:
    """Without what ends a literal: the provider itself writes well-formed XML, mostly."""
    return "".join(one for one in text if one not in '<&"')


def _odd(rng: Random, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: plain(any_json(rng)) for name in rng.sample(names, rng.choice((0, 0, 1, 2)))}
