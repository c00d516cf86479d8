"""`IdentityPools`: from nodes to identity pools."""

from __future__ import annotations

import re

from cognito_emulator.seed.allowed_keys import Form, Unique, form, read_block
from cognito_emulator.seed.coercion import Field, items, members, require
from cognito_emulator.seed.model import Block, IdentityPoolSeed
from cognito_emulator.seed.problems import Notes
from cognito_emulator.seed.users import checked
from cognito_emulator.wire.model import IDENTITY, Shape

_OWN = ("IdentityPoolId", "Roles", "RoleMappings", "PrincipalTagMaps")
_INSIDE = ("IdentityPoolId",)
_ID = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
IDENTITY_POOL_ID = Shape("IdentityPoolId", "string", min=1, max=55)


def identity_pool_form() -> Form:
    return form("CreateIdentityPool", _OWN, (), IDENTITY)


def roles_form() -> Form:
    return form("SetIdentityPoolRoles", (), _INSIDE, IDENTITY)


def tag_map_form() -> Form:
    return form("SetPrincipalTagAttributeMap", (), _INSIDE, IDENTITY)


def identity_pool_id_problem(value: str) -> str | None:
    if _ID.fullmatch(value):
        return None
    return "an identity pool id is a region, a colon and a UUID in lower case"


class IdentityPoolReader:
    """Reads the identity pools of one seed, which may be several files."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._ids = Unique("IdentityPoolId")

    def read(self, given: Field | None) -> list[IdentityPoolSeed]:
        """Return the identity pools without a mistake of their own."""
        like = "[{IdentityPoolName: local, AllowUnauthenticatedIdentities: true}]"
        read = [self._pool(block) for block in items(self._notes, given, like)] if given else []
        return [pool for pool in read if pool]

    def _pool(self, block: Field) -> IdentityPoolSeed | None:
        notes, before = self._notes, len(self._notes.mistakes)
        parts = read_block(notes, block, identity_pool_form())
        if parts is None:
            return None
        found, values = parts
        pool_id = checked(notes, found.get("IdentityPoolId"), IDENTITY_POOL_ID, identity_pool_id_problem)
        if pool_id is not None:
            self._ids.add(notes, found["IdentityPoolId"].place, pool_id)
        pool = IdentityPoolSeed(
            Block(block.place, values), pool_id, self._roles(found), self._tag_maps(found.get("PrincipalTagMaps"))
        )
        return pool if len(notes.mistakes) == before else None

    def _roles(self, found: dict[str, Field]) -> Block | None:
        """Return Roles and RoleMappings, which are in the pool's own block."""
        given: dict[str, Field] = {name: found[name] for name in ("Roles", "RoleMappings") if name in found}
        if not given:
            return None
        shape = roles_form()
        place = next(iter(given.values())).place
        require(self._notes, place, given, shape.required)
        return Block(place, members(self._notes, given, shape.shapes))

    def _tag_maps(self, given: Field | None) -> tuple[Block, ...]:
        shape = tag_map_form()
        blocks = []
        for item in items(self._notes, given, "[{IdentityProviderName: ..., UseDefaults: true}]") if given else []:
            parts = read_block(self._notes, item, shape)
            if parts:
                blocks.append(Block(item.place, parts[1]))
        return tuple(blocks)
