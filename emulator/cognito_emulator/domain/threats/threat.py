"""Threat protection: the risk of a sign-in, actions, and leaked passwords.

The levels are documented [docs: cognito-user-pool-settings-adaptive-authentication], AWS's calculation is not. Here a
sign-in is compared with the user's earlier ones that succeeded [assumed]:

    no earlier sign-in, or one like it                  no risk
    another device, or another network                  Low
    both                                                Medium
    both, and the sign-in before failed                 High
    from where the user has called one invalid          High (no risk from where the user has called one valid)

A device is that of the fingerprint, else that of the User-Agent. A network is a /24 of IPv4 or a /48 of IPv6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.auth import mfa
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.auth_flow import CUSTOM
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.event_risk import ACCOUNT_TAKEOVER, BLOCKED, NO_RISK, Risk
from cognito_emulator.domain.auth.first_factor import PASSWORDLESS
from cognito_emulator.domain.auth.origin import address, device_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import FAIL, PASS, SIGN_IN, AuthEvent
from cognito_emulator.domain.threats.risk import EVENTS
from cognito_emulator.domain.users.user import User

OFF, AUDIT, ENFORCED = "OFF", "AUDIT", "ENFORCED"
LOW, MEDIUM, HIGH = "Low", "Medium", "High"
LEVELS = (LOW, MEDIUM, HIGH)
NO_ACTION, MFA_IF_CONFIGURED, MFA_REQUIRED, BLOCK = "NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK"


def mode(pool: Pool, flow: str = "") -> str:
    """Return the mode of threat protection in a flow.

    Custom authentication has a mode of its own [docs: cognito-user-pool-settings-threat-protection]; without one it is
    not monitored.
    """
    return pool.custom_protection if flow == CUSTOM else pool.protection


# --- addresses ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _networks(ranges: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(_range(text) for text in ranges)


def _range(text: str) -> IPv4Network | IPv6Network:
    """Return a range; one of IPv4 in the form of IPv6 becomes one of IPv4.

    `address` reads the addresses so too.
    """
    found = ip_network(text, strict=False)
    mapped = found.network_address.ipv4_mapped if isinstance(found, IPv6Network) and found.prefixlen >= 96 else None
    return found if mapped is None else IPv4Network((mapped, found.prefixlen - 96))


def is_in(ip: str, ranges: Sequence[str]) -> bool:
    """Return whether the address is in one of the ranges (CIDR notation).

    Text that is no address is in none.
    """
    found = address(ip)
    return found is not None and any(found in network for network in _networks(tuple(ranges)))


def excepted(settings: Mapping[str, Any], which: str, ip: str) -> bool:
    """Return whether the address is in a list of a risk configuration.

    `which` is BlockedIPRangeList or SkippedIPRangeList.
    """
    return is_in(ip, settings.get("RiskExceptionConfiguration", {}).get(which, ()))


def _network(ip: str) -> str:
    found = address(ip)
    return ip if found is None else str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


# --- the level ---------------------------------------------------------------------------------------------


def assess(attempt: Attempt, events: Sequence[AuthEvent]) -> str:
    """Return the level of a sign-in by the user's events, oldest first.

    It is empty for no risk. See the table above.
    """
    earlier = [event for event in events if event.kind == SIGN_IN and event.id != attempt.event_id]
    place, device = _network(attempt.how.origin.ip), device_of(attempt.how.origin.agent, attempt.how.origin.fingerprint)
    here = [event for event in earlier if _network(event.ip) == place and _device(event) == device]
    told = next((event.feedback.value for event in reversed(here) if event.feedback is not None), None)
    if told is not None:
        return HIGH if told == "Invalid" else ""
    known = [event for event in earlier if event.response == PASS and not _is_invalid(event)]
    if not known:
        return ""
    new_device = all(_device(event) != device for event in known)
    new_place = all(_network(event.ip) != place for event in known)
    if new_device and new_place:
        return HIGH if earlier[-1].response == FAIL else MEDIUM
    return LOW if new_device or new_place else ""


def _device(event: AuthEvent) -> str:
    return device_of(event.agent, event.fingerprint)


def _is_invalid(event: AuthEvent) -> bool:
    return event.feedback is not None and event.feedback.value == "Invalid"


# --- the action of a level ---------------------------------------------------------------------------------


class Action(Struct, frozen=True, gc=False):
    """EventAction and Notify of a level; an empty `action` where none was set."""

    action: str
    notify: bool


def action_for(settings: Mapping[str, Any], level: str) -> Action:
    """Return the action of a risk configuration at a level.

    Without AccountTakeoverRiskConfiguration these are Cognito's defaults: "Amazon Cognito blocks sign-in at all risk
    levels and does not notify the user" [docs: cognito-user-pool-settings-threat-protection].
    """
    takeover = settings.get("AccountTakeoverRiskConfiguration")
    if takeover is None:
        return Action(BLOCK, False)
    found = takeover["Actions"].get(f"{level}Action")
    return Action("", False) if found is None else Action(found["EventAction"], found["Notify"])


def decide(attempt: Attempt, user: User, pool: Pool, level: str, action: str) -> Risk:
    """Decide about a sign-in at a level, once its first factor is proved.

    MFA_IF_CONFIGURED allows a user without a second factor, MFA_REQUIRED does not
    [docs: cognito-user-pool-settings-adaptive-authentication]. Where the pool requires MFA, it comes or is set up as
    always.
    """
    if not level or not action or mode(pool, attempt.how.flow) != ENFORCED:
        return Risk(NO_RISK, level)
    can = _can_do_mfa(attempt, user, pool)
    if action == BLOCK or (action == MFA_REQUIRED and not can):
        return Risk(BLOCKED, level)
    demanded = action in (MFA_IF_CONFIGURED, MFA_REQUIRED) and can
    return Risk(ACCOUNT_TAKEOVER, level, action if demanded else "")


def _can_do_mfa(attempt: Attempt, user: User, pool: Pool) -> bool:
    """Return whether the user has a second factor that the pool accepts.

    A user who begins without a password has no MFA [docs: authentication-flow-things-to-know], unless a passkey
    replaces it; no other factor does [assumed]. Custom authentication has no set-up of MFA.
    """
    if pool.mfa.mode == "ON" and attempt.how.flow != CUSTOM:
        return True
    if attempt.proof.credited and attempt.has_another_now:
        return True  # in a step-up, whose credit does not count against the present risk [assumed]
    if attempt.first_factor in PASSWORDLESS:
        is_passkey = attempt.first_factor == ChallengeName.WEB_AUTHN
        return is_passkey and pool.passkeys.multi_factor and user.factors.passkey
    return bool(mfa.choices(user, pool, required=True))


def notice_of(risk: Risk) -> str:
    """Return the template of the notice for a decision."""
    if risk.decision == BLOCKED:
        return "BlockEmail"
    return "MfaEmail" if risk.demand else "NoActionEmail"


def with_risk(attempt: Attempt, risk: Risk) -> Attempt:
    """Return `attempt` with the decision; facts about its password stay."""
    return replace(attempt, risk=replace(risk, compromised=attempt.risk.compromised))


# --- leaked passwords --------------------------------------------------------------------------------------


def compromised_action(settings: Mapping[str, Any], event: str) -> str | None:
    """Return the action for a leaked password at an event, None for none.

    The events are SIGN_UP, SIGN_IN and PASSWORD_CHANGE. Without CompromisedCredentialsRiskConfiguration these are
    Cognito's defaults: all events, BLOCK [docs: cognito-user-pool-settings-threat-protection].
    """
    found = settings.get("CompromisedCredentialsRiskConfiguration")
    if found is None:
        return BLOCK
    return str(found["Actions"]["EventAction"]) if event in found.get("EventFilter", EVENTS) else None
