"""`/_emulator/users/{pool}/{user}/`: authenticators and passkeys for tests."""

from __future__ import annotations

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control import members
from cognito_emulator.control.inputs import query, world_of
from cognito_emulator.domain import strict_json
from cognito_emulator.flows.auth import known_factors
from cognito_emulator.flows.auth.known_factors import Code
from cognito_emulator.flows.tokens.made_tokens import CannotExist


def _options(value: Any) -> dict[str, Any]:
    """Return CREDENTIAL_REQUEST_OPTIONS from the object, or from its JSON."""
    try:
        return members.mapping(strict_json.decode(value) if isinstance(value, str) else value)
    except ValueError:
        raise ValueError("CREDENTIAL_REQUEST_OPTIONS, an object or its JSON text") from None


def _shown(code: Code) -> Response:
    return JSONResponse({"secret": code.secret, "code": code.code, "seconds": round(code.seconds, 3)})


async def get_totp(request: Request) -> Response:
    """Answer `GET …/totp` with the secret and a code that has not been used."""
    query(request)
    path = request.path_params
    try:
        return _shown(known_factors.totp_code(world_of(request), path["pool_id"], path["user"]))
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None


async def put_totp(request: Request) -> Response:
    """Answer `PUT …/totp` of `{"secret"}`.

    The user has a verified authenticator with that secret, as the preferred factor.
    """
    found = await members.read(request, {"secret": members.text}, ("secret",))
    path = request.path_params
    try:
        return _shown(known_factors.set_totp(world_of(request), path["pool_id"], path["user"], found["secret"]))
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None


async def make_passkey(request: Request) -> Response:
    """Answer `POST …/passkey` with the id of a new virtual passkey.

    `{"origin"}` is the page's, if it is another than https at the relying party.
    """
    found = await members.read(request, {"origin": members.text})
    path = request.path_params
    try:
        made = known_factors.add_passkey(world_of(request), path["pool_id"], path["user"], found.get("origin"))
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None
    return JSONResponse({"credential_id": made.id, "rp_id": made.rp_id})


async def answer_passkey(request: Request) -> Response:
    """Answer `POST …/passkey/assertion` of `{"options"}` with `{"CREDENTIAL"}`.

    It is the text that answers the challenge.
    """
    kinds = {"options": _options, "origin": members.text}
    found = await members.read(request, kinds, ("options",))
    path = request.path_params
    try:
        credential = known_factors.assertion(
            world_of(request), path["pool_id"], path["user"], found["options"], found.get("origin")
        )
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None
    return JSONResponse({"CREDENTIAL": json.dumps(credential, separators=(",", ":"))})
