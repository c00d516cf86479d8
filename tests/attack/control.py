"""What programs send to the control API: every route with good, odd and broken queries and bodies, seeds among them."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import yaml

import cognito_emulator.seed
from tests.attack import values
from tests.attack.hosted import Hosted
from tests.attack.line import Reply
from tests.attack.operations import Live
from tests.attack.shot import Header, Shot, request

GETS = (
    "/health", "/ready", "/info", "/messages", "/messages", "/messages/latest", "/clock", "/imports/{job}", "/logs",
    "/idp", "/idp/{pool}/Google", "/idp/{pool}/{odd}", "/risks", "/compromised", "/places", "/faults", "/faults/{odd}",
    "/metrics", "/{odd}", "", "/",
)  # fmt: skip
WRITES = (
    "PUT /clock", "PUT /clock", "POST /logins", "POST /logins", "POST /idp/{pool}/Google", "POST /idp/{pool}/Corp",
    "PUT /risks", "PUT /risks", "PUT /compromised", "PUT /places", "PUT /places", "POST /reset", "POST /seed",
    "POST /seed", "POST /seed?baseline=1", "DELETE /messages", "DELETE /logs", "DELETE /risks",
    "DELETE /compromised", "DELETE /places", "POST /{odd}", "DELETE /_aws/ses", "POST /reset?empty=1",
)  # fmt: skip
FILTERS = ("to", "user", "pool", "type", "wait", "id", "email", "ip", "empty", "baseline", "name", "format", "X")
BODIES: dict[str, Sequence[dict[str, Any]]] = {
    "/clock": (
        {"advance": 60},
        {"set": "2030-01-01"},
        {"freeze": True},
        {"freeze": False},
        {"reset": True},
        {"set": 1e9},
    ),
    "/logins": ({"provider": "accounts.google.com", "client_id": "app", "claims": {"email": "a@example.com"}},),
    "/idp": ({"claims": {"email": "a@example.com", "sub": "1"}}, {"mock": True}, {"mock": False}),
    "/risks": ({"level": "High", "user": "ann"}, {"level": "Low", "ip": "10.0.0.0/8"}, {"level": "None", "pool": "x"}),
    "/compromised": ({"passwords": ["Password-1"]}, {"passwords": ["a"], "pool": "x"}),
    "/places": ({"ip": "10.0.0.0/8", "city": "Ulm", "country": "DE"}, {"ip": "::1"}),
    "/reset": ({},),
}
_SEED: dict[str, Any] = yaml.safe_load(
    (Path(cognito_emulator.seed.__file__).parent / "default.yaml").read_text("utf-8")
)
_YAML = (
    "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nUserPools: [*c, *c]\n", "UserPools: !!python/object:os.system x\n",
    "UserPools: &x [*x]\n", "? [a]\n: b\n", "- 1\n", "UserPools:\n\t- a\n", "a: 1\na: 2\n", "%YAML 9.9\n---\n",
    "---\n---\n", "<<: {a: 1}\n", "UserPools: 2020-01-01\n", "UserPools: 0x10\n", "'\n", "\x00", "\x85",
    "UserPools: [" * 2_000, "{" * 9_000, "UserPools: [{PoolName: p, Users: [{Username: a, Attributes: {sub: x}}]}]",
    "{}", "", "null", "UserPools:", "a: " * 9_000, "UserPools: [{PoolName: p, <<: *nothing}]", "!!binary x",
    "!!set {a}", "UserPools: !!omap [a: 1]", "x: .nan\n", "UserPools: [" + "{}, " * 50_000 + "]",
    "UserPools: [{PoolName: p, Users: [" + "{}, " * 50_000 + "]}]",
    "UserPools: [{PoolName: p, LambdaConfig: {PreSignUp: a.py:f}}]",
)  # fmt: skip


@dataclass
class Controls:
    """Draws control requests."""

    hosted: Hosted
    port: int
    rng: Random
    live: Live

    def draw(self) -> Shot:
        if self.rng.random() < 0.4:
            path = self.rng.choice(GETS)
            place = self.rng.choice(("/_emulator", "/_emulator", "/_emulator", "/_aws", "/_localstack"))
            path = {"/_aws": "/_aws/ses", "/_localstack": "/_localstack/health"}.get(place, place + path)
            return self._shot("GET", path + self._query(), None)
        method, _, path = self.rng.choice(WRITES).partition(" ")
        path = path if path.startswith("/_aws") else f"/_emulator{path}"
        if method == "DELETE":
            return self._shot(method, path + self._query(), None)
        body = self._seed() if "/seed" in path else self._body(path)
        return self._shot(method, path + (self._query() if self.rng.random() < 0.1 else ""), body)

    def learn(self, reply: Reply) -> None:
        if reply.status == 200 and "json" in reply.header("content-type") and self.rng.random() < 0.2:
            self.live.learn(json.loads(reply.body))

    def _odd(self) -> str:
        return self.rng.choice(values.TEXTS)

    def _query(self) -> str:
        pairs = []
        for name in self.rng.sample(FILTERS, self.rng.choice((0, 0, 1, 2))):
            value = self.live.of(name, self.rng) if self.rng.random() < 0.5 else None
            value = value if isinstance(value, str) else self._odd()
            if name == "wait":  # a real wait would be one
                value = self.rng.choice(("0", "0.01", "-1", "nan", "inf", "1e999", "x", "", "\u0661", "1_0"))
            if name in ("empty", "baseline"):
                value = self.rng.choice(("0", "1", "true", "x", ""))
            pairs.append(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}")
        if pairs and self.rng.random() < 0.05:
            pairs += pairs
        return f"?{'&'.join(pairs)}" if pairs else ""

    def _body(self, path: str) -> bytes:
        kind = self.rng.random()
        if kind < 0.15:
            return values.write(values.any_json(self.rng)).encode()
        known = next((body for name, body in BODIES.items() if name in path), ({},))
        wanted: Any = copy.deepcopy(self.rng.choice(known))
        if kind < 0.6 and wanted:
            holder, key = self.rng.choice(list(values.holders(wanted)))
            holder[key] = values.any_json(self.rng)
        elif kind < 0.7:
            wanted[self.rng.choice(("x", "", "claims", "pool", "ip"))] = values.any_json(self.rng)
        return values.write(wanted).encode()

    def _seed(self) -> bytes:
        kind = self.rng.random()
        if kind < 0.3:
            return self.rng.choice(_YAML).encode()
        seed = copy.deepcopy(_SEED)
        for _ in range(self.rng.choice((0, 1, 1, 1, 3))):
            holder, key = self.rng.choice(list(values.holders(seed)))
            change = self.rng.random()
            if change < 0.2 and isinstance(holder, dict):
                holder.pop(key)
                holder[self.rng.choice(("Id", "X", "UserPoolId", "Username", ""))] = self._odd()
            else:
                holder[key] = values.any_json(self.rng)
        if kind < 0.9:
            return values.write(seed).encode()
        plain = yaml.safe_dump(_SEED).encode()
        at = self.rng.randrange(len(plain))
        return plain[:at] + self._odd().encode("utf-8", "replace") + plain[at + self.rng.choice((0, 1, 30)) :]

    def _shot(self, method: str, path: str, body: bytes | None) -> Shot:
        while "{odd}" in path:
            path = path.replace("{odd}", quote(self._odd().encode("utf-8", "replace")[:200], safe=""), 1)
        path = path.replace("{pool}", self.hosted.pool).replace("{job}", self.hosted.job)
        if self.rng.random() < 0.03:
            method = self.rng.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "FOO"))
        headers: list[Header] = [("host", f"localhost:{self.port}")]
        if self.rng.random() < 0.03:
            odd = ("", "evil.example", "[", "localhost", "127.0.0.1", "[::1]", "a..b", "host", "x.test:1:2")
            headers = [("host", self.rng.choice(odd))]
        if method != "GET":
            kind = (
                "application/json"
                if self.rng.random() < 0.9
                else self.rng.choice(("application/yaml", "text/plain", ""))
            )
            headers.append(("content-type", kind))
        if self.rng.random() < 0.05:
            origins = ("null", "http://[", "https://evil.example", f"http://localhost:{self.port}", "", "http://a:b")
            headers.append(("origin", self.rng.choice(origins)))
        name = f"{method} {path.partition('?')[0][:60]}"
        return Shot("control", name, request(method, path, headers, body), head=method == "HEAD")
