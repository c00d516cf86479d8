"""The parts of the guide that follow from the code are as the code is."""

from __future__ import annotations

import re

import pytest

from cognito_emulator.emulator_clock import EmulatorClock
from cognito_emulator.for_tests import ForTests
from cognito_emulator.observing import Observing
from cognito_emulator.options import OPTIONS, TOLD
from cognito_emulator.pool_handle import CognitoPool
from cognito_emulator.ports.guide import slug
from cognito_emulator.server_faults import FaultMethods
from tests.guide.generated import PAGES, SECTIONS
from tests.guide.pytest_reference import INTERNAL, parts_of
from tests.guide.sources import sources_of
from tests.helpers.readme import GUIDE, between, pages

pytest_plugins = "pytester"


@pytest.mark.parametrize("name", SECTIONS)
def test_the_section_is_as_the_code_is(name: str) -> None:
    """Otherwise `python -m tests.guide.generated --update` writes it anew."""
    written = between(name, (GUIDE / PAGES[name]).read_text("utf-8"))
    assert written.strip("\n") == SECTIONS[name]().strip("\n")


def test_every_operation_leads_to_the_grades_of_its_rules() -> None:
    """That the anchors are there is checked with all links (`test_pages`)."""
    section = SECTIONS["operations"]()
    defined = dict(re.findall(r"^\[([^\]]+)\]: (\S+)$", section, re.MULTILINE))
    rows = re.findall(r"^\| ([A-Z]\w+) \| \w+ \| ([^|]+) \|", section, re.MULTILINE)
    assert len(rows) > 170
    assert {operation for operation, module in rows if module.strip("[]") not in defined} == {"Operation"}
    assert set(defined.values()) == {f"how-we-know.md#{slug(module)}" for module in defined}
    assert f"### {min(defined)}\n\ndocs " in SECTIONS["modules"]()


def test_every_observation_names_a_repository_with_its_owner() -> None:
    assert sources_of("observed: amplify-js#1, boto/boto3#2") == ["aws-amplify/amplify-js#1", "boto/boto3#2"]
    with pytest.raises(AssertionError, match="write the owner too"):
        sources_of("observed: unheard-of#1")
    section = SECTIONS["observed"]()
    assert "(None)" not in section
    assert section.count("](https://github.com/") > 90


def test_every_public_method_is_in_the_reference() -> None:
    reference = SECTIONS["pytest"]()
    owners = {"cognito": (ForTests, Observing, FaultMethods), "pool": (CognitoPool,), "cognito.clock": (EmulatorClock,)}
    names = {
        f"{handle}.{name}"
        for handle, classes in owners.items()
        for owner in classes
        for name, value in vars(owner).items()
        if callable(value) and not name.startswith("_") and name not in INTERNAL
    }
    assert len(names) > 25
    assert {name for name in names if f"### {name}\n" not in reference} == set()


def test_every_attribute_of_a_pool_is_in_the_reference() -> None:
    section = SECTIONS["pytest"]().partition("## CognitoPool")[2].partition("## Clock")[0]
    for name in ("id", "client_id", "client_secret", "idp", "emulator"):
        assert f"`{name}`" in section.partition("### ")[0]
    for name in ("issuer", "jwks_url"):
        assert f"### pool.{name}\n\nA property." in section


def test_parts_of_a_docstring() -> None:
    def documented() -> None:
        """Do this.

        And that.

        Args:
            first: of two
                lines.
            second: of one.

        Raises:
            ValueError, LookupError: it is bad.
            KeyError
        """

    assert parts_of(documented) == (
        "Do this. And that.",
        [("first", "of two lines."), ("second", "of one.")],
        [("ValueError, LookupError", "it is bad."), ("KeyError", "")],
    )


@pytest.mark.processes
def test_fixtures_named_are_those_of_the_plugin(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider").stdout.str()
    existing = set(re.findall(r"^(cognito\w*)", listed, re.MULTILINE))
    assert set(re.findall(r"^\*\*`(cognito\w*)`\*\*", SECTIONS["pytest"](), re.MULTILINE)) == existing


def test_variables_that_are_named_exist() -> None:
    named = {name for page in pages() for name in re.findall(r"COGNITO_EMULATOR_[A-Z_]*[A-Z]", page.text)}
    assert named <= {*(option.variable for option in OPTIONS), *TOLD}
