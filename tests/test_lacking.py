"""What a botocore lacks excuses a test that failed of just that, and no other."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cognito_emulator.domain.errors import NotImplementedHere
from tests.helpers import lacking


class _Report:
    """What pytest shows of a failure."""

    def __init__(self, longrepr: str = "") -> None:
        self.longrepr = longrepr


@pytest.fixture(autouse=True)
def _older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lacking, "names", lambda: frozenset({"CreateTerms", "create_terms", "AcrConfiguration", "NEW"}))
    lacking.forget()


def reason(error: Exception, shown: str = "") -> str | None:
    def fail() -> None:
        raise error

    call: Any = pytest.CallInfo.from_call(fail, "call")
    return lacking.reason(call, cast("pytest.TestReport", _Report(shown)))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyError("AcrConfiguration"), "AcrConfiguration"),
        (AttributeError("'CognitoIdentityProvider' object has no attribute 'create_terms'"), "create_terms"),
        (NotImplementedHere("A.B is not in the service model of the installed botocore; install a newer one."), "A.B"),
        (KeyError("Name"), None),
        (ValueError("Value '[NEW]' at 'flows' failed … Member must satisfy enum value set: [OLD]"), "NEW"),
        (ValueError("Value '[BAD]' at 'flows' failed … Member must satisfy enum value set: [OLD]"), None),
        (AttributeError("'X' object has no attribute 'create_group'"), None),
        (AssertionError("1 == 2"), None),
    ],
)
def test_what_an_error_tells(error: Exception, told: str | None) -> None:
    assert reason(error) == (told and f"the installed botocore lacks {told}")


def test_a_refusal_on_the_way_is_enough() -> None:
    lacking.note_error(NotImplementedHere("A.B is not in the service model of the installed botocore."))
    assert reason(AssertionError("1 == 2")) == "the installed botocore lacks A.B"


def test_an_unseen_member_excuses_what_is_about_it() -> None:
    lacking.note_answer("UserPool.AcrConfiguration")
    assert reason(AssertionError("1 == 2"), "assert a == b") is None
    assert reason(AssertionError(), "{'AcrConfiguration': 1} == {}") == "the installed botocore lacks AcrConfiguration"


def test_nothing_is_excused_where_nothing_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lacking, "names", frozenset[str])
    lacking.note_answer("UserPool.AcrConfiguration")
    assert reason(KeyError("AcrConfiguration"), "AcrConfiguration") is None
