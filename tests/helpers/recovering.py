"""A pool with a past, for the tests of point-in-time recovery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.helpers.build import Setup, setup
from tests.helpers.harness import Running

START = 1_763_840_000.0
HOUR = 3_600.0


@dataclass(frozen=True)
class Past:
    """A pool whose recovery point is now behind us."""

    running: Running
    idp: Any
    setup: Setup

    @property
    def pool(self) -> str:
        return self.setup.pool

    @property
    def now(self) -> float:
        return self.running.world.clock.now()

    def wait(self, seconds: float = HOUR) -> float:
        """Let time pass; return the time at which the wait began."""
        began = self.now
        self.running.world.clock.advance(seconds)
        return began

    def initiate(self, point: float) -> Any:
        return self.idp.initiate_point_in_time_recovery(UserPoolId=self.pool, RestoreTimestamp=point)["Restoration"]

    def describe(self, recovery: str) -> Any:
        return self.idp.describe_point_in_time_recovery(UserPoolId=self.pool, RestoreId=recovery)["Restoration"]

    def start(self, recovery: str) -> Any:
        return self.idp.start_point_in_time_recovery(UserPoolId=self.pool, RestoreId=recovery)["Restoration"]

    def cancel(self, recovery: str) -> Any:
        return self.idp.cancel_point_in_time_recovery(UserPoolId=self.pool, RestoreId=recovery)["Restoration"]

    def list(self, **members: Any) -> Any:
        return self.idp.list_point_in_time_recoveries(UserPoolId=self.pool, **members)

    def previewed(self, point: float) -> str:
        """A recovery that can be started."""
        recovery: str = self.initiate(point)["RestoreId"]
        self.wait(1)
        return recovery

    def recover(self, point: float) -> None:
        """All the way."""
        self.start(self.previewed(point))
        self.wait(1)

    def counts(self, recovery: str) -> dict[str, tuple[int, int, int]]:
        """Creates, updates and deletes by entity."""
        preview = self.describe(recovery)["RestorePreview"]
        return {one["Entity"]: (one["CreateCount"], one["UpdateCount"], one["DeleteCount"]) for one in preview}


def past(running: Running, idp: Any, **pool: Any) -> Past:
    """A pool; the clock stands still, at `START` for the first one."""
    if not running.world.clock.is_frozen:
        running.world.clock.freeze(START)
    return Past(running, idp, setup(running, **pool))
