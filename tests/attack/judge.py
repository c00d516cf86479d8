"""What must hold: of each answer, and of the emulator after each batch."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from cognito_emulator.domain.store import Store
from cognito_emulator.domain.table import Index, Table
from tests.attack.line import Dropped, Line, Reply
from tests.attack.oddities import HEALTH
from tests.attack.shot import Shot
from tests.attack.target import Target
from tests.contract import conformance

SLOWEST = 0.5  # seconds
MOST_FAULTS = 200
_SEED, _SEED_SECONDS = "POST /_emulator/seed", 8.0  # a MiB of it, coverage being measured
_AGAIN = 2  # times that a slow request is sent once more


@dataclass(frozen=True)
class Fault:
    """Something that must not be, and what was sent."""

    check: str
    name: str
    told: str
    sent: bytes = b""

    def __str__(self) -> str:
        sent = repr(self.sent if len(self.sent) <= 1_500 else self.sent[:1_000] + b" ... " + self.sent[-500:])[2:-1]
        return f"{self.check}: {self.name}: {self.told}\n    sent: {sent}\n"


class Stopwatch:
    """Seconds since it was made: by the wall's clock, computed by the loop's thread, and by all of the process."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.wall, self.loop, self.process = time.perf_counter(), target.loop_seconds(), time.process_time()

    def stop(self) -> None:
        self.wall, self.process = time.perf_counter() - self.wall, time.process_time() - self.process
        self.loop = self._target.loop_seconds() - self.loop

    def is_slow(self, slowest: float) -> bool:
        """Whether it took too long, also if what was computed had had the processor for itself."""
        if self.wall <= slowest:
            return False
        return self.process > slowest or self.wall - self.process * _stretch() * 1.5 > slowest


def _stretch() -> float:
    """How much longer than computed something takes on this machine just now, 1 at least."""
    wall, computed = time.perf_counter(), time.thread_time()
    while time.thread_time() - computed < 0.03:
        pass
    return max(1.0, (time.perf_counter() - wall) / 0.03)


@dataclass
class Judge:
    """Sends shots and looks at what becomes of them. Of faults that are alike the first is told."""

    target: Target
    slowest: float = SLOWEST
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: dict[tuple[str, str, str], Fault] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)  # operations that have succeeded

    def __post_init__(self) -> None:
        self.line = Line(self.target.port)

    def fault(self, check: str, shot: Shot, told: str) -> None:
        self.seen[check] += 1
        lines = [line[:400] for line in told.strip().splitlines()]
        # By where it failed; of what has no place, by what was asked.
        alike = (
            (check, lines[-1][:120], "".join(lines[-3:-1])) if check in ("5xx", "logged") else (check, shot.name, "")
        )
        if check == "changed":
            alike = (check, shot.name, lines[-1])
        if len(self.faults) < MOST_FAULTS:
            self.faults.setdefault(alike, Fault(check, shot.name, "\n    ".join(lines), shot.sent))

    def ask(self, shot: Shot) -> list[Reply]:
        """Send one shot and judge it; the answers."""
        target = self.target
        target.touched.clear()
        target.functions.called.clear()
        messages = len(target.world.outbox.all())
        clock = Stopwatch(target)
        try:
            replies = self.line.ask(shot.sent, shot.answers, head=shot.head, ends=shot.ends)
        except Dropped as dropped:
            self._dropped(shot, dropped)
            return []
        clock.stop()
        for reply in replies:
            self.counts[shot.kind, reply.status] += 1
            self.reached.update({shot.name} if shot.kind == "operation" and reply.status == 200 else ())
            if reply.status >= 500 and reply.status != 501:
                self.fault("5xx", shot, f"{reply.status} {reply.body[:200]!r}\n{self._heard()}")
        if replies and all(reply.status >= 400 for reply in replies) and target.functions.may_be_refused:
            self._refused(shot, replies, messages)
        self._conforms(shot)
        self._quick(shot, clock)
        return replies

    def _heard(self) -> str:
        """What was logged of it, once the loop is through with the request."""
        self.target.on_loop(lambda: None)
        return self.target.heard.take()

    def _dropped(self, shot: Shot, dropped: Dropped) -> None:
        self.counts[shot.kind, 0] += 1
        if not shot.broken:
            self.fault("dropped", shot, f"{dropped}\n{self._heard()}")
        elif "Timeout" in str(dropped):
            self.fault("silent", shot, str(dropped))
        else:
            self.line.ask(HEALTH)

    def _refused(self, shot: Shot, replies: Sequence[Reply], messages: int) -> None:
        """A refusal changes nothing but what AWS keeps."""
        changed = self.target.changes()
        if len(self.target.world.outbox.all()) > messages:
            changed.append("a message was sent")
        if changed:
            self.fault("changed", shot, "\n".join([*changed, f"and then: {replies[-1].body[:200]!r}"]))

    def _conforms(self, shot: Shot) -> None:
        if conformance.violations:
            self.fault("conformance", shot, "\n".join(sorted(set(conformance.violations))))
            conformance.violations.clear()

    def _quick(self, shot: Shot, clock: Stopwatch) -> None:
        """Too slow is an answer for which the loop's thread computes too long, by that thread's own clock: it does not
        run while a busy machine lets the thread wait. Anything else that is slow (a timer, a lock, other threads) must
        be so each time that the same is sent again, and be more than the machine's business explains. A seed is made in
        slices, between which others are answered (tests/seed/test_large.py): it has more time, by its size."""
        slowest = self.slowest + (_SEED_SECONDS * len(shot.sent) / 2**20 if shot.name == _SEED else 0.0)
        if clock.loop > slowest:
            self.fault("slow", shot, f"the loop was held for {clock.loop:.2f} s")
            return
        for _ in range(_AGAIN):
            if not clock.is_slow(slowest):
                return
            clock = Stopwatch(self.target)
            try:
                self.line.ask(shot.sent, shot.answers, head=shot.head, ends=shot.ends)
            except Dropped:
                return
            clock.stop()
        if clock.is_slow(slowest):
            self.fault("slow", shot, f"it took {clock.wall:.2f} s, of which {clock.process:.2f} s were computed")

    def logged(self) -> None:
        """Nothing failed that no answer told of: in the background, or after the client had gone."""
        told = self._heard()
        if told:
            self.fault("logged", Shot("log", told.splitlines()[0][:60], b""), told)

    def indexes(self) -> None:
        """Every index as it would be if it was made anew of the records."""
        for told in self.target.on_loop(lambda: list(wrong_indexes(self.target.world.store))):
            self.fault("index", Shot("store", told.partition(":")[0], b""), told)


def wrong_indexes(store: Store) -> Sequence[str]:
    """The indexes that differ from their table."""
    found = []
    for table in vars(store).values():
        if not isinstance(table, Table):
            continue
        rows = sorted(table._rows.items(), key=lambda row: row[1][0])
        found += [f"{table.name}: {key!r}: is kept by another key" for key, row in rows if table.key_of(row[1]) != key]
        for name, index in table._indexes.items():
            made: Index[Any] = Index(index.values_of, table._seq_of, unique=index.unique)
            for key, row in rows:
                made.add(key, row)
            if made.entries() != index.entries():
                found.append(f"{table.name}.{name}: {_first_difference(made, index)}")
    return found


def _first_difference(made: Index[Any], index: Index[Any]) -> str:
    wanted, present = made.entries(), index.entries()
    odd = [key for key in wanted.keys() | present.keys() if wanted.get(key) != present.get(key)]
    return f"{odd[0]!r} -> {present.get(odd[0])}, not {wanted.get(odd[0])}"


@dataclass
class Levels:
    """How much memory there is in use after each batch, when everything has been put back.

    It may rise at first (what is compiled and cached once); the last quarter of the batches may have little more than
    the second.
    """

    blocks: list[int] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)

    def measure(self) -> None:
        gc.collect()
        self.blocks.append(sys.getallocatedblocks())
        self.resident.append(_resident())

    def problems(self) -> list[str]:
        found = []
        for what, seen, share, least in (
            ("blocks of memory", self.blocks, 0.05, 30_000),
            ("bytes of resident memory", self.resident, 0.10, 32 * 1024 * 1024),
        ):
            quarter = len(seen) // 4
            if quarter < 2:
                continue
            early, late = median(seen[quarter : 2 * quarter]), median(seen[-quarter:])
            if late > early * (1 + share) + least:
                found.append(f"{what}: {early:,.0f} after a quarter of the batches, {late:,.0f} at the end")
        return found


def _resident() -> int:
    """Bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except OSError:  # pragma: no cover - Linux alone has it
        return 0
