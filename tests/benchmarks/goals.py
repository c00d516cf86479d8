"""The goals, each a ratio within one run, and whether it is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from tests.benchmarks.account import PLAIN, SIGNING, SRP
from tests.benchmarks.rows import Found

PEERS = ("moto", "ministack", "cognito-local")


@dataclass(frozen=True)
class Goal:
    """One line: what is compared, what was found (None: not measured), and the limit."""

    number: int
    text: str
    value: float | None
    limit: float
    is_least: bool = False
    unit: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return "held" if (self.value >= self.limit if self.is_least else self.value <= self.limit) else "not held"

    @property
    def wanted(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g}{self.unit}"

    @property
    def shown(self) -> str:
        return "–" if self.value is None else f"{self.value:.2f}{self.unit}"


def goals(found: Found, values: Mapping[str, float], without: Found | None = None) -> list[Goal]:
    """Return all goals.

    Args:
        without: the run without uvloop and httptools, where there was one.
    """
    listed = [*_starting(found, values), *_signing(found, 2), *_srp(found, 3), *_plain(found, 4)]
    listed += [*_others(values), *_growth(values), *_pools(found, values)]
    listed += [*_tests(values), *_keeping(values), *_seeds(values)]
    if without is not None:
        listed += [*_signing(without, 10, peers=False), *_srp(without, 10), *_plain(without, 10, peers=False)]
    return listed


def medians(runs: Sequence[Sequence[Goal]]) -> list[Goal]:
    """Return the goals with the medians of what several runs found; what a run did not measure does not count."""
    found = []
    for same in zip(*runs, strict=True):
        values = [goal.value for goal in same if goal.value is not None]
        found.append(replace(same[0], value=median(values) if values else None))
    return found


def _over(value: float | None, other: float | None) -> float | None:
    return None if value is None or not other else value / other


def _best(found: Found, row: str, what: str = "rate") -> float | None:
    rates = [found.middle(peer, row, 16, what) for peer in PEERS]
    return max((rate for rate in rates if rate is not None), default=None)


def _middle(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None


def _starting(found: Found, values: Mapping[str, float]) -> Iterator[Goal]:
    seconds = {name: _middle([start for start, _ in starts]) for name, starts in found.starts.items()}
    peers = [value for peer in PEERS if (value := seconds.get(peer)) is not None]
    ours = seconds.get("ours")
    yield Goal(1, "start to first answer / bare", _over(ours, seconds.get("bare")), 1.4)
    yield Goal(1, "start to first answer / best peer", _over(ours, min(peers, default=None)), 0.6)
    yield Goal(1, "memory after a sign-up and a sign-in / bare", values.get("memory, bare"), 1.45)
    yield Goal(1, "memory of each user", values.get("memory, KiB a user"), 0.9, unit=" KiB")


def _signing(found: Found, number: int, *, peers: bool = True) -> Iterator[Goal]:
    y = _middle(found.y_cpu)  # with nothing else running, as long as it takes
    for row in SIGNING:
        rate = found.middle("ours", row, 16, "rate")
        if peers:
            yield Goal(number, f"{row}: rate / best peer", _over(rate, _best(found, row)), 1.5, is_least=True)
        per_y = None if rate is None or y is None else rate * y
        yield Goal(number, f"{row}: rate / Y in one thread", per_y, 1.0, is_least=True)
        yield Goal(number, f"{row}: CPU", found.ratio("in_y", "ours", row, 16), 1.35, unit=" Y")
        yield Goal(number, f"{row}: p50, one connection", _over(found.middle("ours", row, 1, "p50"), y), 0.8, unit=" Y")


def _srp(found: Found, number: int) -> Iterator[Goal]:
    yield Goal(number, "SRP, whole: CPU", found.ratio("in_y", "ours", SRP, 1), 5, unit=" Y")


def _plain(found: Found, number: int, *, peers: bool = True) -> Iterator[Goal]:
    for row in PLAIN:
        yield Goal(number, f"{row}: CPU", found.ratio("in_h", "ours", row, 1), 1.5, unit=" H")
        if peers:
            rate = _over(found.middle("ours", row, 16, "rate"), _best(found, row))
            yield Goal(number, f"{row}: rate / best peer", rate, 3, is_least=True)


def _others(values: Mapping[str, float]) -> Iterator[Goal]:
    yield Goal(4, "GetCredentialsForIdentity: CPU / GetUser", values.get("credentials, GetUser"), 2)
    yield Goal(4, "sign-in page: p50", values.get("page, ms"), 10, unit=" ms")


def _growth(values: Mapping[str, float]) -> Iterator[Goal]:
    for name, limit in (
        ("AdminGetUser", 1.15),
        ("ListUsers, email =", 1.15),
        ("ListUsers, username =", 1.15),
        ("ListUsers, a page of 10", 1.15),
        ("AdminCreateUser", 1.25),
    ):
        yield Goal(5, f"{name}: CPU, very many users / 10", values.get(f"growth, {name}"), limit)
    name = "ListUsers, a deep page"
    yield Goal(5, f"{name}: CPU, very many users / a tenth", values.get(f"growth, {name}"), 1.15)


def _pools(found: Found, values: Mapping[str, float]) -> Iterator[Goal]:
    ours, bare = (found.middle(who, "CreateUserPool", 1, "p50") for who in ("ours", "bare"))
    yield Goal(6, "CreateUserPool: p50", _over(ours, bare), 2, unit=" H")
    for name, of in (
        ("a pool is deleted", "DeleteUserPool"),
        ("very many users are restored", "restore"),
        ("very many users are reset", "reset"),
    ):
        yield Goal(6, f"longest wait while {name}", values.get(f"longest wait, {of} ms"), 20, unit=" ms")


def _tests(values: Mapping[str, float]) -> Iterator[Goal]:
    yield Goal(7, "reset after ten changes", values.get("reset, ms"), 0.2, unit=" ms")
    yield Goal(7, "a test with pool, user, sign-in and call", values.get("later test, ms"), 15, unit=" ms")
    yield Goal(7, "a test / moto's", values.get("later test, ours / moto"), 1 / 15)
    yield Goal(7, "a test, with its share of the session's start", values.get("test, ms"), 15, unit=" ms")
    yield Goal(7, "a test, with its share of the start / moto's", values.get("test, ours / moto"), 1 / 15)
    yield Goal(7, "snapshot taken", values.get("snapshot, taken ms"), 20, unit=" ms")
    yield Goal(7, "snapshot restored", values.get("snapshot, restored ms"), 50, unit=" ms")


def _keeping(values: Mapping[str, float]) -> Iterator[Goal]:
    for name in ("SignUp", "AdminCreateUser"):
        kept = values.get(f"data, {name}: rate with a data folder")
        yield Goal(8, f"{name}: rate with --data / in memory", kept, 0.8, is_least=True)
        cpu = values.get(f"data, {name}: CPU with a data folder")
        yield Goal(8, f"{name}: CPU with --data / in memory", cpu, 1.25)
    for name in ("SignUp", "AdminGetUser"):
        yield Goal(8, f"{name}: CPU with history / without", values.get(f"history, {name}"), 1.08)


def _seeds(values: Mapping[str, float]) -> Iterator[Goal]:
    yield Goal(9, "YAML seed of 10,000 users to ready", values.get("seed, s"), 3, unit=" s")
    yield Goal(9, "start from --data with 100,000 users: CPU", values.get("data, start s"), 4, unit=" s")
    yield Goal(9, "100,000 users from a snapshot file", values.get("snapshot file, s"), 1, unit=" s")
