"""Emulators with a data folder: what they hold, and how their disk is filled."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.ports.keys import Keys
from cognito_emulator.world import World
from tests.helpers.harness import key_sets_in_turn

POOL, CLIENT = "us-east-1_localpool", "localweb000000000000000001"
EMAIL = [{"Name": "email", "Value": "new@example.com"}]
KEY_ARN = "arn:aws:kms:us-east-1:000000000000:key/1"
LATER = {"UserPools": [{"Id": "us-east-1_Later0001", "PoolName": "later"}]}


_next_keys = key_sets_in_turn()


def without_spare_keys(patch: pytest.MonkeyPatch) -> None:
    """Let emulators take keys out of a few, and make none ahead: most of what a start costs."""
    patch.setattr(Keys.__init__, "__defaults__", (_next_keys, 0))


def kept(folder: Path, **settings: Any) -> Emulator:
    return Emulator(**{"data": str(folder), "no_seed": False, "issuer": "aws", "log_codes": False, **settings})


def state(emulator: Emulator) -> dict[str, Any]:
    """Everything that is to be kept."""

    def of(world: World) -> dict[str, Any]:
        return {
            "rows": {name: table.rows() for name, table in world.store.tables().items()},
            "messages": world.outbox.all(),
            "logs": world.exported_logs.all(),
            "clock": world.clock.state,
            "secret": world.secret,
            "kms": world.kms.keys(),
            "keys": {name: keys.jwks() for name, keys in world.keys.all().items()},
        }

    return emulator.on_loop(lambda: of(emulator.world))


def delete_pool(emulator: Emulator) -> None:
    """The domain first, as on AWS."""
    emulator.client().delete_user_pool_domain(UserPoolId=POOL, Domain="local")
    emulator.client().delete_user_pool(UserPoolId=POOL)


def sign_in(emulator: Emulator, name: str = "alice", password: str = "Alice-123") -> dict[str, Any]:
    parameters = {"USERNAME": name, "PASSWORD": password}
    answer = emulator.client().initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    result: dict[str, Any] = answer["AuthenticationResult"]
    return result


def live(emulator: Emulator) -> dict[str, Any]:
    """Change something of each kind; return the tokens of a sign-in."""
    idp = emulator.client()
    tokens = sign_in(emulator)
    idp.sign_up(
        ClientId=CLIENT,
        Username="erin",
        Password="Erin-1234",
        UserAttributes=[{"Name": "email", "Value": "erin@example.com"}],
    )
    idp.admin_delete_user(UserPoolId=POOL, Username="bob")
    idp.create_user_pool(PoolName="another")
    group = {
        "LogLevel": "INFO",
        "CloudWatchLogsConfiguration": {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:g"},
    }
    idp.update_user_pool(UserPoolId=POOL, UserPoolTier="PLUS", AutoVerifiedAttributes=["email"])
    idp.set_log_delivery_configuration(UserPoolId=POOL, LogConfigurations=[{**group, "EventSource": "userAuthEvents"}])
    emulator.clock.advance(100)
    emulator.on_loop(lambda: emulator.world.kms.encrypt_code(KEY_ARN, "123456", {"userpool-id": POOL}))
    emulator.on_loop(lambda: emulator.world.exported_logs.add("arn", {"a": [1, None]}))
    return tokens


def send(emulator: Emulator, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("localhost", emulator.port, timeout=20)
    try:
        connection.request(method, path, json.dumps(body or {}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def fill(emulator: Emulator) -> Callable[[], None]:
    """Let the database grow no more; returns what ends that."""
    keeper = emulator.world.keeper
    assert keeper is not None
    storage = keeper.storage
    write = storage.write

    def full(changes: Any) -> None:
        if storage._has_failed:
            storage._reopen()  # which lifts the limit
        (pages,) = storage._database.execute("PRAGMA page_count").fetchone()
        (free,) = storage._database.execute("PRAGMA freelist_count").fetchone()
        storage._database.execute(f"PRAGMA max_page_count={max(pages - free, 1)}")
        changes.rows["=message", 2**40] = b"x" * 1_000_000  # what would not go in anyway
        write(changes)

    storage.write = full  # type: ignore[method-assign]

    def again() -> None:
        storage.write = write  # type: ignore[method-assign]

    return again
