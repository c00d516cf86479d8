"""Export a world as a seed: users with verifiers instead of passwords.

Blocks are what the operations that describe things answer, as far as the operations that create them take it.

    content = export(world)                  # plain values, as seed.parse_mapping reads them
    text = as_yaml(content)

What no block carries is in the section State (`seed.export_state`), which also tells what is left out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.identity_pools import login_provider
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.known_risk import FixedRisk
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.pools import replicas
from cognito_emulator.flows.threats import fixed_risks
from cognito_emulator.ports.key_files import pems
from cognito_emulator.seed import limits, retained
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.export_replicas import replica_block
from cognito_emulator.seed.export_state import state_block
from cognito_emulator.seed.export_users import user_block
from cognito_emulator.seed.plain import present, shaped
from cognito_emulator.seed.preparing import prepare_export
from cognito_emulator.seed.state import SECTION
from cognito_emulator.wire.model import IDENTITY, IDP, Service
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

T = TypeVar("T")
Block = dict[str, Any]
GiveWay = Callable[[], Awaitable[None]]
SLICE = 50  # users
_DESCRIBED = 50  # groups, clients and others that operations describe
_OWN = ("UserPoolId",)
_SESSIONS, _SSO_MINUTES = 20, 60  # the defaults [docs: SetUserPoolSessionConfiguration]


def export(world: World, pools: Collection[str] | None = None, *, secrets: bool = False) -> Block:
    """Return a seed of all that is there.

    Args:
        pools: ids of user pools and identity pools, to which it is limited.
        secrets: with the signing keys.
    """
    return at_once(export_slowly(world, None, pools, secrets=secrets))


async def export_slowly(
    world: World,
    give_way: GiveWay | None,
    pools: Collection[str] | None = None,
    *,
    secrets: bool = False,
    users: Collection[str] | None = None,
) -> Block:
    """Export as `export` does, with other requests after each slice.

    Users that they create may be missing. `users` are the subs of those that are exported; None are all.
    """
    if give_way is not None:
        await prepare_export(world)
    content: Block = {}
    for pool in [pool for pool in world.store.pools if pools is None or pool.id in pools]:
        block = await _user_pool(world, pool, give_way, users, secrets=secrets)
        if block is not None:
            content.setdefault("UserPools", []).append(block)
        if give_way is not None:
            await give_way()
    for number, identity_pool in enumerate(world.store.identity_pools, 1):
        if pools is None or identity_pool.id in pools:
            with suppress(errors.ResourceNotFound):  # it was deleted meanwhile
                content.setdefault("IdentityPools", []).append(_identity_pool(world, identity_pool))
        if give_way is not None and number % _DESCRIBED == 0:
            await give_way()
    for limit in world.store.limits if pools is None else ():
        content.setdefault(limits.SECTION, []).append(limits.block_of(limit))
    for provider in world.store.login_providers if pools is None else ():
        section, shown = _login_provider(provider)
        content.setdefault(section, []).append(shown)
    state = await state_block(world, give_way, pools, secrets=secrets)
    return {**content, SECTION: state} if state else content


async def _user_pool(
    world: World, pool: Pool, give_way: GiveWay | None, users: Collection[str] | None, *, secrets: bool
) -> Block | None:
    """Return the block of a user pool; None if it is deleted meanwhile."""
    block: Block = {}
    try:
        block = await _Pool(world, pool, give_way).block(secrets=secrets)
    except errors.ResourceNotFound:
        if pool.id in world.store.pools:
            raise
    if pool.id not in world.store.pools:
        return None
    blocks = []
    for number, user in enumerate(_users(world, pool, users), 1):
        blocks.append(user_block(world.store, pool, user))
        if give_way is not None and number % SLICE == 0:
            await give_way()
    return {**block, **present({"Users": blocks})}


def _users(world: World, pool: Pool, subs: Collection[str] | None) -> Iterable[User]:
    if subs is None:
        return world.store.users.where("pool", pool.id)
    found = (world.store.users.get((pool.id, sub)) for sub in subs)
    return [user for user in found if user is not None]


class _Pool:
    """The block of one user pool."""

    def __init__(self, world: World, pool: Pool, give_way: GiveWay | None) -> None:
        self._world = world
        self._pool = pool
        self._give_way = give_way
        self._caller = Caller(pool.account, pool.region)

    async def block(self, *, secrets: bool) -> Block:
        pool, store = self._pool, self._world.store
        keys = self._world.keys.known(pool.id) if secrets else None
        id_key, access_key = pems(keys) if keys else ("", "")
        return present(
            {
                "Id": pool.id,
                "PoolName": pool.name,
                **self._itself(),
                "MfaConfig": self._mfa(),
                "SessionConfiguration": self._sessions(),
                "SigningKeys": {"IdToken": id_key, "AccessToken": access_key} if keys else None,
                "IdentityProviders": self._providers(),
                "ResourceServers": await self._each(
                    "ResourceServer",
                    "Identifier",
                    [one.identifier for one in store.resource_servers.where("pool", pool.id)],
                ),
                "Clients": await self._listed(self._client, store.clients.where("pool", pool.id)),
                "Domains": [self._domain(one.name) for one in store.domains.where("pool", pool.id) if one.serves(pool)],
                "ManagedLoginBrandings": self._brandings(),
                "UICustomizations": self._looks(),
                "RiskConfigurations": [
                    shaped(IDP, "SetRiskConfiguration", {**risk.settings, "ClientId": risk.client_id})
                    for risk in store.risks.where("pool", pool.id)
                ],
                "Terms": self._terms(),
                "LogDeliveryConfigurations": self._logs(),
                "Groups": await self._each(
                    "Group", "GroupName", [one.name for one in store.groups.where("pool", pool.id)]
                ),
                "CompromisedPasswordDigests": [one.digest for one in store.compromised.where("pool", pool.id)],
                "Risks": await self._listed(_risk, store.fixed_risks.where("pool", pool.id)),
                "Replicas": [replica_block(self._world, pool, one) for one in replicas.of_pool(self._world, pool)],
            }
        )

    def _ask(self, operation: str, **members: Any) -> Mapping[str, Any]:
        given = {name: value for name, value in members.items() if value is not None}
        return at_once(call(self._world, IDP, operation, given, self._caller))

    def _inside(self, operation: str, **members: Any) -> Mapping[str, Any]:
        return self._ask(operation, UserPoolId=self._pool.id, **members)

    async def _each(self, what: str, name: str, ids: Iterable[str]) -> list[Block]:
        describe, own = "GetGroup" if what == "Group" else f"Describe{what}", ("UserPoolId",)

        def block(one: str) -> Block:
            return shaped(IDP, f"Create{what}", self._inside(describe, **{name: one})[what], own)

        return await self._listed(block, ids)

    async def _listed(self, block: Callable[[T], Block], items: Iterable[T]) -> list[Block]:
        """Return the blocks of items; other requests run after each slice of them."""
        found = []
        for number, item in enumerate(items, 1):
            with suppress(errors.ResourceNotFound):  # it was deleted meanwhile
                found.append(block(item))
            if self._give_way is not None and number % _DESCRIBED == 0:
                await self._give_way()
        return found

    def _itself(self) -> Block:
        described = dict(self._inside("DescribeUserPool")["UserPool"])
        schema = [spec.describe() for spec in self._pool.schema.values() if spec != STANDARD.get(spec.name)]
        for entry in schema:
            entry["Name"] = entry["Name"].removeprefix("dev:").removeprefix("custom:")
        described |= {"PoolName": self._pool.name, "Schema": schema}
        # The texts are in the template too, and MFA is in MfaConfig.
        without = ("MfaConfiguration", "SmsVerificationMessage", "EmailVerificationMessage", "EmailVerificationSubject")
        block = shaped(IDP, "CreateUserPool", described, without=without)
        creation = block.get("AdminCreateUserConfig", {})
        creation.pop("UnusedAccountValidityDays", None)  # in the password policy
        return block

    def _mfa(self) -> Block | None:
        found = shaped(IDP, "SetUserPoolMfaConfig", self._inside("GetUserPoolMfaConfig"))
        if found["MfaConfiguration"] != "OFF":
            return found
        found = {name: found[name] for name in ("MfaConfiguration", "WebAuthnConfiguration") if name in found}
        return found if len(found) > 1 else None

    def _sessions(self) -> Block | None:
        is_default = not self._pool.tracks_sessions and self._pool.max_sessions == _SESSIONS
        if is_default or not retained.has_sessions(self._pool):
            return None
        return shaped(IDP, "SetUserPoolSessionConfiguration", self._inside("GetUserPoolSessionConfiguration"), _OWN)

    def _providers(self) -> list[Block]:
        blocks = []
        for provider in self._world.store.providers.where("pool", self._pool.id):
            described = dict(self._inside("DescribeIdentityProvider", ProviderName=provider.name)["IdentityProvider"])
            details = {name: value for name, value in provider.details.items() if name != "ActiveEncryptionCertificate"}
            block = shaped(IDP, "CreateIdentityProvider", {**described, "ProviderDetails": details}, ("UserPoolId",))
            block["mock"] = provider.mock or None
            block["SAMLMetadataDocument"] = provider.document if "MetadataURL" in details else None
            blocks.append(present(block))
        return blocks

    def _client(self, client: Client) -> Block:
        store, named = self._world.store, {"ClientId": client.id}
        described = self._inside("DescribeUserPoolClient", **named)["UserPoolClient"]
        block = shaped(IDP, "CreateUserPoolClient", described, without=("UserPoolId", "ClientSecret"))
        if client.barred:
            block["SupportedIdentityProviders"] = []
        block |= retained.shortened(store, self._pool, block)
        policies = [
            self._inside("DescribeCIMDPolicy", CIMDPolicyId=one.id)["CIMDPolicy"]
            for one in store.cimd_policies.where("client", client.id)
            if not retained.is_retained(store, "cimd_policies", one)
        ]
        first, *added = client.secrets or (None,)
        own = {
            "ClientSecret": first,
            "AddedSecrets": list(added) or None,
            "ClientType": "DCR" if client.registered else None,
            "SessionConfiguration": {"SSOSession": {"MaxValidityMinutes": client.sso_minutes}}
            if "sso_minutes" not in retained.retained_fields(store, client) and client.sso_minutes != _SSO_MINUTES
            else None,
            "CIMDPolicies": [shaped(IDP, "CreateCIMDPolicy", one, ("UserPoolId", "ClientId")) for one in policies]
            or None,
        }
        return {**named, **{name: value for name, value in block.items() if value is not None}, **present(own)}

    def _domain(self, name: str) -> Block:
        found = self._ask("DescribeUserPoolDomain", Domain=name)["DomainDescription"]
        return shaped(IDP, "CreateUserPoolDomain", found, ("UserPoolId",))

    def _brandings(self) -> list[Block]:
        blocks = []
        for branding in self._world.store.brandings.where("pool", self._pool.id):
            named = {"ManagedLoginBrandingId": branding.id}
            found = dict(self._inside("DescribeManagedLoginBranding", **named)["ManagedLoginBranding"])
            found["ClientId"] = branding.client_id
            if found.get("Settings") is not None:
                found.pop("UseCognitoProvidedValues", None)
            blocks.append({**named, **shaped(IDP, "CreateManagedLoginBranding", found, ("UserPoolId",))})
        return blocks

    def _looks(self) -> list[Block]:
        store = self._world.store
        looks = store.looks.where("pool", self._pool.id) if retained.has_looks(store, self._pool) else ()
        named = ({"ClientId": one.client_id, "CSS": one.css, "ImageFile": one.image} for one in looks)
        return [shaped(IDP, "SetUICustomization", one) for one in named]

    def _terms(self) -> list[Block]:
        return [
            {
                "TermsId": one.id,
                **shaped(IDP, "CreateTerms", self._inside("DescribeTerms", TermsId=one.id)["Terms"], ("UserPoolId",)),
            }
            for one in self._world.store.terms.where("pool", self._pool.id)
        ]

    def _logs(self) -> list[Block]:
        found = self._inside("GetLogDeliveryConfiguration")["LogDeliveryConfiguration"]
        block = shaped(IDP, "SetLogDeliveryConfiguration", found, ("UserPoolId",))
        return [block] if block.get("LogConfigurations") else []


def _risk(risk: FixedRisk) -> Block:
    shown = fixed_risks.shown(risk)
    return present({"Level": shown["level"], "Username": risk.user or None, "IpRange": risk.ip_range or None})


def _identity_pool(world: World, pool: IdentityPool) -> Block:
    caller, named = Caller(pool.account, pool.region), {"IdentityPoolId": pool.id}

    def ask(operation: str, **members: str) -> Mapping[str, Any]:
        return at_once(call(world, IDENTITY, operation, {**named, **members}, caller))

    service: Service = IDENTITY
    block = shaped(service, "CreateIdentityPool", ask("DescribeIdentityPool"))
    roles = ask("GetIdentityPoolRoles")
    if roles.get("Roles") or roles.get("RoleMappings"):
        block |= shaped(service, "SetIdentityPoolRoles", {"Roles": {}, **roles}, tuple(named))
    maps = [ask("GetPrincipalTagAttributeMap", IdentityProviderName=name) for name in pool.tag_maps]
    if maps:
        block["PrincipalTagMaps"] = [shaped(service, "SetPrincipalTagAttributeMap", one, tuple(named)) for one in maps]
    return {**named, **block}


def _login_provider(provider: LoginProvider) -> tuple[str, Block]:
    mock = provider.mock or None
    if login_provider.is_saml(provider):
        name, document = provider.key.partition(":saml-provider/")[2], provider.document or None
        return "SAMLProviders", present({"Name": name, "SAMLMetadataDocument": document, "mock": mock})
    if ":oidc-provider/" in provider.key:
        clients = list(provider.clients)
        return "OpenIDConnectProviders", present({"Url": provider.url, "ClientIDList": clients, "mock": mock})
    return "LoginProviders", {"ProviderName": provider.key, "Url": provider.url}
