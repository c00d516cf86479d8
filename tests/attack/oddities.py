"""HTTP as no client writes it. Where it is still HTTP (RFC 9112), an answer is due; else the server may hang up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.attack.line import Reply
from tests.attack.shot import Shot, request

_TARGET = b"x-amz-target: AWSCognitoIdentityProviderService.ListUserPools\r\n"
_HEADERS = (
    b"host: localhost\r\ncontent-type: application/x-amz-json-1.1\r\n" + _TARGET
    + b"authorization: AWS4-HMAC-SHA256 "
    + b"Credential=A/20260905/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0\r\n"
)  # fmt: skip
_BODY = b'{"MaxResults": 1}'
GOOD = b"POST / HTTP/1.1\r\n" + _HEADERS + b"content-length: 17\r\n\r\n" + _BODY
HEALTH = request("GET", "/_emulator/health", [("host", "localhost")])
_BAD_LINES = (
    b"", b"\r\n", b"GET", b"GET /", b"GET / HTTP/9.9", b"GET / HTTP/2.0", b"GET / http/1.1", b"GET  / HTTP/1.1",
    b"G\x00T / HTTP/1.1", b"GET /\x00 HTTP/1.1", b"GET /a b HTTP/1.1", b" GET / HTTP/1.1", b"GET / HTTP/1.1 x",
    b"\x16\x03\x01\x02\x00\x01\x00", b"\xff" * 30, b"PRI * HTTP/2.0", b"GET / HTTP/0.9", b"GET\t/ HTTP/1.1", b"{}",
    b"CONNECT x:1 HTTP/1.1", b"A" * 70_000, b"GET " + b"/" * 70_000,
)  # fmt: skip
_BAD_HEADERS = (
    b"no colon\r\n", b": empty\r\n", b"a b: c\r\n", b"host: x\r\n", b"a:\x00\r\n", b"a: b\nc: d\r\n", b"a: \xff\r\n",
    b"a\x00: b\r\n", b" folded: x\r\n", b"a: b\r\n folded\r\n", b"content-length: 5\r\n", b"content-length: -1\r\n",
    b"content-length: x\r\n", b"content-length: 1e3\r\n", b"content-length: 17, 17\r\n",
    b"content-length: " + b"9" * 30 + b"\r\n", b"transfer-encoding: gzip\r\n",
    b"transfer-encoding: chunked, chunked\r\n", b"transfer-encoding: x\r\n", b"transfer-encoding:\x0bchunked\r\n",
    b"content-length: 0\r\ntransfer-encoding: chunked\r\n", b"a: " + b"b" * 100_000 + b"\r\n", b"a: b\r\n" * 5_000,
    b"upgrade: h2c\r\nconnection: upgrade\r\n",
    b"upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: x\r\n", b"expect: 200-ok\r\n",
    b"content-encoding: gzip\r\n", b"te: trailers\r\n", b"connection: close, x\r\n", b"connection: \r\n",
)  # fmt: skip
_BAD_CHUNKS = (
    b"x\r\n", b"-1\r\n", b"5\r\nab", b"5\r\nabcdefgh\r\n0\r\n\r\n", b"0x5\r\nabcde\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFFFF\r\n", b"5;\x00\r\n", b"0\r\n" + b"a: b\r\n" * 5_000 + b"\r\n", b"0\r\nno colon\r\n\r\n",
    b"5\nabcde\n0\n\n", b"1" * 50_000,
)  # fmt: skip
_HEADERS_FINE = (
    b"x: " + b"y" * 4_000, b"accept: " + b"a," * 300, b"cookie: " + b"a=b; " * 500, b"cookie: =; ;;; a",
    b"accept-language: ;q=x,*", b"host: ", b"x-forwarded-for: \xff", b"user-agent: \xe9\xff", b"content-type: ",
    b"x-amz-target: \xff", b"authorization: \xff\xfe", b"authorization: " + b"Credential=" * 200,
    b"connection: keep-alive, x", b"content-type: application/x-amz-json-1.1; charset=\xff", b"origin: \xff",
    b"x-amz-date: x", b"expect: 100-continue", b"accept-encoding: gzip, br", b"range: bytes=0-1",
    b"if-none-match: *", b"access-control-request-headers: a\xffb", b"access-control-request-method: FOO",
    b"forwarded: for=x",
)  # fmt: skip
_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get", "PROPFIND", "M-SEARCH", "POST", "GET")
_TARGETS = (
    "/", "//", "/?", "/?x", "/%00", "/%ff", "/%", "/%zz", "/./", "/../", "/..%2f", "/_emulator/../",
    "/_emulator//health", "http://localhost/", "http://evil.example/_emulator/info", "https://localhost/login?x",
    "*", "/;a=b", "/" + "a" * 9_000, "/_emulator/idp/%2f/%2f", "/login?" + "a=b&" * 2_000, "/#a",
    "/_pages/..%2f..%2fx", "/_pages/%2e%2e", "/_import/%2f", "/login/", "/oauth2/authorize/", "/LOGIN",
    "/oauth2/TOKEN", "/saml2/", "/.well-known/jwks.json", "/x/.well-known/jwks.json",
)  # fmt: skip


@dataclass
class Oddities:
    """Draws oddities."""

    rng: Random

    def draw(self) -> Shot:
        kinds: Sequence[Callable[[], Shot]] = (
            self._methods, self._methods, self._fine_headers, self._fine_headers, self._chunked, self._pipelined,
            self._old, self._bad_line, self._bad_header, self._bad_chunk, self._short, self._long, self._noise,
            self._large,
        )  # fmt: skip
        # A large body takes a while.
        return self.rng.choice(kinds if self.rng.random() < 0.02 else kinds[:-1])()

    def learn(self, reply: Reply) -> None:
        """Nothing to learn."""

    def _methods(self) -> Shot:
        method, target = self.rng.choice(_METHODS), self.rng.choice(_TARGETS)
        body = self.rng.choice((None, b"", b"{}", b"\xff"))
        sent = request(method, target, [("host", "localhost"), ("content-type", "application/json")], body)
        return Shot("http", f"{method} {target[:40]}", sent, head=method == "HEAD")

    def _fine_headers(self) -> Shot:
        line = self.rng.choice(_HEADERS_FINE) + b"\r\n"
        if line.startswith(b"host"):
            return Shot("http", "header host", GOOD.replace(b"host: localhost\r\n", line), broken=True)
        name = line.partition(b":")[0] + b":"
        kept = b"".join(one + b"\r\n" for one in _HEADERS.split(b"\r\n") if one and not one.startswith(name))
        head = b"POST / HTTP/1.1\r\n" + kept + line + b"content-length: 17\r\n\r\n"
        return Shot("http", f"header {name.decode('latin-1')}", head + _BODY)

    def _chunked(self) -> Shot:
        cuts = sorted(self.rng.sample(range(1, len(_BODY)), 3))
        parts = [_BODY[at:to] for at, to in zip([0, *cuts], [*cuts, len(_BODY)], strict=True)]
        extension = self.rng.choice((b"", b";a=b", b'; a="b"'))
        body = b"".join(b"%x" % len(part) + extension + b"\r\n" + part + b"\r\n" for part in parts) + b"0\r\n"
        trailers = (b"", b"x: y\r\n", b"host: evil\r\n", b"x-amz-target: X\r\n", b"content-type: text/plain\r\n")
        body += self.rng.choice(trailers) + b"\r\n"
        return Shot("http", "chunked", b"POST / HTTP/1.1\r\n" + _HEADERS + b"transfer-encoding: chunked\r\n\r\n" + body)

    def _pipelined(self) -> Shot:
        count = self.rng.choice((2, 3, 10, 50))
        sent = b"".join(self.rng.choice((GOOD, HEALTH)) for _ in range(count))
        return Shot("http", "pipelined", sent, answers=count)

    def _old(self) -> Shot:
        sent = self.rng.choice((GOOD, HEALTH)).replace(b"HTTP/1.1", b"HTTP/1.0")
        return Shot("http", "HTTP/1.0", sent, ends=self.rng.random() < 0.5)

    def _bad_line(self) -> Shot:
        return self._broken("request line", self.rng.choice(_BAD_LINES) + b"\r\nhost: x\r\n\r\n")

    def _bad_header(self) -> Shot:
        line = self.rng.choice(_BAD_HEADERS)
        return self._broken(
            "header", b"POST / HTTP/1.1\r\n" + _HEADERS + b"content-length: 17\r\n" + line + b"\r\n" + _BODY
        )

    def _bad_chunk(self) -> Shot:
        head = b"POST / HTTP/1.1\r\n" + _HEADERS + b"transfer-encoding: chunked\r\n\r\n"
        return self._broken("chunk", head + self.rng.choice(_BAD_CHUNKS))

    def _short(self) -> Shot:
        target = self.rng.choice(
            ("/_import/import-x", "/_emulator/seed", "/oauth2/token", "/login", "/saml2/idpresponse")
        )
        method = "PUT" if "import" in target else "POST"
        kind = "application/json" if "seed" in target else "application/x-www-form-urlencoded"
        form = request(method, target, [("host", "localhost"), ("content-type", kind)], b"a=b&" * 20)
        sent = self.rng.choice((GOOD, form))
        return self._broken("cut off", sent[: self.rng.randrange(1, len(sent))])

    def _long(self) -> Shot:
        return self._broken(
            "more than its length", GOOD + self.rng.choice((b"x", b"\r\n\r\n\r\n", GOOD[5:], b"{}" * 99))
        )

    def _noise(self) -> Shot:
        sent = bytearray(self.rng.choice((GOOD, HEALTH)))
        for _ in range(self.rng.randint(1, 4)):
            sent[self.rng.randrange(len(sent))] = self.rng.randrange(256)
        return self._broken("noise", bytes(sent))

    def _large(self) -> Shot:
        size = self.rng.choice((5 * 1024 * 1024 - 20, 5 * 1024 * 1024 + 1, 8 * 1024 * 1024))
        filling = self.rng.choice((b" ", b'{"a": 1}, ', b"[", b'"x", '))
        body = b'{"MaxResults": 1, "X": [' + (filling * (size // len(filling))) + b"]}"
        head = b"POST / HTTP/1.1\r\n" + _HEADERS + b"content-length: " + str(len(body)).encode() + b"\r\n\r\n"
        return Shot("http", "large", head + body)

    @staticmethod
    def _broken(name: str, sent: bytes) -> Shot:
        return Shot("http", name, sent, ends=True, broken=True)
