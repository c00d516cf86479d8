"""Handler files in a LambdaConfig.

Examples are `PreSignUp: handlers/pre_sign_up.py:handler` and `handlers/define.mjs#handler`. A path is relative to the
seed file. Each function gets an ARN, which the pool shows. Only the emulator's start seeds may name files: a seed
over HTTP could run any file of this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.seed.coercion import Field
from cognito_emulator.seed.nodes import Node, Scalar, Table
from cognito_emulator.seed.problems import Notes, Place

if TYPE_CHECKING:
    from cognito_emulator.ports.handler_process import Handler
    from cognito_emulator.ports.lambda_process import HandlerFunction
    from cognito_emulator.ports.triggers import Router
    from cognito_emulator.seed.model import Seed
    from cognito_emulator.world import World

CONFIG = "LambdaConfig"
_NO_FUNCTION = ("KMSKeyID", "LambdaVersion")
_REFERENCE = re.compile(r"(?P<path>.+\.(?:py|js|mjs|cjs))[:#](?P<function>[A-Za-z_$][\w$]*)")
_FILE = re.compile(r".+\.(?:py|js|mjs|cjs|ts)")
# The placeholder of a handler until the pool's account and Region are known.
_STAND_IN = "arn:aws:lambda:us-east-1:000000000000:function:"


class HandlerSeed(Struct, frozen=True):
    """A handler file that a seed names.

    `name` is its function's name if no other function has it.
    """

    file: Path
    function: str
    base: Path
    name: str


def take_handlers(notes: Notes, block: Field, base: Path | None) -> tuple[Field, dict[str, HandlerSeed]]:
    """Return a pool's block with ARNs for handler files, and the handlers by ARN.

    `base` is the folder that paths are relative to; None where no file may be named.
    """
    if not isinstance(block.node, Table):
        return block, {}
    found: dict[str, HandlerSeed] = {}
    entries = []
    for key, line, value in block.node.entries:
        taken = _taken(notes, block.place.key(key, line), value, base, found) if key == CONFIG else value
        entries.append((key, line, taken))
    return Field(block.place, replace(block.node, entries=tuple(entries))), found


def _taken(notes: Notes, place: Place, node: Node, base: Path | None, found: dict[str, HandlerSeed]) -> Node:
    if isinstance(node, Table):
        entries = [
            (key, line, value if key in _NO_FUNCTION else _taken(notes, place.key(key, line), value, base, found))
            for key, line, value in node.entries
        ]
        return replace(node, entries=tuple(entries))
    if not isinstance(node, Scalar) or node.null != "no" or not _FILE.match(node.text) or node.text.startswith("arn:"):
        return node
    handler = _handler(notes, place, node.text, base)
    arn = _STAND_IN + (handler.name if handler else "refused")
    if handler:
        while found.setdefault(arn, handler) != handler:
            arn += "_"
    return replace(node, text=arn)


def _handler(notes: Notes, place: Place, text: str, base: Path | None) -> HandlerSeed | None:
    if base is None:
        notes.add(place, "handler files are taken only from seeds that the emulator is started with; name an ARN")
        return None
    reference = _REFERENCE.fullmatch(text)
    if reference is None:
        notes.add(place, "a handler is a .py, .js, .mjs or .cjs file and its function, such as sign_up.py:handler")
        return None
    file = (base / reference["path"]).resolve()
    if not file.is_file():
        notes.add(place, f"there is no file {file}")
        return None
    words = f"{reference['path'].rpartition('.')[0]}-{reference['function']}"
    name = re.sub(r"[^A-Za-z0-9_]+", "-", words).strip("-")[-64:]
    return HandlerSeed(file, reference["function"], base.resolve(), name)


class Binder:
    """Gives handlers their ARNs, and binds them to functions.

    They are bound when everything else has succeeded.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._new: dict[str, HandlerFunction] = {}

    def members(
        self, members: Mapping[str, Any], handlers: Mapping[str, HandlerSeed], region: str, account: str
    ) -> Mapping[str, Any]:
        """Return the members of CreateUserPool with the handlers' own ARNs."""
        if not handlers:
            return members
        arns = {stand_in: self._arn(handler, region, account) for stand_in, handler in handlers.items()}
        return {**members, CONFIG: _with(members[CONFIG], arns)}

    def bind(self) -> None:
        for arn, function in self._new.items():
            self._world.triggers.bind(arn, function)

    def _arn(self, handler: HandlerSeed, region: str, account: str) -> str:
        """Return the first ARN that is free, or is this handler's already."""
        # With the first handler: they bring processes along.
        from cognito_emulator.ports.handler_process import Handler
        from cognito_emulator.ports.lambda_process import HandlerFunction

        wanted = Handler(handler.file, handler.function, handler.base)
        for name in _names(handler.name):
            arn = f"arn:aws:lambda:{region}:{account}:function:{name}"
            there = self._new.get(arn) or self._world.triggers.bound(arn)
            if isinstance(there, HandlerFunction) and there.handler == wanted:
                return arn
            if there is None:
                break
        self._new[arn] = _function(self._world, arn, wanted)
        return arn


def bind_again(world: World, seed: Seed) -> None:
    """Bind the handlers of a seed again, under the same ARNs.

    What else it holds is there already.
    """
    settings, binder = world.settings, Binder(world)
    for pool in seed.pools:
        binder.members(pool.block.members, pool.handlers, pool.region or settings.region, settings.account)
    binder.bind()


def copy_bindings(functions: Router, world: World) -> None:
    """Bind the functions of another world's triggers in `world` too.

    A handler file gets processes of its own, whose AWS calls go to `world`. A Python function is shared.
    """
    there = functions.bindings()
    if not there:
        return
    from cognito_emulator.ports.lambda_process import HandlerFunction

    for arn, function in there.items():
        if world.triggers.bound(arn) is None:  # else the settings name it
            own = _function(world, arn, function.handler) if isinstance(function, HandlerFunction) else function
            world.triggers.bind(arn, own)


def _function(world: World, arn: str, handler: Handler) -> HandlerFunction:
    from cognito_emulator.ports.lambda_environment import environment
    from cognito_emulator.ports.lambda_process import HandlerFunction

    region, name, folder = arn.split(":")[3], arn.rpartition(":")[2], str(handler.file.parent)
    return HandlerFunction(handler, lambda: environment(name, region, folder, world.own_url))


def _names(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name[-60:]}-{number}"
        number += 1


def _with(config: Any, arns: Mapping[str, str]) -> Any:
    if isinstance(config, Mapping):
        return {key: _with(value, arns) for key, value in config.items()}
    return arns.get(config, config)
