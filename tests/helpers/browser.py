"""A browser without scripts, for tests: it follows redirects, keeps cookies and sends the real forms of pages."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

APP = "https://app.example.com/callback"


@dataclass
class Answer:
    """What came back, at the end of all redirects."""

    url: str
    status: int
    headers: dict[str, str]
    body: str
    set_cookies: list[str] = field(default_factory=list)

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def params(self) -> dict[str, str]:
        """The query of the address at which the browser is, and the fragment."""
        parts = urlsplit(self.url)
        return {name: values[-1] for name, values in parse_qs(f"{parts.query}&{parts.fragment}").items()}

    @property
    def title(self) -> str:
        heading = self.soup.h1
        return heading.get_text(strip=True) if heading else ""

    @property
    def lead(self) -> str:
        found = self.soup.select_one(".lead")
        return found.get_text(strip=True) if found else ""

    @property
    def error(self) -> str | None:
        found = self.soup.find(id="loginErrorMessage")
        return found.get_text() if found else None

    @property
    def left(self) -> bool:
        """Whether the browser is back at the app."""
        return self.url.startswith(APP)

    def form(self, *, having: str | None = None) -> Tag:
        """The page's form: the only one, or the first with a field or button of that name."""
        forms = self.soup.find_all("form")
        fitting = [one for one in forms if having is None or one.find(None, {"name": having})]
        assert fitting, f"no form with {having!r} in\n{self.body}"
        return fitting[0]

    def fields(self, form: Tag) -> dict[str, str]:
        """What a browser sends of a form that nobody touched."""
        inputs = form.find_all("input")
        return {str(one["name"]): str(one.get("value", "")) for one in inputs if one.get("name")}

    @property
    def code(self) -> str:
        """The code in the local emulator's panel of messages."""
        found = self.soup.find(None, {"data-code": True})
        assert found is not None, self.body
        return found.get_text()


class Browser:
    """One browser with its own cookies, at one server."""

    def __init__(self, port: int, host: str | None = None) -> None:
        self.port = port
        self.host = host or f"localhost:{port}"
        self.base = f"http://{self.host}"
        self.cookies: dict[str, str] = {}
        self.page: Answer | None = None

    def get(self, url: str, *, follow: bool = True) -> Answer:
        return self._go("GET", url, None, {}, follow)

    def post(
        self, url: str, fields: dict[str, str], *, follow: bool = True, headers: dict[str, str] | None = None
    ) -> Answer:
        given = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._go("POST", url, urlencode(fields), given, follow)

    def submit(self, *, having: Any = None, follow: Any = True, **changed: str) -> Answer:
        """Fill in and send a form of the present page. A field that it has not is a mistake of the test."""
        assert self.page is not None
        form = self.page.form(having=having)
        fields = self.page.fields(form)
        names = set(fields) | {str(one["name"]) for one in form.find_all("button") if one.get("name")}
        assert set(changed) <= names, (changed, names)
        action = str(form.get("action") or self.page.url)
        return self.post(urljoin(self.page.url, action), {**fields, **changed}, follow=follow)

    def click(self, text: str) -> Answer:
        """Follow the link with that text."""
        assert self.page is not None
        links = [one for one in self.page.soup.find_all("a") if one.get_text(strip=True) == text]
        assert links, f"no link {text!r} in\n{self.page.body}"
        return self.get(urljoin(self.page.url, str(links[0]["href"])))

    def _go(self, method: str, url: str, body: str | None, headers: dict[str, str], follow: bool) -> Answer:
        url = urljoin(self.base, url)
        for _ in range(10):
            self.page = self._send(method, url, body, headers)
            location = self.page.headers.get("location")
            if not follow or location is None:
                return self.page
            url, method, body, headers = urljoin(url, location), "GET", None, {}
            if not url.startswith(self.base):
                self.page = Answer(url, 0, {}, "")
                return self.page
        raise AssertionError(f"too many redirects, at last to {url}")

    def _send(self, method: str, url: str, body: str | None, headers: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": self.host, **({"cookie": cookie} if cookie else {}), **headers}
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            connection.request(method, target, body, sent)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        set_cookies = response.headers.get_all("set-cookie") or []
        for line in set_cookies:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return Answer(url, response.status, {k.lower(): v for k, v in response.headers.items()}, text, set_cookies)
