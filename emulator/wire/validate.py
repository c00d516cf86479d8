"""Turns a JSON value into validated input: first types (SerializationException), then constraints.

The wording is Amazon's: `2 validation errors detected: Value … at '…' failed to satisfy constraint: …; …`.
Values of sensitive shapes are left out. Lists of scalars and maps report their elements' constraints as one
finding, structures inside lists by a path like `schema.1.member.name`.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import regex

from emulator.domain.errors import ApiError, InvalidParameter
from emulator.wire.model import OWN_FORMS, Shape

SCALARS = frozenset({"string", "integer", "long", "boolean", "timestamp", "blob", "double", "float"})
_INTEGER_BOUNDS = {"integer": 2**31, "long": 2**63}
_LARGEST = sys.float_info.max
# The service's patterns are Java's: `\s` is ASCII, and `.` stops at each of these.
_BLANKS = " \t\n\x0b\f\r"
_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")

# The model documents passwords as [\S]+; the service itself reports this one (inner blanks are fine).
PASSWORD_PATTERN = r"^[\S]+.*[\S]+$"


# What may be left blank although it has a pattern: it is as if it were left out [docs: how-to-create-user-accounts].
_BLANKABLE = frozenset({("AdminCreateUserRequest", "TemporaryPassword")})


class SerializationError(ApiError):
    """The JSON does not fit the model's types. Its body spells `Message` with a capital M (recorded)."""

    code = "SerializationException"


class ValidationError(ApiError):
    """What cognito-identity calls violated constraints, and does not model (recorded)."""

    code = "ValidationException"


def read(shape: Shape, value: Any, refusal: type[ApiError] = InvalidParameter) -> dict[str, Any]:
    """The input structure `value` with types checked and constraints satisfied.

    Members that are null or unknown to the model are left out, as AWS does.

    Raises:
        SerializationError: a JSON type does not fit.
        ApiError: constraints of the model are violated: a `refusal` with all findings in one text.
    """
    cleaned: dict[str, Any] = convert(shape, value)
    found = findings(shape, cleaned, "")
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
        raise refusal(count + "; ".join(found))
    return cleaned


# --- types ---------------------------------------------------------------------------------------------


def convert(shape: Shape, value: Any) -> Any:
    """`value` as the Python value of `shape`; raises SerializationError when its JSON type does not fit."""
    if shape.document:
        return value
    if shape.type == "structure":
        members = shape.members
        pairs = _object(value).items()
        return {name: convert(members[name], item) for name, item in pairs if item is not None and name in members}
    if shape.type == "map":
        element = _of(shape.element)
        return {name: convert(element, item) for name, item in _object(value).items() if item is not None}
    if shape.type == "list":
        element = _of(shape.element)
        return [convert(element, item) for item in _array(value) if item is not None]
    return _scalar(shape, value)


def _of(shape: Shape | None) -> Shape:
    if shape is None:  # pragma: no cover - a list or map without an element is no valid model
        raise TypeError("a list or map without an element shape")
    return shape


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        raise SerializationError("Start of list found where not expected")
    raise SerializationError("Expected map or null")


def _array(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        raise SerializationError("Start of structure or map found where not expected.")
    raise SerializationError("Unexpected field type")


def _scalar(shape: Shape, value: Any) -> Any:
    if isinstance(value, dict):
        raise SerializationError("Start of structure or map found where not expected.")
    if isinstance(value, list):
        raise SerializationError("Start of list found where not expected")
    return _SCALAR[shape.type](shape, value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"


def _string(_: Shape, value: Any) -> str:
    if not isinstance(value, str):
        raise SerializationError(f"{_kind(value)} can not be converted to a String")
    return value


def _boolean(_: Shape, value: Any) -> bool:
    # A string is accepted for a boolean (measured: UseCognitoProvidedValues "yes" answers 200); read as
    # Java's Boolean.valueOf does, so that only "true" is true.
    if isinstance(value, str):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise SerializationError(f"{_kind(value)} can not be converted to a Boolean")
    return value


def _integer(shape: Shape, value: Any) -> int:
    """A fraction is cut off, as the service's TruncatingBigNumber (the name stands in its errors) does."""
    kind = "a Long" if shape.type == "long" else "an Integer"
    bound = _INTEGER_BOUNDS[shape.type]
    # The comparison comes first: it holds for no infinity, and int() refuses those.
    if isinstance(value, (bool, str)) or not -bound <= value < bound:
        raise SerializationError(f"{_kind(value)} can not be converted to {kind}")
    return int(value)


def _number(shape: Shape, value: Any) -> float:
    # An int may be too large to be a float at all.
    if isinstance(value, (bool, str)) or not -_LARGEST <= value <= _LARGEST:
        raise SerializationError(f"{_kind(value)} can not be converted to a {shape.type.title()}")
    return float(value)


def _blob(shape: Shape, value: Any) -> bytes:
    try:
        return base64.b64decode(_string(shape, value), validate=True)
    except ValueError:  # also what is not ASCII
        raise SerializationError("Invalid base64 value") from None


_SCALAR: dict[str, Callable[[Shape, Any], Any]] = {
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "timestamp": _number,
    "double": _number,
    "float": _number,
    "blob": _blob,
}


# --- constraints ---------------------------------------------------------------------------------------


def findings(shape: Shape, value: Any, path: str) -> list[str]:
    """What the model refuses in `value`, each as Amazon words it; empty when all is well."""
    if shape.document:
        return []
    if shape.type == "structure":
        return _structure_findings(shape, value, path)
    found = [_finding(shape, value, path, text) for text in violations(shape, value)]
    if shape.type == "list":
        element = _of(shape.element)
        if element.type in SCALARS:
            if any(violations(element, item) for item in value):
                found.append(_finding(shape, value, path, f"Member must satisfy constraint: {_all_of(element)}"))
        else:
            for number, item in enumerate(value, 1):
                found += findings(element, item, f"{path}.{number}.member")
    elif shape.type == "map":
        found += _map_findings(shape, value, path)
    return found


def _structure_findings(shape: Shape, value: dict[str, Any], path: str) -> list[str]:
    found: list[str] = []
    for name, member in shape.members.items():
        if value.get(name) == "" and (shape.name, name) in _BLANKABLE:
            continue
        if name in value:
            found += findings(member, value[name], _join(path, name))
        elif name in shape.required:
            shown = "Value" if member.sensitive else "Value null"
            where = _join(path, name)
            found.append(f"{shown} at '{where}' failed to satisfy constraint: Member must not be null")
    return found


def _map_findings(shape: Shape, value: dict[str, Any], path: str) -> list[str]:
    key, element = _of(shape.key), _of(shape.element)
    found = []
    if any(violations(key, name) for name in value):
        found.append(_finding(shape, value, path, f"Map keys must satisfy constraint: {_all_of(key)}"))
    if element.type not in SCALARS:
        for name, item in value.items():
            found += findings(element, item, f"{path}.{name}.member")
    elif any(violations(element, item) for item in value.values()):
        found.append(_finding(shape, value, path, f"Map value must satisfy constraint: {_all_of(element)}"))
    return found


def _finding(shape: Shape, value: Any, path: str, text: str) -> str:
    # Elements may be sensitive though their list is not.
    hidden = shape.sensitive or (shape.element is not None and shape.element.sensitive)
    shown = "Value" if hidden else f"Value '{_java(value)}'"
    return f"{shown} at '{path}' failed to satisfy constraint: {text}"


def _java(value: Any) -> str:
    """A value as the service prints it: `[a, b]`, `{k=v}`, `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_java(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_java(item)}" for name, item in value.items()) + "}"
    return str(value)


def _join(path: str, member: str) -> str:
    name = member[0].lower() + member[1:]
    return f"{path}.{name}" if path else name


def violations(shape: Shape, value: Any) -> list[str]:
    """The constraints that one converted value breaks (`Member must …`); its members and elements are not looked at."""
    if shape.type in ("integer", "long"):
        below = shape.min is not None and value < shape.min
        above = shape.max is not None and value > shape.max
    elif shape.type in ("string", "list", "map", "blob"):
        below = shape.min is not None and len(value) < shape.min
        above = shape.max is not None and len(value) > shape.max
    else:
        return []
    texts = _bounds(shape, above, below)
    if shape.pattern is not None and not _pattern_holds(shape, value):
        texts.append(_pattern_text(shape))
    if shape.enum and value not in shape.enum:
        texts.append(_enum_text(shape))
    return texts


def _bounds(shape: Shape, above: bool, below: bool) -> list[str]:
    what = "value" if shape.type in ("integer", "long") else "length"
    texts = []
    if above:
        texts.append(f"Member must have {what} less than or equal to {shape.max}")
    if below:
        texts.append(f"Member must have {what} greater than or equal to {shape.min}")
    return texts


def _all_of(shape: Shape) -> str:
    texts = _bounds(shape, shape.max is not None, shape.min is not None)
    if shape.pattern is not None:
        texts.append(_pattern_text(shape))
    if shape.enum:
        texts.append(_enum_text(shape))
    return f"[{', '.join(texts)}]"


def _enum_text(shape: Shape) -> str:
    return f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"


def _pattern_text(shape: Shape) -> str:
    pattern = PASSWORD_PATTERN if shape.name == "PasswordType" else shape.pattern
    return f"Member must satisfy regular expression pattern: {pattern}"


def _pattern_holds(shape: Shape, value: str) -> bool:
    if shape.name == "PasswordType":
        return _is_password(value)
    own = OWN_FORMS.get(shape.name)
    return matcher(shape.pattern or "")(value) or (own is not None and matcher(own)(value))


def _is_password(value: str) -> bool:
    outer = value[:1], value[-1:]
    return len(value) >= 2 and not any(c in _BLANKS for c in outer) and _LINE_ENDS.isdisjoint(value)


_TEXT = regex.compile(rf"[\p{{L}}\p{{M}}\p{{S}}\p{{N}}\p{{P}}{_BLANKS}]*")


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test of a whole value against a pattern of the model.

    Message templates (`text {####} text`, `text {##link##} text`) are tested by linear code: the engine needs
    two seconds for 12,000 characters of them. `\\w` and `\\s` mean ASCII, as in Java; the flag that says so would
    take `\\p` classes along, so beside those `\\s` is spelled out (`\\w` never occurs there).
    """
    if pattern == r"(?s).*":
        return lambda _: True
    if pattern == r".*\{####\}.*":
        return lambda value: "{####}" in value and _LINE_ENDS.isdisjoint(value)
    if pattern.endswith(r"\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"):
        return lambda value: "{####}" in value and _TEXT.fullmatch(value) is not None
    if r"\{##" in pattern and r"##\}" in pattern:
        return _has_link
    flags = 0 if r"\p" in pattern else regex.ASCII
    compiled = regex.compile(pattern.replace(r"\s", _BLANKS) if r"\p" in pattern else pattern, flags)
    # The engine gives up on a value that would take it too long, and so the value is refused.
    return lambda value: _fits(compiled, value)


def _fits(compiled: regex.Pattern[str], value: str) -> bool:
    try:
        return compiled.fullmatch(value, timeout=0.25) is not None
    except TimeoutError:
        return False


def _has_link(value: str) -> bool:
    start = value.find("{##")
    return start >= 0 and value.find("##}", start + 3) >= 0 and _TEXT.fullmatch(value) is not None
