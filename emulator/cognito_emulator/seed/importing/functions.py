"""CloudFormation's functions, without AWS: Ref, Fn::GetAtt, Fn::Sub and others.

[docs: AWS CloudFormation intrinsic-function-reference]
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cognito_emulator.seed.importing.values import typed

NO_VALUE = object()
MAX_TEXT = 200_000  # characters that one function may make
MAX_ITEMS = 10_000
_VARIABLE = re.compile(r"\$\{(!?)([^{}$]*)\}")
_SSM = "AWS::SSM::Parameter::"
# Short tags of YAML, by the key that each stands for.
SHORT_TAGS: Mapping[str, str] = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{
        f"!{name}": f"Fn::{name}"
        for name in (
            "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length",
            "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform",
        )
    },
}  # fmt: skip


class Unresolved(Exception):
    """A function has no value here; the text says why and what helps."""


class Resources(Protocol):
    """What the resources of a stack are known by."""

    def ref(self, name: str) -> str | None:
        """Return what Ref answers for a resource; None if there is no such resource."""

    def attribute(self, name: str, attribute: str) -> str | None:
        """Return what Fn::GetAtt answers; None if there is no such resource."""


class Evaluator:
    """Evaluates the values of one template.

    `given` are parameters by name, pseudo parameters and exports among them. `used` are the exports it looked for.
    """

    def __init__(
        self, template: Mapping[str, Any], resources: Resources, given: Mapping[str, str], pseudo: Mapping[str, Any]
    ) -> None:
        self._parameters = _section(template, "Parameters")
        self._mappings = _section(template, "Mappings")
        self._conditions = _section(template, "Conditions")
        self._resources = resources
        self._given = given
        self._pseudo = pseudo
        self.used: set[str] = set()
        self._decided: dict[str, bool] = {}
        self._deciding: set[str] = set()
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": self._import_value,
            "Fn::Base64": lambda value: base64.b64encode(self._text(value).encode()).decode(),
            "Fn::ToJsonString": lambda value: json.dumps(typed(self.value(value))),
            "Fn::Length": lambda value: str(len(self._list(value))),
        }

    def value(self, value: Any) -> Any:
        """Return a value with its functions evaluated; `NO_VALUE` where it is taken out.

        Raises:
            Unresolved
        """
        if isinstance(value, list):
            return [item for item in map(self.value, value) if item is not NO_VALUE]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, inside),) = value.items()
            function = self._functions.get(name)
            if function is not None:
                return function(inside)
            if name.startswith("Fn::"):
                raise Unresolved(f"{name} is not evaluated; write its value in the template")
        made = {name: self.value(item) for name, item in value.items()}
        return {name: item for name, item in made.items() if item is not NO_VALUE}

    def is_true(self, name: Any) -> bool:
        """Return whether a condition holds.

        Raises:
            Unresolved
        """
        if not isinstance(name, str) or name not in self._conditions:
            raise Unresolved(f"there is no condition {str(name)[:64]!r}")
        if name not in self._decided:
            if name in self._deciding:
                raise Unresolved(f"the condition {name} depends on itself")
            self._deciding.add(name)
            self._decided[name] = self._decide(self._conditions[name])
            self._deciding.discard(name)
        return self._decided[name]

    def _decide(self, rule: Any) -> bool:
        if isinstance(rule, Mapping) and len(rule) == 1:
            ((name, inside),) = rule.items()
            if name == "Condition":
                return self.is_true(inside)
            if name == "Fn::Equals" and isinstance(inside, list) and len(inside) == 2:
                first, second = (str(self.value(item)) for item in inside)
                return first == second
            if name in ("Fn::And", "Fn::Or") and isinstance(inside, list):
                decided = [self._decide(item) for item in inside]
                return all(decided) if name == "Fn::And" else any(decided)
            if name == "Fn::Not" and isinstance(inside, list) and len(inside) == 1:
                return not self._decide(inside[0])
        raise Unresolved("a condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition")

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise Unresolved("Ref names a parameter or resource by a text")
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._pseudo:
            return self._given.get(name, self._pseudo[name])
        if name in self._parameters:
            return self._parameter(name)
        found = self._resources.ref(name)
        if found is None:
            raise Unresolved(f"Ref names {name!r}, which is no parameter and no resource")
        return found

    def _parameter(self, name: str) -> Any:
        about = self._parameters[name] if isinstance(self._parameters[name], Mapping) else {}
        kind, value = str(about.get("Type", "String")), self._given.get(name)
        if value is None:
            if kind.startswith(_SSM):
                raise Unresolved(f"the parameter {name} is read from SSM; give it by --parameter {name}=VALUE")
            value = about.get("Default")
        if value is None:
            raise Unresolved(f"the parameter {name} has no default; give it by --parameter {name}=VALUE")
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [item.strip() for item in str(value).split(",")]
        return value

    def _get_att(self, value: Any) -> str:
        parts = value.split(".", 1) if isinstance(value, str) else [self.value(item) for item in value or ()]
        if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
            raise Unresolved("Fn::GetAtt names a resource and one of its attributes")
        found = self._resources.attribute(parts[0], parts[1])
        if found is None:
            raise Unresolved(f"Fn::GetAtt names {parts[0]!r}, which is no resource")
        return found

    def _sub(self, value: Any) -> str:
        text, variables = (value, {}) if isinstance(value, str) else self._two(value, "Fn::Sub")
        if not isinstance(text, str) or not isinstance(variables, Mapping):
            raise Unresolved("Fn::Sub has a text, or a list of a text and a mapping")
        if len(text) > MAX_TEXT:
            raise Unresolved(f"Fn::Sub has more than {MAX_TEXT} characters")
        known = {name: self._text(item) for name, item in variables.items()}

        def replaced(found: re.Match[str]) -> str:
            name = found[2].strip()
            if found[1]:
                return f"${{{name}}}"
            if name in known:
                return known[name]
            return self._as_text(self._get_att(name) if "." in name else self._ref(name), f"${{{name}}}")

        length = len(text)
        pieces, at = [], 0
        for found in _VARIABLE.finditer(text):
            pieces += [text[at : found.start()], replaced(found)]
            length += len(pieces[-1])
            if length > MAX_TEXT:
                raise Unresolved(f"Fn::Sub makes more than {MAX_TEXT} characters")
            at = found.end()
        return "".join([*pieces, text[at:]])

    def _join(self, value: Any) -> str:
        delimiter, items = self._two(value, "Fn::Join")
        texts = [self._as_text(item, "Fn::Join") for item in self._list(items)]
        if sum(map(len, texts)) + len(texts) * len(str(delimiter)) > MAX_TEXT:
            raise Unresolved(f"Fn::Join makes more than {MAX_TEXT} characters")
        return str(delimiter).join(texts)

    def _if(self, value: Any) -> Any:
        if not isinstance(value, list) or len(value) != 3:
            raise Unresolved("Fn::If has a condition and two values")
        return self.value(value[1] if self.is_true(value[0]) else value[2])

    def _select(self, value: Any) -> Any:
        number, items = self._two(value, "Fn::Select")
        listed, index = self._list(items), self._text(number)
        if not index.isascii() or not index.isdigit() or int(index[:6]) >= len(listed):
            raise Unresolved(f"there is no item {index[:20]} of {len(listed)} for Fn::Select, which counts from 0")
        return listed[int(index)]

    def _split(self, value: Any) -> list[str]:
        delimiter, source = self._two(value, "Fn::Split")
        if not isinstance(delimiter, str) or not delimiter:
            raise Unresolved("Fn::Split has a delimiter and a text")
        return self._text(source).split(delimiter)

    def _find_in_map(self, value: Any) -> Any:
        names = [self.value(item) for item in value[:3]] if isinstance(value, list) and len(value) >= 3 else []
        found: Any = self._mappings
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) and isinstance(name, str) else None
        if not names or found is None:
            raise Unresolved(f"Fn::FindInMap finds nothing at {'.'.join(map(str, names))[:100] or 'its names'}")
        return found

    def _import_value(self, value: Any) -> str:
        name = self._text(value)
        self.used.add(name)
        if name not in self._given:
            raise Unresolved(f"Fn::ImportValue takes {name!r} from another stack; give it by --parameter {name}=VALUE")
        return self._given[name]

    def _two(self, value: Any, function: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise Unresolved(f"{function} has a list of two values")
        return value[0], value[1]

    def _list(self, value: Any) -> list[Any]:
        found = self.value(value)
        if not isinstance(found, list):
            raise Unresolved("a list is expected")
        if len(found) > MAX_ITEMS:
            raise Unresolved(f"a list has more than {MAX_ITEMS} items")
        return found

    def _text(self, value: Any) -> str:
        return self._as_text(self.value(value), "the value")

    def _as_text(self, value: Any, what: str) -> str:
        if not isinstance(value, str):
            raise Unresolved(f"{what} is no text")
        return value


def _section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = template.get(name)
    return found if isinstance(found, Mapping) else {}
