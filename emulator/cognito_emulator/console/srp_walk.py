"""Flows: sign in with SRP step by step, with each number of the client."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import View
from cognito_emulator.control.reason_view import why
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.secret_hash import secret_hash
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.reasons import reason_of
from cognito_emulator.domain.users.password_secret import private_value
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.journal import note_refusal

_ALLOWED = "ALLOW_USER_SRP_AUTH"
_OFFERED = 50  # users in the list of names
_VERIFIER = "PASSWORD_VERIFIER"
_A_BYTES = 128  # as Amplify and amazon-cognito-identity-js draw it


class Step(Struct, frozen=True):
    """A step: a value with its formula, or a call.

    `is_good` is None where nothing is compared.
    """

    title: str
    text: str
    formula: str = ""
    value: str = ""
    call: str = ""
    sent: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None
    is_good: bool | None = None
    verdict: str = ""


class Walk:
    """One sign-in with SRP: what the client knows, and the steps so far."""

    def __init__(self, view: View, pool: Pool, client: Client) -> None:
        self.view = view
        self.pool = pool
        self.client = client
        self.username = view.field("username").strip()
        self.steps: list[Step] = []
        self._a = int.from_bytes(view.world.ids.bytes(_A_BYTES), "big")
        self._session: Session | None = None

    async def go(self) -> None:
        """Take each step, until one is refused."""
        public = srp.client_public(self._a)
        self._add("A", "The client draws a random number a, keeps it, and sends A.", "A = g^a mod N", f"{public:x}")
        parameters = {"USERNAME": self.username, "SRP_A": f"{public:x}", **self._hash(self.username)}
        sent = {"ClientId": self.client.id, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters}
        answer = await self._call("InitiateAuth", "It names the user and A. The password is not sent.", sent)
        if answer is None or answer.get("ChallengeName") != _VERIFIER:
            return
        challenge = answer["ChallengeParameters"]
        self._session = self.view.world.store.sessions.get(digest(challenge["SECRET_BLOCK"]))
        await self._prove(challenge, self._calculate(challenge, public))

    @property
    def outcome(self) -> Step:
        """The first step that fails, or the last one."""
        return next((step for step in self.steps if step.is_good is False), self.steps[-1])

    def _calculate(self, challenge: Mapping[str, str], public: int) -> bytes:
        """Calculate the session key from the challenge, number by number."""
        b_public, salt = int(challenge["SRP_B"], 16), bytes.fromhex(challenge["SALT"].zfill(32))
        self._add(
            "B and SALT",
            "The pool draws a random number b, and answers with B and with the salt of the user's password.",
            "B = k·v + g^b mod N, where k = H(N | g) and v = g^x",
            f"SALT {challenge['SALT']}\nB    {challenge['SRP_B']}",
        )
        u = srp.scrambler(public, b_public)
        self._add(
            "u", "Both sides hash the two public numbers: the proof fits this exchange alone.", "u = H(A | B)", f"{u:x}"
        )
        password = self.view.field("password")
        x = private_value(self.pool.srp_name, challenge["USER_ID_FOR_SRP"], password, salt)
        formula = f'x = H(SALT | H("{self.pool.srp_name}" | "{challenge["USER_ID_FOR_SRP"]}" | ":" | password))'
        text = "Here the password comes in, with the pool's name (without its Region) and USER_ID_FOR_SRP."
        self._compare("x", text, formula, f"{x:x}", self._kept_x(), _WRONG_X)
        shared = srp.client_shared(self._a, b_public, u, x)
        text = "The number that both sides can calculate, each from its own secret, if x fits the pool's verifier."
        formula = "S = (B − k·g^x)^(a + u·x) mod N; the pool: S = (A·v^u)^b mod N"
        self._compare("S", text, formula, f"{shared:x}", self._server_shared(u), _WRONG_S)
        key = srp.session_key(u, shared)
        text = 'The session key: HKDF-SHA256 of S with the salt u and the label "Caldera Derived Key", 16 bytes.'
        self._add("Key", text, "HKDF(S, u)", key.hex())
        return key

    async def _prove(self, challenge: Mapping[str, str], key: bytes) -> None:
        user_id, block = challenge["USER_ID_FOR_SRP"], challenge["SECRET_BLOCK"]
        stamp = srp.write_timestamp(datetime.fromtimestamp(self.view.world.clock.now(), UTC))
        self._add(
            "TIMESTAMP", "In English and UTC, the day without a leading zero.", "EEE MMM d HH:mm:ss z yyyy", stamp
        )
        signature = srp.proof(key, self.pool.srp_name, user_id, base64.b64decode(block), stamp)
        formula = "HMAC-SHA256(key, pool name | USER_ID_FOR_SRP | SECRET_BLOCK | TIMESTAMP), in Base64"
        text = "What proves that the client has the key; SECRET_BLOCK is what the pool knows the exchange by."
        self._add("PASSWORD_CLAIM_SIGNATURE", text, formula, signature)
        responses = {
            "USERNAME": user_id,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "TIMESTAMP": stamp,
            "PASSWORD_CLAIM_SIGNATURE": signature,
            **self._hash(user_id),
        }
        sent = {"ClientId": self.client.id, "ChallengeName": _VERIFIER, "ChallengeResponses": responses}
        text = "The pool signs with its own key, and compares the signatures."
        await self._call("RespondToAuthChallenge", text, sent)

    async def _call(self, operation: str, text: str, sent: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Call the operation; return None where it is refused."""
        answer, is_good, verdict = None, True, ""
        try:
            answer = await self.view.send(operation, sent)
        except ApiError as error:
            note_refusal(error)
            told = why(reason_of(error))
            is_good, verdict = False, f"{error.code}: {error.message}{_because(told)}"
        else:
            verdict = _outcome(answer)
        step = Step(operation, text, call=operation, sent=sent, answer=answer, is_good=is_good, verdict=verdict)
        self.steps.append(step)
        return answer

    def _add(self, title: str, text: str, formula: str, value: str) -> None:
        self.steps.append(Step(title, text, formula, value))

    def _compare(self, title: str, text: str, formula: str, value: str, other: str | None, wrong: str) -> None:
        """Add a number that the pool has too, and say whether it is the same."""
        is_good = None if other is None else other == value
        if is_good is None:
            verdict = "" if self._user() else _NO_USER
        else:
            verdict = "The pool has the same number." if is_good else wrong
        self.steps.append(Step(title, text, formula, value, is_good=is_good, verdict=verdict))

    def _hash(self, username: str) -> dict[str, str]:
        secrets = self.client.secrets
        return {"SECRET_HASH": secret_hash(secrets[0], username, self.client.id)} if secrets else {}

    def _user(self) -> User | None:
        if self._session is None:
            return None
        name = self.pool.fold(self._session.attempt.who.username)
        return self.view.world.store.users.find("username", (self.pool.id, name))

    def _kept_x(self) -> str | None:
        user = self._user()
        return f"{user.password.x:x}" if user and user.password else None

    def _server_shared(self, u: int) -> str | None:
        kept = self._kept_x()
        if self._session is None or kept is None:
            return None
        a_public, _, b = (int(number, 16) for number in self._session.srp)
        return f"{srp.server_shared(a_public, u, b, srp.verifier(int(kept, 16))):x}"


_NO_USER = "There is no such user: the pool made the challenge up, so that a client cannot tell."
_WRONG_X = "It fails here: the pool keeps another x for this user. The password typed in is not theirs."
_WRONG_S = "The pool has another number, since x differs. So have the key and the signature, which follow from it."


def _because(told: Mapping[str, Any] | None) -> str:
    return f" {told['sentence']}" if told else ""


def _outcome(answer: Mapping[str, Any]) -> str:
    """Word what a call has led to."""
    if answer.get("AuthenticationResult"):
        return "Signed in: these are the tokens."
    name = answer.get("ChallengeName")
    if name == _VERIFIER:
        return "The pool asks for the proof."
    return f"The next challenge is {name}, which this page does not answer."


def _clients(view: View) -> list[Client]:
    return [one for one in view.world.store.clients if _ALLOWED in one.flows][:200]


async def _show(view: View) -> Response:
    values = view.query("client", "user")
    return _page(view, values.get("client", ""), values.get("user", ""), None)


def _page(view: View, client_id: str, username: str, walk: Walk | None) -> Response:
    clients = _clients(view)
    chosen = next((one for one in clients if one.id == client_id), clients[0] if clients else None)
    pool = view.world.store.pools.get(chosen.pool_id) if chosen else None
    known = view.world.store.users.after("pool", pool.id, 0) if pool else ()
    return view.page(
        "srp.html",
        "Flows",
        "flows",
        pool,
        clients=clients,
        chosen=chosen,
        username=username,
        walk=walk,
        names=[user.username for (_, user), _ in zip(known, range(_OFFERED), strict=False)],
    )


async def _walk(view: View) -> Response:
    client = next((one for one in _clients(view) if one.id == view.field("client")), None)
    if client is None:
        raise HTTPException(400, f"Choose an app client that has {_ALLOWED} in its ExplicitAuthFlows.")
    if not view.field("username").strip() or not view.field("password"):
        raise HTTPException(400, "Type in a user's name and a password.")
    pool = view.world.store.pools.get(client.pool_id)
    if pool is None:
        raise HTTPException(404, "There is no such user pool (any more).")
    walk = Walk(view, pool, client)
    await walk.go()
    return _page(view, client.id, walk.username, walk)


show, send = screen(_show), form(_walk, _show)
