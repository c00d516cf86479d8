"""What browsers and apps send: the pages of the hosted login, the OAuth endpoints, SAML, links and files."""

from __future__ import annotations

import base64
import html
import json
import re
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from tests.attack import values
from tests.attack.hosted import DOMAIN, METADATA, PEOPLE, Hosted
from tests.attack.line import Reply
from tests.attack.operations import Live
from tests.attack.providers import HostileWeb, saml_answer
from tests.attack.shot import Header, Shot, request
from tests.contract.playground import CODE, NEW_PASSWORD
from tests.helpers.browser import APP
from tests.helpers.build import PASSWORD
from tests.helpers.oauth_client import CHALLENGE, VERIFIER
from tests.helpers.page_paths import PATHS

XSRF = "0f0f0f0f-0000-4000-8000-000000000000"
GRANTS = (
    "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"
)  # fmt: skip
FIELDS = (
    "username", "password", "passwordConfirmation", "code", "answer", "resend", "skip", "credential", "deviceName",
    "address", "idp_domain", "step_up", "requiredAttributes[email]", "requiredAttributes[]", "requiredAttributes[sub]",
    "cognitoAsfData", "person", "cancel", "email", "name", "sub",
)  # fmt: skip
QUERY = (
    "response_type", "scope", "state", "nonce", "prompt", "max_age", "resource", "code_challenge",
    "code_challenge_method", "identity_provider", "idp_identifier", "login_hint", "lang", "logout_uri", "acr_values",
    "error", "error_description", "code", "iss", "RelayState", "confirmation_code", "user_name", "eventId", "token",
    "SAMLRequest", "SAMLResponse",
)  # fmt: skip
TOKEN = (
    "code", "code_verifier", "refresh_token", "token", "client_secret", "scope", "aws_client_metadata", "subject_token",
    "subject_token_type", "actor_token", "audience", "requested_token_type", "token_type_hint", "resource",
)  # fmt: skip
# What is tried at OAuth's places, besides the pages in PATHS.
PLACES = (
    "GET /oauth2/authorize", "GET /oauth2/authorize", "GET /oauth2/authorize", "GET /logout", "GET /oauth2/userInfo",
    "POST /oauth2/token", "POST /oauth2/token", "POST /oauth2/token", "POST /oauth2/revoke", "POST /oauth2/register",
    "POST /{pool}/oauth2/register", "GET /oauth2/idpresponse", "POST /oauth2/idpresponse", "POST /saml2/idpresponse",
    "POST /saml2/logout", "GET /confirmUser", "GET /authEventFeedback", "GET /_pages/theme/{client}.css",
    "GET /_pages/classic/{client}.css", "GET /_pages/image/{odd}/0", "GET /_pages/{odd}", "GET /_pages/login.css",
    "GET /{pool}/{client}/1/assets/images/image.jpg", "GET /{pool}/.well-known/jwks.json",
    "GET /{pool}/.well-known/openid-configuration", "GET /cognito-identity/.well-known/jwks_uri",
    "GET /cognito-identity/.well-known/openid-configuration", "GET /{odd}", "POST /{odd}", "GET /{odd}/{odd}/{odd}",
    "GET /_emulator/idp/{pool}/Google/authorize", "POST /_emulator/idp/{pool}/Google/authorize",
    "POST /_emulator/idp/{pool}/Google/token", "GET /_emulator/idp/{pool}/Google/userinfo", "GET /",
    "GET /_emulator/idp/{pool}/Google/jwks", "GET /_emulator/idp/{pool}/Corp/saml",
    "POST /_emulator/idp/{pool}/Corp/saml", "GET /_emulator/idp/{pool}/{odd}/.well-known/openid-configuration",
    "PUT /_import/{job}", "PUT /_import/{job}", "PUT /_import/{job}",
)  # fmt: skip
_LINK = re.compile(r'(?:href|action)="([^"]{1,2000})"')
_FORM = re.compile(r'<form[^>]*?action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_INPUT = re.compile(r'<(?:input|button)[^>]*?name="([^"]*)"[^>]*?(?:value="([^"]*)")?[^>]*>')


@dataclass
class Browsers:
    """One browser with its cookies, and apps; they remember what they were told."""

    hosted: Hosted
    port: int
    rng: Random
    live: Live
    web: HostileWeb
    now: float
    cookies: dict[str, str] = field(default_factory=dict)
    next: Shot | None = None  # what goes on from the last answer
    seen: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    def draw(self) -> Shot:
        if self.next is not None and self.rng.random() < 0.8:
            shot, self.next = self.next, None
            return shot
        if self.seen and self.rng.random() < 0.35:
            place = self.seen[-1] if self.rng.random() < 0.7 else self.rng.choice(self.seen)
            return (
                self._shot("GET", place, None) if self.rng.random() < 0.6 else self._shot("POST", place, self._form())
            )
        if self.rng.random() < 0.5:
            path = self.rng.choice(sorted(PATHS))
            target = f"{path}?{self._query()}"
            if self.rng.random() < 0.4:
                return self._shot("GET", target, None)
            return self._shot("POST", target, self._form())
        return self._endpoint()

    def learn(self, reply: Reply) -> None:
        for line in reply.all("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            if value in ("", '""'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if reply.header("location"):
            self._follow(reply.header("location"))
        if reply.status != 200:
            return
        if "json" in reply.header("content-type"):
            self.live.learn(json.loads(reply.body))
        elif "html" in reply.header("content-type"):
            self._read(html.unescape(reply.body.decode("utf-8", "replace")))

    def _read(self, page: str) -> None:
        """Fill in one of the page's forms, or remember a link."""
        forms = _FORM.findall(page)
        if forms and self.rng.random() < 0.8:
            action, inside = self.rng.choice(forms)
            fields = {name: value or self._value(name) for name, value in _INPUT.findall(inside)}
            if self.rng.random() < 0.3 and fields:
                fields[self.rng.choice(list(fields))] = self._odd()
            place = urlsplit(action)
            self.next = self._shot("POST", f"{place.path or '/login'}?{place.query}", _encoded(fields))
        for link in self.rng.sample(found := _LINK.findall(page), min(2, len(found))):
            self._follow(link, links=True)

    def _follow(self, location: str, *, links: bool = False) -> None:
        try:
            parts = urlsplit(location)
            host = parts.hostname or ""
        except ValueError:
            return
        for name, value in parse_qsl(f"{parts.query}&{parts.fragment}"):
            self.live.add(name, value)
        if host == "oidc.example.com":
            back = urlencode(self.web.arrive(location))
            self.next = self._shot("GET", f"/oauth2/idpresponse?{back}", None)
        elif host == "idp.example.com" and "SAMLRequest" in parts.query:
            given = saml_answer(location, self.hosted.pool, self.now, self.rng)
            self.next = self._shot("POST", "/saml2/idpresponse", _encoded(given))
        elif location.startswith(APP) and "code=" in parts.query:
            self.next = self._shot("POST", "/oauth2/token", self._exchange(dict(parse_qsl(parts.query))["code"]))
        elif not host or host.endswith("localhost"):
            self.seen.append(f"{parts.path or '/'}?{parts.query}")
            if not links and self.rng.random() < 0.8:
                self.next = self._shot("GET", self.seen[-1], None)

    def _exchange(self, code: str) -> bytes:
        """The code for tokens; the challenge that was sent, if any, is the one of this verifier."""
        fields = {
            "grant_type": "authorization_code",
            "client_id": self._client(),
            "redirect_uri": APP,
            "code": code,
        }
        return _encoded(fields if self.rng.random() < 0.7 else {**fields, "code_verifier": VERIFIER})

    # --- what is sent -------------------------------------------------------------------------------------------

    def _odd(self) -> str:
        """A text that nothing expects, or one that something has told."""
        kind = self.rng.random()
        if kind < 0.3:
            found = self.live.of(self.rng.choice((*QUERY, *TOKEN)), self.rng)
            if isinstance(found, str):
                return found
        if kind < 0.36:
            return values.long_text(self.rng)[:30_000]
        return self.rng.choice(values.TEXTS)

    def _value(self, name: str) -> str:
        known: dict[str, tuple[str, ...]] = {
            "username": PEOPLE, "password": (PASSWORD, NEW_PASSWORD), "passwordConfirmation": (PASSWORD, NEW_PASSWORD),
            "code": (CODE,), "confirmation_code": (CODE,), "response_type": ("code", "token"),
            "lang": ("de", "en", "ja"),
            "scope": ("openid", "openid email", "api/r", "aws.cognito.signin.user.admin"),
            "code_challenge": (CHALLENGE,), "code_challenge_method": ("S256", "plain"), "code_verifier": (VERIFIER,),
            "prompt": ("none", "login", "x y"), "max_age": ("0", "1", "3600"),
            "identity_provider": ("Google", "Corp", "Okta", "COGNITO"), "state": ("s t&",),
            "idp_identifier": ("example.com",), "logout_uri": ("https://app.example.com/",), "user_name": PEOPLE,
            "answer": ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "PASSWORD", "WEB_AUTHN", "EMAIL_OTP"),
            "address": ("a@example.com",), "credential": ("{}", "[]", "null", "1", '{"id": 1}'),
            "requiredAttributes[email]": ("n@example.com",), "client_secret": (self.hosted.secret,),
            "aws_client_metadata": ('{"a": "b"}', "[]", "[" * 9_000, '{"a": 1}'),
            "subject_token_type": ("urn:ietf:params:oauth:token-type:access_token",), "acr_values": ("1", "a b"),
            "SAMLResponse": _SAML, "SAMLRequest": _SAML, "cognitoAsfData": ("e30=", "W10=", "AAAA"),
        }  # fmt: skip
        live = self.live.of(name, self.rng) if self.rng.random() < 0.5 else None
        if isinstance(live, str):
            return live
        if name in known and self.rng.random() < 0.7:
            return self.rng.choice(known[name])
        return self._odd()

    def _client(self) -> str:
        """The app client, or the URL of a metadata document that stands for it."""
        return METADATA if self.rng.random() < 0.2 else self.hosted.client

    def _query(self, *wanted: str) -> str:
        """Mostly an authorization request of the client, with things added, spoiled, left out and given twice."""
        pairs = [
            ("client_id", self._client()), ("redirect_uri", APP), ("response_type", "code"),
            ("scope", "openid email"),
        ]  # fmt: skip
        pairs += [(name, self._value(name)) for name in wanted]
        pairs += [(name, self._value(name)) for name in self.rng.sample(QUERY, self.rng.choice((0, 0, 1, 2, 4)))]
        kind = self.rng.random()
        if kind < 0.15:
            at = self.rng.randrange(len(pairs))
            pairs[at] = (pairs[at][0], self._odd())
        elif kind < 0.22:
            pairs.pop(self.rng.randrange(len(pairs)))
        elif kind < 0.25:
            pairs.append(self.rng.choice(pairs))
        elif kind < 0.28:
            return self.rng.choice(
                ("", "&&&=", "a", "%", "%zz=%ff", "client_id[]=x", "client_id=%00", "=" * 500, "%ff%fe")
            )
        return "&".join(f"{quote(name)}={_quoted(value)}" for name, value in {**dict(pairs)}.items()) + (
            f"&{quote(pairs[-1][0])}={_quoted(pairs[-1][1])}" if kind >= 0.22 and kind < 0.25 else ""
        )

    def _form(self, *names: str) -> bytes:
        chosen = names or self.rng.sample(FIELDS, self.rng.randint(0, 6))
        fields = [(name, self._value(name)) for name in chosen]
        fields += [("username", self._value("username")), ("password", self._value("password"))] if not names else []
        kind = self.rng.random()
        if kind < 0.9:
            fields.append(("csrf", self.cookies.get("XSRF-TOKEN", XSRF)))
        elif kind < 0.93:
            fields.append(("_csrf", self._odd()))
        elif kind < 0.94:
            fields += [(f"f{at}", "x") for at in range(150)]
        elif kind < 0.96:
            return self.rng.choice((b"", b"\xff", b"%", b"&", b"=", b"a" * 300_000, b"\x00", b"{}", b"csrf=%ff"))
        return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in fields]).encode()

    def _endpoint(self) -> Shot:
        method, _, path = self.rng.choice(PLACES).partition(" ")
        while "{odd}" in path:
            path = path.replace("{odd}", quote(self._odd().encode("utf-8", "replace")[:200]), 1)
        if "/_import/" in path and self.rng.random() < 0.8:
            return self._upload()
        path = path.format(pool=self.hosted.pool, client=self.hosted.client, job=self.hosted.job)
        if self.rng.random() < 0.03:
            method = self.rng.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "FOO"))
        if self.rng.random() < 0.03:
            path += quote(self._odd().encode("utf-8", "replace")[:200])
        if "/token" in path or "/revoke" in path:
            return self._shot(method, path, self._grant())
        if "register" in path:
            return self._shot(method, path, values.write(self._registration()).encode(), "application/json")
        target = f"{path}?{self._query()}"
        body = None if method in ("GET", "HEAD") else self._form(*self.rng.sample(QUERY, 4))
        return self._shot(method, target, body)

    def _upload(self) -> Shot:
        """A file for an import job, where the job's address is known."""
        place = self.live.of("PreSignedUrl", self.rng) if self.rng.random() < 0.5 else None
        target = self.hosted.upload if place is None else urlsplit(place)._replace(scheme="", netloc="").geturl()
        names = ["cognito:username", "email", "email_verified", "cognito:mfa_enabled", "phone_number", "name"]
        rows = [",".join(self.rng.sample(names, len(names)) if self.rng.random() < 0.8 else [self._odd()])]
        for number in range(self.rng.choice((0, 1, 3, 30))):
            row = [f"u{number}", f"u{number}@example.com", "true", "false", "", "n"]
            row[self.rng.randrange(len(row))] = self._odd() if self.rng.random() < 0.5 else "x"
            rows.append(",".join(row))
        text = self.rng.choice(("\n", "\r\n", "\r", "\n\n")).join(rows)
        return self._shot("PUT", target, text.encode("utf-8", "replace"), "text/csv")

    def _grant(self) -> bytes:
        client = self.rng.choice((self._client(), self.hosted.machine))
        pairs = [("grant_type", self.rng.choice(GRANTS)), ("client_id", client), ("redirect_uri", APP)]
        pairs += [(name, self._value(name)) for name in self.rng.sample(TOKEN, self.rng.randint(0, 4))]
        if self.rng.random() < 0.5:
            pairs.append(("client_secret", self.hosted.secret))
        if self.rng.random() < 0.2:
            at = self.rng.randrange(len(pairs))
            pairs[at] = (pairs[at][0], self._odd())
        return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs]).encode()

    def _registration(self) -> Any:
        names = ("redirect_uris", "grant_types", "response_types", "scope", "client_name", "token_endpoint_auth_method")
        good = {"redirect_uris": [APP], "client_name": "n", "grant_types": ["authorization_code"], "scope": "openid"}
        return {**good, **{name: values.any_json(self.rng) for name in self.rng.sample(names, self.rng.randint(0, 2))}}

    def _shot(
        self, method: str, target: str, body: bytes | None, kind: str = "application/x-www-form-urlencoded"
    ) -> Shot:
        headers: list[Header] = [("host", self._host())]
        cookies = {"XSRF-TOKEN": XSRF, **self.cookies}
        if self.rng.random() < 0.1:
            cookies[self.rng.choice(("cognito", "page-data", "XSRF-TOKEN", "lang", "csrf-state", ""))] = self._odd()
        headers.append(("cookie", _clean("; ".join(f"{name}={value}" for name, value in cookies.items()))))
        if body is not None:
            headers.append(("content-type", kind if self.rng.random() < 0.97 else _clean(self._odd())))
        token = self.live.of("access_token", self.rng)
        if "/userInfo" in target and isinstance(token, str) and self.rng.random() < 0.8:
            headers.append(("authorization", _clean(f"Bearer {token}")))
        elif self.rng.random() < 0.25:
            headers.append(self._more())
        where = target.encode("utf-8", "replace")
        path = target.partition("?")[0]
        sent = request(method, re.sub(rb"[\x00-\x20\x7f-\xff]", b"", where)[:30_000], headers, body)
        return Shot("browser", f"{method} {path[:60]}", sent, head=method == "HEAD")

    def _more(self) -> Header:
        name = self.rng.choice(
            ("authorization", "origin", "x-forwarded-host", "x-forwarded-proto", "user-agent", "referer",
             "accept-language", "sec-fetch-site", "x-forwarded-for", "accept", "content-encoding")
        )  # fmt: skip
        token = self.live.of("access_token", self.rng) or self.live.of("AccessToken", self.rng) or "x"
        pair = f"{self.hosted.machine}:{self.hosted.secret}"
        known = {
            "authorization": (
                f"Bearer {token}",
                "Basic " + base64.b64encode(pair.encode()).decode(),
                "Basic",
                "Bearer",
                "x",
            ),
            "origin": ("null", f"http://localhost:{self.port}", "http://[", "https://evil.example", "http://a b", "x"),
            "sec-fetch-site": ("cross-site", "same-origin", "none", ""),
            "x-forwarded-proto": ("https", "https, http", "ftp"),
        }
        if name in known and self.rng.random() < 0.8:
            return name, self.rng.choice(known[name])
        return name, _clean(self._odd())

    def _host(self) -> str:
        if self.rng.random() < 0.9:
            return f"{DOMAIN}.auth.localhost:{self.port}"
        return self.rng.choice(
            (f"localhost:{self.port}", "127.0.0.1", "[::1]:80", "[", "[::1", "x:y", "evil.example", "auth.localhost",
             f"{DOMAIN}.auth.us-east-1.amazoncognito.com", "a" * 300, ".", "..", "\u00e9.localhost", "xn--",
             "localhost:99999")
        )  # fmt: skip


def _clean(text: str) -> bytes:
    """As a header can hold it."""
    return re.sub(rb"[\x00-\x1f\x7f]", b"", text.encode("utf-8", "replace"))[:20_000].strip()


def _encoded(fields: Mapping[str, str]) -> bytes:
    return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in fields.items()]).encode()


def _quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def _message(xml: str) -> str:
    squeezed = zlib.compress(xml.encode())[2:-4]
    return base64.b64encode(squeezed).decode()


_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
_RESPONSE = f'<p:Response xmlns:p="{_PROTOCOL}" ID="a" Version="2.0" InResponseTo="x"><p:Status/></p:Response>'
_SAML = tuple(
    made
    for xml in (
        "", "<", "<a/>", _BOMB, _RESPONSE, "<a>" * 3_000 + "</a>" * 3_000, "\x00", "x" * 100_000,
        f'<p:AuthnRequest xmlns:p="{_PROTOCOL}" ID="a" Version="2.0" AssertionConsumerServiceURL="http://x"/>',
    )
    for made in (_message(xml), base64.b64encode(xml.encode()).decode())
)  # fmt: skip
