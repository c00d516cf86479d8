"""Risk notices: a pool that sends them, and what it sent."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import DEVELOPER, Setup, user
from tests.helpers.harness import Running
from tests.helpers.protected import (
    LEVELS,
    configure,
    fix,
    protected,
)


def notifying(running: Running, at: Setup, action: str, notify: bool = True, **own: Any) -> None:
    configuration = {"SourceArn": DEVELOPER["SourceArn"], **own}
    one = {"EventAction": action, "Notify": notify}
    takeover = {"Actions": {f"{level}Action": one for level in LEVELS}, "NotifyConfiguration": configuration}
    configure(running, at, AccountTakeoverRiskConfiguration=takeover)


def notices(running: Running) -> list[Any]:
    return [message for message in running.world.outbox.all() if message.purpose == "risk"]


def scene(running: Running, action: str, **own: Any) -> Setup:
    at = protected(running)
    user(running, at.pool, email="ann@example.com")  # which is not verified
    notifying(running, at, action, **own)
    fix(running, "Low")
    return at
