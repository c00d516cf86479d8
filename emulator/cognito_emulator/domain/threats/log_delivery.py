"""Export of logs: which events of a pool go where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.utils import formatdate
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.event_risk import ACCOUNT_TAKEOVER, BLOCKED, NO_RISK
from cognito_emulator.domain.auth.origin import NO_FINGERPRINT, device_name
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import AuthEvent
from cognito_emulator.domain.threats.known_risk import Place
from cognito_emulator.domain.users.user import User

_LEVELS = {"userNotification": "ERROR", "userAuthEvents": "INFO"}
_TARGETS = {
    "CloudWatchLogsConfiguration": "LogGroupArn",
    "S3Configuration": "BucketArn",
    "FirehoseConfiguration": "StreamArn",
}
# RiskDecision in an entry: PASS [docs: exporting-quotas-and-usage]; the other two are [assumed].
_DECISIONS = {"": "PASS", NO_RISK: "PASS", ACCOUNT_TAKEOVER: "ACCOUNT_TAKEOVER", BLOCKED: "BLOCK"}


class LogDelivery(Struct, frozen=True, gc=False):
    """The log configuration of a pool in one of its Regions.

    `configurations` are the wire's entries.
    """

    pool_id: str
    region: str
    configurations: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.region


def checked(pool: Pool, configurations: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Check the entries and return them as they are stored.

    Delivery errors (userNotification, ERROR) go to CloudWatch Logs alone. User activity (userAuthEvents, INFO) goes to
    one of three targets and needs threat protection [docs: LogConfigurationType]. Whether a target exists is not
    checked.

    Raises:
        InvalidParameter: [own wording]
        FeatureUnavailableInTier
    """
    made: dict[str, Mapping[str, Any]] = {}
    for entry in configurations:
        source = entry["EventSource"]
        if source in made:
            raise errors.InvalidParameter(f"EventSource {source} is given more than once.").because(
                "threats.log-settings", setting="EventSource", value=source
            )
        _check_entry(entry, source)
        made[source] = entry
    logs = LogDelivery(pool.id, pool.region, tuple(made.values()))
    check_tier(pool, [logs])
    return logs.configurations


def check_tier(pool: Pool, deliveries: Iterable[LogDelivery]) -> None:
    """Refuse the export of user activity in a pool below the Plus plan.

    To change the plan, the export has to end first [docs: feature-plans-deactivate].

    Raises:
        FeatureUnavailableInTier
    """
    exports = any(entry["EventSource"] == "userAuthEvents" for logs in deliveries for entry in logs.configurations)
    if exports and pool.tier != "PLUS":
        raise errors.unavailable_in_tier(pool.tier, "User Auth Events Log Export")


def _check_entry(entry: Mapping[str, Any], source: str) -> None:
    if entry["LogLevel"] != _LEVELS[source]:
        raise errors.InvalidParameter(f"LogLevel must be {_LEVELS[source]} for EventSource {source}.").because(
            "threats.log-settings", setting="LogLevel", value=_LEVELS[source]
        )
    given = [name for name in _TARGETS if name in entry]
    if len(given) != 1:
        raise errors.InvalidParameter(f"Exactly one log destination is required for EventSource {source}.").because(
            "threats.log-settings", setting="EventSource", value=source
        )
    if source == "userNotification" and given != ["CloudWatchLogsConfiguration"]:
        raise errors.InvalidParameter(f"EventSource {source} can be delivered to CloudWatch Logs only.").because(
            "threats.log-settings", setting="EventSource", value=source
        )


def destination(logs: LogDelivery | None, source: str) -> str | None:
    """Return the ARN of the target of that EventSource's entries.

    Return None, too, for a block that names none.
    """
    for entry in logs.configurations if logs else ():
        if entry["EventSource"] == source:
            return next((entry[name].get(member) for name, member in _TARGETS.items() if name in entry), None)
    return None


def _entry(pool: Pool, source: str, level: str, message: Mapping[str, Any], now: float) -> dict[str, Any]:
    return {
        "eventTimestamp": str(int(now * 1000)),
        "eventSource": source,
        "logLevel": level,
        "message": message,
        "logSourceId": {"userPoolId": pool.id},
    }


def undelivered(pool: Pool, details: str, now: float) -> dict[str, Any]:
    """Make the entry of a message that was not delivered.

    [docs: exporting-quotas-and-usage] `now` is in epoch seconds.
    """
    return _entry(pool, "USER_NOTIFICATION", "ERROR", {"details": details}, now)


def user_activity(
    pool: Pool, user: User, event: AuthEvent, *, client_id: str | None, place: Place, now: float
) -> dict[str, Any]:
    """Make the entry of an event.

    Its form is that of the example [docs: exporting-quotas-and-usage]; unknown values are null.
    """
    feedback = event.feedback
    message = {
        "version": "1",
        "eventId": event.id,
        "eventType": event.kind,
        "userSub": user.sub,
        "userName": user.username,
        "userPoolId": pool.id,
        "clientId": client_id,
        "creationDate": _date(event.created),
        "eventResponse": event.response,
        "riskLevel": event.risk.level,
        "riskDecision": _DECISIONS[event.risk.decision],
        "challenges": [f"{name}:{'Success' if right else 'Failure'}" for name, right in event.challenges],
        "deviceName": device_name(event.agent, event.fingerprint),
        "ipAddress": event.ip,
        "requestId": None,
        "idpName": "",
        "compromisedCredentialDetected": str(event.risk.compromised).lower(),
        "city": place.city or None,
        "country": place.country or None,
        "eventFeedbackValue": feedback.value if feedback else "",
        "eventFeedbackDate": _date(feedback.date) if feedback else "",
        "eventFeedbackProvider": feedback.provider if feedback else "",
        "hasContextData": str(event.fingerprint != NO_FINGERPRINT).lower(),
    }
    return _entry(pool, "USER_ACTIVITY", "INFO", message, now)


def _date(at: float) -> str:
    """Write a date as `Wed Jul 17 17:25:55 UTC 2024`.

    The names of days and months are English whatever the locale.
    """
    parts = formatdate(at, usegmt=True).replace(",", "").split()  # Wed 17 Jul 2024 17:25:55 GMT
    return f"{parts[0]} {parts[2]} {parts[1]} {parts[4]} UTC {parts[3]}"
