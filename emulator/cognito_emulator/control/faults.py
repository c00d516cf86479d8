"""`/_emulator/faults`: rules by which requests fail, wait or are cut off.

The form of a rule is in `domain.fault_rules`. A rule that is wrong changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import json_body, object_body, query, world_of
from cognito_emulator.domain import fault_rules
from cognito_emulator.domain.errors import NotImplementedHere
from cognito_emulator.domain.fault_errors import BadRule
from cognito_emulator.domain.fault_rules import Known
from cognito_emulator.domain.faults import Fault
from cognito_emulator.ports.faults import Active, Faults
from cognito_emulator.wire.model import SERVICES, OperationModel, Service
from cognito_emulator.wire.registry import find_model, known_names

MOST = 1_000  # rules


def add(faults: Faults, rule: Mapping[str, Any]) -> str:
    """Add a rule; return its id.

    Raises:
        BadRule
    """
    (fault,) = read_rules(faults, [rule])
    check_room(faults, [fault])
    faults.add([fault])
    return fault.id


@cache
def known() -> Known:
    """Return the operations of the installed model, with their errors."""
    models = [model for service in SERVICES for name in known_names(service) if (model := _model(service, name))]
    return Known({model.name: model.errors for model in models})


def _model(service: Service, name: str) -> OperationModel | None:
    try:
        return find_model(service, name)
    except NotImplementedHere:  # the installed model lacks it
        return None


def read_rules(faults: Faults, written: Any) -> list[Fault]:
    """Return the rules of a body: a rule, a list of rules, or an object with `faults`.

    Raises:
        BadRule: one of them is wrong; it says which.
    """
    if isinstance(written, Mapping):
        written = written["faults"] if written.keys() == {"faults"} else [written]
    if not isinstance(written, list):
        raise BadRule('The body must be a rule, a list of rules, or {"faults": [rules]}.')
    read = read_each(written, lambda rule: fault_rules.read(rule, faults.new_id(), known()))
    ids = [fault.id for fault in read]
    repeated = next((one for one in ids if ids.count(one) > 1), None)
    if repeated is not None:
        raise BadRule(f"Two rules have the id {repeated!r}.")
    return read


def read_each(written: list[Any], read: Callable[[Any], Fault]) -> list[Fault]:
    """Read a list of rules; name a mistake's place if there are several.

    Raises:
        BadRule
    """
    if len(written) > MOST:
        raise BadRule(f"There may be {MOST} rules at most.")
    found = []
    for number, rule in enumerate(written, 1):
        try:
            found.append(read(rule))
        except BadRule as problem:
            raise BadRule(f"Rule {number}: {problem}" if len(written) > 1 else str(problem)) from None
    return found


def check_room(faults: Faults, new: list[Fault]) -> None:
    """Check that there is room for more rules.

    Raises:
        BadRule: there would be too many.
    """
    ids = {one.fault.id for one in faults.all()} | {fault.id for fault in new}
    if len(ids) > MOST:
        raise BadRule(f"There may be {MOST} rules at most.")


def shown(one: Active) -> dict[str, Any]:
    """Show a rule with its counters. `seed` repeats what a probability has decided."""
    fault = one.fault
    extra = {"seed": one.seed} if fault.probability < 1 else {}
    return {
        "id": fault.id,
        **fault.written,
        "target": sorted(fault.targets),
        **extra,
        "seen": one.seen,
        "struck": one.struck,
        "spent": one.is_spent,
    }


def _all(request: Request) -> Response:
    return JSONResponse({"faults": [shown(one) for one in world_of(request).faults.all()]})


def _refused(problem: BadRule) -> HTTPException:
    return HTTPException(400, str(problem))


async def list_faults(request: Request) -> Response:
    """Answer `GET /_emulator/faults`: the rules in order, with their counts."""
    query(request)
    return _all(request)


async def put_faults(request: Request) -> Response:
    """Answer `PUT /_emulator/faults`: these rules in place of all others."""
    query(request)
    written, faults = await json_body(request), world_of(request).faults
    try:
        faults.set(read_rules(faults, written))
    except BadRule as problem:
        raise _refused(problem) from None
    return _all(request)


async def patch_faults(request: Request) -> Response:
    """Answer `PATCH /_emulator/faults`: add rules, or replace them by id."""
    query(request)
    written, faults = await json_body(request), world_of(request).faults
    try:
        read = read_rules(faults, written)
        check_room(faults, read)
    except BadRule as problem:
        raise _refused(problem) from None
    faults.add(read)
    return _all(request)


async def delete_faults(request: Request) -> Response:
    """Answer `DELETE /_emulator/faults`: nothing fails any more."""
    query(request)
    if await object_body(request):
        raise HTTPException(400, "DELETE /_emulator/faults takes no members; one rule is at /_emulator/faults/{id}.")
    world_of(request).faults.remove()
    return _all(request)


def _found(request: Request) -> Active:
    found = world_of(request).faults.find(request.path_params["fault_id"])
    if found is None:
        raise HTTPException(404, "No fault has that id. GET /_emulator/faults lists them.")
    return found


async def show_fault(request: Request) -> Response:
    """Answer `GET /_emulator/faults/{id}`."""
    query(request)
    return JSONResponse(shown(_found(request)))


async def put_fault(request: Request) -> Response:
    """Answer `PUT /_emulator/faults/{id}`: make that rule, or replace it."""
    query(request)
    return _written(request, await object_body(request))


async def patch_fault(request: Request) -> Response:
    """Answer `PATCH /_emulator/faults/{id}`: change members of a rule.

    Null removes a member. The rule counts from 0 again.
    """
    query(request)
    changes = await object_body(request)
    members = {**_found(request).fault.written, **changes}
    return _written(request, {name: value for name, value in members.items() if value is not None})


def _written(request: Request, members: Mapping[str, Any]) -> Response:
    faults, fault_id = world_of(request).faults, request.path_params["fault_id"]
    if members.get("id", fault_id) != fault_id:
        raise HTTPException(400, f"'id' must be {fault_id!r}, as in the path, or be left out.")
    try:
        fault = fault_rules.read({**members, "id": fault_id}, fault_id, known())
        check_room(faults, [fault])
    except BadRule as problem:
        raise _refused(problem) from None
    faults.add([fault])
    return JSONResponse(shown(_found(request)))


async def delete_fault(request: Request) -> Response:
    """Answer `DELETE /_emulator/faults/{id}`."""
    query(request)
    found = _found(request).fault
    world_of(request).faults.remove(lambda fault: fault is found)
    return _all(request)
