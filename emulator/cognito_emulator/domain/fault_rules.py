"""Read a fault rule as it is written, and refuse one that could not work.

{"id", "operation" | "path" | "target", "match": {"pool", "client", "user"},
 "error": {"code", "status", "message"} | "latency_ms" | "drop" | "rotate", "times", "after", "probability", "seed"}

Every refusal is a sentence that says what is wrong and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import fault_errors
from cognito_emulator.domain.fault_errors import BadRule
from cognito_emulator.domain.faults import API, DELIVERY, IDP, JWKS, SERVED, TARGETS, TRIGGER, Fault
from cognito_emulator.domain.pools import trigger

MEMBERS = (
    "id", "operation", "path", "target", "match", "error", "latency_ms", "drop", "rotate", "times", "after",
    "probability", "seed",
)  # fmt: skip
_MATCH = ("pool", "client", "user")
TRIGGERS = (
    trigger.PRE_SIGN_UP, trigger.POST_CONFIRMATION, trigger.PRE_AUTHENTICATION, trigger.POST_AUTHENTICATION,
    *trigger.CUSTOM_CHALLENGE_TRIGGERS, trigger.PRE_TOKEN_GENERATION, trigger.USER_MIGRATION, trigger.CUSTOM_MESSAGE,
    trigger.CUSTOM_EMAIL_SENDER, trigger.CUSTOM_SMS_SENDER, trigger.INBOUND_FEDERATION,
)  # fmt: skip
MESSAGES = ("EMAIL", "SMS", "sign-up", "resend", "attribute", "recovery", "invitation", "mfa", "otp", "risk")
LONGEST_LATENCY = 600_000  # milliseconds
MOST_LISTED, MOST_SUGGESTED = 40, 3  # names in a refusal
MOST_TIMES = 1_000_000_000
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OWN_PATHS = ("/_emulator", "/_aws", "/_localstack", "/__admin")


class Known(Struct, frozen=True):
    """The operations of the API, each with the errors that its model has."""

    operations: Mapping[str, frozenset[str]]


def read(written: Any, new_id: str, known: Known) -> Fault:
    """Return the rule.

    Args:
        new_id: the id of a rule that is written without one.

    Raises:
        BadRule
    """
    if not isinstance(written, Mapping):
        raise BadRule("A rule must be a JSON object.")
    _check_members(written, MEMBERS, "")
    targets = _targets(written)
    operations = _operations(written, targets, known)
    match = _match(written.get("match", {}), targets)
    rotate = _flag(written, "rotate")
    if rotate and targets != {JWKS}:
        raise BadRule("'rotate' is for the target jwks.")
    fault = Fault(
        id=read_id(written["id"]) if "id" in written else new_id,
        targets=targets,
        written=written,
        operations=operations,
        path=_path(written, targets),
        pool=match.get("pool", ""),
        client=match.get("client", ""),
        user=match.get("user", ""),
        failure=fault_errors.read(written["error"], targets, operations, known.operations)
        if "error" in written
        else None,
        latency_ms=_number(written, "latency_ms", 0, LONGEST_LATENCY, 0),
        drop=_flag(written, "drop"),
        rotate=rotate,
        times=_whole(written, "times", 1, MOST_TIMES),
        after=_whole(written, "after", 0, MOST_TIMES) or 0,
        probability=_number(written, "probability", 0, 1, 1),
        seed=_whole(written, "seed", 0, 2**63 - 1),
    )
    effects = (fault.failure is not None, fault.drop, fault.rotate)
    if sum(effects) > 1:
        raise BadRule("A rule has one of: error, drop, rotate. latency_ms may go with each of them.")
    if not any(effects) and not fault.latency_ms:
        raise BadRule("A rule says what happens by one of: error, latency_ms, drop, rotate.")
    return fault


def read_id(value: Any) -> str:
    """Return a rule's id.

    Raises:
        BadRule
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadRule("'id' must be 1 to 64 letters, digits, dots, hyphens and underscores.")
    return value


def _check_members(written: Mapping[str, Any], known: Iterable[str], inside: str) -> None:
    for name in written:
        if name not in known:
            raise BadRule(f"Unknown member {name!r}{inside}; known: {', '.join(known)}.")


def _targets(written: Mapping[str, Any]) -> frozenset[str]:
    """Return where the rule strikes.

    Without a target it is the API for an operation, and what is served for a path.
    """
    if "target" in written:
        targets = frozenset(_texts(written, "target"))
        for target in sorted(targets):
            if target not in TARGETS:
                raise BadRule(f"Unknown target {target!r}; known: {', '.join(TARGETS)}.")
        return targets
    if "operation" in written:
        return frozenset({API})
    if "path" in written:
        return SERVED
    raise BadRule("A rule says where it strikes by one of: operation, path, target.")


def _texts(written: Mapping[str, Any], name: str) -> list[str]:
    value = written[name]
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise BadRule(f"{name!r} must be a text or a list of texts.")
    return texts


def _operations(written: Mapping[str, Any], targets: frozenset[str], known: Known) -> frozenset[str]:
    """Return the operations, triggers, providers or messages named; none for all."""
    if "operation" not in written:
        return frozenset()
    names = frozenset(_texts(written, "operation"))
    if not targets & {API, TRIGGER, IDP, DELIVERY}:
        raise BadRule("'operation' is for the targets api, trigger, idp and delivery; the others have a 'path'.")
    if "*" in names:
        return frozenset()
    if IDP in targets:  # the names of providers are free
        return names
    allowed: set[str] = set()
    for target, of_target in ((API, known.operations), (TRIGGER, TRIGGERS), (DELIVERY, MESSAGES)):
        allowed |= set(of_target) if target in targets else set()
    for name in sorted(names):
        if name not in allowed and not (TRIGGER in targets and _is_source(name)):
            raise BadRule(_unknown_operation(name, allowed))
    return names


def _unknown_operation(name: str, allowed: set[str]) -> str:
    """Word the refusal of a name: what may be meant, or all names where they are few."""
    told = f"Unknown operation {name[:80]!r}"
    if len(allowed) <= MOST_LISTED:
        return f"{told}; known: *, {', '.join(sorted(allowed))}."
    by_lower = {one.lower(): one for one in sorted(allowed)}
    near = [by_lower[one] for one in get_close_matches(name[:80].lower(), by_lower, MOST_SUGGESTED)]
    if near:
        return f"{told}. Did you mean {' or '.join(near)}?"
    return f"{told}. The guide's page Operations lists the names; * means all."


def _is_source(name: str) -> bool:
    """Tell whether it is a triggerSource, such as PreSignUp_AdminCreateUser."""
    before, _, after = name.partition("_")
    return before in {*TRIGGERS, "TokenGeneration"} and after.isalpha()


def _path(written: Mapping[str, Any], targets: frozenset[str]) -> str:
    if "path" not in written:
        return ""
    path = written["path"]
    if targets <= {IDP}:
        if not isinstance(path, str) or not path.startswith(("http://", "https://")):
            raise BadRule("'path' of the target idp must be a URL, or the beginning of one with * at its end.")
        return path
    if not targets & SERVED:
        raise BadRule("'path' is for the targets page, token, jwks and idp; the others have an 'operation'.")
    if not isinstance(path, str) or not path.startswith("/"):
        raise BadRule("'path' must begin with /; * at its end stands for any rest.")
    if path.startswith(_OWN_PATHS):
        raise BadRule(f"The emulator's own paths have no faults: {', '.join(_OWN_PATHS)}.")
    return path


def _match(value: Any, targets: frozenset[str]) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise BadRule(f"'match' must be an object with some of: {', '.join(_MATCH)}.")
    _check_members(value, _MATCH, " in 'match'")
    for name, text in value.items():
        if not isinstance(text, str) or not text:
            raise BadRule(f"{name!r} in 'match' must be a text.")
    if targets & {IDP, JWKS} and {"client", "user"} & value.keys():
        raise BadRule("The targets idp and jwks are matched by pool alone.")
    return dict(value)


def _flag(written: Mapping[str, Any], name: str) -> bool:
    value = written.get(name, False)
    if not isinstance(value, bool):
        raise BadRule(f"{name!r} must be true or false.")
    return value


def _number(written: Mapping[str, Any], name: str, least: float, most: float, default: float) -> float:
    value = written.get(name, default)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise BadRule(f"{name!r} must be a number from {least} to {most}.")
    return float(value)


def _whole(written: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    if name not in written:
        return None
    value = written[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadRule(f"{name!r} must be a whole number from {least} to {most}.")
    return value
