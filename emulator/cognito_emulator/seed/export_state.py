"""Export what only `seed.state` sets, and tell what no seed can carry.

No block of a seed sets it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import fields

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.pools import replicas
from cognito_emulator.ports.record_json import encode
from cognito_emulator.ports.record_types import RECORDS
from cognito_emulator.seed import retained
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.plain import present
from cognito_emulator.seed.state import FIELDS, ROWS, patch_text
from cognito_emulator.world import World

GiveWay = Callable[[], Awaitable[None]]
SLICE = 200  # rows
_LOOKS = 5_000  # rows that are counted at once
# Tables of what is on its way, by what it is called: its secrets are kept as digests, or it belongs to one process.
_ON_ITS_WAY: Mapping[str, str] = {
    "sessions": "sign-ins under way",
    "codes": "codes that were sent",
    "registrations": "passkeys that are being registered",
    "families": "refresh tokens",
    "browser_sessions": "signed-in browsers",
    "authorization_codes": "authorization codes",
    "departures": "visits at identity providers",
    "assertions": "used SAML assertions",
    "saml_sessions": "sessions at SAML providers",
    "signing_out": "sign-outs under way",
    "mock_codes": "codes of mock providers",
    "client_documents": "fetched client metadata documents",
    "recoveries": "point-in-time recoveries",
}
# Of the rows that are in `ROWS` only in part: those that belong to no pool, or to a Region that no block is of.
_IN_PART = ("fixed_risks", "compromised", "domains", "log_deliveries")

_OFTEN_IN_BLOCKS = frozenset({*retained.POOL_FIELDS, *retained.CLIENT_FIELDS})


async def state_block(
    world: World, give_way: GiveWay | None, pools: Collection[str] | None, *, secrets: bool
) -> dict[str, Any]:
    """Return the section State of an export; empty where nothing is to be said.

    Args:
        give_way: lets other requests run; called after each slice.
        pools: ids of user pools and identity pools, to which it is limited.
        secrets: with the private keys of the emulator's own passkeys.
    """
    rows: dict[str, Any] = {}
    for name in ROWS:
        if name != "virtual_passkeys" or secrets:
            rows[name] = await _all(_rows(world, name, pools), give_way)
    patches = {name: await _all(_patches(world, name, pools, secrets=secrets), give_way) for name in FIELDS}
    found = {"Rows": present(rows), "Fields": present(patches)}
    return {name: value for name, value in found.items() if value}


async def _all(texts: Iterator[str | None], give_way: GiveWay | None) -> list[str]:
    """Return what is to be said; None is a record of which nothing is."""
    found = []
    for number, text in enumerate(texts, 1):
        if text is not None:
            found.append(text)
        if give_way is not None and number % SLICE == 0:
            await give_way()
    return found


def _rows(world: World, name: str, pools: Collection[str] | None) -> Iterator[str | None]:
    for record in list(world.store.tables()[name]):
        yield encode(record).decode() if _is_carried(world, name, record, pools) else None


def _is_carried(world: World, name: str, record: Any, pools: Collection[str] | None) -> bool:
    """Return whether the section State has a row, which no block carries."""
    pool_id = getattr(record, "pool_id", "")
    if pools is not None and pool_id not in pools:
        return False
    if name in retained.ROWS and not retained.is_retained(world.store, name, record):
        return False
    if name not in _IN_PART or not pool_id:
        return True
    pool = world.store.pools.get(pool_id)
    if pool is None or name in ("fixed_risks", "compromised"):
        return False
    return not (name == "domains" and record.serves(pool)) and record.region not in _regions(world, pool)


def _regions(world: World, pool: Pool) -> set[str]:
    """Return the Regions whose domains and log exports the blocks of a pool carry."""
    return {pool.region, *(one.region for one in replicas.of_pool(world, pool))}


def _patches(world: World, name: str, pools: Collection[str] | None, *, secrets: bool) -> Iterator[str | None]:
    table = world.store.tables()[name]
    defaults = {info.name: info.default for info in fields(RECORDS[name]) if info.name in FIELDS[name]}
    for record in list(table):
        pool_id = getattr(record, "pool_id", record.id if name in ("pools", "identity_pools") else "")
        if pools is not None and pool_id not in pools:
            yield None
            continue
        values = {each: value for each, default in defaults.items() if (value := getattr(record, each)) != default}
        for each in _OFTEN_IN_BLOCKS.intersection(values) - retained.retained_fields(world.store, record):
            del values[each]
        if not secrets:
            values.pop("details", None)  # a certificate that belongs to the signing keys
        if not values.get("added_secrets"):
            values.pop("secret", None)
        yield patch_text(table.key_of(record), values) if values else None


def left_out(world: World, pools: Collection[str] | None, *, secrets: bool) -> dict[str, int]:
    """Return what an export does not carry, by what it is called, with its number."""
    return at_once(left_out_slowly(world, None, pools, secrets=secrets))


async def left_out_slowly(
    world: World, give_way: GiveWay | None, pools: Collection[str] | None, *, secrets: bool
) -> dict[str, int]:
    """Return what `left_out` does, with other requests after each slice."""
    found: dict[str, int] = {}
    for table, name in _ON_ITS_WAY.items():
        rows = world.store.tables()[table]
        found[name] = len(rows) if pools is None else await _count(list(rows.view().values()), pools, give_way)
    if not secrets:
        keys = world.keys.all()
        found["signing keys (secrets=1 exports them)"] = sum(1 for name in keys if pools is None or name in pools)
        found["virtual passkeys (secrets=1 exports them)"] = sum(
            1 for record in world.store.virtual_passkeys if pools is None or record.pool_id in pools
        )
    if pools is None:
        found["messages"] = len(world.outbox.all())
        found["exported log entries"] = len(world.exported_logs.all())
        found["snapshots"] = len(world.snapshots.all())
        found["fault rules"] = len(world.faults.all())
        found["KMS keys of custom senders"] = len(world.kms.keys())
        found["a clock that was moved"] = int(world.clock.state != (None, 0.0))
    return {name: count for name, count in found.items() if count}


async def _count(rows: Sequence[Row], pools: Collection[str], give_way: GiveWay | None) -> int:
    """Count the rows that belong to some pools."""
    count = 0
    for at in range(0, len(rows), _LOOKS):
        count += sum(1 for _, record in rows[at : at + _LOOKS] if _is_inside(record, pools))
        if give_way is not None:
            await give_way()
    return count


def _is_inside(record: Any, pools: Collection[str]) -> bool:
    request = getattr(record, "request", record)  # of an authorization request
    pool_id = getattr(record, "pool_id", None) or getattr(request, "pool_id", None)
    return pool_id is None or pool_id in pools


def as_comment(left: Mapping[str, int]) -> str:
    """Write it as the head of a YAML file."""
    if not left:
        return ""
    lines = "".join(f"#   {name}: {count}\n" for name, count in left.items())
    return f"# Not in this file, since no seed can carry it:\n{lines}"
