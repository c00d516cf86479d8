"""Faults: rules by which requests fail, wait or are cut off.

    occasion ── matches ──► seen ── is_due (after, times, probability) ──► the fault strikes

A rule is written in `domain.fault_rules`; the active rules and their counters are at `ports.faults`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.errors import ApiError

# Where a fault can strike: the API, pages and OAuth endpoints, Lambda triggers, calls to identity providers, messages,
# and the documents with the pools' keys.
API, PAGE, TOKEN, TRIGGER, IDP, DELIVERY, JWKS = "api", "page", "token", "trigger", "idp", "delivery", "jwks"
TARGETS = (API, PAGE, TOKEN, TRIGGER, IDP, DELIVERY, JWKS)
SERVED = frozenset({PAGE, TOKEN, JWKS})  # what is asked for by a path

UNDELIVERED = "CodeDeliveryFailureException"
# What happens to a call of a function, or of a provider, that has no answer.
TIMEOUT, UNREACHABLE, FAILED, BAD_ANSWER = "timeout", "unreachable", "failed", "bad_answer"


class Failure(Struct, frozen=True, gc=False):
    """What is answered instead; `code` is the error's name, or a word above."""

    code: str
    status: int
    message: str


class Fault(Struct, frozen=True):
    """One rule.

    Empty `operations`, `path`, `pool`, `client`, `user`, `service` and `region` match everything. `times` is how often
    it strikes (None: without end), `after` how many matches it lets by first. `seed` is that of the probability.
    `written` is the rule as it was sent; `is_localstack` says that it has LocalStack's form.
    """

    id: str
    targets: frozenset[str]
    written: Mapping[str, Any]
    operations: frozenset[str] = frozenset()
    path: str = ""
    pool: str = ""
    client: str = ""
    user: str = ""
    service: str = ""
    region: str = ""
    failure: Failure | None = None
    latency_ms: float = 0.0
    drop: bool = False
    rotate: bool = False
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    seed: int | None = None
    is_localstack: bool = False


class Occasion(Struct, frozen=True):
    """A request, call or message that a fault may strike.

    `names` are what a rule may call it by: the operation, the trigger and its source, the provider, the channel and
    purpose of a message. `users` are all names of the user, in lower case.
    """

    target: str
    names: tuple[str, ...] = ()
    path: str = ""
    pool: str = ""
    client: str = ""
    users: frozenset[str] = frozenset()
    service: str = ""
    region: str = ""


def matches(fault: Fault, occasion: Occasion) -> bool:
    """Tell whether the rule is about this occasion."""
    if occasion.target not in fault.targets:
        return False
    if fault.operations and fault.operations.isdisjoint(occasion.names):
        return False
    if fault.path and not _is_path(fault.path, occasion.path):
        return False
    return (
        fault.pool in ("", occasion.pool)
        and fault.client in ("", occasion.client)
        and fault.service in ("", occasion.service)
        and fault.region in ("", occasion.region)
        and (not fault.user or fault.user.lower() in occasion.users)
    )


def _is_path(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def is_due(fault: Fault, seen: int, struck: int, draw: float) -> bool:
    """Tell whether a rule that matches strikes.

    Args:
        seen: how many occasions have matched it, this one included.
        struck: how often it has struck before.
        draw: a number from 0 to below 1, of the rule's own generator.
    """
    return seen > fault.after and not is_spent(fault, struck) and draw < fault.probability


def is_spent(fault: Fault, struck: int) -> bool:
    """Tell whether a rule has struck as often as it may."""
    return fault.times is not None and struck >= fault.times


def api_error(failure: Failure) -> ApiError:
    """Return the failure as an error of the API."""
    kind = type("InjectedError", (ApiError,), {"code": failure.code, "status": failure.status})
    error: ApiError = kind(failure.message)
    return error.because("emulator.fault")
