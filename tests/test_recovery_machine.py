"""Point-in-time recovery against a simple model: users, groups, factors and passkeys are as they were then, passwords
that were changed stay, and nothing else has changed."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from msgspec.structs import replace

from cognito_emulator import operations
from cognito_emulator.domain.auth.passkey import Attested, Passkey
from cognito_emulator.domain.errors import ApiError, LimitExceeded, OperationNotEnabled
from cognito_emulator.domain.table import Table
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.clock import Clock
from cognito_emulator.seed import fixups
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World
from tests.helpers.newest import needs_newest

CALLER = Caller("000000000000", "us-east-1")
NAMES = st.sampled_from(["ann", "bob", "cy"])
GROUPS = st.sampled_from(["admins", "readers"])
MAILS = st.sampled_from(["a@example.com", "b@example.com"])
PASSWORDS = st.sampled_from(["Correct-horse-7", "Another-horse-8"])
SECRETS = st.sampled_from(["JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ"])
RESTORED = ("users", "groups", "memberships", "passkeys")


def run(world: World, operation: str, **members: Any) -> dict[str, Any]:
    """Run an operation that never waits."""
    work = call(world, "cognito-idp", operation, members, CALLER)
    try:
        work.send(None)
    except StopIteration as done:
        return dict(done.value)
    raise AssertionError(f"{operation} waited")


class Recoveries(RuleBasedStateMachine):
    """The model is a copy of all tables for each moment."""

    @initialize()
    def begin(self) -> None:
        operations.load()
        self.world = World(clock=Clock(1_763_840_000.0))
        self.pool, self.other = (
            run(self.world, "CreateUserPool", PoolName="p", UserPoolTier="PLUS", AliasAttributes=["email"])["UserPool"][
                "Id"
            ]
            for _ in range(2)
        )
        self.moments = [(self.world.clock.now(), self.copy())]
        self.recovery: str | None = None
        self.point = self.moments[0]

    def copy(self) -> dict[str, list[Any]]:
        store = self.world.store
        return {table.name: list(table) for table in vars(store).values() if isinstance(table, Table)}

    def attempt(self, operation: str, other: bool = False, **members: Any) -> None:
        """Run an operation, which may be refused; in the pool that is under recovery it must be."""
        self.world.clock.advance(600)
        before = self.copy()
        try:
            run(self.world, operation, UserPoolId=self.other if other else self.pool, **members)
        except OperationNotEnabled:
            assert self.recovery is not None
            assert not other
            assert self.copy() == before
        except ApiError:
            pass
        else:
            assert self.recovery is None or other
        if self.recovery is None:
            self.moments.append((self.world.clock.now(), self.copy()))

    # --- writes -------------------------------------------------------------------------------------------

    @rule(name=NAMES, mail=MAILS, other=st.booleans())
    def create(self, name: str, mail: str, other: bool) -> None:
        attributes = [{"Name": "email", "Value": mail}, {"Name": "email_verified", "Value": "true"}]
        self.attempt("AdminCreateUser", other, Username=name, UserAttributes=attributes, MessageAction="SUPPRESS")

    @rule(name=NAMES, other=st.booleans())
    def delete(self, name: str, other: bool) -> None:
        self.attempt("AdminDeleteUser", other, Username=name)

    @rule(name=NAMES, mail=MAILS)
    def change(self, name: str, mail: str) -> None:
        attributes = [{"Name": "email", "Value": mail}, {"Name": "email_verified", "Value": "true"}]
        self.attempt("AdminUpdateUserAttributes", Username=name, UserAttributes=attributes)

    @rule(name=NAMES, on=st.booleans())
    def enable(self, name: str, on: bool) -> None:
        self.attempt("AdminEnableUser" if on else "AdminDisableUser", Username=name)

    @rule(name=NAMES, password=PASSWORDS, permanent=st.booleans())
    def set_password(self, name: str, password: str, permanent: bool) -> None:
        self.attempt("AdminSetUserPassword", Username=name, Password=password, Permanent=permanent)

    @rule(group=GROUPS, other=st.booleans())
    def create_group(self, group: str, other: bool) -> None:
        self.attempt("CreateGroup", other, GroupName=group)

    @rule(group=GROUPS)
    def delete_group(self, group: str) -> None:
        self.attempt("DeleteGroup", GroupName=group)

    @rule(group=GROUPS, precedence=st.integers(0, 2))
    def update_group(self, group: str, precedence: int) -> None:
        self.attempt("UpdateGroup", GroupName=group, Precedence=precedence)

    @rule(name=NAMES, group=GROUPS, to=st.booleans())
    def move(self, name: str, group: str, to: bool) -> None:
        self.attempt("AdminAddUserToGroup" if to else "AdminRemoveUserFromGroup", Username=name, GroupName=group)

    @precondition(lambda self: self.recovery is None)
    @rule(name=NAMES, secret=SECRETS, key=st.sampled_from(["k", "l"]))
    def enrol(self, name: str, secret: str, key: str) -> None:
        """An authenticator and a passkey, or the passkey away."""
        user = self.world.store.users.find("username", (self.pool, name))
        if user is None:
            return
        self.world.clock.advance(600)
        fixups.enrol(self.world, user.key, secret)
        attested = Attested(key.encode(), b"", 1, "", True, True, None, ())
        passkey = Passkey(self.pool, user.sub, key + user.sub, "example.com", self.world.clock.now(), attested)
        with self.world.store.write():
            if passkey.key in self.world.store.passkeys:
                self.world.store.passkeys.delete(passkey.key)
            else:
                self.world.store.passkeys.put(passkey)
        self.moments.append((self.world.clock.now(), self.copy()))

    # --- recovery -----------------------------------------------------------------------------------------

    @precondition(lambda self: self.recovery is None)
    @rule(data=st.data())
    def initiate(self, data: st.DataObject) -> None:
        self.world.clock.advance(901)
        before = self.copy()
        self.point = data.draw(st.sampled_from(self.moments))
        try:
            made = run(self.world, "InitiatePointInTimeRecovery", UserPoolId=self.pool, RestoreTimestamp=self.point[0])
        except LimitExceeded:
            self.world.clock.advance(86_400)
            return
        self.recovery = made["Restoration"]["RestoreId"]
        self.world.clock.advance(1)
        self.check_others(before)

    @precondition(lambda self: self.recovery is not None)
    @rule(how=st.sampled_from(["Start", "Start", "Cancel", "expire"]))
    def end(self, how: str) -> None:
        before = self.copy()
        named = {"UserPoolId": self.pool, "RestoreId": self.recovery}
        preview = run(self.world, "DescribePointInTimeRecovery", **named)["Restoration"]["RestorePreview"]
        if how == "expire":
            self.world.clock.advance(86_400)
        else:
            run(self.world, f"{how}PointInTimeRecovery", **named)
            self.world.clock.advance(1)
        self.recovery = None
        after = self.copy()
        if how == "Start":
            self.check_restored(before, after, preview)
        else:
            assert {**after, "recoveries": []} == {**before, "recoveries": []}
        # What was there before the recovery is not looked at again: it would be changes of the changes.
        self.moments = [(self.world.clock.now(), after)]

    def check_others(self, before: dict[str, list[Any]], *but: str) -> None:
        after = self.copy()
        for name in after.keys() - {"recoveries", *but}:
            assert after[name] == before[name], name

    def mine(self, tables: dict[str, list[Any]], name: str) -> list[Any]:
        return [record for record in tables[name] if record.pool_id == self.pool]

    def check_restored(self, before: dict[str, list[Any]], after: dict[str, list[Any]], preview: list[Any]) -> None:
        self.check_others(before, *RESTORED)
        then = self.point[1]
        for name in RESTORED[1:]:
            assert self.mine(after, name) == self.mine(then, name)
        present = {user.sub: user for user in self.mine(before, "users")}
        assert self.mine(after, "users") == [expected(user, present.get(user.sub)) for user in self.mine(then, "users")]
        for name in RESTORED:
            others = [[one for one in tables[name] if one.pool_id != self.pool] for tables in (before, after)]
            assert others[0] == others[1]
        past = {user.sub for user in self.mine(then, "users")}
        counts = {one["Entity"]: one for one in preview}
        assert counts["Users"]["CreateCount"] == len(past - present.keys())
        assert counts["Users"]["DeleteCount"] == len(present.keys() - past)
        keys = [{one.key for one in self.mine(tables, "passkeys")} for tables in (then, before)]
        assert counts["Passkeys"]["CreateCount"] == len(keys[0] - keys[1])
        assert counts["Passkeys"]["DeleteCount"] == len(keys[1] - keys[0])


def expected(then: User, now: User | None) -> User:
    """The user of then; a password that was changed since stays, and so does a status that came with it."""
    if now is None or now.password == then.password:
        return then
    temporary = "FORCE_CHANGE_PASSWORD" in (then.status, now.status)
    kept = replace(then, password=now.password, password_history=now.password_history)
    kept = replace(kept, status=now.status if temporary else then.status)
    same = replace(now, factors=kept.factors, modified=0.0) == replace(kept, modified=0.0)
    # Nothing but the password has changed: then the user is left alone, the time of the change too.
    return now if same and now.factors == then.factors else kept


Recoveries.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True)
TestRecoveries = needs_newest(Recoveries.TestCase)
