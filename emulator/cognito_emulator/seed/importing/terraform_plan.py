"""The resources of Terraform's and OpenTofu's JSON: a plan, a state, its own file.

The last is the state's own file.

[docs: Terraform json-format]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from cognito_emulator.seed.importing.values import entries, entry, keys, list_of, mapping_of, mappings_of, plain, text
from cognito_emulator.seed.nodes import Node
from cognito_emulator.seed.nodes import Sequence as Items
from cognito_emulator.seed.problems import Place

_INDEX = re.compile(r"\[[^\]]*\]$")


class TerraformResource(Struct, frozen=True):
    """One managed resource.

    `references` are the addresses that an argument is made of, where its value is not known yet.
    """

    address: str
    module: str
    type: str
    name: str
    place: Place
    values: dict[str, Any]
    references: Mapping[str, Sequence[str]]


def is_terraform(root: Node) -> bool:
    """Return whether this is the JSON of a plan, of a state, or a state's file."""
    found = keys(root)
    if {"values", "planned_values"} & found and ("terraform_version" in found or "format_version" in found):
        return True
    return "terraform_version" in found and isinstance(entry(root, "resources"), Items)


def resources_of(name: str, root: Node) -> list[TerraformResource]:
    """List the managed resources; data sources are none."""
    if isinstance(entry(root, "resources"), Items):
        return list(_of_state_file(name, root))
    base = "planned_values" if entry(root, "planned_values") is not None else "values"
    expressions = dict(_expressions(entry(root, "configuration", "root_module"), ""))
    return list(_of_module(name, entry(root, base, "root_module"), "", base, expressions))


def region_of(root: Node) -> str | None:
    """Return the Region that the configuration of the provider names by a constant."""
    for _, _, provider in entries(entry(root, "configuration", "provider_config")):
        if text(entry(provider, "name")) == "aws":
            found = text(entry(provider, "expressions", "region", "constant_value"))
            if found:
                return found
    return None


def pruned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without what is unset, at every depth.

    A state writes null, "" or an empty list for that.
    """
    made: dict[str, Any] = _pruned(values)
    return made


def _pruned(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _pruned(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None and item not in ("", [])}
    return [_pruned(item) for item in value] if isinstance(value, list) else value


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()


def _of_module(
    name: str, module: Node | None, address: str, path: str, expressions: Mapping[str, Mapping[str, Sequence[str]]]
) -> Iterator[TerraformResource]:
    for number, node in enumerate(_items(entry(module, "resources"))):
        about = plain(node)
        if not isinstance(about, dict) or about.get("mode", "managed") != "managed":
            continue
        at = str(about.get("address", ""))
        values = about.get("values")
        yield TerraformResource(
            at,
            address,
            str(about.get("type", "")),
            _own_name(about),
            Place(name, getattr(node, "line", 0), f"{path}.{at}" if at else f"{path}.resources[{number}]"),
            pruned(mapping_of(values)),
            expressions.get(_INDEX.sub("", at), {}),
        )
    for child in _items(entry(module, "child_modules")):
        yield from _of_module(name, child, text(entry(child, "address")), path, expressions)


def _own_name(about: Mapping[str, Any]) -> str:
    """Return the resource's name with its index and module, so that each has another."""
    address, kind = str(about.get("address", "")), str(about.get("type", ""))
    return address.replace(f"{kind}.", "").replace("module.", "") or str(about.get("name", ""))


def _of_state_file(name: str, root: Node) -> Iterator[TerraformResource]:
    for node in _items(entry(root, "resources")):
        about = mapping_of(plain(node))
        if about.get("mode", "managed") != "managed":
            continue
        kind, module = str(about.get("type", "")), str(about.get("module", ""))
        for instance in mappings_of(about.get("instances")):
            index = instance.get("index_key")
            own = f"{about.get('name', '')}{'' if index is None else f'[{index}]'}"
            address = ".".join(part for part in (module, kind, own) if part)
            place = Place(name, getattr(node, "line", 0), address)
            own_name = ".".join(part for part in (module.replace("module.", ""), own) if part)
            yield TerraformResource(
                address, module, kind, own_name, place, pruned(mapping_of(instance.get("attributes"))), {}
            )


def _expressions(module: Node | None, prefix: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield what arguments refer to, by the address of their resource."""
    for node in _items(entry(module, "resources")):
        made: dict[str, list[str]] = {}
        for argument, _, expression in entries(entry(node, "expressions")):
            for path, references in _references(argument, plain(expression)):
                made[path] = [f"{prefix}{reference}" for reference in references]
        yield f"{prefix}{text(entry(node, 'address'))}", made
    for name, _, call in entries(entry(module, "module_calls")):
        yield from _expressions(entry(call, "module"), f"{prefix}module.{name}.")


def _references(path: str, expression: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the references of an argument, and those of a nested block.

    A nested one is as `block[0].argument`.
    """
    if isinstance(expression, list):
        for number, block in enumerate(expression):
            for argument, inside in block.items() if isinstance(block, dict) else ():
                yield from _references(f"{path}[{number}].{argument}", inside)
    elif isinstance(expression, dict) and isinstance(expression.get("references"), list):
        yield path, list_of(expression["references"])
