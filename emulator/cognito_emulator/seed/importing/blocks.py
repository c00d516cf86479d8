"""Blocks that templates and states share: parts of a pool, identity pools, users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.seed.importing import ids
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.pool_draft import PoolDraft
from cognito_emulator.seed.importing.shaping import EXACT, Spelling, members_of, shaped
from cognito_emulator.seed.problems import Place
from cognito_emulator.wire.model import IDENTITY

ALL_CLIENTS = "ALL"  # [docs: SetUICustomization]


class Part(Struct, frozen=True):
    """A list of a pool: its key in a seed, and the operation that creates an item."""

    section: str
    operation: str


PARTS: Mapping[str, Part] = {
    "domain": Part("Domains", "CreateUserPoolDomain"),
    "group": Part("Groups", "CreateGroup"),
    "resource_server": Part("ResourceServers", "CreateResourceServer"),
    "branding": Part("ManagedLoginBrandings", "CreateManagedLoginBranding"),
    "ui": Part("UICustomizations", "SetUICustomization"),
    "risk": Part("RiskConfigurations", "SetRiskConfiguration"),
    "terms": Part("Terms", "CreateTerms"),
    "logs": Part("LogDeliveryConfigurations", "SetLogDeliveryConfiguration"),
}


class Source(Struct, frozen=True):
    """One resource of a source: its values, and how it spells them."""

    draft: Draft
    place: Place
    values: Mapping[str, Any]
    spelling: Spelling = EXACT

    def members(self, operation: str, *without: str) -> dict[str, Any]:
        """Return the members of an operation that creates the resource.

        What else there is, is left out.
        """
        known = members_of(operation)
        hidden = {self.spelling.key(name) for name in without}
        values = {name: value for name, value in self.values.items() if self.spelling.key(name) not in hidden}
        return self.shaped(values, known)

    def shaped(self, values: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
        return shaped(values, shapes, self.draft.leaver(self.place), self.spelling)


def find_pool(draft: Draft, place: Place, pool_id: Any) -> PoolDraft | None:
    """Return the pool of a resource; one that no source has is made."""
    if not isinstance(pool_id, str) or not pool_id:
        draft.notes.add(place, "the resource names no user pool")
        return None
    if pool_id not in draft.pools:
        made = pool_id if ids.is_pool_id(pool_id) else ids.pool_id(draft.options.region, pool_id)
        if made not in draft.pools:
            draft.remark(place, f"the user pool {pool_id} is not in the files; the seed has a new one, {made}")
        return draft.pool(place, made)
    return draft.pools[pool_id]


def add_part(source: Source, pool: PoolDraft, kind: str, *without: str) -> None:
    """Add an item of one of the pool's lists."""
    part = PARTS[kind]
    block = source.members(part.operation, "UserPoolId", *without)
    if block.get("ClientId") == ALL_CLIENTS:
        block.pop("ClientId")
    pool.add(part.section, block)


def add_user(source: Source, pool: PoolDraft) -> None:
    """Add a user that a template or state makes."""
    unused, leave_out = {source.spelling.key(name) for name in _NOT_OF_SEEDS}, source.draft.leaver(source.place)
    for name, value in source.values.items():
        if source.spelling.key(name) in unused and value != _SUPPRESSED:
            leave_out(name, "a seed sends no messages, calls no triggers")
    members = source.members("AdminCreateUser", "UserPoolId", *_NOT_OF_SEEDS)
    pairs = {one.get("Name", ""): one.get("Value", "") for one in members.get("UserAttributes", ())}
    name = members.get("Username") or pairs.get("email") or pairs.get("phone_number") or ""
    pool.users.add(source.place, name, pairs, TemporaryPassword=members.get("TemporaryPassword"))


# A seed sends no messages and calls no triggers.
_NOT_OF_SEEDS = ("MessageAction", "DesiredDeliveryMediums", "ClientMetadata", "ValidationData")
_SUPPRESSED = "SUPPRESS"


def add_identity_pool(source: Source, pool_id: str) -> None:
    """Add an identity pool."""
    shapes = members_of("CreateIdentityPool", IDENTITY)
    block = source.shaped(source.values, shapes)
    source.draft.identity_pool(pool_id).update(block)


def set_roles(source: Source, pool_id: str, roles: Any, mappings: Any) -> None:
    """Set the roles of an identity pool."""
    shapes = members_of("SetIdentityPoolRoles", IDENTITY)
    values = {"Roles": roles or {}, "RoleMappings": mappings or None}
    made = shaped(values, shapes, source.draft.leaver(source.place), EXACT)
    source.draft.identity_pool(pool_id).update({"Roles": {}, **made})


def add_tag_map(source: Source, pool_id: str) -> None:
    """Add the principal tags of one provider of an identity pool."""
    shapes = members_of("SetPrincipalTagAttributeMap", IDENTITY)
    block = source.shaped(source.values, {name: shape for name, shape in shapes.items() if name != "IdentityPoolId"})
    source.draft.identity_pool(pool_id).setdefault("PrincipalTagMaps", []).append(block)
