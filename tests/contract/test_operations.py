"""The handlers against the service model: each member is honoured, without effect by its documentation, or 501."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from emulator import operations
from emulator.wire import registry
from emulator.wire.model import OPTIONALLY_SIGNED, SERVICES, OperationModel, Service, Shape, service_model, snake
from emulator.wire.registry import IGNORABLE, Operation
from tests.newest import needs_newest

operations.load()
# Of a module of its own, so that tests of the table cannot add to it.
ENTRIES = sorted(
    (entry for entry in registry.written().values() if entry.module.startswith("emulator.")),
    key=lambda entry: (entry.service, entry.name),
)
pytestmark = needs_newest  # the handlers follow its model


def model_of(entry: Operation) -> OperationModel:
    found = service_model(entry.service).operation(entry.name)
    assert found is not None, f"{entry.name} is in no model"
    return found


def top(entry: Operation) -> set[str]:
    """Members not honoured at all yet."""
    return {path for path in entry.later if "." not in path and "=" not in path}


def structures(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    """The members of structures under an honoured member, by dotted path."""
    if shape.document or shape.name == "AttributeType":
        return
    if shape.type in ("list", "map") and shape.element is not None:
        yield from structures(shape.element, path)
    for name, member in shape.members.items():
        yield f"{path}.{name}", member


def find(shape: Shape, path: str) -> Shape | None:
    """The shape at a dotted path."""
    for name in path.split("."):
        while shape.type in ("list", "map") and shape.element is not None:
            shape = shape.element
        if name not in shape.members:
            return None
        shape = shape.members[name]
    return shape


by_name = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.service}:{entry.name}")


def test_there_are_operations() -> None:
    assert len(ENTRIES) >= 60


@by_name
def test_every_member_has_one_place(entry: Operation) -> None:
    members = set(model_of(entry).input.members)
    honoured = {name for name in members if snake(name) in entry.honoured}
    places = [honoured, set(entry.ignores), top(entry)]
    assert set().union(*places) == members
    assert sum(map(len, places)) == len(members), "a member is in two places"
    assert {snake(name) for name in honoured} == entry.honoured, "the handler takes what no model has"


@by_name
def test_nothing_else_is_left_without_effect(entry: Operation) -> None:
    assert entry.ignores <= IGNORABLE


@by_name
def test_every_member_of_a_structure_has_one_place(entry: Operation) -> None:
    shape = model_of(entry).input
    todo = [
        pair
        for name in shape.members
        if snake(name) in entry.honoured
        for pair in structures(shape.members[name], name)
    ]
    while todo:
        path, member = todo.pop()
        assert (path in entry.nested) != (path in entry.later), path
        if path in entry.nested:
            todo += structures(member, path)


@by_name
def test_paths_lead_somewhere(entry: Operation) -> None:
    shape = model_of(entry).input
    for path in (*entry.nested, *entry.later, *entry.ignores, *entry.stored):
        name, _, value = path.partition("=")
        found = find(shape, name)
        assert found is not None, path
        if value:
            assert value in ((found.element or found).enum or (value,)), path
    for path in entry.nested:
        assert snake(path.split(".")[0]) in entry.honoured, path


@by_name
def test_what_is_stored_is_honoured(entry: Operation) -> None:
    for path in entry.stored:
        name = path.partition("=")[0]
        assert path not in entry.later
        assert name in entry.nested or ("." not in name and snake(name) in entry.honoured), path


@by_name
def test_required_members_are_honoured_and_the_others_have_defaults(entry: Operation) -> None:
    shape = model_of(entry).input
    assert not shape.required & (top(entry) | entry.ignores)
    parameters = inspect.signature(entry.handler).parameters
    for name in shape.members:
        if snake(name) in entry.honoured:
            has_default = parameters[snake(name)].default is not inspect.Parameter.empty
            assert has_default != (name in shape.required), name


@by_name
def test_the_handler_is_named_after_its_operation(entry: Operation) -> None:
    assert entry.handler.__name__ == snake(entry.name)
    assert entry.module.startswith("emulator.operations."), entry.module
    assert inspect.iscoroutinefunction(entry.handler)


@by_name
def test_the_handler_takes_the_world_and_keywords(entry: Operation) -> None:
    first, *others = inspect.signature(entry.handler).parameters.values()
    assert first.name == "world"
    assert {parameter.kind for parameter in others} <= {inspect.Parameter.KEYWORD_ONLY}


@by_name
def test_a_signed_operation_knows_its_caller(entry: Operation) -> None:
    """Its pools are those of the caller's account and region."""
    assert entry.takes_caller or not model_of(entry).signed or entry.name in OPTIONALLY_SIGNED


@pytest.mark.parametrize("service", SERVICES)
def test_every_written_operation_is_in_the_model(service: Service) -> None:
    names = {entry.name for entry in ENTRIES if entry.service == service}
    assert names <= set(service_model(service).names)
