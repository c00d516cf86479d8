"""`/_emulator/idp/{pool}/{provider}`: the next user of the mock provider."""

from __future__ import annotations

import logging
from typing import Any

from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import object_body, query, world_of
from cognito_emulator.domain.federation import mock_idp as rules
from cognito_emulator.domain.federation.mock_idp import BadPerson, Person
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.flows.federation import mock_idp
from cognito_emulator.world import World

log = logging.getLogger("emulator")


def _provider(request: Request) -> Provider:
    """Return the provider in the path.

    Raises:
        HTTPException: 404.
    """
    pool, name = request.path_params["pool_id"], request.path_params["provider"]
    found = world_of(request).store.providers.get((pool, name))
    if found is None:
        raise HTTPException(404, f"User pool {pool} has no identity provider {name}.")
    return found


def _as_json(person: Person) -> dict[str, Any]:
    return {"sub": person.subject, "next": person.chosen, "claims": dict(person.claims)}


async def list_all(request: Request) -> Response:
    """Answer `GET /_emulator/idp`: list the mocked providers."""
    query(request)
    world = world_of(request)
    found = [one for one in world.store.providers if mock_idp.find(world, *one.key) is not None]
    shown = [
        {"pool": p.pool_id, "provider": p.name, "type": p.type, "issuer": mock_idp.issuer(world, p)} for p in found
    ]
    return JSONResponse({"providers": shown})


async def show(request: Request) -> Response:
    """Answer `GET`: whether the provider is mocked, its issuer and its people."""
    query(request)
    world, provider = world_of(request), _provider(request)
    is_mock = mock_idp.find(world, *provider.key) is not None
    people = mock_idp.people(world, provider) if is_mock else []
    answer = {"mock": is_mock, "issuer": mock_idp.issuer(world, provider) if is_mock else None}
    return JSONResponse({**answer, "people": [_as_json(one) for one in people]})


async def choose(request: Request) -> Response:
    """Answer `POST {"claims": {"email": …, "sub": …}, "mock": true}`.

    The next sign-in at the provider returns these claims.

    `mock` starts or ends the mock of a provider of type OIDC. Its old name `pretend` is still read.
    """
    query(request)
    body = _renamed(await object_body(request))
    world, provider = world_of(request), _provider(request)
    unknown = [name for name in body if name not in ("claims", "mock")]
    if unknown:
        raise HTTPException(400, f"Unknown member {unknown[0]!r}; known here: claims, mock.")
    wanted = body.get("mock", provider.mock)
    if not isinstance(wanted, bool) or (wanted and provider.type == "SAML"):
        raise HTTPException(400, "'mock' is true or false, and no SAML provider can be a mock here.")
    changed = replace(provider, mock=wanted)
    person = _person(changed, body["claims"]) if "claims" in body else None
    _keep(world, changed)
    if person is not None:
        if mock_idp.find(world, *provider.key) is None:
            raise HTTPException(409, f"{provider.name} is not a mock: sign-ins go to its own endpoints.")
        mock_idp.remember(world, person)
    return await show(request)


def _renamed(body: dict[str, Any]) -> dict[str, Any]:
    """Rename the member `pretend`, of an earlier version, to `mock`; log a warning.

    Raises:
        HTTPException: 400 for both.
    """
    if "pretend" not in body:
        return body
    if "mock" in body:
        raise HTTPException(400, "'pretend' is the old name of 'mock'; give 'mock' alone.")
    log.warning("POST /_emulator/idp: the member pretend is now called mock; rename it")
    return {"mock" if name == "pretend" else name: value for name, value in body.items()}


def _keep(world: World, provider: Provider) -> None:
    if world.store.providers.get(provider.key) != provider:
        with world.store.write():
            world.store.providers.put(provider)


def _person(provider: Provider, claims: Any) -> Person:
    """Return the person with these claims.

    Raises:
        HTTPException: 400.
    """
    if not isinstance(claims, dict):
        raise HTTPException(400, "'claims' must be an object.")
    try:
        return rules.person(provider, claims, chosen=True)
    except BadPerson as problem:
        raise HTTPException(400, f"{problem}.") from None
