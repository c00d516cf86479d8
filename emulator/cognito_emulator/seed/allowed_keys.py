"""The allowed keys of each block.

They are the members of the block's operation, and the emulator's own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.auth import totp
from cognito_emulator.seed.coercion import Field, fields, members, require
from cognito_emulator.seed.problems import Notes, Place
from cognito_emulator.wire.model import IDP, Service, Shape, service_model

# The form of every AWS region's name; verifiers such as aws-jwt-verify ask for it too.
_POOL_ID = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+")
_SUB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

POOL_ID = Shape("UserPoolIdType", "string", min=1, max=55)
CLIENT_ID = Shape("ClientIdType", "string", min=1, max=128, pattern=r"[\w+]+")
# The form in newer models of CreateUserPoolClient; older ones lack the member [model: CreateUserPoolClient].
CLIENT_SECRET = Shape("ClientSecretType", "string", min=24, max=64, pattern=r"[\w+]+", sensitive=True)
FLAG = Shape("BooleanType", "boolean")
TEXT = Shape("StringType", "string")
UUID = Shape("UUIDType", "string", min=36, max=36)

_MESSAGES = "a seed sends no messages"
_TRIGGERS = "a seed calls no triggers"
_ABOVE = "leave it out; the block stands inside its pool"
# Members that would have no effect here: refused, not ignored.
_REFUSED = {
    "UserPoolId": _ABOVE,
    "MessageAction": _MESSAGES,
    "DesiredDeliveryMediums": _MESSAGES,
    "ClientMetadata": _TRIGGERS,
    "ValidationData": _TRIGGERS,
}


class Form(Struct, frozen=True):
    """The keys of a block: those of the operation's model, and the emulator's own.

    `keys` are all that are known, with those that are refused in a sentence of their own.
    """

    operation: str
    shapes: dict[str, Shape]
    required: frozenset[str]
    keys: frozenset[str]
    own: tuple[str, ...]


@lru_cache(maxsize=32)
def form(
    operation: str, own: tuple[str, ...] = (), given: tuple[str, ...] = ("UserPoolId",), service: Service = IDP
) -> Form:
    """Return the form of the block of `operation`.

    `given` are the members known from the blocks around it.
    """
    model = service_model(service).operation(operation)
    shapes: dict[str, Shape] = dict(model.input.members) if model else {}
    required = model.input.required if model else frozenset()
    for name in (*own, *given, *_REFUSED):
        shapes.pop(name, None)
    return Form(operation, shapes, required - set(given), frozenset((*shapes, *own, *_REFUSED)), own)


def read_block(notes: Notes, field: Field, shape: Form) -> tuple[dict[str, Field], dict[str, Any]] | None:
    """Return the entries of a block and the typed members of its operation.

    Returns None if it is not a mapping, or if the installed botocore lacks the operation.
    """
    if not shape.shapes:
        what = f"{shape.operation} is not in the service model of the installed botocore; install a newer one"
        notes.add(field.place, what)
        return None
    found = fields(notes, field, shape.keys)
    if found is None:
        return None
    for name in sorted(_REFUSED.keys() & found.keys()):
        notes.add(found.pop(name).place, _REFUSED[name])
    require(notes, field.place, found, shape.required)
    return found, members(notes, found, shape.shapes)


class Unique:
    """The values that must be unique; a repeated one is noted."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: dict[str, Place] = {}

    def add(self, notes: Notes, place: Place, value: str | None) -> None:
        if value is None:
            return
        first = self._seen.setdefault(value, place)
        if first is not place:
            notes.add(place, f"the {self._what} is used already, at {first}")


def pool_id_problem(value: str) -> str | None:
    if _POOL_ID.fullmatch(value):
        return None
    return "a pool id is a region, _ and letters or digits, such as us-east-1_localpool"


def sub_problem(value: str) -> str | None:
    return None if _SUB.fullmatch(value) else "a sub is a UUID in lower case"


def totp_problem(value: str) -> str | None:
    problem = totp.secret_problem(value)
    return problem and f"a TOTP secret {problem}"
