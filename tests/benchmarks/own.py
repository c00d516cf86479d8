"""What is measured of this emulator alone: memory, growth, big requests, resets, the data folder, the history."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from tests.benchmarks import hosted, identity, keeping, suites
from tests.benchmarks.account import Account
from tests.benchmarks.growth import growth
from tests.benchmarks.load import Served, measure, message
from tests.benchmarks.peers import Process, own
from tests.benchmarks.scene import Scene

Values = dict[str, float]


@dataclass(frozen=True)
class Amounts:
    """How much is done."""

    users: int = 100_000
    held: int = 50_000
    seeded: int = 10_000
    requests: int = 900
    rounds: int = 5
    tests: int = 40


SMALL = Amounts(users=60, held=60, seeded=20, requests=30, rounds=1, tests=3)


def memory(amounts: Amounts) -> Values:
    """After a sign-up and a sign-in against the bare application, and of each user."""
    with Served("bare") as served:
        served.call("Any", Username="ann")
        bare = served.memory
    with Served("emulator") as served:
        scene = Scene(served, 0)
        ours = served.memory
        served.ask(f"users {scene.pool} {amounts.users}")
        each = (served.memory - ours) * 1024 / amounts.users
    return {"memory, bare": ours / bare, "memory, KiB a user": each} if bare else {}


def large(amounts: Amounts) -> Values:
    """A pool of very many users against one of ten, and snapshots of it."""
    with Served("emulator") as first, Served("emulator") as second:
        few, many = Scene(first, 10), Scene(second, amounts.users)
        found = growth(few, many, amounts.requests, amounts.users)
        found["reset, ms"] = float(first.ask(f"reset {few.pool}")) * 1000
        found["growth, ListUsers, a deep page"] = deep_page(Scene(second, amounts.users // 10), many, amounts)
        found |= snapshots(second.port, many)
    return found


def deep_page(tenth: Scene, many: Scene, amounts: Amounts) -> float:
    """Return what a page at the end of a pool costs against one of a pool with a tenth of its users."""
    page = min(60, amounts.users // 20)
    scenes = [(scene, _last_token(scene, page)) for scene in (tenth, many)]
    ratios = []
    for _ in range(amounts.rounds):
        few, all_ = (
            measure(
                scene.served, scene.admin("ListUsers", Limit=page, PaginationToken=token), amounts.requests // 3
            ).cpu
            for scene, token in scenes
        )
        ratios.append(all_ / few)
    return median(ratios)


def _last_token(scene: Scene, page: int) -> str:
    """Go through all pages but the last; return what leads to it, which is full in every pool."""
    token: str | None = None
    tokens: list[str] = []
    while True:
        more = {} if token is None else {"PaginationToken": token}
        token = scene.served.call("ListUsers", UserPoolId=scene.pool, Limit=page, **more).get("PaginationToken")
        if token is None:
            return tokens[-2]
        tokens.append(token)


def _ask(port: int, method: str, path: str, body: bytes = b"") -> tuple[float, bytes]:
    """Return the seconds that a request to the control API took, and the answer's body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    started = perf_counter()
    connection.request(method, path, body=body or None, headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    seconds = perf_counter() - started
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
    return seconds, content


def snapshots(port: int, scene: Scene) -> Values:
    """Take a snapshot after ten changes and go back to it after ten more; write it to a file and read that."""
    path = "/_emulator/snapshots/benchmark"
    taken, restored = [], []
    for turn in range(3):
        measure(scene.served, lambda n, turn=turn: scene.admin_create(n, f"t{turn}-"), 10)  # type: ignore[misc]
        taken.append(_ask(port, "POST", path)[0])
        measure(scene.served, lambda n, turn=turn: scene.admin_create(n, f"s{turn}-"), 10)  # type: ignore[misc]
        restored.append(_ask(port, "PUT", path)[0])
    _, content = _ask(port, "GET", path)
    with Served("emulator") as other:
        read, _ = _ask(other.port, "POST", path, content)
        begun, _ = _ask(other.port, "PUT", path)
    return {
        "snapshot, taken ms": median(taken) * 1000,
        "snapshot, restored ms": median(restored) * 1000,
        "snapshot file, s": read + begun,
    }


def longest_wait(served: Served, work: Callable[[], object]) -> float:
    """Return the longest wait of small requests while `work` is done, in seconds."""
    stop, longest = threading.Event(), [0.0]

    def ask() -> None:
        sent = message("ListUserPools", {"MaxResults": 1})  # which no deletion refuses
        while not stop.is_set():
            longest[0] = max(longest[0], measure(served, lambda _: sent, 20).p99)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        work()
    finally:
        stop.set()
        thread.join()
    return longest[0]


def holds(amounts: Amounts) -> Values:
    """How long others wait while very many users are restored, reset, or deleted with their pool."""
    with Served("emulator") as served:
        scene, path = Scene(served, amounts.held), "/_emulator/snapshots/benchmark"
        served.hang_up()
        waits = {"nothing else": longest_wait(served, lambda: _pause(served))}
        _ask(served.port, "POST", path)
        waits["DeleteUserPool"] = longest_wait(served, partial(_delete, served, scene))
        waits["restore"] = longest_wait(served, partial(_ask, served.port, "PUT", path))
        waits["reset"] = longest_wait(served, partial(_ask, served.port, "POST", "/_emulator/reset"))
        return {f"longest wait, {name} ms": seconds * 1000 for name, seconds in waits.items()}


def _pause(served: Served) -> None:
    for _ in range(20):
        served.call("ListUserPools", MaxResults=1)


def _delete(served: Served, scene: Scene) -> None:
    served.call("DeleteUserPool", UserPoolId=scene.pool)


def data(amounts: Amounts) -> Values:
    """Writes with a data folder against the same in memory; the start from one with very many users."""
    with Served("emulator") as first, Served("kept") as second:
        found = keeping.writes(Scene(first, 10), Scene(second, 10), amounts.requests)
    return found | keeping.start(amounts.users)


def pages(amounts: Amounts) -> Values:
    """The sign-in page of the hosted login."""
    with Served("bare") as bare, Served("emulator") as served:
        return hosted.measured(bare, served, amounts.requests)


def credentials(amounts: Amounts) -> Values:
    """AWS credentials by an identity pool."""
    with Served("emulator") as served:
        return identity.measured(Scene(served, 10), amounts.requests)


def history(amounts: Amounts) -> Values:
    """Requests with the history against the same without, in processor time."""
    found: Values = {}
    with Process(own("--no-seed")) as on, Process(own("--no-seed", "--history", "0")) as off:
        accounts = Account(on), Account(off)
        for name, make in (("SignUp", Account.sign_up), ("AdminGetUser", Account.admin_get_user)):
            ratios = []
            for turn in range(amounts.rounds):
                with_it, without = (
                    measure(each.served, make(each, f"h{turn}-"), amounts.requests).cpu for each in accounts
                )
                ratios.append(with_it / without)
            found[f"history, {name}"] = median(ratios)
    return found


def seeds(amounts: Amounts) -> Values:
    """Start with a YAML seed of very many users: seconds to the first answer."""
    user = "      - Username: user{n}\n        Password: Correct-horse-7\n        Confirmed: true\n"
    text = "UserPools:\n  - PoolName: p\n    Users:\n" + "".join(user.format(n=n) for n in range(amounts.seeded))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "seed.yaml"
        file.write_text(text)
        request = message("ListUserPools", {"MaxResults": 1})
        with Process(own("--seed", str(file)), request) as process:
            return {"seed, s": process.seconds}


def tests(amounts: Amounts, moto_python: str | None) -> Values:
    """What a test costs with the fixtures, and with moto: milliseconds."""
    found: Values = {}
    with TemporaryDirectory() as name:
        ours = suites.run_suite(
            sys.executable, Path(name) / "own", suites.EMULATOR.format(tests=amounts.tests), amounts.tests
        )
        found |= {"test, ms": ours.shared, "later test, ms": ours.later}
        if moto_python is not None:
            source = suites.MOTO.format(tests=amounts.tests, client="make()")
            moto = suites.run_suite(moto_python, Path(name) / "moto", source, amounts.tests)
            found |= {"test, ours / moto": ours.shared / moto.shared}
            found |= {"later test, ours / moto": ours.later / moto.later}
    return found


SECTIONS: dict[str, Callable[[Amounts], Any]] = {
    "memory": memory,
    "large pools": large,
    "waits": holds,
    "data folder": data,
    "hosted pages": pages,
    "identity pools": credentials,
    "history": history,
    "seeds": seeds,
}
