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
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from cognito_emulator import Emulator
from cognito_emulator.ports.keys import make_key_set
from tests.benchmarks import hosted
from tests.benchmarks.load import Measured, Served, measure, message
from tests.benchmarks.served import add_users
from tests.benchmarks.starting import bare_command, emulator_command, first_answer, free_port
from tests.helpers.build import FLOWS, PASSWORD, SrpClient

Requests = Callable[[int], bytes]
IDENTITY = "cognito-identity"


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


_KEYS = make_key_set()


def signatures(count: int) -> float:
    """Y: seconds of processor time for two RS256 signatures."""
    claims = {"sub": "x" * 36, "iss": "http://localhost", "exp": 1, "iat": 1, "client_id": "c" * 26, "jti": "j" * 36}
    started = time.process_time()
    for _ in range(count):
        _KEYS.id_key.sign(claims)
        _KEYS.access_key.sign(claims)
    return (time.process_time() - started) / count


def starting(report: Report, sizes: Sizes) -> None:
    """Start to first answer, alternating, so that the machine's moods strike both."""
    report.title("Start to first answer")
    seconds: dict[str, list[float]] = {"bare": [], "emulator": []}
    for turn in range(1 + sizes.starts):
        for name, command in (("bare", bare_command), ("emulator", emulator_command)):
            port = free_port()
            taken = first_answer(command(port), port, message("ListUserPools", {"MaxResults": 1}))[0]
            if turn:  # the first one may write bytecode
                seconds[name].append(taken)
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
        self.id_token: str = result["IdToken"]
        self.refresh: str = result["RefreshToken"]
        served.settle()

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

    def credentials(self) -> Requests:
        """GetCredentialsForIdentity of an identity pool that takes the client's logins and maps roles by rules."""
        provider = f"cognito-idp.us-east-1.amazonaws.com/{self.pool}"
        call, role = partial(self.served.call, service=IDENTITY), "arn:aws:iam::000000000000:role/a"
        entry = {"ProviderName": provider, "ClientId": self.client, "ServerSideTokenCheck": True}
        pool = call(
            "CreateIdentityPool",
            IdentityPoolName="p",
            AllowUnauthenticatedIdentities=False,
            CognitoIdentityProviders=[entry],
        )["IdentityPoolId"]
        rule = {"Claim": "cognito:username", "MatchType": "Equals", "Value": "ann", "RoleARN": role}
        rules = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [rule]}}
        mappings = {f"{provider}:{self.client}": rules}
        call("SetIdentityPoolRoles", IdentityPoolId=pool, Roles={}, RoleMappings=mappings)
        logins = {provider: self.id_token}
        known = call("GetId", IdentityPoolId=pool, Logins=logins)["IdentityId"]
        members = {"IdentityId": known, "Logins": logins}
        sent = message("GetCredentialsForIdentity", members, signed=False, service=IDENTITY)
        return lambda _: sent

    def sign_up(self, number: int, word: str = "new") -> bytes:
        attributes = [{"Name": "email", "Value": f"{word}{number}@example.com"}]
        members = {"ClientId": self.client, "Username": f"{word}{number}", "Password": PASSWORD}
        return message("SignUp", {**members, "UserAttributes": attributes}, signed=False)

    def admin_create(self, number: int, word: str = "made") -> bytes:
        attributes = [{"Name": "email", "Value": f"{word}{number}@example.com"}]
        members = {"UserPoolId": self.pool, "Username": f"{word}{number}", "UserAttributes": attributes}
        return message("AdminCreateUser", members)


ROUNDS = 3


class Trivial:
    """The bare application: what H is measured with, again right beside each thing that is compared with it."""

    def __init__(self, served: Served, sizes: Sizes) -> None:
        self._served = served
        self._count = max(sizes.requests // ROUNDS, 2)
        self._message = message("AdminGetUser", {"UserPoolId": "us-east-1_x", "Username": "ann"})
        self.measure()

    def measure(self, connections: int = 1) -> Measured:
        return measure(self._served, lambda _: self._message, self._count, connections)


def simple(report: Report, scene: Scene, trivial: Trivial, sizes: Sizes) -> None:
    """Requests without a signature, against H."""
    report.title("Requests that sign nothing (CPU against H; rate on 16 connections against the bare application's)")
    requests: list[tuple[str, Callable[[str], Requests]]] = [
        ("GetUser", lambda _: scene.get_user),
        ("AdminGetUser", lambda _: scene.admin("AdminGetUser", Username="user5")),
        ("SignUp", lambda word: lambda number: scene.sign_up(number, word)),
        ("AdminCreateUser", lambda word: lambda number: scene.admin_create(number, word)),
        ("CreateUserPool", lambda _: lambda _: message("CreateUserPool", {"PoolName": "p"})),
    ]
    for name, make in requests:
        # No account may have more than 1,000 pools.
        count = max(min(sizes.requests, 450 if name == "CreateUserPool" else sizes.requests) // ROUNDS, 2)
        cpu, p50, rate, tail = [], [], [], []
        for round_ in range(ROUNDS):
            h, one = trivial.measure(), measure(scene.served, make(f"{name}{round_}-"), count)
            h16, many = trivial.measure(16), measure(scene.served, make(f"{name}16-{round_}-"), count, 16)
            cpu.append(one.cpu / h.cpu)
            p50.append(one.p50 / h.p50)
            rate.append(many.rate / h16.rate)
            tail.append(one.p99 / one.p50)
        report.ratio(f"{name}: CPU", median(cpu), "H", 2)
        report.ratio(f"{name}: p50", median(p50), "H", 2 if name == "CreateUserPool" else None)
        report.ratio(f"{name}: rate", median(rate), "H", 0.6, least=True)
        report.ratio(f"{name}: p99 / p50", median(tail), "", 10)


def signing(report: Report, scene: Scene, sizes: Sizes) -> None:
    """Sign-in and refresh, against Y."""
    report.title("Sign-in (against Y)")
    count = max(sizes.sign_ins // ROUNDS, 2)
    for name, requests in (("password sign-in", scene.password), ("refresh", scene.refreshing)):
        cpu, rate = [], []
        for _ in range(ROUNDS):
            cpu.append(measure(scene.served, requests, count).cpu / signatures(count))
            rate.append(measure(scene.served, requests, count * 2, 16).rate * signatures(count))
        report.ratio(f"{name}: CPU", median(cpu), "Y", 1.7)
        report.ratio(f"{name}: rate on 16 connections", median(rate), "1/Y", 0.6, least=True)
    srp_sign_in(scene)  # the verifier is worked out once
    scene.served.settle()
    cpu = []
    for _ in range(ROUNDS):
        before = scene.served.cpu
        for _ in range(max(sizes.srp // ROUNDS, 1)):
            srp_sign_in(scene)
        cpu.append((scene.served.cpu - before) / max(sizes.srp // ROUNDS, 1) / signatures(count))
    report.ratio("SRP sign-in, both calls: CPU", median(cpu), "Y", 7)


def identity_pools(report: Report, scene: Scene, sizes: Sizes) -> None:
    """AWS credentials for a login, against GetUser, the request that verifies one token and does little else."""
    report.title("AWS credentials (CPU against a request that verifies a token)")
    count, requests = max(sizes.requests // ROUNDS, 2), scene.credentials()
    found = []
    for _ in range(ROUNDS):
        verified = measure(scene.served, scene.get_user, count).cpu
        found.append(measure(scene.served, requests, count).cpu / verified)
    report.ratio("GetCredentialsForIdentity: CPU", median(found), "", 2)


def hosted_pages(report: Report, scene: Scene, trivial: Trivial, sizes: Sizes) -> None:
    """The sign-in page: in milliseconds, which is what somebody waits for, and against H."""
    report.title("Pages of the hosted login")
    page, h = hosted.measured(scene.served, max(sizes.sign_ins, 2)), trivial.measure()
    report.ratio("sign-in page: p50", page.p50 * 1000, "ms", 10)
    report.ratio("sign-in page: CPU", page.cpu / h.cpu, "H")


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
    """The same requests in a pool of 10 users and in a large one, by turns."""
    report.title(f"A pool of {sizes.users} users against one of 10 (CPU)")
    requests: list[tuple[str, float, Callable[[Scene, int, int], Requests]]] = [
        ("AdminGetUser", 1.15, lambda s, last, _: s.admin("AdminGetUser", Username=f"user{last}")),
        ("ListUsers, a page of 10", 1.15, lambda s, *_: s.admin("ListUsers", Limit=10)),
        (
            "ListUsers, email =",
            1.15,
            lambda s, last, _: s.admin("ListUsers", Filter=f'email = "user{last}@example.com"'),
        ),
        ("ListUsers, username =", 1.15, lambda s, last, _: s.admin("ListUsers", Filter=f'username = "user{last}"')),
        ("AdminCreateUser", 1.25, lambda s, _, turn: lambda n: s.admin_create(n, f"grown{turn}-")),
    ]
    count = max(sizes.requests // ROUNDS, 2)
    for name, goal, make in requests:
        found = []
        for turn in range(ROUNDS):
            few = measure(small.served, make(small, 9, turn), count).cpu
            found.append(measure(large.served, make(large, sizes.users - 1, turn), count).cpu / few)
        report.ratio(name, median(found), "", goal)


def keeping(report: Report, small: Scene, kept: Scene, sizes: Sizes) -> None:
    """Writes with a data folder against the same without, by turns, on connections whose changes share commits."""
    report.title("Writes with --data against writes in memory (16 connections)")
    count = max(sizes.requests // ROUNDS, 2)
    for name in ("SignUp", "AdminCreateUser"):
        rates, cpus = [], []
        for turn in range(ROUNDS * 2 + 1):
            make = "sign_up" if name == "SignUp" else "admin_create"
            word = f"kept{name}{turn}-"
            before, after = (
                measure(scene.served, partial(getattr(scene, make), word=word), count, 16) for scene in (small, kept)
            )
            rates.append(after.rate / before.rate)
            cpus.append(after.cpu / before.cpu)
        report.ratio(f"{name}: rate with a data folder", median(rates), "", 0.8, least=True)
        report.ratio(f"{name}: CPU with a data folder", median(cpus), "", 1.25)


def reading(report: Report, sizes: Sizes) -> None:
    """Start from a data folder with many users."""
    with TemporaryDirectory() as folder:
        with Emulator(data=folder, log_codes=False) as emulator:
            pool = emulator.client().create_user_pool(PoolName="p")["UserPool"]["Id"]
            emulator.on_loop(lambda: add_users(emulator.world, pool, sizes.users))
        started = time.process_time()
        with Emulator(data=folder, log_codes=False):
            report.ratio(f"start from {sizes.users} users: CPU", time.process_time() - started, "s", 4)


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
    with Served("bare") as bare, Served("emulator") as first, Served("emulator") as second:
        trivial = Trivial(bare, sizes)
        y, h, h16 = signatures(sizes.sign_ins), trivial.measure(), trivial.measure(16)
        report.title("Baselines")
        report.say(
            f"Y {y * 1000:.2f} ms (two RS256 signatures); H {h.cpu * 1000:.3f} ms CPU, {h.p50 * 1000:.3f} ms p50"
        )
        report.say(f"the bare application answers {h16.rate:.0f} requests/s on 16 connections")
        small, large = Scene(first, 10), Scene(second, sizes.users)
        measure(first, small.get_user, sizes.requests)
        simple(report, small, trivial, sizes)
        signing(report, small, sizes)
        identity_pools(report, small, sizes)
        hosted_pages(report, small, trivial, sizes)
        growth(report, Scene(first, 10), large, sizes)
        resets(report, small, large)
    with Served("emulator") as first, Served("kept") as second:
        keeping(report, Scene(first, 10), Scene(second, 10), sizes)
    reading(report, sizes)
    memory(report, sizes)
    starting(report, sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs")
    run(QUICK if parser.parse_args().quick else Sizes(), Report())


if __name__ == "__main__":
    main()
