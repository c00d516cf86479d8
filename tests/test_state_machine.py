"""Pools, clients, users, groups and memberships against a simple model: nothing is lost, indexes are true, and a
refused operation changes nothing."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from cognito_emulator.domain import errors
from cognito_emulator.domain.users.names import find_exact
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

CALLER = Caller("000000000000", "us-east-1")
NAMES = st.sampled_from(["ann", "bob", "cy", "Ann", "dé"])
GROUPS = st.sampled_from(["admins", "readers", "third"])
MAILS = st.sampled_from(["a@example.com", "b@example.com"])


def run(world: World, operation: str, **members: Any) -> dict[str, Any]:
    """Run an operation that never waits."""
    work = call(world, "cognito-idp", operation, members, CALLER)
    try:
        work.send(None)
    except StopIteration as done:
        return dict(done.value)
    raise AssertionError(f"{operation} waited")


class Accounts(RuleBasedStateMachine):
    """The model: pool -> its clients, users (name -> e-mail), groups (name -> members)."""

    pools = Bundle("pools")
    clients = Bundle("clients")

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.model: dict[str, dict[str, Any]] = {}

    def attempt(self, operation: str, allowed: bool, **members: Any) -> dict[str, Any] | None:
        """Run; whether it is refused must be as the model says, and a refusal must change nothing."""
        store = self.world.store
        before = {name: list(getattr(store, name)) for name in ("pools", "clients", "users", "groups", "memberships")}
        answer, refusal = None, None
        try:
            answer = run(self.world, operation, **members)
        except errors.ApiError as error:
            refusal = error
        assert (refusal is None) == allowed, refusal or f"{operation} was not refused"
        if refusal is not None:
            assert before == {name: list(getattr(store, name)) for name in before}
        return answer

    @rule(target=pools)
    def create_pool(self) -> str:
        pool: str = run(self.world, "CreateUserPool", PoolName="p")["UserPool"]["Id"]
        self.model[pool] = {"clients": set(), "users": {}, "groups": {}}
        return pool

    @rule(pool=consumes(pools))
    def delete_pool(self, pool: str) -> None:
        self.attempt("DeleteUserPool", True, UserPoolId=pool)
        del self.model[pool]
        self.attempt("DescribeUserPool", False, UserPoolId=pool)

    @rule(target=clients, pool=pools)
    def create_client(self, pool: str) -> tuple[str, str]:
        made = run(self.world, "CreateUserPoolClient", UserPoolId=pool, ClientName="c")
        client: str = made["UserPoolClient"]["ClientId"]
        self.model[pool]["clients"].add(client)
        return pool, client

    @rule(client=consumes(clients))
    def delete_client(self, client: tuple[str, str]) -> None:
        pool, client_id = client
        known = pool in self.model and client_id in self.model[pool]["clients"]
        self.attempt("DeleteUserPoolClient", known, UserPoolId=pool, ClientId=client_id)
        if known:
            self.model[pool]["clients"].remove(client_id)

    @rule(pool=pools, name=NAMES, mail=MAILS)
    def create_user(self, pool: str, name: str, mail: str) -> None:
        users = self.model[pool]["users"]
        attributes = [{"Name": "email", "Value": mail}]
        free = name not in users
        self.attempt(
            "AdminCreateUser",
            free,
            UserPoolId=pool,
            Username=name,
            UserAttributes=attributes,
            MessageAction="SUPPRESS",
        )
        users.setdefault(name, mail)

    @rule(pool=pools, name=NAMES, mail=MAILS)
    def change_mail(self, pool: str, name: str, mail: str) -> None:
        users = self.model[pool]["users"]
        attributes = [{"Name": "email", "Value": mail}]
        known = name in users
        self.attempt("AdminUpdateUserAttributes", known, UserPoolId=pool, Username=name, UserAttributes=attributes)
        if known:
            users[name] = mail

    @rule(pool=pools, name=NAMES)
    def delete_user(self, pool: str, name: str) -> None:
        self.attempt("AdminDeleteUser", name in self.model[pool]["users"], UserPoolId=pool, Username=name)
        self.model[pool]["users"].pop(name, None)
        for members in self.model[pool]["groups"].values():
            members.discard(name)

    @rule(pool=pools, group=GROUPS)
    def create_group(self, pool: str, group: str) -> None:
        self.attempt("CreateGroup", group not in self.model[pool]["groups"], UserPoolId=pool, GroupName=group)
        self.model[pool]["groups"].setdefault(group, set())

    @rule(pool=pools, group=GROUPS)
    def delete_group(self, pool: str, group: str) -> None:
        self.attempt("DeleteGroup", group in self.model[pool]["groups"], UserPoolId=pool, GroupName=group)
        self.model[pool]["groups"].pop(group, None)

    @rule(pool=pools, group=GROUPS, name=NAMES)
    def join(self, pool: str, group: str, name: str) -> None:
        known = group in self.model[pool]["groups"] and name in self.model[pool]["users"]
        self.attempt("AdminAddUserToGroup", known, UserPoolId=pool, GroupName=group, Username=name)
        if known:
            self.model[pool]["groups"][group].add(name)

    @rule(pool=pools, group=GROUPS, name=NAMES)
    def leave(self, pool: str, group: str, name: str) -> None:
        known = group in self.model[pool]["groups"] and name in self.model[pool]["users"]
        self.attempt("AdminRemoveUserFromGroup", known, UserPoolId=pool, GroupName=group, Username=name)
        if known:
            self.model[pool]["groups"][group].discard(name)

    @invariant()
    def everything_is_listed(self) -> None:
        if not hasattr(self, "model"):
            return
        listed = run(self.world, "ListUserPools", MaxResults=60)["UserPools"]
        assert {pool["Id"] for pool in listed} == set(self.model)
        for pool, told in self.model.items():
            clients = run(self.world, "ListUserPoolClients", UserPoolId=pool, MaxResults=60)["UserPoolClients"]
            assert {client["ClientId"] for client in clients} == told["clients"]
            self._check_users(pool, told["users"])
            groups = run(self.world, "ListGroups", UserPoolId=pool)["Groups"]
            assert {group["GroupName"] for group in groups} == set(told["groups"])
            for group, members in told["groups"].items():
                found = run(self.world, "ListUsersInGroup", UserPoolId=pool, GroupName=group)["Users"]
                assert {user["Username"] for user in found} == members

    def _check_users(self, pool: str, users: dict[str, str]) -> None:
        listed = run(self.world, "ListUsers", UserPoolId=pool)["Users"]
        assert {user["Username"] for user in listed} == set(users)
        assert run(self.world, "DescribeUserPool", UserPoolId=pool)["UserPool"]["EstimatedNumberOfUsers"] == len(users)
        for mail in set(users.values()):
            found = run(self.world, "ListUsers", UserPoolId=pool, Filter=f'email = "{mail}"')["Users"]
            assert {user["Username"] for user in found} == {name for name, known in users.items() if known == mail}
        record = self.world.store.pools.get(pool)
        assert record is not None
        for name in users:
            assert find_exact(self.world.store, record, name) is not None


TestAccounts = Accounts.TestCase
TestAccounts.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
