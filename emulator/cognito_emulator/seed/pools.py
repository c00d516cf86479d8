"""`UserPools`: from nodes to user pools."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from cognito_emulator.seed import allowed_keys, replicas
from cognito_emulator.seed.allowed_keys import CLIENT_ID, CLIENT_SECRET, FLAG, POOL_ID, Form, Unique, form, read_block
from cognito_emulator.seed.coercion import Field, fields, items, members, require, scalar, text_of, typed
from cognito_emulator.seed.handlers import take_handlers
from cognito_emulator.seed.model import Block, ClientSeed, KeysSeed, PoolSeed, ProviderSeed, RiskSeed, UserSeed
from cognito_emulator.seed.old_keys import rename_keys
from cognito_emulator.seed.parts import SECTIONS, read_parts
from cognito_emulator.seed.problems import Notes
from cognito_emulator.seed.users import UserReader, checked
from cognito_emulator.wire.model import Shape

_OWN = (
    "Id", "MfaConfig", "IdentityProviders", "Clients", "Groups", "Users", "CompromisedPasswords", "Risks",
    "CompromisedPasswordDigests", "SigningKeys", "SigningKeySeed", "SessionConfiguration", "Replicas", *SECTIONS,
)  # fmt: skip
_DIGEST_KEY = "CompromisedPasswordDigests"
_CLIENT_OWN = ("ClientId", "ClientSecret", "CIMDPolicies", "AddedSecrets", "ClientType", "SessionConfiguration")
_SECRETS = Shape("AddedSecrets", "list", max=1, element=CLIENT_SECRET)
_DIGESTS = Shape("Digests", "list", element=Shape("Digest", "string", pattern=r"[0-9a-f]{64}"))
_CLIENT_TYPE = Shape("ClientTypeType", "string", enum=("DCR", "REGULAR"))
_PEM = Shape("PemType", "string", min=1, max=4096, sensitive=True)
KEY_TEXT = Shape("SigningKeySeed", "string", min=1, max=256)
_RISK = ("Level", "Username", "IpRange")
T = TypeVar("T")


def pool_form() -> Form:
    return form("CreateUserPool", _OWN)


def provider_form() -> Form:
    return form("CreateIdentityProvider", ("mock", "SAMLMetadataDocument"))


def client_form() -> Form:
    return form("CreateUserPoolClient", _CLIENT_OWN)


def client_sessions_form() -> Form:
    return form("SetUserPoolClientSessionConfiguration", (), ("UserPoolId", "ClientId"))


def policy_form() -> Form:
    return form("CreateCIMDPolicy", (), ("UserPoolId", "ClientId"))


class PoolReader:
    """Reads the pools of one seed, which may be several files.

    Ids are unique in all of them.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._ids = Unique("Id")
        self._client_ids = Unique("ClientId")

    def read(self, pools: Field | None, base: Path | None) -> list[PoolSeed]:
        """Return the pools of one file without those that have a mistake of their own.

        Clients and users with mistakes are left out of their pools. Handler files are in the folder `base`; None if
        they are not allowed.
        """
        read = [self._pool(block, base) for block in items(self._notes, pools, "[{PoolName: local}]")] if pools else []
        return [pool for pool in read if pool]

    def _pool(self, block: Field, base: Path | None) -> PoolSeed | None:
        notes, before = self._notes, len(self._notes.mistakes)
        block, handlers = take_handlers(notes, block, base)
        parts = read_block(notes, block, pool_form())
        if parts is None:
            return None
        found, members = parts
        pool_id = checked(notes, found.get("Id"), POOL_ID, allowed_keys.pool_id_problem)
        self._ids.add(notes, found["Id"].place if pool_id else block.place, pool_id)
        mfa = self._block(found.get("MfaConfig"), "SetUserPoolMfaConfig")
        groups, names = self._groups(found.get("Groups"))
        sound = len(notes.mistakes) == before
        providers = self._each(found.get("IdentityProviders"), "[{ProviderName: Google}]", self._provider)
        clients = self._each(found.get("Clients"), "[{ClientName: web}]", self._client)
        pool = PoolSeed(Block(block.place, members), pool_id, mfa, providers, clients, groups)
        users = self._users(found.get("Users"), pool, names)
        compromised = self._each(found.get("CompromisedPasswords"), "[Password-1]", self._word)
        risks = self._each(found.get("Risks"), "[{Level: High}]", self._risk)
        pool = replace(pool, users=users, handlers=handlers, compromised=compromised, risks=risks)
        digests = typed(notes, _DIGESTS, found[_DIGEST_KEY]) if _DIGEST_KEY in found else ()
        more, keys = read_parts(notes, found), self._keys(found.get("SigningKeys"))
        pool = replace(pool, parts=more, keys=keys, compromised_digests=tuple(digests or ()))
        pool = replace(pool, key_text=self._key_text(found))
        sessions = self._block(found.get("SessionConfiguration"), "SetUserPoolSessionConfiguration")
        pool = replace(pool, sessions=sessions, replicas=replicas.read(notes, found.get("Replicas")))
        return pool if sound else None

    def _each(self, given: Field | None, like: str, read: Callable[[Field], T | None]) -> tuple[T, ...]:
        made = [read(item) for item in items(self._notes, given, like)] if given else []
        return tuple(item for item in made if item is not None)

    def _word(self, given: Field) -> str | None:
        return text_of(self._notes, given)

    def _risk(self, given: Field) -> RiskSeed | None:
        found = fields(self._notes, given, _RISK)
        if found is None:
            return None
        require(self._notes, given.place, found, ("Level",))
        texts = {name: text_of(self._notes, value) for name, value in found.items()}
        level = texts.get("Level")
        return RiskSeed(given.place, level, texts.get("Username"), texts.get("IpRange")) if level is not None else None

    def _keys(self, given: Field | None) -> KeysSeed | None:
        found = fields(self._notes, given, ("IdToken", "AccessToken")) if given else None
        if given is None or found is None:
            return None
        require(self._notes, given.place, found, ("IdToken", "AccessToken"))
        pems = members(self._notes, found, {"IdToken": _PEM, "AccessToken": _PEM})
        return KeysSeed(given.place, pems["IdToken"], pems["AccessToken"]) if len(pems) == len(found) == 2 else None

    def _key_text(self, found: Mapping[str, Field]) -> str | None:
        given = found.get("SigningKeySeed")
        if given is not None and "SigningKeys" in found:
            self._notes.add(given.place, "write SigningKeys or SigningKeySeed, not both")
        text: str | None = scalar(self._notes, KEY_TEXT, given) if given else None
        return text

    def _block(self, given: Field | None, operation: str) -> Block | None:
        parts = read_block(self._notes, given, form(operation)) if given else None
        return Block(given.place, parts[1]) if given and parts else None

    def _groups(self, given: Field | None) -> tuple[tuple[Block, ...], Collection[str]]:
        unique = Unique("GroupName")
        names: dict[str, None] = {}

        def group(field: Field) -> Block | None:
            block = self._block(field, "CreateGroup")
            name = block.members.get("GroupName") if block else None
            if name is not None:
                unique.add(self._notes, field.place, name)
                names[name] = None
            return block

        return self._each(given, "[{GroupName: admins}]", group), names

    def _provider(self, field: Field) -> ProviderSeed | None:
        notes, before = self._notes, len(self._notes.mistakes)
        parts = read_block(notes, rename_keys(notes, field), provider_form())
        if parts is None:
            return None
        found, members = parts
        document = text_of(notes, found["SAMLMetadataDocument"]) if "SAMLMetadataDocument" in found else None
        mock = scalar(notes, FLAG, found["mock"]) is True if "mock" in found else False
        seed = ProviderSeed(Block(field.place, members), mock, document or "")
        if seed.is_saml and mock:
            notes.add(found["mock"].place, "a SAML provider cannot be a mock")
        if document and not seed.is_saml:
            notes.add(found["SAMLMetadataDocument"].place, "only a SAML provider has metadata")
        if seed.is_saml and not document and "MetadataURL" in members.get("ProviderDetails", {}):
            notes.add(field.place, "a seed fetches nothing; write what is at MetadataURL as SAMLMetadataDocument")
        return seed if len(notes.mistakes) == before else None

    def _client(self, field: Field) -> ClientSeed | None:
        notes, before = self._notes, len(self._notes.mistakes)
        parts = read_block(notes, field, client_form())
        if parts is None:
            return None
        found, members = parts
        client_id = scalar(notes, CLIENT_ID, found["ClientId"]) if "ClientId" in found else None
        self._client_ids.add(notes, found["ClientId"].place if client_id else field.place, client_id)
        secret = scalar(notes, CLIENT_SECRET, found["ClientSecret"]) if "ClientSecret" in found else None
        if secret is not None and members.setdefault("GenerateSecret", True) is False:
            notes.add(
                found["GenerateSecret"].place, "a client with a ClientSecret has GenerateSecret true, or no word of it"
            )
        policies = self._each(found.get("CIMDPolicies"), "[{PolicyName: agents}]", self._policy)
        kind = scalar(notes, _CLIENT_TYPE, found["ClientType"]) if "ClientType" in found else None
        added = typed(notes, _SECRETS, found["AddedSecrets"]) if "AddedSecrets" in found else ()
        if added and secret is None:
            notes.add(found["AddedSecrets"].place, "AddedSecrets needs ClientSecret")
        sessions = self._sessions(found.get("SessionConfiguration"))
        is_registered = kind == "DCR"
        block = Block(field.place, members)
        client = ClientSeed(block, client_id, secret, policies, is_registered, tuple(added or ()), sessions)
        return client if len(notes.mistakes) == before else None

    def _sessions(self, given: Field | None) -> Block | None:
        if given is None:
            return None
        parts = read_block(self._notes, given, client_sessions_form())
        return Block(given.place, parts[1]) if parts else None

    def _policy(self, field: Field) -> Block | None:
        parts = read_block(self._notes, field, policy_form())
        return Block(field.place, parts[1]) if parts else None

    def _users(self, given: Field | None, pool: PoolSeed, groups: Collection[str]) -> tuple[UserSeed, ...]:
        sensitive = _at(pool.block.members, "UsernameConfiguration", "CaseSensitive") is not False
        reader = UserReader(
            self._notes,
            groups,
            totp=pool.mfa is not None and _at(pool.mfa.members, "SoftwareTokenMfaConfiguration", "Enabled") is True,
            fold=str if sensitive else str.lower,
        )
        return self._each(given, "[{Username: alice}]", reader.read)


def _at(members: Mapping[str, Mapping[str, object]], outer: str, inner: str) -> object:
    return members.get(outer, {}).get(inner)
