"""`/_emulator/logins`: mock tokens for the Logins maps of identity pools."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import object_body, query, world_of
from cognito_emulator.domain.federation.mock_idp import BadPerson
from cognito_emulator.flows.identity_pools import mock_logins
from cognito_emulator.flows.identity_pools.mock_logins import NotMock

_MEMBERS = ("provider", "client_id", "claims")


async def make(request: Request) -> Response:
    """Answer `POST` with a token about a person, as an entry of a Logins map.

    The body is `{"provider": "accounts.google.com", "client_id": "app", "claims": {"email": …}}`. The answer is
    `{"logins": {"accounts.google.com": "eyJ…"}}`.

    `provider` may be a mocked IAM provider too, by its ARN or its issuer without the scheme.
    """
    query(request)
    body = await object_body(request)
    unknown = [name for name in body if name not in _MEMBERS]
    if unknown:
        raise HTTPException(400, f"Unknown member {unknown[0]!r}; known here: {', '.join(_MEMBERS)}.")
    provider, client_id, claims = body.get("provider"), body.get("client_id", ""), body.get("claims")
    if not isinstance(provider, str) or not isinstance(client_id, str) or not isinstance(claims, dict):
        raise HTTPException(400, "'provider' and 'client_id' must be texts, 'claims' an object.")
    try:
        name, token = await mock_logins.token(world_of(request), provider, client_id, claims)
    except NotMock as problem:
        raise HTTPException(409, str(problem)) from None
    except BadPerson as problem:
        raise HTTPException(400, f"{problem}.") from None
    return JSONResponse({"logins": {name: token}})
