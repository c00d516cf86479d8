"""A pool with a replica, for the tests of what replicas do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cognito_emulator.domain.pools import replica
from tests.helpers.build import Setup, setup
from tests.helpers.harness import ACCOUNT, REGION, Running

AWAY = "us-west-2"
KEY = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-1"}


@dataclass(frozen=True)
class Replicated:
    """A pool, and boto3 clients of its two Regions."""

    running: Running
    setup: Setup
    home: Any
    away: Any

    @property
    def pool(self) -> str:
        return self.setup.pool

    @property
    def arn(self) -> str:
        """The replica's."""
        return f"arn:aws:cognito-idp:{AWAY}:{ACCOUNT}:userpool/{self.pool}"

    def settle(self) -> None:
        self.running.world.clock.advance(replica.SETTLING)

    def set(self, status: str) -> Any:
        answer = self.home.update_user_pool_replica(UserPoolId=self.pool, RegionName=AWAY, Status=status)
        return answer["UserPoolReplica"]

    def listed(self, idp: Any | None = None) -> Any:
        return (idp or self.home).list_user_pool_replicas(UserPoolId=self.pool)["UserPoolReplicas"]

    def seen(self) -> Any:
        """The description in the replica's Region."""
        return self.away.describe_user_pool(UserPoolId=self.pool)["UserPool"]


def replicable(running: Running, **pool: Any) -> Setup:
    """A pool that can have replicas, and a client."""
    return setup(running, **{"KeyConfiguration": KEY, **pool})


def replicated(running: Running, status: str = "INACTIVE", tags: Any = None, **pool: Any) -> Replicated:
    made = Replicated(running, replicable(running, **pool), running.client(), running.client(region=AWAY))
    made.home.create_user_pool_replica(UserPoolId=made.pool, RegionName=AWAY, UserPoolTags=tags or {})
    made.settle()
    if status == "ACTIVE":
        made.set(status)
    return made
