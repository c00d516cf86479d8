"""The table of operations: which handler answers which name, and what of its input it honours.

    @operation("ConfirmSignUp", ignores=("AnalyticsMetadata", "UserContextData"))
    async def confirm_sign_up(world, *, client_id, username, confirmation_code, session=None): ...

Members arrive as validated snake_case keywords, nested values as the wire's mappings. What a handler does not
name is refused: a member listed under `later` (or unknown to the handler because botocore is newer) answers 501
`Operation.Member` when it carries anything but its default.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from cognito_emulator.domain.errors import ApiError, InvalidParameter, NotImplementedHere
from cognito_emulator.wire.known import (
    ATTRIBUTE_MEMBERS,
    ATTRIBUTE_SHAPE,
    first_given,
    missing_paths,
    without_unknown_demands,
)
from cognito_emulator.wire.model import IDENTITY, IDP, SERVICES, OperationModel, Service, Shape, service_model, snake
from cognito_emulator.wire.regions import placed
from cognito_emulator.wire.validate import ValidationError, read

if TYPE_CHECKING:
    from cognito_emulator.world import World

Handler = Callable[..., Awaitable[Mapping[str, Any] | None]]
# Accepted, and without effect on anything that a caller could see: it goes to Amazon Pinpoint.
IGNORABLE = frozenset({"AnalyticsMetadata"})

# Operations newer than the oldest botocore that we accept: known by name even where the model lacks them.
NEWER_OPERATIONS = frozenset(
    {
        "AddUserPoolClientSecret", "AdminDeleteSoftwareToken", "AdminGetUserAuthFactors", "AdminListUserSessions",
        "AdminRevokeUserSession", "CreateCIMDPolicy", "CreateTerms", "CreateUserPoolReplica", "DeleteCIMDPolicy",
        "DeleteTerms", "DeleteUserPoolClientSecret", "DeleteUserPoolReplica", "DescribeCIMDPolicy", "DescribeTerms",
        "DescribeTermsByClient", "GetClientToken", "GetDerivedToken", "GetProvisionedLimit",
        "GetTokensFromRefreshToken", "GetUserPoolClientSessionConfiguration", "GetUserPoolSessionConfiguration",
        "ListCIMDPolicies", "ListClientMetadataURLs", "ListTerms", "ListUserPoolClientSecrets", "ListUserPoolReplicas",
        "ListUserSessions", "RevokeUserSession", "SetUserPoolClientSessionConfiguration",
        "SetUserPoolSessionConfiguration", "UpdateCIMDPolicy", "UpdateClientMetadataURLState",
        "UpdateProvisionedLimit", "UpdateTerms", "UpdateUserPoolReplica",
    }
)  # fmt: skip

# How each service calls a violated constraint of its model (recorded).
_REFUSALS: Mapping[Service, type[ApiError]] = {IDP: InvalidParameter, IDENTITY: ValidationError}
# No member's name comes near it; longer ones are not worth remembering in the cache of `snake`.
_LONGEST_NAME = 100


class Caller(Struct, frozen=True):
    """Who calls: account and region from the SigV4 scope (or the settings), and what the connection tells.

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
    """A written operation. Paths in `later`, `nested` and `stored` are dotted wire names (`Policies.SignInPolicy`)."""

    service: Service
    name: str
    handler: Handler
    ignores: frozenset[str]
    later: Mapping[str, tuple[Any, ...]]
    nested: frozenset[str]
    takes_caller: bool
    honoured: frozenset[str] = field(default_factory=frozenset)
    stored: frozenset[str] = field(default_factory=frozenset)
    simplified: str = ""

    @property
    def module(self) -> str:
        return self.handler.__module__

    def knows(self, path: str) -> bool:
        """Whether the code was written for an input with this member: honoured, to come, or without effect."""
        if "." in path:
            return path in self.nested or path in self.later
        return snake(path) in self.honoured or path in self.later or path in self.ignores


_OPERATIONS: dict[tuple[Service, str], Operation] = {}


class _Input(Struct, frozen=True):
    """An operation's input in the installed model: what is demanded of it, and honoured paths that it lacks."""

    entry: Operation
    installed: Shape
    demanded: Shape
    missing: frozenset[str]


_INPUTS: dict[tuple[Service, str], _Input] = {}


def operation(
    name: str,
    *,
    service: Service = IDP,
    ignores: Iterable[str] = (),
    later: Mapping[str, tuple[Any, ...]] | None = None,
    nested: Iterable[str] = (),
    stored: Iterable[str] = (),
    simplified: str = "",
) -> Callable[[Handler], Handler]:
    """Enter a handler into the table under the operation's wire name.

    Args:
        ignores: members without effect; only those in `IGNORABLE`.
        later: dotted paths of members not honoured yet, each with the values that mean "default" and are let pass;
            `ExplicitAuthFlows=ALLOW_USER_AUTH` is a single value (of a string or a list of strings) of a member
            that is honoured otherwise.
        nested: dotted paths of the members inside structures that the handler honours (a structure named here
            with no deeper path is honoured with all its members only if each is listed).
        stored: dotted paths (or single values, as in `later`) of honoured members that are checked and read back, and
            whose effect, or a part of it, is with other operations that are still to come. For the ledger alone.
        simplified: what is done differently from AWS, for good, in one line of users' words; nothing is the aim. What
            holds for all operations alike is said once, in `wire.ledger`.
    """

    def enter(handler: Handler) -> Handler:
        if (service, name) in _OPERATIONS:
            raise RuntimeError(f"{name} has two handlers")
        keywords = [p.name for p in inspect.signature(handler).parameters.values() if p.kind is p.KEYWORD_ONLY]
        _OPERATIONS[service, name] = Operation(
            service,
            name,
            handler,
            ignores=frozenset(ignores),
            later=dict(later or {}),
            nested=frozenset(nested),
            takes_caller="caller" in keywords,
            honoured=frozenset(keyword for keyword in keywords if keyword != "caller"),
            stored=frozenset(stored),
            simplified=simplified,
        )
        return handler

    return enter


def written() -> Mapping[tuple[Service, str], Operation]:
    """The operations that have a handler, by (service, name). `operations` must have been imported."""
    return _OPERATIONS


def known_names(service: Service) -> list[str]:
    """Every operation of the service that we know of, whether or not the installed model has it."""
    names = set(service_model(service).names)
    names |= {name for s, name in _OPERATIONS if s == service}
    if service == IDP:
        names |= NEWER_OPERATIONS
    return sorted(names)


def service_of_prefix(prefix: str) -> Service | None:
    """The service of an X-Amz-Target prefix."""
    return {"AWSCognitoIdentityProviderService": IDP, "AWSCognitoIdentityService": IDENTITY}.get(prefix)  # type: ignore[return-value]


def find_model(service: Service, name: str) -> OperationModel | None:
    """The model of an operation; None if there is no such operation.

    Raises:
        NotImplementedHere: it exists, but the installed botocore is too old to describe it.
    """
    model = service_model(service).operation(name)
    if model is None and name in known_names(service):
        raise NotImplementedHere(f"{name} is not in the service model of the installed botocore; install a newer one.")
    return model


async def call(
    world: World, service: Service, name: str, value: Any, caller: Caller, model: OperationModel | None = None
) -> Mapping[str, Any]:
    """Validate `value` as the operation's input, run its handler and return the output members.

    This is the one way to run an operation: the wire, seeds and the control API all come here.

    Raises:
        ApiError: what AWS would answer; NotImplementedHere for what is not written.
    """
    model = model or find_model(service, name)
    if model is None:
        raise LookupError(f"no operation {name} in {service}")
    entry = _OPERATIONS.get((service, name))
    if entry is None:
        read(model.input, value, _REFUSALS[service])
        raise NotImplementedHere(f"{name} is not implemented by cognito-emulator yet.")
    if service == IDP and world.store.limits:
        challenge = value.get("ChallengeName") if isinstance(value, Mapping) else None
        world.check_rate(name, challenge, caller.account, caller.region)
    known = _input_of(entry, model)
    members = read(known.demanded, value, _REFUSALS[service])
    _refuse_unhonoured(known, members, value)
    if service == IDP and caller.signed and "UserPoolId" in members and world.store.replicas:
        # Calls that carry no region are for the pool itself.
        world.check_region(name, members["UserPoolId"], caller.account, caller.region)
    if service == IDP and caller.told:
        world = placed(world, name, members, caller.told)
    keywords = {snake(member): item for member, item in members.items() if snake(member) in entry.honoured}
    if entry.takes_caller:
        keywords["caller"] = caller
    answer = await entry.handler(world, **keywords)
    return answer or {}


def _input_of(entry: Operation, model: OperationModel) -> _Input:
    """The operation's input, looked at once."""
    key = entry.service, entry.name
    made = _INPUTS.get(key)
    if made is None or made.entry is not entry or made.installed is not model.input:
        demanded = without_unknown_demands(model.input, entry.knows)
        made = _INPUTS[key] = _Input(entry, model.input, demanded, missing_paths(model.input, entry.nested))
    return made


def _refuse_unhonoured(known: _Input, members: dict[str, Any], raw: Any) -> None:
    """501 for a member that would silently have no effect."""
    entry, shape = known.entry, known.installed
    lacking = [name for name in raw.keys() - shape.members.keys() if raw[name] is not None]
    lacking = [name for name in lacking if _is_honoured(entry, shape, name)]
    if known.missing and (path := first_given(shape, raw, known.missing)):
        lacking.append(path)
    if lacking:
        text = f"{entry.name}.{lacking[0]} is not in the service model of the installed botocore; install a newer one."
        raise NotImplementedHere(text)
    for name, value in members.items():
        if name in entry.ignores:
            continue
        if name in entry.later or snake(name) not in entry.honoured:
            _refuse(entry, name, value)
        else:
            _walk(entry, shape.members[name], value, name)


def _is_honoured(entry: Operation, shape: Shape, name: str) -> bool:
    """Whether a member that the installed model lacks is one that the handler takes.

    Another spelling of a member that the model has (`username`) is none: the service ignores what it does not know.
    """
    if not name[:1].isupper() or len(name) > _LONGEST_NAME:
        return False
    keyword = snake(name)
    return keyword in entry.honoured and all(snake(member) != keyword for member in shape.members)


def _walk(entry: Operation, shape: Shape, value: Any, path: str) -> None:
    if shape.document:
        return
    if shape.name == ATTRIBUTE_SHAPE:
        for name in value.keys() - ATTRIBUTE_MEMBERS:
            _refuse(entry, f"{path}.{name}", value[name])
        return
    for word in (value,) if isinstance(value, str) else value if isinstance(value, list) else ():
        if isinstance(word, str) and f"{path}={word}" in entry.later:
            _refuse(entry, f"{path}={word}", word)
    if shape.type in ("list", "map") and shape.element is not None and shape.element.type == "structure":
        for item in value if shape.type == "list" else value.values():
            _walk(entry, shape.element, item, path)
    elif shape.type == "structure":
        for name, item in value.items():
            inner = f"{path}.{name}"
            if inner in entry.later or inner not in entry.nested:
                _refuse(entry, inner, item)
            else:
                _walk(entry, shape.members[name], item, inner)


def _refuse(entry: Operation, path: str, value: Any) -> None:
    if value not in entry.later.get(path, ()):
        raise NotImplementedHere(f"{entry.name}.{path} is not implemented by cognito-emulator yet.")


def _state(entry: Operation | None) -> str:
    if entry is None:
        return "not implemented"
    return "partial" if entry.later or entry.stored else "done"


def ledger() -> list[dict[str, Any]]:
    """All operations of both services: name, service, module, members ignored, to come and only stored, state, and
    what is simplified."""
    rows = []
    for service in SERVICES:
        for name in known_names(service):
            entry = _OPERATIONS.get((service, name))
            rows.append(
                {
                    "operation": name,
                    "service": service,
                    "module": entry.module if entry else "",
                    "ignored": sorted(entry.ignores) if entry else [],
                    "later": sorted(entry.later) if entry else [],
                    "stored": sorted(entry.stored) if entry else [],
                    "state": _state(entry),
                    "simplified": entry.simplified if entry else "",
                }
            )
    return rows


__all__ = ["ApiError", "Caller", "Operation", "call", "find_model", "known_names", "ledger", "operation", "written"]
