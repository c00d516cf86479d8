"""Export of logs: which events of a pool go where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.domain import errors
from emulator.domain.pool import Pool

_LEVELS = {"userNotification": "ERROR", "userAuthEvents": "INFO"}
_TARGETS = {
    "CloudWatchLogsConfiguration": "LogGroupArn",
    "S3Configuration": "BucketArn",
    "FirehoseConfiguration": "StreamArn",
}


@dataclass(frozen=True, slots=True)
class LogDelivery:
    """The log configuration of a pool in one of its Regions; `configurations` are the wire's entries."""

    pool_id: str
    region: str
    configurations: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.region


def checked(pool: Pool, configurations: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The entries as they are stored. Whether a target exists is not asked: it is outside.

    API reference, LogConfigurationType: delivery errors (userNotification, ERROR) go to CloudWatch Logs alone;
    user activity (userAuthEvents, INFO) goes to one of three targets and needs threat protection.

    Raises:
        InvalidParameter: the words are ours.
        FeatureUnavailableInTier
    """
    made: dict[str, Mapping[str, Any]] = {}
    for entry in configurations:
        source = entry["EventSource"]
        if source in made:
            raise errors.InvalidParameter(f"EventSource {source} is given more than once.")
        _check_entry(entry, source)
        if source == "userAuthEvents" and pool.tier != "PLUS":
            raise errors.unavailable_in_tier(pool.tier, "User Auth Events Log Export")
        made[source] = entry
    return tuple(made.values())


def _check_entry(entry: Mapping[str, Any], source: str) -> None:
    if entry["LogLevel"] != _LEVELS[source]:
        raise errors.InvalidParameter(f"LogLevel must be {_LEVELS[source]} for EventSource {source}.")
    given = [name for name in _TARGETS if name in entry]
    if len(given) != 1:
        raise errors.InvalidParameter(f"Exactly one log destination is required for EventSource {source}.")
    if source == "userNotification" and given != ["CloudWatchLogsConfiguration"]:
        raise errors.InvalidParameter(f"EventSource {source} can be delivered to CloudWatch Logs only.")
    if _TARGETS[given[0]] not in entry[given[0]]:
        raise errors.InvalidParameter(f"{_TARGETS[given[0]]} is required in {given[0]}.")
