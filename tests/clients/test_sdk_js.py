"""The AWS SDK for JavaScript, v3, unmodified, pointed here by `endpoint`."""

from __future__ import annotations

from tests.clients import expected
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.harness import Running
from tests.helpers.node import Node


def test_signed_and_unsigned_calls_errors_times_and_pages(node: Node, running: Running) -> None:
    made = setup(running)
    sub = user(running, made.pool)
    for name in ("bob", "cat", "dan", "eve"):
        user(running, made.pool, name)
    before = running.world.clock.now()
    steps = node.run("sdk.mjs", running, made, username="ann", password=PASSWORD)

    assert steps["user"]["Username"] == "ann"
    assert steps["user"]["UserStatus"] == "CONFIRMED"
    assert steps["user"]["UserAttributes"] == [{"Name": "sub", "Value": sub}]
    assert 0 <= before - steps["user"]["UserCreateDate"] / 1000 < 60
    assert expected.UUID.fullmatch(steps["request id"])
    once = {"modelled": True, "status": 400, "attempts": 1}
    assert steps["unknown user"] == {**expected.UNKNOWN_USER, **once}
    assert steps["wrong password"] == expected.WRONG_PASSWORD
    assert (steps["tokens"]["TokenType"], steps["tokens"]["ExpiresIn"]) == ("Bearer", 3600)
    assert steps["tokens"]["access"]["sub"] == sub
    assert sorted(map(len, steps["pages"])) == [1, 2, 2]
    assert sorted(name for page in steps["pages"] for name in page) == ["ann", "bob", "cat", "dan", "eve"]
