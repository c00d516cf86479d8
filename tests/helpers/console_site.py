"""A browser without a screen: it keeps the console's cookie, reads its pages, and sends the forms that are on them."""

from __future__ import annotations

import asyncio
import http.client
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag

from cognito_emulator.ports.journal import Entry
from cognito_emulator.routes import ROUTES, Row
from tests.helpers.build import FLOWS
from tests.helpers.harness import Running

ROOT = "/_emulator/console"
FORM = {"content-type": "application/x-www-form-urlencoded"}
OAUTH: dict[str, Any] = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid", "email"],
    "CallbackURLs": ["http://localhost:3000/callback"],
    "SupportedIdentityProviders": ["COGNITO"],
    "ExplicitAuthFlows": FLOWS,
}
FORMS = [row for row in ROUTES if row.handler.startswith("console.") and row.methods == ("POST",)]
PAGES = [row for row in ROUTES if row.handler.startswith("console.") and row.methods == ("GET",)]


def path_of(row: Row, pool: str, sub: str) -> str:
    values = {"pool_id": pool, "sub": sub, "group": "g", "group:path": "g", "service": "cognito-idp"}
    values |= {"operation": "ListUserPools", "name": "console.css"}
    return re.sub(r"\{([\w:]+)\}", lambda found: values.get(found[1], "x"), row.path)


def newest(running: Running) -> Entry:
    """The newest entry of the journal: of a request that has been answered, and is entered by now."""
    running.run(asyncio.sleep(0))
    return list(running.world.journal)[-1]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text.replace("<wbr>", ""), "html.parser")

    def words(self, selector: str = "main") -> str:
        """The text of the first element that a selector finds, its spaces made one."""
        found = self.soup.select_one(selector)
        assert found is not None, (selector, self.text)
        return " ".join(found.get_text(" ").split())

    @property
    def refusal(self) -> str:
        return self.words("[role=alert].told")


@dataclass
class Site:
    """The console of a running emulator, in one browser."""

    running: Running
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.running.url

    def request(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Send exactly that, with the cookies."""
        connection = http.client.HTTPConnection("localhost", self.running.port, timeout=20)
        cookie = (
            {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        connection.request(method, path, body, {**cookie, "accept": "text/html,*/*;q=0.8", **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        for part in [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]:
            name, _, value = part.split(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, found, content, path)

    def get(self, path: str, status: int = 200) -> Answer:
        answer = self.request("GET", path)
        assert answer.status == status, (path, answer.status, answer.text[:600])
        return answer

    def post(self, path: str, fields: Any, *, csrf: str | None = None, **headers: str) -> Answer:
        """Send a form as the page at `path` would, and follow where it leads to."""
        token = self.token(path) if csrf is None else csrf
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        sent = {**FORM, "origin": self.origin, "sec-fetch-site": "same-origin", **headers}
        answer = self.request("POST", path, urlencode([*pairs, ("csrf", token)]), sent)
        return self.get(answer.headers["location"]) if answer.status == 303 else answer

    def token(self, path: str = f"{ROOT}/clock") -> str:
        """The token of the forms on a page."""
        found = self.request("GET", path).soup.select_one("input[name=csrf]")
        if found is None:
            found = self.get(f"{ROOT}/clock").soup.select_one("input[name=csrf]")
        assert isinstance(found, Tag)
        return str(found["value"])

    def at(self, pool: str, *parts: str) -> str:
        return "/".join([ROOT, "pools", pool, *parts])
