"""The handlers and honoured.txt against the service model that this version was written for.

Each test looks at all operations and lists what is wrong.
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from cognito_emulator import operations
from cognito_emulator.wire import honoured, registry
from cognito_emulator.wire.honoured import Honoured, Key
from cognito_emulator.wire.model import IDP, OPTIONALLY_SIGNED, service_model, snake
from cognito_emulator.wire.registry import PACKAGE, Operation, operation
from cognito_emulator.world import World
from tests.contract import written_for as written
from tests.contract.written_for import IGNORABLE, brought_up, honoured_text, written_for
from tests.helpers.handlers import copy_table

operations.load()
# Of the package alone, so that tests of the table cannot add to it.
ENTRIES = {key: entry for key, entry in registry.written().items() if entry.module.startswith(f"{PACKAGE}.")}
# Operations, and members as `UpdateGroup.Colour`, that this version was written for but answers 501.
NOT_YET: frozenset[str] = frozenset()


def named(problems: set[str]) -> list[str]:
    return sorted(problems)


# --- honoured.txt -------------------------------------------------------------------------------------------


def test_the_file_has_every_handler_and_the_module_it_is_in() -> None:
    """It is by this table that handlers are found. `python -m tests.contract.written_for --update` writes it."""
    told = {key: f"{PACKAGE}.{one.module}" for key, one in honoured.table().items()}
    assert told == {key: entry.module for key, entry in ENTRIES.items()}


def test_every_operation_is_written_and_no_other() -> None:
    assert honoured.table().keys() <= written_for().keys()
    unwritten = {name for _, name in written_for().keys() - honoured.table().keys()}
    assert unwritten == {name for name in NOT_YET if "." not in name}
    assert len(ENTRIES) >= 164


def test_every_member_is_in_the_file_and_no_other() -> None:
    told = {f"{key[1]}.{path}" for key, one in honoured.table().items() for path in one.paths}
    there = {f"{key[1]}.{path}" for key in honoured.table() for path in written_for()[key].inputs}
    assert named(told - there) == [], "no model has it"
    assert named(there - told) == sorted(name for name in NOT_YET if "." in name), "it answers 501"


def test_nothing_is_without_effect_but_what_goes_to_pinpoint() -> None:
    for one in honoured.table().values():
        assert one.without_effect == {path for path in one.paths if path.split(".")[0] in IGNORABLE}


def test_required_members_are_honoured() -> None:
    for key, told in honoured.table().items():
        required = {path for path, is_required in written_for()[key].inputs.items() if is_required}
        assert required <= told.paths - told.without_effect


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cognito-idp ListTerms terms\n  A\n  A", "'  A'"),
        ("cognito-idp ListTerms terms\n  A.B", "'  A.B'"),
        ("cognito-idp ListTerms terms\n  A noeffect", "'  A noeffect'"),
        ("cognito-idp ListTerms terms\n A", "' A'"),
        ("cognito-idp ListTerms terms more", "'cognito-idp ListTerms terms more'"),
        ("cognito ListTerms terms", "'cognito ListTerms terms'"),
        ("cognito-idp ListTerms terms\n\ncognito-idp ListTerms terms", "'cognito-idp ListTerms terms'"),
    ],
)
def test_a_bad_line_is_named(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"honoured\.txt: not a new") as told:
        dict(honoured.parse(f"# comment\n\n{text}\n"))
    assert str(told.value).endswith(problem)


# --- its update ---------------------------------------------------------------------------------------------


def entry_of(keywords: set[str] | None) -> Operation:
    async def handler(world: World) -> None: ...

    handler.__module__ = f"{PACKAGE}.elsewhere"
    names = None if keywords is None else frozenset(keywords)
    return Operation(IDP, "AdminLinkProviderForUser", handler, names, takes_caller=False)


def person(member: str) -> set[str]:
    names = ("ProviderName", "ProviderAttributeName", "ProviderAttributeValue")
    return {member, *(f"{member}.{name}" for name in names)}


def test_an_update_adds_what_a_new_handler_names() -> None:
    one = brought_up(entry_of({"user_pool_id", "source_user"}), None)
    assert one.paths == {"UserPoolId", *person("SourceUser")}
    assert one.module == "elsewhere"
    assert brought_up(entry_of(None), None).paths == one.paths | person("DestinationUser")
    sign_up = brought_up(ENTRIES[IDP, "SignUp"], None)
    assert sign_up.without_effect == {"AnalyticsMetadata", "AnalyticsMetadata.AnalyticsEndpointId"}


def test_an_update_keeps_what_was_reviewed() -> None:
    old = Honoured("links", frozenset({"UserPoolId", "SourceUser", "SourceUser.ProviderName"}), frozenset())
    assert brought_up(entry_of({"user_pool_id", "source_user"}), old).paths == old.paths
    assert brought_up(entry_of(None), old).paths == old.paths
    new = entry_of({"user_pool_id", "destination_user"})
    assert brought_up(new, old).paths == {"UserPoolId", *person("DestinationUser")}


def test_an_update_changes_nothing_here() -> None:
    assert honoured_text(ENTRIES.values(), honoured.table()) == honoured.FILE.read_text("utf-8")


def test_an_update_names_what_botocore_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def describe_thing(world: World) -> None: ...

    copy_table(monkeypatch)
    monkeypatch.setattr(honoured, "FILE", tmp_path / "honoured.txt")
    operation("DescribeThing")(describe_thing)
    told = written.update()
    assert told is not None
    assert "does not have DescribeThing: install a version of botocore and boto3 that has it" in told
    assert list(tmp_path.iterdir()) == []


# --- the handlers -------------------------------------------------------------------------------------------


def members_of(key: Key) -> dict[str, bool]:
    """The members of an operation that have an effect, each with whether it is required."""
    told = honoured.table()[key]
    inputs = written_for()[key].inputs
    return {path: inputs[path] for path in told.paths - told.without_effect if "." not in path}


def test_a_handler_names_the_members_that_have_an_effect() -> None:
    for key, entry in ENTRIES.items():
        if entry.keywords is not None:
            assert {snake(name) for name in members_of(key)} == entry.keywords, entry.name


def test_a_handler_of_a_mapping_reads_the_members_that_have_an_effect() -> None:
    """It, or what it hands the mapping to: somewhere below its name stands as a text."""
    words = {
        node.value
        for floor in ("operations", "flows", "domain")
        for path in (written.ROOT / "emulator" / "cognito_emulator" / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    wide = {key for key, entry in ENTRIES.items() if entry.keywords is None}
    assert (IDP, "CreateUserPool") in wide
    assert named({f"{key[1]}.{name}" for key in wide for name in members_of(key) if name not in words}) == []


def test_optional_members_have_defaults() -> None:
    for key, entry in ENTRIES.items():
        parameters = inspect.signature(entry.handler).parameters
        for name, required in members_of(key).items() if entry.keywords is not None else ():
            has_default = parameters[snake(name)].default is not inspect.Parameter.empty
            assert has_default != required, f"{entry.name}.{name}"


def test_a_handler_is_named_after_its_operation() -> None:
    for entry in ENTRIES.values():
        assert getattr(entry.handler, "__name__", "") == snake(entry.name)
        assert inspect.iscoroutinefunction(entry.handler), entry.name


def test_a_handler_takes_the_world_and_keywords_or_a_mapping() -> None:
    for entry in ENTRIES.values():
        first, *others = inspect.signature(entry.handler).parameters.values()
        assert first.name == "world"
        if entry.keywords is None:
            assert [other.name for other in others] == ["members", "caller"], entry.name
        else:
            assert {other.kind for other in others} <= {inspect.Parameter.KEYWORD_ONLY}, entry.name


def test_a_signed_operation_knows_its_caller() -> None:
    """Its pools are those of the caller's account and region."""
    for entry in ENTRIES.values():
        model = service_model(entry.service).operation(entry.name)
        is_free = model is None or not model.signed or entry.name in OPTIONALLY_SIGNED
        assert entry.takes_caller or is_free, entry.name


_FIRST_CALLS = """
import asyncio, sys
import cognito_emulator.cli, cognito_emulator.python_triggers, cognito_emulator.runner, cognito_emulator.seed
from cognito_emulator.app import create_app
from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World

def tell(done):
    print(done, *sorted(name for name in sys.modules if name.startswith("cognito_emulator.operations.")))

def ask(name, **members):
    asyncio.run(call(world, "cognito-idp", name, members, Caller("000000000000", "us-east-1")))

world = World()
create_app(world)
tell("started")
try:
    ask("GetCSVHeader")
except InvalidParameter:
    tell("refused")
ask("ListUserPools", MaxResults=1)
tell("called")
"""


@pytest.mark.processes
def test_a_handler_is_imported_at_its_first_call() -> None:
    """And not for a request that is refused before."""
    done = subprocess.run([sys.executable, "-c", _FIRST_CALLS], capture_output=True, text=True, check=True)
    package = "cognito_emulator.operations"
    assert done.stdout.splitlines() == ["started", "refused", f"called {package}._shapes {package}.pools"]
