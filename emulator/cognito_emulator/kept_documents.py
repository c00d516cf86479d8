"""Keep what is no record in the data folder.

That is keys, clock, messages, snapshots, fault rules and the log of changes.

Each is a document: a row of a kind that no table is named after, with a number.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from msgspec import convert, msgpack
from msgspec.structs import asdict, replace

from cognito_emulator.domain.faults import Fault
from cognito_emulator.domain.history import Change, Commit, Row
from cognito_emulator.domain.store import Store
from cognito_emulator.ports import snapshot_file
from cognito_emulator.ports.clock import ClockState
from cognito_emulator.ports.exported_logs import Exported
from cognito_emulator.ports.faults import Active
from cognito_emulator.ports.keeper import Keeper
from cognito_emulator.ports.keys import KeySet, signing_key
from cognito_emulator.ports.outbox import Message
from cognito_emulator.ports.records import Codec, decode_value, encode_value
from cognito_emulator.ports.snapshots import Snapshot
from cognito_emulator.world import World

SECRET, CLOCK, KEY, KMS, MESSAGE, LOG = "=secret", "=clock", "=key", "=kms", "=message", "=log"
SNAPSHOT, FAULT, PAST = "=snapshot", "=fault", "=past"
KINDS = (SECRET, CLOCK, KEY, KMS, MESSAGE, LOG, SNAPSHOT, FAULT, PAST)

Documents = Mapping[str, Mapping[int, bytes]]  # by kind and number

log = logging.getLogger("emulator")
_faults = Codec({"Fault": Fault})


def first(world: World, records: Codec) -> Iterator[tuple[tuple[str, int], bytes]]:
    """Yield the documents of a world that is not kept yet.

    Its keys are told before their first use (`Keys.on_change`).
    """
    yield (SECRET, 0), world.secret
    yield (CLOCK, 0), encode_value(world.clock.state)
    kept = world.store.history.kept
    yield (PAST, 0), encode_value(kept.lost_at)
    for commit in kept.commits():
        yield (PAST, commit.number), _encode_commit(commit, records)


def load(world: World, found: Documents, records: Codec) -> None:
    """Make these documents a new world's, whose records are there already."""
    secret, clock, keys, kms, messages, logs, snapshots, faults, past = (found[kind] for kind in KINDS)
    (world.secret,) = secret.values()
    frozen, offset = decode_value(clock[0])
    world.clock.state = frozen, offset
    for pool_id, *pair in map(decode_value, keys.values()):
        world.keys.put(pool_id, _decode_keys(pair))
    for arn, material in map(decode_value, kms.values()):
        world.kms.put(arn, material)
    world.outbox.put_back([_decode_message(message) for message in messages.values()])
    world.exported_logs.put_back([convert(decode_value(entry), Exported) for entry in logs.values()])
    for name, content in map(decode_value, snapshots.values()):
        world.snapshots.put_back(name, snapshot_file.read(content))
    world.faults.put_back(map(_decode_fault, faults.values()))
    world.store.history.begin(*_read_past(world, past, records))


def connect(world: World, keeper: Keeper, found: Documents, records: Codec) -> None:
    """Begin to keep each change of a document."""
    _keep_clock(world, keeper)
    _keep_keys(world, keeper, found)
    _keep_messages(world, keeper)
    _keep_logs(world, keeper, max(found[LOG], default=0))
    _keep_snapshots(world, keeper, found)
    _keep_faults(world, keeper, found)
    _keep_past(world, keeper, found, records)


def _keep_clock(world: World, keeper: Keeper) -> None:
    clock = world.clock

    def changed(before: ClockState) -> None:
        keeper.put(CLOCK, 0, encode_value(clock.state), lambda: setattr(clock, "state", before))

    clock.on_change(changed)


def _keep_keys(world: World, keeper: Keeper, found: Documents) -> None:
    known = world.keys.all()
    numbers = {decode_value(value)[0]: number for number, value in found[KEY].items()}
    unused = count(max(numbers.values(), default=0) + 1)

    def changed(name: str, keys: KeySet | None) -> None:
        if keys is not None:
            known[name] = keys
            number = numbers[name] = numbers.get(name) or next(unused)
            keeper.put(KEY, number, _encode_keys(name, keys), lambda: world.keys.tell_again(name))
        elif name in numbers:
            gone = known.pop(name)
            keeper.put(KEY, numbers.pop(name), None, lambda: put_back(name, gone))

    def put_back(name: str, gone: KeySet) -> None:
        world.keys.put(name, gone)
        world.keys.tell_again(name)

    world.keys.on_change(changed)
    # What was encrypted for a key stays readable: nothing is taken back.
    arns = count(max(found[KMS], default=0) + 1)
    world.kms.on_key(lambda arn, material: keeper.put(KMS, next(arns), encode_value([arn, material])))


def _keep_messages(world: World, keeper: Keeper) -> None:
    outbox = world.outbox

    def added(message: Message) -> None:
        keeper.put(MESSAGE, int(message.id), partial(_encode_message, message), lambda: take_back(message))

    def take_back(message: Message) -> None:
        outbox.put_back([other for other in outbox.all() if other.id != message.id])

    def forgotten(messages: Sequence[Message]) -> None:
        for message in messages:
            keeper.put(MESSAGE, int(message.id), None)
        if not outbox.is_full or len(messages) > 1:  # else the oldest one makes room, which it would do anyway
            before = outbox.all()
            keeper.put(MESSAGE, int(messages[0].id), None, lambda: outbox.put_back(before))

    def replaced(before: Sequence[Message], after: Sequence[Message]) -> None:
        ids_before, ids_after = {message.id for message in before}, {message.id for message in after}
        if ids_before == ids_after:
            return
        for message in before:
            if message.id not in ids_after:
                keeper.put(MESSAGE, int(message.id), None)
        for message in after:
            if message.id not in ids_before:
                keeper.put(MESSAGE, int(message.id), partial(_encode_message, message))
        newest = (*before, *after)[-1]
        value = partial(_encode_message, newest) if newest.id in ids_after else None
        keeper.put(MESSAGE, int(newest.id), value, lambda: outbox.put_back(before))

    outbox.on_replace(replaced)
    outbox.on_message(added)
    outbox.on_forget(forgotten)


def _keep_logs(world: World, keeper: Keeper, number: int) -> None:
    """Keep exported log entries; `number` is the newest one's."""
    logs = world.exported_logs
    held = len(logs.all())

    def added(entry: Exported) -> None:
        nonlocal number, held
        number, held = number + 1, held + 1
        keeper.put(LOG, number, encode_value(asdict(entry)), lambda: logs.put_back(logs.all()[:-1]))
        if held > logs.limit:
            held -= 1
            keeper.put(LOG, number - logs.limit, None)

    def cleared(entries: Sequence[Exported]) -> None:
        nonlocal held
        held = 0
        for gone in range(number - len(entries) + 1, number + 1):
            keeper.put(LOG, gone, None)
        keeper.put(LOG, number, None, lambda: logs.put_back(entries))

    logs.on_add(added)
    logs.on_clear(cleared)


def _keep_snapshots(world: World, keeper: Keeper, found: Documents) -> None:
    snapshots = world.snapshots
    numbers = {decode_value(value)[0]: number for number, value in found[SNAPSHOT].items()}
    unused = count(max(numbers.values(), default=0) + 1)

    def changed(name: str, before: Snapshot | None, written: bytes | None) -> None:
        gone = numbers.pop(name, None)
        if gone is not None:
            keeper.put(SNAPSHOT, gone, None)
        if written is not None:
            numbers[name] = next(unused)
            keeper.put(SNAPSHOT, numbers[name], encode_value([name, written]), lambda: take_back(name, gone, before))
        elif gone is not None:
            keeper.put(SNAPSHOT, gone, None, lambda: take_back(name, gone, before))

    def take_back(name: str, number: int | None, before: Snapshot | None) -> None:
        numbers.pop(name, None)
        if number is not None:
            numbers[name] = number
        snapshots.put_back(name, before)

    snapshots.on_change(changed)


def _keep_faults(world: World, keeper: Keeper, found: Documents) -> None:
    faults = world.faults
    numbers = {active.fault.id: number for active, number in zip(faults.all(), found[FAULT], strict=True)}
    unused = count(max(numbers.values(), default=0) + 1)

    def changed(before: tuple[Active, ...], after: tuple[Active, ...], counted: Active | None = None) -> None:
        if counted is not None:
            keeper.put(FAULT, numbers[counted.fault.id], _encode_fault(counted))
            return
        known = dict(numbers)

        def take_back() -> None:
            numbers.clear()
            numbers.update(known)
            faults.put_back(before)

        there = {active.fault.id for active in after}
        for name in known.keys() - there:
            keeper.put(FAULT, numbers.pop(name), None, take_back)
        for active in after:
            if active not in before:
                number = numbers.setdefault(active.fault.id, 0) or next(unused)
                numbers[active.fault.id] = number
                keeper.put(FAULT, number, _encode_fault(active), take_back)

    faults.on_change(changed)


# --- the log of changes, for points in time -------------------------------------------------------------------------


def _keep_past(world: World, keeper: Keeper, found: Documents, records: Codec) -> None:
    history = world.store.history
    told: float | str | None = decode_value(found[PAST][0]) if 0 in found[PAST] else "nothing yet"
    stale = found[PAST].keys() - {0, *(commit.number for commit in history.kept.commits())}

    def changed(added: Sequence[Commit], lost: Sequence[int]) -> None:
        nonlocal told
        while stale:
            keeper.put(PAST, stale.pop(), None)
        for commit in added:
            keeper.put(PAST, commit.number, partial(_encode_commit, commit, records))
        for number in lost:
            keeper.put(PAST, number, None)
        if history.kept.lost_at != told:
            told = history.kept.lost_at
            keeper.put(PAST, 0, encode_value(told))

    history.on_kept(changed)


def _encode_commit(commit: Commit, records: Codec) -> bytes:
    """Write each change of a commit: its row before, and its number after it.

    What it is after it is in the next change of that row, or in the row itself.
    """
    changes = []
    for change in commit.changes:
        before, after = change.before, change.after
        record = None if before is None else records.encode(before[1])
        changes.append([change.table, before[0] if before else 0, record, after[0] if after else 0])
    return _encode_plain([commit.at, commit.cause, changes])


_encode_plain = msgpack.Encoder().encode


def _read_past(world: World, past: Mapping[int, bytes], records: Codec) -> tuple[float | None, list[Commit]]:
    """Return since when the log of kept tables is whole, and its commits by age.

    The oldest commit is first.

    What cannot be read is forgotten: no record depends on it.
    """
    now = world.clock.now()
    if 0 not in past:  # of a version without it
        return now, []
    try:
        commits = list(_commits(world.store, {number: past[number] for number in past if number}, records))
        return decode_value(past[0]), commits[::-1]
    except Exception:
        log.warning("The changes before this start cannot be read: no point in time before it can be recovered.")
        return now, []


def _commits(store: Store, past: Mapping[int, bytes], records: Codec) -> Iterator[Commit]:
    """Yield the commits, newest first; `after` of each change is the row then."""
    tables = store.tables()
    commits = {number: msgpack.decode(past[number]) for number in sorted(past, reverse=True)}
    rows = _rows_named(store, commits.values())
    for number, (at, cause, written) in commits.items():
        changes = []
        for table, seq_before, record, seq_after in written:
            key, after = rows.pop((table, seq_after)) if seq_after else (None, None)
            before = (seq_before, records.decode(record)) if seq_before else None
            if before is not None:
                key = tables[table].key_of(before[1])
            changes.append(Change(table, key, before, after))
        for change in changes:
            if change.before is not None:
                rows[change.table, change.before[0]] = (change.key, change.before)
        yield Commit(number, at, cause, tuple(changes))


def _rows_named(store: Store, commits: Iterable[Any]) -> dict[tuple[str, int], tuple[Hashable, Row]]:
    """Return the keys and rows that are after commits, by table and number.

    All rows by number would be very many, of which most commits name few."""
    named: dict[str, set[int]] = {}
    for _, _, written in commits:
        for table, _, _, seq_after in written:
            named.setdefault(table, set()).add(seq_after)
    tables = store.tables()
    return {
        (name, row[0]): (key, row)
        for name, seqs in named.items()
        for key, row in tables[name].view().items()
        if row[0] in seqs
    }


# --- how they are written -----------------------------------------------------------------------------------------


def _encode_message(message: Message) -> bytes:
    return msgpack.encode(message)


_decode_message = msgpack.Decoder(Message).decode


def _encode_keys(name: str, keys: KeySet) -> bytes:
    from cryptography.hazmat.primitives import serialization

    der, pkcs8, plain = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pairs = (keys, *keys.retired)
    written = [key.private.private_bytes(der, pkcs8, plain) for each in pairs for key in (each.id_key, each.access_key)]
    return encode_value([name, *written])


def _decode_keys(written: Sequence[bytes]) -> KeySet:
    """Read the keys that sign, and after them those that were rotated out, two by two."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    made = []
    for der in written:
        # Written by us: to prove each key again takes 0.1 s.
        private = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(private, RSAPrivateKey):
            raise TypeError("no RSA key")
        made.append(signing_key(private))
    present, *retired = [KeySet(made[at], made[at + 1]) for at in range(0, len(made), 2)]
    return replace(present, retired=tuple(retired))


def _encode_fault(active: Active) -> bytes:
    return encode_value([_faults.encode(active.fault), active.seed, active.seen, active.struck])


def _decode_fault(written: bytes) -> Active:
    fault, seed, seen, struck = decode_value(written)
    return Active(_faults.decode(fault), seed, seen=seen, struck=struck)
