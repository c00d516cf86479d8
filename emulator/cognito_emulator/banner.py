"""The text that the command prints once the emulator answers.

It has every URL, the contents of the seeds, and settings to paste. The last line is `Ready.`
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from cognito_emulator import __version__
from cognito_emulator.control.pool_info import pool_info
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.federation.oidc import is_mock
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.runner import Running, addresses
from cognito_emulator.world import World

MOST_POOLS = 10
MOST_ENTRIES = 12  # clients, and users, of a pool


def banner(running: Running) -> Iterator[str]:
    """Yield the lines.

    Passwords, and secrets of machines, are those that a seed file documents; no other secret is shown.
    """
    world = running.world
    url = world.public_url
    yield f"cognito-emulator {__version__}"
    yield ""
    yield f"  API       {url}/"
    if url.rpartition(":")[2] != str(running.port):
        yield f"  Listening {world.settings.host} port {running.port}"
    if running.tls_port is not None:
        yield f"  HTTPS     https://{running.host}:{running.tls_port}/  {_trust(running)}"
    if world.settings.impersonate:
        authority = Path(world.settings.tls_dir).expanduser() / "ca.pem"
        yield f"  Proxy     http://{running.host}:{running.port}  for AWS's host names (trust {authority})"
    yield f"  Console   {url}/_emulator/"
    yield f"  Guide     {url}/_emulator/guide"
    yield f"  Messages  {url}/_emulator/messages"
    yield f"  Health    {url}/_emulator/health"
    yield f"  Info      {url}/_emulator/info"
    yield f"  Data      {_data(world)}"
    if world.settings.fallback is not None:
        yield f"  Fallback  {world.settings.fallback} answers the calls of other AWS services"
    pools = list(world.store.pools)
    for pool in pools[:MOST_POOLS]:
        yield from _pool(running, pool)
    if len(pools) > MOST_POOLS:
        yield f"  … and {len(pools) - MOST_POOLS} more pools: {url}/_emulator/info"
    yield from _identity_pools(running)
    yield from _settings(running, pools)
    yield ""
    yield "Ready."


def as_json(running: Running) -> str:
    """Return one line of JSON for programs: `message`, addresses and pools.

    `message` is "Ready.".
    """
    made = {
        "message": "Ready.",
        "version": __version__,
        **addresses(running),
        "data": str(running.world.keeper.storage.folder) if running.world.keeper else None,
        "pools": [pool_info(running.world, pool) for pool in running.world.store.pools],
        "identityPools": [{"id": pool.id, "name": pool.name} for pool in running.world.store.identity_pools],
    }
    return json.dumps(made) + "\n"


def _data(world: World) -> str:
    if world.keeper is None:
        return "in memory only; --data DIR keeps it"
    resumed = ", as the last start left it: the start seed is for an empty folder"
    return f"{world.keeper.storage.folder}{resumed if world.keeper.is_resumed else ''}"


def _trust(running: Running) -> str:
    settings = running.world.settings
    if settings.tls_cert is not None:
        return f"(certificate {settings.tls_cert})"
    return f"(trust {Path(settings.tls_dir).expanduser() / 'ca.pem'})"


def _pool(running: Running, pool: Pool) -> Iterator[str]:
    world = running.world
    yield ""
    yield f"  Pool {pool.id} ({pool.name})"
    yield f"    issuer  {world.issuer(pool)}"
    yield f"    keys    {world.public_url}/{pool.id}/.well-known/jwks.json"
    clients = world.store.clients.where("pool", pool.id)
    for client in clients[:MOST_ENTRIES]:
        secret = ", with a secret" if client.secrets else ""
        yield f"    client  {client.id} ({client.name}{secret})"
        yield from _login(running, client)
    yield from _more(len(clients), "clients")
    yield from _providers(world, pool)
    users = _credentials(running, pool)
    for name, password in users[:MOST_ENTRIES]:
        yield f"    user    {name}  password {password}"
    yield from _more(len(users), "users")


def _providers(world: World, pool: Pool) -> Iterator[str]:
    """Yield the identity providers that the built-in mock replaces."""
    providers = world.store.providers.where("pool", pool.id)
    for provider in providers[:MOST_ENTRIES]:
        if is_mock(provider):
            yield f"    mock    {provider.name}: a page of the emulator asks which account signs in"


def _login(running: Running, client: Client) -> Iterator[str]:
    """Yield where a client's users sign in, or how a machine gets its token."""
    world = running.world
    callbacks, grants = client.settings.get("CallbackURLs"), client.settings.get("AllowedOAuthFlows", ())
    secret = _secret(running, client)
    if "client_credentials" in grants and secret:
        url = f"{world.public_url}/oauth2/token"
        yield f"    token   curl -u {client.id}:{secret} -d grant_type=client_credentials {url}"
    if callbacks and "code" in grants:
        given = {"client_id": client.id, "response_type": "code", "redirect_uri": callbacks[0]}
        yield f"    login   {world.public_url}/login?{urlencode(given)}"


def _identity_pools(running: Running) -> Iterator[str]:
    world = running.world
    pools = list(world.store.identity_pools)
    if not pools:
        return
    yield ""
    for pool in pools[:MOST_POOLS]:
        guests = ", with guests" if pool.guests else ""
        yield f"  Identity pool {pool.id} ({pool.name}{guests})"
    yield from _more(len(pools), "identity pools", MOST_POOLS)
    from cognito_emulator.flows.identity_pools import tokens  # where there is no such pool, it is not needed

    yield f"    issuer  {tokens.issuer(world, pools[0].region)}"


def _more(count: int, things: str, most: int = MOST_ENTRIES) -> Iterator[str]:
    if count > most:
        yield f"    … and {count - most} more {things}"


def _credentials(running: Running, pool: Pool) -> list[tuple[str, str]]:
    """List user names and passwords of the seeds.

    A seed may name a pool by a name that another pool has too.
    """
    return [
        (name, password)
        for seed in running.seeds
        for where, name, password in seed.credentials
        if where in (pool.id, pool.name) and names.find(running.world.store, pool, name)
    ]


def _secret(running: Running, client: Client) -> str | None:
    """Return a client's secret, if a seed documents it."""
    documented = (seed.secrets.get(client.id) for seed in running.seeds)
    return next((secret for secret in documented if secret in client.secrets), None)


def _settings(running: Running, pools: list[Pool]) -> Iterator[str]:
    world, url = running.world, running.world.public_url
    region = pools[0].region if pools else world.settings.region
    yield ""
    yield "  boto3:"
    yield f'    boto3.client("cognito-idp", endpoint_url="{url}", region_name="{region}",'
    yield '                 aws_access_key_id="test", aws_secret_access_key="test")'
    chosen = _for_browsers(running, pools)
    if chosen is None:
        return
    yield "  Amplify v6:"
    yield "    Amplify.configure({ Auth: { Cognito: {"
    yield f'      userPoolId: "{chosen.pool_id}", userPoolClientId: "{chosen.id}",'
    identity_pool = _with_logins_of(running, chosen)
    if identity_pool is None:
        yield f'      userPoolEndpoint: "{url}"'
    else:
        yield f'      userPoolEndpoint: "{url}",'
        yield f'      identityPoolId: "{identity_pool.id}", allowGuestAccess: {str(identity_pool.guests).lower()},'
        yield f'      identityPoolEndpoint: "{url}"'
    yield "    } } })"


def _for_browsers(running: Running, pools: list[Pool]) -> Client | None:
    """Return the first client without a secret: Amplify supports no other."""
    for pool in pools:
        for client in running.world.store.clients.where("pool", pool.id):
            if not client.secrets:
                return client
    return None


def _with_logins_of(running: Running, client: Client) -> IdentityPool | None:
    """Return the first identity pool that takes the logins of an app client."""
    world = running.world
    pools = list(world.store.identity_pools)
    if pools:
        from cognito_emulator.flows.identity_pools import provider_names
    for pool in pools:
        for entry in pool.user_pools:
            name = provider_names.canonical(world, entry.name) if entry.client_id == client.id else ""
            if name.endswith(f"/{client.pool_id}"):
                return pool
    return None
