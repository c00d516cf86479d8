"""Serve `/_localstack/chaos/faults`, rules in LocalStack's form.

[docs: LocalStack chaos-api]

Each answer is the list of these rules. They stand among the others of `/_emulator/faults`.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.faults import MOST, read_each
from cognito_emulator.control.inputs import json_body, query, world_of
from cognito_emulator.domain import localstack_faults
from cognito_emulator.domain.fault_errors import BadRule
from cognito_emulator.domain.faults import Fault


def _answer(request: Request) -> Response:
    rules = [one.fault for one in world_of(request).faults.all()]
    return JSONResponse([dict(fault.written) for fault in rules if fault.is_localstack])


async def _rules(request: Request) -> list[Fault]:
    query(request)
    written: Any = await json_body(request)
    faults = world_of(request).faults
    if not isinstance(written, list):
        raise HTTPException(400, "The body must be a JSON array of rules.")
    try:
        return read_each(written, lambda rule: localstack_faults.read(rule, faults.new_id()))
    except BadRule as problem:
        raise HTTPException(400, str(problem)) from None


def _check_room(others: int, rules: list[Fault]) -> None:
    if others + len(rules) > MOST:
        raise HTTPException(400, f"There may be {MOST} rules at most.")


async def list_rules(request: Request) -> Response:
    """Answer `GET /_localstack/chaos/faults`."""
    query(request)
    return _answer(request)


async def post_rules(request: Request) -> Response:
    """Answer `POST /_localstack/chaos/faults`: replace the rules of this form."""
    rules = await _rules(request)
    faults = world_of(request).faults
    others = [one for one in faults.all() if not one.fault.is_localstack]
    _check_room(len(others), rules)
    faults.remove(lambda fault: fault.is_localstack)
    faults.add(rules)
    return _answer(request)


async def patch_rules(request: Request) -> Response:
    """Answer `PATCH /_localstack/chaos/faults`: add rules."""
    rules = await _rules(request)
    faults = world_of(request).faults
    _check_room(len(faults.all()), rules)
    faults.add(rules)
    return _answer(request)


async def delete_rules(request: Request) -> Response:
    """Answer `DELETE /_localstack/chaos/faults`: remove the rules equal to these.

    An empty list removes all of this form [assumed].
    """
    gone = [dict(fault.written) for fault in await _rules(request)]
    world_of(request).faults.remove(lambda fault: fault.is_localstack and (not gone or dict(fault.written) in gone))
    return _answer(request)
