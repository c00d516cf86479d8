"""Lambda triggers: those that were named functions here, or are to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.seed.problems import Place

if TYPE_CHECKING:
    from cognito_emulator.seed.importing.draft import Draft

_NO_FUNCTION = ("KMSKeyID", "LambdaVersion")


def carried_triggers(draft: Draft, place: Place, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return LambdaConfig with the functions that can be called.

    Without one to call, a sign-in would fail. So a function is left out unless it was mapped or ARNs are kept.
    """
    options = draft.options
    kept: dict[str, Any] = {}
    for name, value in config.items():
        if options.keeps_triggers and name not in options.triggers:
            kept[name] = value
        elif name in options.triggers:
            kept[name] = _mapped(value, options.triggers[name])
        elif name not in _NO_FUNCTION:
            function = value.get("LambdaArn") if isinstance(value, Mapping) else value
            draft.leave_out(
                place.key(name, place.line), f"the function {function}; name one by --trigger {name}=FILE:FUNCTION"
            )
    if "KMSKeyID" in config and any(isinstance(value, Mapping) for value in kept.values()):
        kept["KMSKeyID"] = config["KMSKeyID"]
    for name, function in options.triggers.items():
        kept.setdefault(name, function)
    return kept


def _mapped(value: Any, function: str) -> Any:
    return {**value, "LambdaArn": function} if isinstance(value, Mapping) else function
