"""The table of operations: which handler answers which name.

    @operation("ConfirmSignUp")
    async def confirm_sign_up(world, *, caller, client_id, username, confirmation_code, session=None): ...

    @operation("CreateUserPool")
    async def create_user_pool(world, members, caller): ...

Members arrive validated: as snake_case keywords, or, where there are many, as one mapping of wire names. The handler's
signature tells which. Nested values are mappings of wire names. What an operation honours of its input is in
honoured.txt (`wire.honoured`), and so is the module of its handler, which is imported at the first call: on a thread by
those who can wait (`prepare`), at once by seeds.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain.errors import ApiError, InvalidParameter, NotImplementedHere
from cognito_emulator.wire import honoured
from cognito_emulator.wire.honoured import Honoured, Key
from cognito_emulator.wire.known import first_given, first_unknown, missing_paths, without_unknown_demands
from cognito_emulator.wire.model import IDENTITY, IDP, OperationModel, Service, Shape, service_model, snake
from cognito_emulator.wire.quick import Check, Doubt, compiled
from cognito_emulator.wire.regions import check_region, check_told, pool_of
from cognito_emulator.wire.validate import ValidationError, read

if TYPE_CHECKING:
    from cognito_emulator.world import World

Handler = Callable[..., Awaitable[Mapping[str, Any] | None]]
PACKAGE = "cognito_emulator.operations"

# The error of each service for a violated constraint of its model [observed: boto3#3581].
_REFUSALS: Mapping[Service, type[ApiError]] = {IDP: InvalidParameter, IDENTITY: ValidationError}


class Caller(Struct, frozen=True):
    """The caller: account and region, and what the connection tells.

    Both come from the SigV4 scope, or else from the settings.

    `signed` says that AWS credentials came with the call, which a few operations take instead of a secret; `told` is
    the Region that an unsigned call has arrived in, if it says so.
    """

    account: str
    region: str
    ip: str = "127.0.0.1"
    user_agent: str = ""
    signed: bool = True
    told: str = ""


class Operation(Struct, frozen=True):
    """A written operation.

    `keywords` are the snake_case members of its handler; None if it takes all as one mapping. `simplified` is
    what is done differently from AWS, for good, in one line for users; the aim is that there is nothing. What holds
    for all operations alike is said once, in `wire.ledger`.
    """

    service: Service
    name: str
    handler: Handler
    keywords: frozenset[str] | None
    takes_caller: bool
    simplified: str = ""

    @property
    def module(self) -> str:
        return self.handler.__module__


_OPERATIONS: dict[Key, Operation] = {}
# Those whose modules are imported whole.
_IMPORTED: dict[Key, Operation] = {}
_SERVICES: Mapping[str, Service] = {"AWSCognitoIdentityProviderService": IDP, "AWSCognitoIdentityService": IDENTITY}


class _Input(Struct, frozen=True):
    """An operation's input in the installed model: what is required of it.

    It also has the honoured paths that the model lacks.
    """

    honoured: Honoured
    installed: Shape
    demanded: Shape
    missing: frozenset[str]
    check: Check


_INPUTS: dict[Key, _Input] = {}
_MODELS_READ: set[Service] = set()


def operation(name: str, *, service: Service = IDP, simplified: str = "") -> Callable[[Handler], Handler]:
    """Register a handler under the operation's wire name.

    `simplified`: see `Operation`.
    """

    def enter(handler: Handler) -> Handler:
        if (service, name) in _OPERATIONS:
            raise RuntimeError(f"{name} has two handlers")
        parameters = inspect.signature(handler).parameters
        keywords = frozenset(p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY)
        _OPERATIONS[service, name] = Operation(
            service,
            name,
            handler,
            keywords=None if "members" in parameters else keywords - {"caller"},
            takes_caller="caller" in parameters,
            simplified=simplified,
        )
        return handler

    return enter


def written() -> Mapping[Key, Operation]:
    """Return the operations by service and name.

    Only those are in it whose module has been imported (`operations.load`).
    """
    return _OPERATIONS


def _written(service: Service, name: str, module: str) -> Operation:
    """Return the operation; import its module first.

    Another thread may be importing it, so that the import is asked for until one has returned.
    """
    known = _IMPORTED.get((service, name))
    if known is None:
        import_module(f"{PACKAGE}.{module}")
        known = _IMPORTED[service, name] = _OPERATIONS[service, name]
    return known


async def prepare(service: Service, *names: str) -> None:
    """Read and import on a thread what the first calls of operations need.

    That takes up to 130 ms, in which other requests are answered. To be awaited before anything is looked at.
    """
    missing = [name for name in names if not _is_prepared(service, name)]
    if missing:
        await asyncio.to_thread(_prepare, service, missing)


def _is_prepared(service: Service, name: str) -> bool:
    key = service, name
    return key in _IMPORTED or (service in _MODELS_READ and key not in honoured.table())


def _prepare(service: Service, names: Sequence[str]) -> None:
    """Make the operations' inputs, and import their handlers.

    Names of no operation have neither.
    """
    for name in names:
        model, taken = service_model(service).operation(name), honoured.table().get((service, name))
        if model is not None and taken is not None:
            _input_of(model, taken)
        if taken is not None:
            _written(service, name, taken.module)
    _MODELS_READ.add(service)


def known_names(service: Service) -> list[str]:
    """Return every known operation of the service.

    The installed model may lack some.
    """
    return sorted({*service_model(service).names, *(name for of, name in honoured.table() if of == service)})


def service_of_prefix(prefix: str) -> Service | None:
    """Return the service of an X-Amz-Target prefix."""
    return _SERVICES.get(prefix)


def find_model(service: Service, name: str) -> OperationModel | None:
    """Return the model of an operation; None if there is no such operation.

    Raises:
        NotImplementedHere: it exists, but the installed botocore is too old to describe it.
    """
    model = service_model(service).operation(name)
    if model is None and (service, name) in honoured.table():
        raise _lacking(name)
    return model


def _lacking(path: str) -> NotImplementedHere:
    return NotImplementedHere(f"{path} is not in the service model of the installed botocore; install a newer one.")


def _not_written(path: str) -> NotImplementedHere:
    return NotImplementedHere(f"{path} is not implemented by cognito-emulator yet.")


async def call(world: World, service: Service, name: str, value: Any, caller: Caller) -> Mapping[str, Any]:
    """Validate `value` as the operation's input and run its handler.

    This is the one way to run an operation: the wire, seeds and the control API all come here.

    Raises:
        ApiError: what AWS would answer; NotImplementedHere for what is not written.
    """
    model = find_model(service, name)
    if model is None:
        raise LookupError(f"no operation {name} in {service}")
    taken = honoured.table().get((service, name))
    if taken is None:
        read(model.input, value, _REFUSALS[service])
        raise _not_written(name)
    if service == IDP and world.store.limits:
        challenge = value.get("ChallengeName") if isinstance(value, Mapping) else None
        world.check_rate(name, challenge, caller.account, caller.region)
    known = _input_of(model, taken)
    try:
        members = known.check(value)
    except Doubt:
        members = read(known.demanded, value, _REFUSALS[service])
        _refuse_unhonoured(name, known, members, value)
    if service == IDP and caller.signed and "UserPoolId" in members and world.store.replicas:
        # Calls that carry no region are for the pool itself.
        check_region(world, name, members["UserPoolId"], caller.account, caller.region)
    if service == IDP and caller.told:
        check_told(world, name, members, caller.told)
    if service == IDP and len(world.store.recoveries):
        named = members.get("UserPoolId")
        pool = world.find_pool(named, caller.account, caller.region) if named else pool_of(world, members)
        world.check_writes(name, pool)
    return await _run(_written(service, name, taken.module), world, members, caller) or {}


def _run(
    entry: Operation, world: World, members: Mapping[str, Any], caller: Caller
) -> Awaitable[Mapping[str, Any] | None]:
    """Call the handler in the style that its signature asks for."""
    if entry.keywords is None:
        return entry.handler(world, members, caller)
    keywords = {name: item for member, item in members.items() if (name := snake(member)) in entry.keywords}
    if entry.takes_caller:
        keywords["caller"] = caller
    return entry.handler(world, **keywords)


def _input_of(model: OperationModel, taken: Honoured) -> _Input:
    """Return the operation's input, looked at once."""
    key = model.service, model.name
    made = _INPUTS.get(key)
    if made is None or made.honoured is not taken or made.installed is not model.input:
        demanded = without_unknown_demands(model.input, taken.paths)
        missing, check = missing_paths(model.input, taken.paths), compiled(demanded, taken.paths)
        made = _INPUTS[key] = _Input(taken, model.input, demanded, missing, check)
    return made


def _refuse_unhonoured(name: str, known: _Input, members: Mapping[str, Any], raw: Any) -> None:
    """Refuse a member that would silently have no effect (501)."""
    if known.missing and (path := first_given(known.installed, raw, known.missing)):
        raise _lacking(f"{name}.{path}")
    if path := first_unknown(known.installed, members, known.honoured.paths):
        raise _not_written(f"{name}.{path}")


__all__ = ["ApiError", "Caller", "Operation", "call", "find_model", "known_names", "operation", "prepare", "written"]
