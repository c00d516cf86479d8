"""Serve user activity of threat protection: a user's events, and feedback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.event_risk import NO_RISK
from cognito_emulator.domain.auth.origin import device_name
from cognito_emulator.domain.threats.auth_event import AuthEvent, page_of
from cognito_emulator.domain.threats.known_risk import place_of
from cognito_emulator.flows.threats import auth_events as flow
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

UNKNOWN_PLACE = "null"


def _shape(world: World, event: AuthEvent) -> dict[str, Any]:
    """Return AuthEventType."""
    risk, place = event.risk, place_of(world.store.places, event.ip)
    shape: dict[str, Any] = {
        "EventId": event.id,
        "EventType": event.kind,
        "CreationDate": stamp(event.created),
        "EventResponse": event.response,
        "EventRisk": {
            "RiskDecision": risk.decision or NO_RISK,
            "RiskLevel": risk.level or None,
            "CompromisedCredentialsDetected": risk.compromised,
        },
        "ChallengeResponses": [
            {"ChallengeName": name, "ChallengeResponse": "Success" if passed else "Failure"}
            for name, passed in event.challenges
        ],
        "EventContextData": {
            "IpAddress": event.ip,
            "DeviceName": device_name(event.agent, event.fingerprint),
            "Timezone": event.fingerprint.timezone or None,
            # Always there; the text where nothing is known of it [docs: AdminListUserAuthEvents].
            "City": place.city or UNKNOWN_PLACE,
            "Country": place.country or UNKNOWN_PLACE,
        },
    }
    if event.feedback is not None:
        shape["EventFeedback"] = {
            "FeedbackValue": event.feedback.value,
            "Provider": event.feedback.provider,
            "FeedbackDate": stamp(event.feedback.date),
        }
    return shape


@operation(
    "AdminListUserAuthEvents",
    simplified="The risk follows rules of the emulator; the place of an address is set by the control API.",
)
async def admin_list_user_auth_events(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user = flow.user_of(world, pool, username)
    events = world.store.auth_events.where("user", user.key)
    page = page_of(events, max_results, next_token)
    return {"AuthEvents": [_shape(world, event) for event in page.items], "NextToken": page.token}


@operation("AdminUpdateAuthEventFeedback")
async def admin_update_auth_event_feedback(
    world: World, *, caller: Caller, user_pool_id: str, username: str, event_id: str, feedback_value: str
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    event = flow.find(world, flow.user_of(world, pool, username), event_id)
    # "Admin" as in the console [docs: EventFeedbackType].
    flow.give_feedback(world, event, feedback_value, "Admin")


@operation("UpdateAuthEventFeedback")
async def update_auth_event_feedback(
    world: World, *, user_pool_id: str, username: str, event_id: str, feedback_token: str, feedback_value: str
) -> None:
    pool = world.store.pools.get(user_pool_id)
    if pool is None:
        raise errors.pool_not_found(user_pool_id)
    flow.give_user_feedback(world, pool, username, event_id, token=feedback_token, value=feedback_value)
