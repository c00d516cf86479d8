"""The Lambda triggers of a pool, each with its last event and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from cognito_emulator.console.endpoint import screen
from cognito_emulator.console.view import View
from cognito_emulator.control.masking import masked
from cognito_emulator.ports.journal import Entry, TriggerCall

_NO_FUNCTIONS = ("KMSKeyID",)


async def _show(view: View) -> Response:
    pool = view.pool()
    view.query()
    config: Mapping[str, Any] = pool.settings.get("LambdaConfig") or {}
    arns = {name: _arn(value) for name, value in config.items() if name not in _NO_FUNCTIONS}
    last = _last_calls(view, pool.id)
    rows = [(name, arn, last.get(arn)) for name, arn in arns.items() if not name.endswith("Config")]
    return view.page("triggers.html", "Triggers", "triggers", pool, rows=rows, key=config.get("KMSKeyID"))


def _arn(value: Any) -> str:
    return str(value.get("LambdaArn", "")) if isinstance(value, Mapping) else str(value)


def _last_calls(view: View, pool_id: str) -> dict[str, Mapping[str, Any]]:
    """Return the newest call of each function for a pool."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in view.world.journal:
        for call in entry.triggers:
            if call.event.get("userPoolId") == pool_id:
                found[call.arn] = _shown(entry, call)
    return found


def _shown(entry: Entry, call: TriggerCall) -> Mapping[str, Any]:
    return {
        "request": entry.id,
        "operation": entry.operation,
        "time": entry.at,
        "source": call.event.get("triggerSource"),
        "event": masked(call.event),
        "answer": masked(call.answer),
        "error": call.error,
        "ms": call.ms,
    }


show = screen(_show)
