"""Read fault rules in the form of LocalStack's Chaos API, for scripts made for it.

[{"service", "region", "operation", "probability", "error": {"statusCode", "code"}, "description"}], all optional
[docs: LocalStack chaos-api]. Rules strike in their order, the first that matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cognito_emulator.domain.fault_errors import BadRule
from cognito_emulator.domain.faults import API, Failure, Fault

_MEMBERS = ("region", "service", "operation", "probability", "error", "description")
_ERROR_MEMBERS = ("statusCode", "code")
_FORMS = {"region": r"[a-z0-9-]+", "service": r"[a-z0-9_-]+", "operation": r"[A-Za-z]+"}
# [docs: LocalStack chaos-api]
_STATUS, _CODE, _TEXT = 503, "ServiceUnavailable", "Operation failed due to a simulated fault"


def read(written: Any, new_id: str) -> Fault:
    """Return the rule.

    Raises:
        BadRule
    """
    if not isinstance(written, Mapping):
        raise BadRule("A rule must be a JSON object.")
    _check_members(written, _MEMBERS, "")
    for name, form in _FORMS.items():
        value = written.get(name)
        if name in written and not (isinstance(value, str) and re.fullmatch(form, value)):
            raise BadRule(f"{name!r} must be a text of the form {form}.")
    if not isinstance(written.get("description", ""), str):
        raise BadRule("'description' must be a text.")
    probability = written.get("probability", 1)
    if isinstance(probability, bool) or not isinstance(probability, (int, float)) or not 0 <= probability <= 1:
        raise BadRule("'probability' must be a number from 0 to 1.")
    return Fault(
        id=new_id,
        targets=frozenset({API}),
        written=written,
        operations=frozenset({written["operation"]}) if "operation" in written else frozenset(),
        service=written.get("service", "").replace("_", "-"),
        region=written.get("region", ""),
        failure=_failure(written.get("error", {})),
        probability=float(probability),
        is_localstack=True,
    )


def _failure(written: Any) -> Failure:
    if not isinstance(written, Mapping):
        raise BadRule(f"'error' must be an object with some of: {', '.join(_ERROR_MEMBERS)}.")
    _check_members(written, _ERROR_MEMBERS, " in 'error'")
    status, code = written.get("statusCode", _STATUS), written.get("code", _CODE)
    if isinstance(status, bool) or not isinstance(status, int) or not 400 <= status <= 599:
        raise BadRule("'statusCode' must be a whole number from 400 to 599.")
    if not isinstance(code, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,128}", code):
        raise BadRule("'code' must be the name of an error: letters, digits, dots and hyphens.")
    return Failure(code, status, _TEXT)


def _check_members(written: Mapping[str, Any], known: Iterable[str], inside: str) -> None:
    for name in written:
        if name not in known:
            raise BadRule(f"Unknown member {name!r}{inside}; known: {', '.join(known)}.")
