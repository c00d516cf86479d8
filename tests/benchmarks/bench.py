"""What the emulator costs, as ratios to baselines of the same run: `python -m tests.benchmarks.bench [--quick]`.

Y is the processor time of two RS256 signatures; H that of one JSON request to a bare uvicorn + Starlette application.
Ratios hold from one machine to another better than times do; a goal stands beside each. Nothing fails here.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from emulator.ports.keys import make_key_set
from tests.benchmarks.load import Measured, Served, measure, message
from tests.benchmarks.starting import bare_command, emulator_command, first_answer, free_port
from tests.build import FLOWS, PASSWORD, SrpClient

Requests = Callable[[int], bytes]


@dataclass(frozen=True)
class Sizes:
    """How much is done."""

    starts: int = 7
    requests: int = 2_000
    sign_ins: int = 400
    srp: int = 60
    users: int = 100_000


QUICK = Sizes(starts=1, requests=20, sign_ins=5, srp=2, users=50)


class Report:
    """Lines of what was measured; printed as they come."""

    def __init__(self, write: Callable[[str], Any] = sys.stdout.write) -> None:
        self._write = write
        self.lines: list[tuple[str, float, float | None]] = []

    def title(self, text: str) -> None:
        self._write(f"\n{text}\n")

    def say(self, text: str) -> None:
        self._write(f"  {text}\n")

    def ratio(self, what: str, value: float, unit: str, goal: float | None = None, *, least: bool = False) -> None:
        """One ratio; `least` says that the goal is to be reached from above."""
        self.lines.append((what, value, goal))
        if goal is None:
            self._write(f"  {what:<52} {value:8.2f} {unit}\n")
            return
        holds = value >= goal if least else value <= goal
        sign, verdict = ("≥" if least else "≤"), ("" if holds else "   MISSED")
        self._write(f"  {what:<52} {value:8.2f} {unit:<4} goal {sign} {goal:g}{verdict}\n")


def signatures(sizes: Sizes) -> float:
    """Y: seconds of processor time for two RS256 signatures; the middle of several rounds."""
    keys = make_key_set()
    claims = {"sub": "x" * 36, "iss": "http://localhost", "exp": 1, "iat": 1, "client_id": "c" * 26, "jti": "j" * 36}
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(sizes.sign_ins):
            keys.id_key.sign(claims)
            keys.access_key.sign(claims)
        rounds.append((time.process_time() - started) / sizes.sign_ins)
    return median(rounds)


def starting(report: Report, sizes: Sizes) -> None:
    """Start to first answer, alternating, so that the machine's moods strike both."""
    report.title("Start to first answer")
    seconds: dict[str, list[float]] = {"bare": [], "emulator": []}
    for _ in range(sizes.starts):
        for name, command in (("bare", bare_command), ("emulator", emulator_command)):
            port = free_port()
            seconds[name].append(first_answer(command(port), port, message("ListUserPools", {"MaxResults": 1}))[0])
    bare, ours = median(seconds["bare"]), median(seconds["emulator"])
    report.say(f"bare {bare * 1000:.0f} ms, emulator with its built-in seed {ours * 1000:.0f} ms")
    report.ratio("start", ours / bare, "bare", 1.25)


class Scene:
    """An emulator with a pool, a client and a user, who has signed in."""

    def __init__(self, served: Served, users: int) -> None:
        self.served = served
        self.pool: str = served.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
        made = served.call("CreateUserPoolClient", UserPoolId=self.pool, ClientName="c", ExplicitAuthFlows=FLOWS)
        self.client: str = made["UserPoolClient"]["ClientId"]
        served.ask(f"users {self.pool} {users}")
        served.call("SignUp", ClientId=self.client, Username="ann", Password=PASSWORD)
        served.call("AdminConfirmSignUp", UserPoolId=self.pool, Username="ann")
        result = served.call("InitiateAuth", **self.password_members())["AuthenticationResult"]
        self.access: str = result["AccessToken"]
        self.refresh: str = result["RefreshToken"]

    def password_members(self) -> dict[str, Any]:
        parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
        return {"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}

    def admin(self, operation: str, **members: Any) -> Requests:
        sent = message(operation, {"UserPoolId": self.pool, **members})
        return lambda _: sent

    def password(self, _: int = 0) -> bytes:
        return message("InitiateAuth", self.password_members(), signed=False)

    def refreshing(self, _: int = 0) -> bytes:
        parameters = {"REFRESH_TOKEN": self.refresh}
        members = {"ClientId": self.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
        return message("InitiateAuth", members, signed=False)

    def get_user(self, _: int = 0) -> bytes:
        return message("GetUser", {"AccessToken": self.access}, signed=False)

    def sign_up(self, number: int, word: str = "new") -> bytes:
        attributes = [{"Name": "email", "Value": f"{word}{number}@example.com"}]
        members = {"ClientId": self.client, "Username": f"{word}{number}", "Password": PASSWORD}
        return message("SignUp", {**members, "UserAttributes": attributes}, signed=False)

    def admin_create(self, number: int, word: str = "made") -> bytes:
        attributes = [{"Name": "email", "Value": f"{word}{number}@example.com"}]
        members = {"UserPoolId": self.pool, "Username": f"{word}{number}", "UserAttributes": attributes}
        return message("AdminCreateUser", members)


def simple(report: Report, scene: Scene, h: Measured, h16: Measured, sizes: Sizes) -> None:
    """Requests without a signature, against H."""
    report.title("Requests that sign nothing (CPU against H; rate on 16 connections against the bare application's)")
    requests: list[tuple[str, Callable[[str], Requests]]] = [
        ("GetUser", lambda _: scene.get_user),
        ("AdminGetUser", lambda _: scene.admin("AdminGetUser", Username="user5")),
        ("SignUp", lambda word: lambda number: scene.sign_up(number, word)),
        ("AdminCreateUser", lambda word: lambda number: scene.admin_create(number, word + "-a")),
        ("CreateUserPool", lambda _: lambda _: message("CreateUserPool", {"PoolName": "p"})),
    ]
    for name, make in requests:
        count = min(sizes.requests, 400) if name == "CreateUserPool" else sizes.requests
        one = measure(scene.served, make("one"), count)
        many = measure(scene.served, make("many"), count, 16)
        report.ratio(f"{name}: CPU", one.cpu / h.cpu, "H", 2)
        report.ratio(f"{name}: rate", many.rate / h16.rate, "H", 0.6, least=True)
        report.ratio(f"{name}: p99 / p50", one.p99 / one.p50, "", 10)
        if name == "CreateUserPool":
            report.ratio(f"{name}: p50", one.p50 / h.p50, "H", 2)


def signing(report: Report, scene: Scene, y: float, sizes: Sizes) -> None:
    """Sign-in and refresh, against Y."""
    report.title("Sign-in (against Y)")
    for name, requests in (("password sign-in", scene.password), ("refresh", scene.refreshing)):
        one = measure(scene.served, requests, sizes.sign_ins)
        many = measure(scene.served, requests, sizes.sign_ins * 2, 16)
        report.ratio(f"{name}: CPU", one.cpu / y, "Y", 1.7)
        report.ratio(f"{name}: rate on 16 connections", many.rate * y, "1/Y", 0.6, least=True)
    srp_sign_in(scene)  # the verifier is worked out once
    scene.served.settle()
    cpu, started = scene.served.cpu, time.perf_counter()
    for _ in range(sizes.srp):
        srp_sign_in(scene)
    cpu = (scene.served.cpu - cpu) / sizes.srp
    report.ratio("SRP sign-in, both calls: CPU", cpu / y, "Y", 7)
    report.say(f"({(time.perf_counter() - started) / sizes.srp * 1000:.1f} ms with the client's half)")


def srp_sign_in(scene: Scene) -> None:
    client = SrpClient(scene.pool, PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = scene.served.call(
        "InitiateAuth", ClientId=scene.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters
    )
    answer = scene.served.call(
        "RespondToAuthChallenge",
        ClientId=scene.client,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=client.responses(asked["ChallengeParameters"]),
    )
    if "AuthenticationResult" not in answer:
        raise RuntimeError(f"no tokens: {answer}")


def growth(report: Report, small: Scene, large: Scene, sizes: Sizes) -> None:
    """The same requests in a pool of 10 users and in a large one."""
    report.title(f"A pool of {sizes.users} users against one of 10 (CPU)")
    users = sizes.users - 1
    goals: list[tuple[str, float, Callable[[Scene, int], Requests]]] = [
        ("AdminGetUser", 1.15, lambda s, last: s.admin("AdminGetUser", Username=f"user{last}")),
        ("ListUsers, a page of 10", 1.15, lambda s, _: s.admin("ListUsers", Limit=10)),
        ("AdminCreateUser", 1.25, lambda s, last: lambda n: s.admin_create(n, f"grown{last}-")),
    ]
    for attribute, value in (("email", "user{}@example.com"), ("username", "user{}")):
        text = f'{attribute} = "{value}"'
        goals.append(
            (
                f"ListUsers, {attribute} =",
                1.15,
                lambda s, last, text=text: s.admin("ListUsers", Filter=text.format(last)),  # type: ignore[misc]
            )
        )
    for name, goal, make in goals:
        few = median(
            measure(small.served, make(small, 9), sizes.requests).cpu for _ in range(3 if "Create" not in name else 1)
        )
        many = median(
            measure(large.served, make(large, users), sizes.requests).cpu
            for _ in range(3 if "Create" not in name else 1)
        )
        report.ratio(name, many / few, "", goal)


def resets(report: Report, small: Scene, large: Scene) -> None:
    report.title("Reset after ten changes")
    for name, scene in (("10 users", small), ("all users", large)):
        seconds = float(scene.served.ask(f"reset {scene.pool}"))
        report.ratio(f"pool of {name}", seconds * 1000, "ms", 1)


def memory(report: Report, sizes: Sizes) -> None:
    """After one sign-up and one sign-in; and for each user."""
    report.title("Memory")
    with Served("bare") as served:
        served.call("Any", Username="ann")
        bare = served.memory
    with Served("emulator") as served:
        scene = Scene(served, 0)
        ours = served.memory
        if not bare:
            report.say("this system does not tell")
            return
        report.say(f"bare {bare:.1f} MiB, emulator {ours:.1f} MiB after a sign-up and a sign-in")
        report.ratio("after a sign-up and a sign-in", ours / bare, "bare", 1.8)
        served.ask(f"users {scene.pool} {sizes.users}")
        report.ratio("each user", (served.memory - ours) * 1024 / sizes.users, "KiB", 1.3)


def run(sizes: Sizes, report: Report) -> None:
    """All of it."""
    y = signatures(sizes)
    with Served("bare") as bare, Served("emulator") as first, Served("emulator") as second:
        trivial = message("AdminGetUser", {"UserPoolId": "us-east-1_x", "Username": "ann"})
        measure(bare, lambda _: trivial, sizes.requests)
        h = measure(bare, lambda _: trivial, sizes.requests)
        h16 = measure(bare, lambda _: trivial, sizes.requests, 16)
        report.title("Baselines")
        report.say(
            f"Y {y * 1000:.2f} ms (two RS256 signatures), H {h.cpu * 1000:.3f} ms CPU, {h.p50 * 1000:.3f} ms p50"
        )
        report.say(f"the bare application answers {h16.rate:.0f} requests/s on 16 connections")
        small, large = Scene(first, 10), Scene(second, sizes.users)
        measure(first, small.get_user, sizes.requests)
        simple(report, small, h, h16, sizes)
        signing(report, small, y, sizes)
        growth(report, Scene(first, 10), large, sizes)
        resets(report, small, large)
    memory(report, sizes)
    starting(report, sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs")
    run(QUICK if parser.parse_args().quick else Sizes(), Report())


if __name__ == "__main__":
    main()
