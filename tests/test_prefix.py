"""An application below a path: what it is asked, and what it answers, as the client sees it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from cognito_emulator.prefix import App, Prefixed, own_cookies


def ask(app: App, path: str = "/w/one/login", raw: bytes | None = None, cookie: bytes = b"") -> tuple[Any, bytes]:
    """The answer's headers, by name, and its body."""
    sent: list[Any] = []
    headers = [(b"host", b"localhost")] + ([(b"cookie", cookie)] if cookie else [])
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "path": path,
        "raw_path": path.encode() if raw is None else raw,
        "query_string": b"a=1",
        "headers": headers,
    }

    received: list[Any] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if not received:
            await asyncio.Event().wait()  # the client stays
        return received.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Prefixed(app, "/w/one")(scope, receive, send))
    assert scope["path"] == path
    return sent[0]["headers"], b"".join(message.get("body", b"") for message in sent[1:])


def answering(response: Response) -> App:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await response(scope, receive, send)

    return app


async def echo(scope: Any, receive: Any, send: Any) -> None:
    request = Request(scope)
    told = {"path": scope["path"], "raw": scope["raw_path"].decode(), "query": request.url.query}
    await JSONResponse({**told, "cookies": request.cookies})(scope, receive, send)


@pytest.mark.parametrize(
    ("path", "raw", "seen", "seen_raw"),
    [
        ("/w/one/login", None, "/login", "/login"),
        ("/w/one/", None, "/", "/"),
        ("/w/one", None, "/", "/"),
        ("/w/one/a b", b"/w/one/a%20b", "/a b", "/a%20b"),
        ("/w/one/a b", b"/%77/one/a%20b", "/a b", "/a%20b"),
    ],
)
def test_the_application_does_not_see_the_path(path: str, raw: bytes | None, seen: str, seen_raw: str) -> None:
    _, body = ask(echo, path, raw)
    assert body == f'{{"path":"{seen}","raw":"{seen_raw}","query":"a=1","cookies":{{}}}}'.encode()


def test_of_two_cookies_with_one_name_the_first_counts() -> None:
    _, body = ask(echo, cookie=b"cognito=of-one; lang=de; cognito=of-the-host; x=a=b")
    assert body.endswith(b'"cookies":{"cognito":"of-one","lang":"de","x":"a=b"}}')


def test_cookies_may_come_in_several_headers() -> None:
    headers = [(b"cookie", b"a=1; b=2"), (b"host", b"x"), (b"cookie", b"a=3; c=4")]
    assert own_cookies(headers) == [(b"cookie", b"a=1; b=2"), (b"host", b"x"), (b"cookie", b"c=4")]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/login?x=/a", "/w/one/login?x=/a"),
        ("https://app.example.com/", "https://app.example.com/"),
        ("//elsewhere.example/", "//elsewhere.example/"),
        ("myapp://callback", "myapp://callback"),
    ],
)
def test_redirects_within_the_application_stay_below_the_path(location: str, expected: str) -> None:
    headers, _ = ask(answering(Response(status_code=302, headers={"location": location})))
    assert dict(headers)[b"location"] == expected.encode()


def test_cookies_are_for_the_path_alone() -> None:
    response = Response()
    response.set_cookie("a", "x; path=/no", path="/", httponly=True, samesite="lax")
    response.set_cookie("b", "y", path="/_emulator")
    response.delete_cookie("c", path="/")
    headers, _ = ask(answering(response))
    cookies = [value.decode() for name, value in headers if name == b"set-cookie"]
    assert [cookie.partition(" Path=")[2].partition(";")[0] for cookie in cookies] == [
        "/w/one",
        "/w/one/_emulator",
        "/w/one",
    ]


PAGE = (
    '<a href="/login?a=/b">/signup</a><form action="/login"></form><img src="/a.png"><source srcset="/b.png">'
    '<script src="/x.js"></script><body data-root="/_emulator" data-events="/_emulator/events" data-note="/n">'
    '<a href="https://x.example/">x</a><a href="//x.example/">y</a><a href="#here">z</a> href=&#34;/text&#34;'
)
REWRITTEN = (
    '<a href="/w/one/login?a=/b">/signup</a><form action="/w/one/login"></form><img src="/w/one/a.png">'
    '<source srcset="/w/one/b.png"><script src="/w/one/x.js"></script>'
    '<body data-root="/w/one/_emulator" data-events="/w/one/_emulator/events" data-note="/n">'
    '<a href="https://x.example/">x</a><a href="//x.example/">y</a><a href="#here">z</a> href=&#34;/text&#34;'
)


def test_links_of_pages_stay_below_the_path() -> None:
    headers, body = ask(answering(HTMLResponse(PAGE)))
    assert body.decode() == REWRITTEN
    assert dict(headers)[b"content-length"] == str(len(REWRITTEN)).encode()


def test_a_page_in_pieces_is_one_page() -> None:
    pieces = [PAGE[at : at + 7] for at in range(0, len(PAGE), 7)]
    _, body = ask(answering(StreamingResponse(iter(pieces), media_type="text/html")))
    assert body.decode() == REWRITTEN


def test_style_sheets_find_their_images() -> None:
    sheet = 'a{b:url("/_pages/image/x");c:url(/d);e:url(data:image/png);f:url("//g")}'
    _, body = ask(answering(Response(sheet, media_type="text/css")))
    assert body == b'a{b:url("/w/one/_pages/image/x");c:url(/w/one/d);e:url(data:image/png);f:url("//g")}'


def test_everything_else_passes_unchanged() -> None:
    text = 'x href="/login" url(/a)'
    for response in (PlainTextResponse(text), JSONResponse({"t": text}), Response(text)):
        headers, body = ask(answering(response))
        assert body == bytes(response.body)
        assert dict(headers)[b"content-length"] == str(len(response.body)).encode()
