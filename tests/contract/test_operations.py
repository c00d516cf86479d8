"""The handlers against the service model: each member is honoured, without effect by its documentation, or 501."""

from __future__ import annotations

import inspect

import pytest

from cognito_emulator import operations
from cognito_emulator.wire import registry
from cognito_emulator.wire.known import ATTRIBUTE_MEMBERS
from cognito_emulator.wire.model import OPTIONALLY_SIGNED, SERVICES, Service, service_model, snake
from cognito_emulator.wire.registry import IGNORABLE, Operation
from tests.contract.written_for import Known, honoured, written_for

operations.load()
# Of a module of its own, so that tests of the table cannot add to it.
ENTRIES = sorted(
    (entry for entry in registry.written().values() if entry.module.startswith("cognito_emulator.")),
    key=lambda entry: (entry.service, entry.name),
)
# Whose entries are attributes: they are honoured as they are, so that handlers name them alone.
ATTRIBUTES = frozenset({"ClientMetadata", "UserAttributes", "ValidationData"})


def known(entry: Operation) -> Known:
    found = written_for().get((entry.service, entry.name))
    assert found is not None, f"{entry.name} is not among the operations that this version was written for"
    return found


def top(entry: Operation) -> set[str]:
    """Members not honoured at all yet."""
    return {path for path in entry.later if "." not in path and "=" not in path}


def is_attribute(path: str) -> bool:
    outer, _, name = path.rpartition(".")
    return outer in ATTRIBUTES and name in ATTRIBUTE_MEMBERS


by_name = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.service}:{entry.name}")


def test_there_are_operations() -> None:
    assert len(ENTRIES) >= 60


@by_name
def test_every_member_has_one_place(entry: Operation) -> None:
    members = {path for path in known(entry).inputs if "." not in path}
    taken = {name for name in members if snake(name) in entry.honoured}
    places = [taken, set(entry.ignores), top(entry)]
    assert set().union(*places) == members
    assert sum(map(len, places)) == len(members), "a member is in two places"
    assert {snake(name) for name in taken} == entry.honoured, "the handler takes what no model has"


@by_name
def test_nothing_else_is_left_without_effect(entry: Operation) -> None:
    assert entry.ignores <= IGNORABLE


@by_name
def test_every_member_of_a_structure_has_one_place(entry: Operation) -> None:
    for path in known(entry).inputs:
        outer, _, _ = path.rpartition(".")
        top_name = path.split(".")[0]
        if not outer or snake(top_name) not in entry.honoured or outer in entry.later or is_attribute(path):
            continue
        assert (path in entry.nested) != (path in entry.later), path


@by_name
def test_paths_lead_somewhere(entry: Operation) -> None:
    for path in (*entry.nested, *entry.later, *entry.ignores, *entry.stored):
        assert path.partition("=")[0] in known(entry).inputs, path
    for path in entry.nested:
        assert snake(path.split(".")[0]) in entry.honoured, path


@by_name
def test_the_reviewed_file_says_what_the_handler_honours(entry: Operation) -> None:
    """To bring it up to date: `python -m tests.contract.written_for --update`."""
    told = honoured()[entry.service, entry.name]
    inputs = known(entry).inputs
    taken = {path for path in inputs if "." not in path and snake(path) in entry.honoured}
    attributes = {path for path in inputs if is_attribute(path) and path.split(".")[0] in taken}
    assert {path for path in told if told[path]} == taken | entry.nested | attributes
    assert {path for path in told if not told[path]} == {path for path in inputs if path.split(".")[0] in entry.ignores}


def test_the_reviewed_file_has_the_written_operations() -> None:
    assert set(honoured()) == {(entry.service, entry.name) for entry in ENTRIES}


@by_name
def test_what_is_stored_is_honoured(entry: Operation) -> None:
    for path in entry.stored:
        name = path.partition("=")[0]
        assert path not in entry.later
        assert name in entry.nested or ("." not in name and snake(name) in entry.honoured), path


@by_name
def test_required_members_are_honoured_and_the_others_have_defaults(entry: Operation) -> None:
    inputs = known(entry).inputs
    assert not {path for path, required in inputs.items() if required} & (top(entry) | entry.ignores)
    parameters = inspect.signature(entry.handler).parameters
    for name, required in inputs.items():
        if "." not in name and snake(name) in entry.honoured:
            has_default = parameters[snake(name)].default is not inspect.Parameter.empty
            assert has_default != required, name


@by_name
def test_the_handler_is_named_after_its_operation(entry: Operation) -> None:
    assert entry.handler.__name__ == snake(entry.name)
    assert entry.module.startswith("cognito_emulator.operations."), entry.module
    assert inspect.iscoroutinefunction(entry.handler)


@by_name
def test_the_handler_takes_the_world_and_keywords(entry: Operation) -> None:
    first, *others = inspect.signature(entry.handler).parameters.values()
    assert first.name == "world"
    assert {parameter.kind for parameter in others} <= {inspect.Parameter.KEYWORD_ONLY}


@by_name
def test_a_signed_operation_knows_its_caller(entry: Operation) -> None:
    """Its pools are those of the caller's account and region."""
    model = service_model(entry.service).operation(entry.name)
    assert entry.takes_caller or model is None or not model.signed or entry.name in OPTIONALLY_SIGNED


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_written_and_no_other(service: Service) -> None:
    names = {entry.name for entry in ENTRIES if entry.service == service}
    assert names == {name for of, name in written_for() if of == service}
