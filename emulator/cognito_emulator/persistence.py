"""Keep a world in a data folder (`--data`): read it at the start, write changes.

Kept are all records and their baseline, signing keys, the keys for custom senders' codes, messages, exported log
entries, the clock and the world's secret. Not kept are the journal and the history of changes, counted requests, and
functions that a program bound to ARNs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing
from itertools import chain, count

from msgspec import DecodeError, Struct, convert, msgpack
from msgspec.structs import asdict, replace

from cognito_emulator.domain.history import Change, Commit, Row, net
from cognito_emulator.domain.store import Store
from cognito_emulator.ports import records
from cognito_emulator.ports.clock import ClockState
from cognito_emulator.ports.collector import put_off
from cognito_emulator.ports.exported_logs import Exported
from cognito_emulator.ports.keeper import Keeper
from cognito_emulator.ports.keys import KeySet, signing_key
from cognito_emulator.ports.outbox import Message
from cognito_emulator.ports.record_codec import CannotEncode, Codec, decode_value, encode_value
from cognito_emulator.ports.storage import CannotUseData, RowName, Rows, Storage, StoredRow
from cognito_emulator.world import World

# Kinds of documents; no table has such a name.
SECRET, CLOCK, KEY, KMS, MESSAGE, LOG = "=secret", "=clock", "=key", "=kms", "=message", "=log"
KINDS = (SECRET, CLOCK, KEY, KMS, MESSAGE, LOG)

Changed = tuple[str, Hashable, Row | None]  # table, key, and the row at the baseline

RECORDS: dict[str, type[Struct]] = {kind.__name__: kind for kind in records.RECORDS.values()}
_codec = Codec(RECORDS)


class CannotEncodeRow(Exception):
    """A record cannot be written: a mistake of our code; its write block is undone."""


# --- the start ----------------------------------------------------------------------------------------------------


def begin(world: World, storage: Storage) -> None:
    """Write the world as it is now into a new folder, and keep it there from now on.

    Raises:
        CannotUseData
    """
    documents = {(SECRET, 0): world.secret, (CLOCK, 0): encode_value(world.clock.state)}
    storage.begin(chain(_all_rows(world.store), documents.items()))
    _connect(world, storage, None)


def _all_rows(store: Store) -> Iterator[tuple[RowName, bytes]]:
    for name, table in store.tables().items():
        for seq, record in table.rows().values():
            yield (name, seq), _codec.encode(record)


def resume(world: World, storage: Storage) -> list[Changed]:
    """Make a new world what was kept in the folder, and keep it there from now on.

    Returns:
        What differs from the baseline, as `Baseline.resume` takes it.

    Raises:
        CannotUseData
    """
    found = _Found()
    try:
        with put_off(), closing(storage.rows()) as stored_rows:
            changed = found.load(world.store, stored_rows)
        _load_documents(world, found)
    except (DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"the data in {storage.path} is damaged and was left as it is: {type(error).__name__}: {error}."
        raise CannotUseData(text) from error
    world.store.history.begin(world.clock.now())
    _connect(world, storage, found)
    return changed


class _Found:
    """What is in a folder, with the documents by kind and number."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[int, bytes]] = {kind: {} for kind in KINDS}

    def load(self, store: Store, stored_rows: Iterator[StoredRow]) -> list[Changed]:
        """Take up all rows; return what differs from the baseline."""
        tables = store.tables()
        present: dict[str, list[Row]] = {name: [] for name in tables}
        changed: dict[tuple[str, Hashable], Row | None] = {}
        for stored in stored_rows:
            if stored.table in self.documents:
                if stored.record is not None:
                    self.documents[stored.table][stored.seq] = stored.record
                continue
            key_of = tables[stored.table].key_of
            if stored.record is not None:
                record = _codec.decode(stored.record)
                present[stored.table].append((stored.seq, record))
                if stored.changed:
                    changed.setdefault((stored.table, key_of(record)), None)
            if stored.base is not None:
                base = _codec.decode(stored.base)
                changed[stored.table, key_of(base)] = (stored.seq, base)
        for name, rows in present.items():
            store.load(name, rows)
        return [(table, key, row) for (table, key), row in changed.items()]


def _load_documents(world: World, found: _Found) -> None:
    secret, clock, keys, kms, messages, logs = (list(found.documents[kind].values()) for kind in KINDS)
    (world.secret,) = secret
    frozen, offset = decode_value(clock[0])
    world.clock.state = frozen, offset
    for pool_id, *pair in map(decode_value, keys):
        world.keys.put(pool_id, _decode_keys(pair))
    for arn, material in map(decode_value, kms):
        world.kms.put(arn, material)
    world.outbox.put_back([_decode_message(message) for message in messages])
    world.exported_logs.put_back([convert(decode_value(entry), Exported) for entry in logs])


# --- from then on -------------------------------------------------------------------------------------------------


def _connect(world: World, storage: Storage, found: _Found | None) -> None:
    """Begin to write every change.

    `found` is what the folder held before, if anything.
    """

    def take_back(changes: Sequence[Change]) -> None:
        with world.store.write(guarded=False):
            world.store.put_back(net([Commit(0, 0.0, "", tuple(changes))]))

    keeper = world.keeper = Keeper(storage, take_back, is_resumed=found is not None)
    found = found or _Found()
    _keep_rows(world.store, keeper)
    _keep_clock(world, keeper)
    _keep_keys(world, keeper, found)
    _keep_messages(world, keeper)
    _keep_logs(world, keeper, max(found.documents[LOG], default=0))


def _keep_rows(store: Store, keeper: Keeper) -> None:
    encoded: Rows = {}

    def prepare(changes: tuple[Change, ...]) -> None:
        keeper.check()
        encoded.clear()
        encoded.update(_encode_changes(changes))

    store.prepare = prepare
    store.history.on_commit(lambda commit: keeper.note(commit.changes, encoded))
    store.history.on_restore(lambda changes: keeper.note(changes, _encode_changes(changes)))


def _encode_changes(changes: Sequence[Change]) -> Rows:
    made: Rows = {}
    for change in changes:
        table, before, after = change.table, change.before, change.after
        if before is not None and (after is None or before[0] != after[0]):
            made[table, before[0]] = None
        if after is not None:
            try:
                made[table, after[0]] = _codec.encode(after[1])
            except CannotEncode as error:
                raise CannotEncodeRow(f"{table}: {error}") from error
    return made


def _keep_clock(world: World, keeper: Keeper) -> None:
    clock = world.clock

    def changed(before: ClockState) -> None:
        keeper.put(CLOCK, 0, encode_value(clock.state), lambda: setattr(clock, "state", before))

    clock.on_change(changed)


def _keep_keys(world: World, keeper: Keeper, found: _Found) -> None:
    known = world.keys.all()
    numbers = {decode_value(value)[0]: number for number, value in found.documents[KEY].items()}
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
    arns = count(max(found.documents[KMS], default=0) + 1)
    world.kms.on_key(lambda arn, material: keeper.put(KMS, next(arns), encode_value([arn, material])))


def _keep_messages(world: World, keeper: Keeper) -> None:
    outbox = world.outbox

    def without(message: Message) -> Callable[[], None]:
        return lambda: outbox.put_back([other for other in outbox.all() if other.id != message.id])

    def forgotten(messages: Sequence[Message]) -> None:
        for message in messages:
            keeper.put(MESSAGE, int(message.id), None)
        if not outbox.is_full or len(messages) > 1:  # else the oldest one makes room, which it would do anyway
            before = outbox.all()
            keeper.put(MESSAGE, int(messages[0].id), None, lambda: outbox.put_back(before))

    outbox.on_message(lambda message: keeper.put(MESSAGE, int(message.id), _encode_message(message), without(message)))
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


# --- documents ----------------------------------------------------------------------------------------------------


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
