"""Each request, in each of the servers by turns, with the physical baselines of the same minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import Any

from cognito_emulator.ports.keys import make_key_set
from tests.benchmarks.account import ROWS, SIGNING, SRP, Account
from tests.benchmarks.load import Measured, measure, message
from tests.benchmarks.peers import Process, Server

CONNECTIONS = (1, 16)
_CLAIMS = {"sub": "x" * 36, "iss": "http://localhost", "exp": 1, "iat": 1, "client_id": "c" * 26, "jti": "j" * 36}


@dataclass(frozen=True)
class Effort:
    """How much is done; `seconds` is about what one measurement of a slow server may take."""

    rounds: int = 3
    requests: int = 600
    seconds: float = 0.5
    srp: int = 24
    starts: int = 5


@dataclass
class Found:
    """What was measured: (server, row, connections) -> measurements, and the baselines Y in seconds."""

    measured: dict[tuple[str, str, int], list[Measured]] = field(default_factory=dict)
    y_cpu: list[float] = field(default_factory=list)
    y_wall: list[float] = field(default_factory=list)
    # Each beside Y and H of the same round: (server, row, connections) -> ratios.
    in_y: dict[tuple[str, str, int], list[float]] = field(default_factory=dict)
    in_h: dict[tuple[str, str, int], list[float]] = field(default_factory=dict)
    starts: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def middle(self, server: str, row: str, connections: int, what: str) -> float | None:
        found = self.measured.get((server, row, connections))
        return median(getattr(one, what) for one in found) if found else None

    def ratio(self, table: str, server: str, row: str, connections: int) -> float | None:
        found = getattr(self, table).get((server, row, connections))
        return median(found) if found else None


class Baseline:
    """Y: two RS256 signatures in this process."""

    def __init__(self, found: Found) -> None:
        self._keys, self._found = make_key_set(), found

    def measure(self, count: int = 60) -> tuple[float, float]:
        """Return (seconds of processor time, seconds)."""
        cpu, wall = process_time(), perf_counter()
        for _ in range(count):
            self._keys.id_key.sign(_CLAIMS)
            self._keys.access_key.sign(_CLAIMS)
        made = (process_time() - cpu) / count, (perf_counter() - wall) / count
        self._found.y_cpu.append(made[0])
        self._found.y_wall.append(made[1])
        return made


class Rows:
    """The rows of a run.

    Args:
        only: names of rows; empty means all.
    """

    def __init__(
        self, found: Found, effort: Effort, only: Sequence[str] = (), say: Callable[[str], object] = print
    ) -> None:
        self.found, self.effort, self.say = found, effort, say
        self.names = [name for name in (*ROWS, SRP) if not only or name in only]
        self._y = Baseline(found)

    def run(self, bare: Server, servers: Sequence[Server]) -> None:
        """Measure all rows in all servers, by turns."""
        with ExitStack() as stack:
            processes = {each.name: each_started for each in servers if (each_started := self._start(stack, each))}
            trivial = stack.enter_context(Process(bare))
            accounts = {name: made for name, process in processes.items() if (made := self._account(name, process))}
            for process in processes.values():
                process.settle()
            for name in self.names:
                self.say(f"  {name}")
                for turn in range(self.effort.rounds):
                    if name == SRP:
                        self._srp_turn(accounts)
                    else:
                        self._turn(name, turn, trivial, accounts)

    def _start(self, stack: ExitStack, server: Server) -> Process | None:
        try:
            return stack.enter_context(Process(server))
        except (RuntimeError, OSError) as error:
            self.found.failures[server.name] = str(error)
            return None

    def _account(self, name: str, process: Process) -> Account | None:
        try:
            return Account(process, "@example.com" if name == "cognito-local" else "")
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            self.found.failures[name] = str(error)[:200]
            return None

    def _turn(self, name: str, turn: int, trivial: Process, accounts: dict[str, Account]) -> None:
        wanted = {
            who: account
            for who, account in accounts.items()
            if (who, name) not in self._failed and (name != "CreateUserPool" or who == "ours")
        }
        for connections in CONNECTIONS:
            y = self._y.measure() if name in SIGNING else None
            h = self._measured(
                trivial, lambda _: message("AdminGetUser", {"Username": "a"}), self.effort.requests, connections
            )
            self._keep("bare", name, connections, h)
            for who, account in wanted.items():
                try:
                    one = self._one(who, account, name, f"{name.replace(' ', '')}{turn}-{connections}-", connections)
                except (RuntimeError, OSError, KeyError, ValueError) as error:
                    self.found.failures[f"{who}: {name}"] = str(error)[:200]
                    continue
                self._keep(who, name, connections, one)
                self.found.in_h.setdefault((who, name, connections), []).append(one.cpu / h.cpu)
                if y is not None:
                    self.found.in_y.setdefault((who, name, connections), []).append(one.cpu / y[0])

    @property
    def _failed(self) -> set[tuple[str, str]]:
        return {(who, name) for text in self.found.failures for who, _, name in [text.partition(": ")]}

    def _one(self, who: str, account: Account, name: str, word: str, connections: int) -> Measured:
        make: Any = ROWS[name]
        count = self.effort.requests
        if name == "CreateUserPool":
            count = min(count, 900 // (2 * self.effort.rounds))  # an account has at most 1,000 pools
        first = measure(account.served, make(account, f"{word}warm"), 3)
        slow = max(int(self.effort.seconds / max(first.p50, 1e-6)), 10)
        return self._measured(account.served, make(account, word), min(count, slow), connections)

    @staticmethod
    def _measured(served: Any, requests: Callable[[int], bytes], count: int, connections: int) -> Measured:
        return measure(served, requests, max(count, connections), connections)

    def _srp_turn(self, accounts: dict[str, Account]) -> None:
        for who, account in accounts.items():
            if (who, SRP) in self._failed:
                continue
            y, count = self._y.measure(), self.effort.srp if who == "ours" else max(self.effort.srp // 4, 1)
            try:
                _srp_sign_ins(account, 1)
                cpu, times = _srp_sign_ins(account, count)
            except (RuntimeError, OSError, KeyError, ValueError) as error:
                self.found.failures[f"{who}: {SRP}"] = str(error)[:200]
                continue
            self._keep(who, SRP, 1, Measured(cpu, median(times), max(times), count / sum(times)))
            self.found.in_y.setdefault((who, SRP, 1), []).append(cpu / y[0])

    def _keep(self, who: str, name: str, connections: int, one: Measured) -> None:
        self.found.measured.setdefault((who, name, connections), []).append(one)

    def starts(self, servers: Sequence[Server]) -> None:
        """Measure starts to the first answer, by turns, and the memory then.

        The first start of each is not counted: it may write bytecode.
        """
        for turn in range(1 + self.effort.starts):
            for server in servers:
                try:
                    with Process(server) as process:
                        if turn == 0:
                            continue
                        self.found.starts.setdefault(server.name, []).append((process.seconds, process.memory))
                except (RuntimeError, OSError) as error:
                    self.found.failures[f"{server.name}: start"] = str(error)


def _srp_sign_ins(account: Account, count: int) -> tuple[float, list[float]]:
    """Sign in by SRP; return seconds of processor time for each, and seconds of both calls.

    All are begun, then all are answered: between the two the client's arithmetic would empty the server's caches.
    """
    before, clock = account.served.cpu, perf_counter
    asked = [(clock(), account.srp_asked(), clock()) for _ in range(count)]
    cpu = account.served.cpu - before
    responses = [account.srp_responses(parameters) for _, parameters, _ in asked]
    before, ended = account.served.cpu, []
    for each in responses:
        started = clock()
        account.srp_answered(each)
        ended.append(clock() - started)
    cpu += account.served.cpu - before
    times = [end - start + answered for (start, _, end), answered in zip(asked, ended, strict=True)]
    return cpu / count, times
