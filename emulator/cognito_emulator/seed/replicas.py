"""`Replicas` of a pool: from nodes to replicas, and the calls that make them.

A block has the members of CreateUserPoolReplica, the Status of UpdateUserPoolReplica, and what a Region has for itself:
three settings of UpdateUserPool, its domain, its log export, and the senders of threat protection's notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.pools.replica import INACTIVE
from cognito_emulator.seed.allowed_keys import Form, Unique, form, read_block
from cognito_emulator.seed.calls import Calls, Inside
from cognito_emulator.seed.coercion import Field, items, members, typed
from cognito_emulator.seed.model import Block, ReplicaSeed
from cognito_emulator.seed.parts import SECTIONS, read_parts
from cognito_emulator.seed.plain import shaped
from cognito_emulator.seed.problems import Notes
from cognito_emulator.wire.model import IDP
from cognito_emulator.wire.registry import Caller
from cognito_emulator.world import World

REGIONAL = ("EmailConfiguration", "SmsConfiguration", "LambdaConfig")
PARTS = ("Domains", "RiskConfigurations", "LogDeliveryConfigurations")
_LIKE = "[{RegionName: us-west-2, Status: ACTIVE}]"


def replica_form() -> Form:
    """Return the form of one replica."""
    return form("CreateUserPoolReplica", ("Status", *REGIONAL, *PARTS))


def read(notes: Notes, given: Field | None) -> tuple[ReplicaSeed, ...]:
    """Return the replicas that have no mistake of form."""
    regions, made = Unique("RegionName"), []
    for item in items(notes, given, _LIKE) if given else ():
        before, parts = len(notes.mistakes), read_block(notes, item, replica_form())
        if parts is None:
            continue
        found, values = parts
        regions.add(notes, item.place, values.get("RegionName"))
        statuses = form("UpdateUserPoolReplica").shapes
        status = typed(notes, statuses["Status"], found["Status"]) if "Status" in found else None
        settings = members(notes, {name: found[name] for name in REGIONAL if name in found}, regional_shapes())
        sections = {name: SECTIONS[name] for name in PARTS}
        seed = ReplicaSeed(Block(item.place, values), status or INACTIVE, settings, read_parts(notes, found, sections))
        if len(notes.mistakes) == before:
            made.append(seed)
    return tuple(made)


def regional_shapes() -> Mapping[str, Any]:
    """Return the shapes of what a Region has for itself."""
    return {name: form("UpdateUserPool").shapes[name] for name in REGIONAL}


def make_replica(inside: Inside, seed: ReplicaSeed) -> None:
    """Create a replica, settled, or change the one that is there."""
    calls, region = inside.calls, str(seed.block.members["RegionName"])
    key = (inside.pool_id, region)
    is_there = calls.upsert and key in calls.world.store.replicas
    if not is_there and inside.call(seed.block, "CreateUserPoolReplica") is None:
        return
    _settle(calls.world, key, seed.status)
    away = Inside(calls, Caller(inside.caller.account, region), inside.pool_id)
    if seed.settings:
        changes = {**_present_settings(calls, away), **seed.settings}
        away.call(Block(seed.block.place, changes), "UpdateUserPool")
    for part in seed.parts:
        away.call(part.block, part.operation)


def _settle(world: World, key: tuple[str, str], status: str) -> None:
    """Give a replica its status without the second that CREATING lasts."""
    replica = world.store.replicas.get(key)
    if replica is None:
        raise LookupError(f"no replica {key}")
    with world.store.write():
        world.store.replicas.put(replace(replica, phase=status))


def _present_settings(calls: Calls, away: Inside) -> dict[str, Any]:
    """Return the members of UpdateUserPool as the Region shows them.

    A change must repeat the shared ones.
    """
    answer = calls.ask(away.caller, "DescribeUserPool", {"UserPoolId": away.pool_id})
    block = shaped(IDP, "UpdateUserPool", answer["UserPool"], without=("UserPoolId", "MfaConfiguration"))
    block.get("AdminCreateUserConfig", {}).pop("UnusedAccountValidityDays", None)  # in the password policy
    return block
