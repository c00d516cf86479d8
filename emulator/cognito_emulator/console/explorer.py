"""The API explorer: a form for any operation, made from the service model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console import copying
from cognito_emulator.console.editing import read_object
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import View
from cognito_emulator.domain import strict_json
from cognito_emulator.wire.model import SERVICES, OperationModel, Service, Shape, service_model

# Members that are offered values which exist.
_LISTS = {"UserPoolId": "pools", "ClientId": "clients", "Username": "usernames", "GroupName": "groups"}
MOST_OFFERED = 50


class Member(Struct, frozen=True):
    """A field of the form; `kind` is text, number, flag, choice or json."""

    name: str
    kind: str
    is_required: bool
    hint: str
    choices: Sequence[str]
    offered: str
    is_secret: bool


async def _operations(view: View) -> Response:
    text = view.query("q").get("q", "").lower()
    rows = [
        (service, name)
        for service in SERVICES
        for name in service_model(service).names
        if text in name.lower()
    ]  # fmt: skip
    return view.page("api.html", "API explorer", "api", rows=rows, text=text)


def _model(view: View) -> OperationModel:
    service: Service | None = next((one for one in SERVICES if one == view.request.path_params["service"]), None)
    found = service_model(service).operation(view.request.path_params["operation"]) if service else None
    if found is None:
        raise HTTPException(404, "There is no such operation in the service model.")
    return found


async def _show(view: View) -> Response:
    model = _model(view)
    given = view.query(*model.input.members)
    return _form(view, model, given, None, {})


def _form(
    view: View, model: OperationModel, given: Mapping[str, str], answer: Any, sent: Mapping[str, Any]
) -> Response:
    store = view.world.store
    pool = store.pools.get(given.get("UserPoolId", "")) or next(iter(store.pools), None)
    offered = {
        "pools": [one.id for one in list(store.pools)[:MOST_OFFERED]],
        "clients": [one.id for one in list(store.clients)[:MOST_OFFERED]],
        "usernames": _usernames(view, pool.id) if pool else [],
        "groups": [one.name for one in store.groups.where("pool", pool.id)[:MOST_OFFERED]] if pool else [],
    }
    if not given and not view.fields and pool is not None:
        given = {"UserPoolId": pool.id}
    values = {name: view.field(name) or given.get(name, "") for name in model.input.members}
    return view.page(
        "operation.html",
        model.name,
        "api",
        model=model,
        members=members_of(model.input),
        values=values,
        offered=offered,
        answer=answer,
        sent=sent,
        copies=copying.of_call(view.world, model.service, model.name, sent, pool.region if pool else "")
        if sent
        else {},
    )


def _usernames(view: View, pool_id: str) -> list[str]:
    found = islice(view.world.store.users.after("pool", pool_id), MOST_OFFERED)
    return [user.username for _, user in found]


def members_of(shape: Shape) -> list[Member]:
    """Return the fields of an operation's form, the required ones first."""
    fields = [_member(name, one, name in shape.required) for name, one in shape.members.items()]
    return sorted(fields, key=lambda field: not field.is_required)


def _member(name: str, shape: Shape, is_required: bool) -> Member:
    kind = {"boolean": "flag", "integer": "number", "long": "number", "string": "choice" if shape.enum else "text"}
    bounds = [f"at least {shape.min}" if shape.min else "", f"at most {shape.max}" if shape.max else ""]
    hint = " · ".join(part for part in (_form_of(shape), *bounds) if part)
    return Member(
        name, kind.get(shape.type, "json"), is_required, hint, shape.enum, _LISTS.get(name, ""), shape.sensitive
    )


def _form_of(shape: Shape) -> str:
    if shape.type == "structure":
        return "object: " + ", ".join(shape.members)
    if shape.type == "list" and shape.element is not None:
        return f"list of {_form_of(shape.element) or shape.element.type}"
    return "object of texts" if shape.type == "map" else ""


def read_members(view: View, shape: Shape) -> dict[str, Any]:
    """Read the form as the operation's input; empty fields are left out.

    Raises:
        HTTPException: 400
    """
    if view.field("as-json"):
        return read_object(view.field("as-json"))
    found: dict[str, Any] = {}
    for member in members_of(shape):
        text = view.field(member.name)
        if text:
            found[member.name] = _value(member, text)
    return found


def _value(member: Member, text: str) -> Any:
    if member.kind == "flag":
        return text == "true"
    if member.kind not in ("number", "json"):
        return text
    try:
        return strict_json.decode(text)
    except ValueError:
        wanted = "a number" if member.kind == "number" else f"JSON ({member.hint})"
        raise HTTPException(400, f"{member.name} must be {wanted}.") from None


async def _run(view: View) -> Response:
    model = _model(view)
    sent = read_members(view, model.input)
    pool = view.world.store.pools.get(str(sent.get("UserPoolId", "")))
    answer = await view.send(model.name, sent, pool, model.service)
    return _form(view, model, {}, answer, sent)


operations = screen(_operations)
show, send = screen(_show), form(_run, _show)
