"""View: one request to a page of the console, and how its answer is made."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cognito_emulator import __version__
from cognito_emulator.console import rendering
from cognito_emulator.control import inputs
from cognito_emulator.domain import strict_json
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.journal import CURRENT
from cognito_emulator.wire import render
from cognito_emulator.wire.model import IDP, Service
from cognito_emulator.wire.registry import Caller, call, find_model, prepare
from cognito_emulator.world import World

ROOT = "/_emulator/console"
HOME = "/_emulator/"
COOKIE = "emulator-console"
AGENT = "cognito-emulator console"
_NONCE = re.compile(r"[0-9a-f]{32}")
# What a page says above its contents, by the value of `done` in its address.
DONE: Mapping[str, str] = MappingProxyType(
    {
        "saved": "Saved.",
        "created": "Created.",
        "deleted": "Deleted.",
        "done": "Done.",
        "sent": "Sent.",
        "rewound": "The state is what it was before that request.",
        "loaded": "The example is loaded.",
        "cleared": "Forgotten.",
        "applied": "The seed is applied.",
        "restored": "Everything is as it was in the snapshot.",
    }
)
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class Problem(Struct, frozen=True):
    """Why a form was refused: AWS's error name ("" for our own) and its text."""

    code: str
    text: str


class View:
    """One request to the console.

    Args:
        fields: what a form has sent, by name.
    """

    def __init__(self, request: Request, fields: Mapping[str, Sequence[str]] = _NOTHING) -> None:
        self.request = request
        self.fields = fields
        self.world: World = inputs.world_of(request)
        known = request.cookies.get(COOKIE, "")
        self.nonce = known if _NONCE.fullmatch(known) else ""
        self.is_new = False
        self.problem: Problem | None = None

    # --- What was asked --------------------------------------------------------------------------------------

    def field(self, name: str) -> str:
        """Return a form's field, "" where there is none."""
        return self.fields.get(name, ("",))[-1]

    def query(self, *known: str) -> dict[str, str]:
        """Return the address's values that are not empty.

        Raises:
            HTTPException: 400 for an unknown name.
        """
        found = inputs.query(self.request, *known, "done")
        return {name: value for name, value in found.items() if value and name != "done"}

    def pool(self) -> Pool:
        """Return the pool that the path names.

        Raises:
            HTTPException: 404
        """
        pool = self.world.store.pools.get(self.request.path_params["pool_id"])
        if pool is None:
            raise HTTPException(404, "There is no such user pool (any more).")
        return pool

    def user(self, pool: Pool) -> User:
        """Return the user that the path names by the sub.

        Raises:
            HTTPException: 404
        """
        user = self.world.store.users.get((pool.id, self.request.path_params["sub"]))
        if user is None:
            raise HTTPException(404, "There is no such user (any more).")
        return user

    async def call(self, operation: str, pool: Pool | None = None, **members: Any) -> Mapping[str, Any]:
        """Call an operation as `send` does, with members that are known here."""
        return await self.send(operation, members, pool)

    async def send(
        self, operation: str, members: Mapping[str, Any], pool: Pool | None = None, service: Service = IDP
    ) -> Mapping[str, Any]:
        """Call an operation of the API as the owner of a pool.

        Without a pool it is the emulator's own account.

        Raises:
            ApiError
        """
        settings = self.world.settings
        account, region = (pool.account, pool.region) if pool else (settings.account, settings.region)
        given = {"UserPoolId": pool.id, **members} if pool and service == IDP else members
        if self.problem is None:  # else the page is shown again: the journal keeps what was refused
            _note(operation, given)
        await prepare(service, operation)
        model = find_model(service, operation)
        caller = Caller(account, region, user_agent=AGENT, signed=model is None or model.signed)
        answer = await call(self.world, service, operation, given, caller)
        shown: dict[str, Any] = strict_json.decode_own(render.body(answer))  # as a client gets it
        return shown

    # --- What is answered ------------------------------------------------------------------------------------

    @property
    def csrf(self) -> str:
        """The token of this browser's forms."""
        return token_of(self.world, self.nonce)

    def nonce_made(self) -> None:
        """Give a new browser its nonce, which the answer's cookie takes along."""
        if not self.nonce:
            self.nonce, self.is_new = self.world.ids.bytes(16).hex(), True

    def page(self, template: str, title: str, here: str = "", pool: Pool | None = None, **values: Any) -> Response:
        """Return a page. `here` names its entry in the navigation."""
        from cognito_emulator.console.frame import frame_of

        self.nonce_made()
        shared = {
            "view": self,
            "title": title,
            "here": here,
            "frame": frame_of(self, pool),
            "csrf": self.csrf,
            "problem": self.problem,
            "done": DONE.get(self.request.query_params.get("done", "")),
            "now": self.world.clock.now(),
            "root": ROOT,
            "home": HOME,
            "release": __version__,
            "pool": pool,
        }
        status = values.pop("status", 400 if self.problem else 200)
        answer = rendering.page(template, {**shared, **values}, status)
        if self.is_new:
            answer.set_cookie(COOKIE, self.nonce, path="/_emulator", httponly=True, samesite="lax")
        return answer

    @staticmethod
    def go(path: str, done: str = "", **query: str) -> Response:
        """Lead the browser on after a form."""
        values = {**{name: value for name, value in query.items() if value}, **({"done": done} if done else {})}
        return RedirectResponse(f"{path}?{urlencode(values)}" if values else path, 303)


def _note(operation: str, members: Mapping[str, Any]) -> None:
    """Let the journal show the call that a form makes, in place of the form."""
    entry = CURRENT.get()
    if entry is not None:
        entry.operation, entry.input = operation, members


def token_of(world: World, nonce: str) -> str:
    """Return the token of a browser's forms, which only the world's secret can make.

    `nonce` is the browser's cookie.
    """
    return hmac.new(world.secret, f"console|{nonce}".encode(), hashlib.sha256).hexdigest()


def path_of(pool: Pool, *parts: str) -> str:
    """Return the path of a pool's page."""
    return "/".join([ROOT, "pools", *(quote(part, safe="") for part in (pool.id, *parts))])


def user_path(user: User) -> str:
    """Return the path of a user's page."""
    return f"{ROOT}/pools/{quote(user.pool_id, safe='')}/users/{quote(user.sub, safe='')}"
