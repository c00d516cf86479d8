"""Faults: rules by which requests fail, wait or are cut off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import ask
from cognito_emulator.console.editing import read_object
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import ROOT, View
from cognito_emulator.wire.model import SERVICES, service_model

PATH = "/faults"
_MATCH = ("pool", "client", "user")
_PREFILLED = ("operation", *_MATCH)
_COUNTERS = frozenset({"id", "seen", "struck", "spent"})
USUAL = (
    "TooManyRequestsException", "InternalErrorException", "NotAuthorizedException", "UserNotFoundException",
    "LimitExceededException", "CodeDeliveryFailureException", "UserLambdaValidationException",
)  # fmt: skip


def effect_of(rule: Mapping[str, Any]) -> str:
    """Word what a rule does."""
    error = rule.get("error") or {}
    is_object = isinstance(error, Mapping)  # else a name or a status
    effects = [
        " ".join(str(error[name]) for name in ("status", "code", "message") if error.get(name))
        if is_object
        else str(error),
        f"late by {rule['latency_ms']} ms" if rule.get("latency_ms") else "",
        "connection cut" if rule.get("drop") else "",
    ]
    return ", ".join(effect for effect in effects if effect)


def limits_of(rule: Mapping[str, Any]) -> list[str]:
    """Word what a rule is limited to."""
    found = [f"{name}: {value}" for name, value in (rule.get("match") or {}).items()]
    times = "once" if rule.get("times") == 1 else "{} times"
    words = (("after", "after {}"), ("times", times), ("probability", "with probability {}"))
    return found + [text.format(rule[name]) for name, text in words if rule.get(name) is not None]


def times_of(count: int) -> str:
    """Word how often something has happened."""
    return {0: "never", 1: "once"}.get(count, f"{count:,} times")


def subject_of(rule: Mapping[str, Any]) -> str:
    """Name what a rule strikes."""
    operation = rule.get("operation")
    name = ", ".join(operation) if isinstance(operation, list) else operation or rule.get("path")
    return str(name or ", ".join(rule.get("target") or ["*"]))


async def _show(view: View) -> Response:
    values = view.query(*_PREFILLED)
    found = (await ask(view, "GET", PATH))["faults"]
    names = [name for service in SERVICES for name in service_model(service).names]
    return view.page(
        "faults.html",
        "Faults",
        "faults",
        values=values,
        rows=[(one, {name: value for name, value in one.items() if name not in _COUNTERS}) for one in found],
        operations=names,
        subject_of=subject_of,
        effect_of=effect_of,
        limits_of=limits_of,
        times_of=times_of,
        usual=USUAL,
    )


def rule_of(view: View) -> dict[str, Any]:
    """Read the form as a rule.

    Raises:
        HTTPException: 400
    """
    if view.field("as-json").strip():
        return read_object(view.field("as-json"))
    rule: dict[str, Any] = {"operation": view.field("operation").strip()}
    match = {name: view.field(name).strip() for name in _MATCH if view.field(name).strip()}
    if match:
        rule["match"] = match
    effect = view.field("effect")
    if effect == "latency":
        rule["latency_ms"] = _number(view, "latency")
    elif effect == "drop":
        rule["drop"] = True
    else:
        rule["error"] = {"code": view.field("code").strip()}
    if view.field("times").strip():
        rule["times"] = _number(view, "times")
    return rule


def _number(view: View, name: str) -> int:
    text = view.field(name).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(400, f"{name!r} must be a whole number.")
    return int(text)


async def _change(view: View) -> Response:
    acts: Mapping[str, tuple[str, str]] = {
        "delete": ("DELETE", f"{PATH}/{quote(view.field('id'), safe='')}"),
        "clear": ("DELETE", PATH),
    }
    do = view.field("do")
    if do == "add":
        await ask(view, "PATCH", PATH, rule_of(view))
        return view.go(f"{ROOT}/faults", "created")
    if do not in acts:
        raise HTTPException(400, "'do' must be one of: add, delete, clear.")
    await ask(view, *acts[do])
    return view.go(f"{ROOT}/faults", "deleted")


show, send = screen(_show), form(_change, _show)
