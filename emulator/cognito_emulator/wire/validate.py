"""The validation of a JSON value: first its types, then its constraints.

A wrong type is a SerializationException. The text is Amazon's: `2 validation errors detected: Value … at '…' failed
to satisfy constraint: …; …`. Values of sensitive shapes are left out. Lists of scalars and maps report their
elements' constraints as one finding, structures inside lists by a path like `schema.1.member.name`.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from typing import Any

from cognito_emulator.domain.errors import ApiError, InvalidParameter
from cognito_emulator.wire.model import OWN_FORMS, Shape
from cognito_emulator.wire.patterns import PASSWORD_PATTERN, is_password, matcher

SCALARS = frozenset({"string", "integer", "long", "boolean", "timestamp", "blob", "double", "float"})
INTEGER_BOUNDS = {"integer": 2**31, "long": 2**63}
_LARGEST = sys.float_info.max
MOST_FINDINGS = 100
MOST_SHOWN = 1_000_000  # characters of all values that one answer quotes
_LONGEST_MATCHED = 10_000  # characters of a value that is too long anyway


# Members that may be blank in spite of a pattern; then they count as absent [docs: how-to-create-user-accounts].
_BLANKABLE = frozenset({("AdminCreateUserRequest", "TemporaryPassword")})


class SerializationError(ApiError):
    """The JSON does not fit the model's types.

    Its body spells `Message` with a capital M [observed: aws-amplify/amplify-js#4738].
    """

    code = "SerializationException"


class ValidationError(ApiError):
    """The error of cognito-identity for violated constraints.

    The model does not have it [observed: getmoto/moto#1979].
    """

    code = "ValidationException"


def read(shape: Shape, value: Any, refusal: type[ApiError] = InvalidParameter) -> dict[str, Any]:
    """Return the input structure `value`, with its types and constraints checked.

    Members that are null or unknown to the model are left out, as AWS does.

    Raises:
        SerializationError: a JSON type does not fit.
        ApiError: constraints of the model are violated: a `refusal` with all findings in one text.
    """
    cleaned: dict[str, Any] = convert(shape, value)
    found = _Findings()
    _look(found, shape, cleaned, "")
    if found.count:
        raise refusal(found.text).because(found.rule, value=found.first)
    return cleaned


# --- types ---------------------------------------------------------------------------------------------


def convert(shape: Shape, value: Any) -> Any:
    """Return `value` as the Python value of `shape`.

    Raises:
        SerializationError: its JSON type does not fit.
    """
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
    # A string is accepted for a boolean: UseCognitoProvidedValues "yes" answers 200 [assumed]; read as
    # Java's Boolean.valueOf does, so that only "true" is true.
    if isinstance(value, str):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise SerializationError(f"{_kind(value)} can not be converted to a Boolean")
    return value


def _integer(shape: Shape, value: Any) -> int:
    """Return an integer, with a fraction cut off.

    So does the service's TruncatingBigNumber, whose name is in its errors.
    """
    kind = "a Long" if shape.type == "long" else "an Integer"
    bound = INTEGER_BOUNDS[shape.type]
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


class _Findings:
    """The findings in one input.

    All are counted, and the first ones are shown; the text for the others is [own wording].
    """

    def __init__(self) -> None:
        self.count = 0
        self.texts: list[str] = []
        self.rule = self.first = ""
        self._room = MOST_SHOWN

    def add(self, shape: Shape, value: Any, path: str, text: str) -> None:
        self.count += 1
        if self.count > MOST_FINDINGS:
            return
        if self.count == 1:
            self.rule, self.first = _rule_of(text), path
        # Elements may be sensitive though their list is not.
        hidden = shape.sensitive or (value is not None and shape.element is not None and shape.element.sensitive)
        shown = "Value" if hidden else "Value null" if value is None else f"Value '{self._shown(value)}'"
        self.texts.append(f"{shown} at '{path}' failed to satisfy constraint: {text}")

    def _shown(self, value: Any) -> str:
        text = _java(value)
        cut = text if len(text) <= self._room else f"{text[: self._room]}…"
        self._room = max(0, self._room - len(text))
        return cut

    @property
    def text(self) -> str:
        """All findings in one sentence."""
        more = [f"and {self.count - MOST_FINDINGS} more"] if self.count > MOST_FINDINGS else []
        counted = f"{self.count} validation error{'s' if self.count > 1 else ''} detected: "
        return counted + "; ".join((*self.texts, *more))


_RULES = {
    "Member must not be null": "model.required",
    "Member must have length": "model.length",
    "Member must have value": "model.range",
    "Member must satisfy enum": "model.enum",
}


def _rule_of(text: str) -> str:
    """Return the rule of a constraint by its text; that of an element is in brackets."""
    first = text.rpartition("constraint: [")[2]
    return next((rule for words, rule in _RULES.items() if first.startswith(words)), "model.pattern")


def findings(shape: Shape, value: Any, path: str) -> list[str]:
    """Return the findings of the model in `value`, each with Amazon's text.

    Only the first of many are returned. The list is empty when the value is valid.
    """
    found = _Findings()
    _look(found, shape, value, path)
    return found.texts


def _look(found: _Findings, shape: Shape, value: Any, path: str) -> None:
    if shape.document:
        return
    if shape.type == "structure":
        _look_at_members(found, shape, value, path)
        return
    for text in violations(shape, value):
        found.add(shape, value, path, text)
    if shape.type == "list" and not _is_above(shape, len(value)):
        _look_at_items(found, shape, value, path)
    elif shape.type == "map" and not _is_above(shape, len(value)):
        _look_at_entries(found, shape, value, path)


def _look_at_members(found: _Findings, shape: Shape, value: dict[str, Any], path: str) -> None:
    for name, member in shape.members.items():
        if value.get(name) == "" and (shape.name, name) in _BLANKABLE:
            continue
        if name in value:
            _look(found, member, value[name], _join(path, name))
        elif name in shape.required:
            found.add(member, None, _join(path, name), "Member must not be null")


def _look_at_items(found: _Findings, shape: Shape, value: list[Any], path: str) -> None:
    element = _of(shape.element)
    if element.type not in SCALARS:
        for number, item in enumerate(value, 1):
            _look(found, element, item, f"{path}.{number}.member")
    elif any(violations(element, item) for item in value):
        found.add(shape, value, path, f"Member must satisfy constraint: {_all_of(element)}")


def _look_at_entries(found: _Findings, shape: Shape, value: dict[str, Any], path: str) -> None:
    key, element = _of(shape.key), _of(shape.element)
    if any(violations(key, name) for name in value):
        found.add(shape, value, path, f"Map keys must satisfy constraint: {_all_of(key)}")
    if element.type not in SCALARS:
        for name, item in value.items():
            _look(found, element, item, f"{path}.{name}.member")
    elif any(violations(element, item) for item in value.values()):
        found.add(shape, value, path, f"Map value must satisfy constraint: {_all_of(element)}")


def _java(value: Any) -> str:
    """Return a value as the service prints it: `[a, b]`, `{k=v}`, `true`."""
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
    """Return the constraints that one converted value breaks (`Member must …`).

    Its members and elements are not checked.
    """
    if shape.type in ("integer", "long"):
        size = value
    elif shape.type in ("string", "list", "map", "blob"):
        size = len(value)
    else:
        return []
    above = _is_above(shape, size)
    texts = _bounds(shape, above, below=shape.min is not None and size < shape.min)
    # A value that is far too long is not searched.
    if shape.pattern is not None and not (above and size > _LONGEST_MATCHED) and not _pattern_holds(shape, value):
        texts.append(_pattern_text(shape))
    if shape.enum and value not in shape.enum:
        texts.append(_enum_text(shape))
    return texts


def _is_above(shape: Shape, size: int) -> bool:
    return shape.max is not None and size > shape.max


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
        return is_password(value)
    own = OWN_FORMS.get(shape.name)
    return matcher(shape.pattern or "")(value) or (own is not None and matcher(own)(value))
