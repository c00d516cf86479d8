"""What the installed botocore lacks: a test that cannot do without it is reported as skipped, and says so.

Where botocore has all that this version was written for (tests/contract/written_for.py) nothing is ever lacking, and
no failure is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import pytest

from cognito_emulator.wire.model import snake
from tests.contract.written_for import differences

# What the server says of a member or operation that only this version knows.
_SERVER = " is not in the service model of the installed botocore"
# Its validation names values that its model lists; boto3 has no such method; botocore's serializer, or the reader of an
# answer, no such member.
_METHOD = re.compile(r"object has no attribute '(\w+)'$")
_refused: set[str] = set()
_unseen: set[str] = set()


def note_answer(path: str) -> None:
    """A member of an answer that the installed client does not see; it is in nearly every test's way."""
    _unseen.add(path.rpartition(".")[2])


def note_error(error: Exception) -> None:
    """An error of the server, which may be that its model lacks something."""
    if _SERVER in (text := str(error)):
        _refused.add(text.partition(_SERVER)[0].split()[-1])


def forget() -> None:
    _refused.clear()
    _unseen.clear()


@lru_cache
def names() -> frozenset[str]:
    """Operations (also as boto3's methods), members and values that are lacking."""
    told = [line.removeprefix("removed ") for line in differences() if line.startswith("removed ")]
    gone = {re.split(r"[.:=] ?", line)[-1] for line in told if not line.startswith("error")}
    return frozenset(gone | {snake(name) for name in gone})


def reason(call: pytest.CallInfo[None], report: pytest.TestReport) -> str | None:
    """Why a failed test could not pass here; None where it did not fail of what is lacking."""
    if call.excinfo is None or not names():
        return None
    met = sorted(_refused) or [name for error in _chain(call.excinfo.value) for name in _told(error)]
    met += sorted(_unseen & set(re.findall(r"\w+", str(report.longrepr))))
    return f"the installed botocore lacks {met[0]}" if met else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _told(error: BaseException) -> Iterator[str]:
    text = str(error)
    if _SERVER in text:
        yield text.partition(_SERVER)[0].split()[-1]
    elif "enum value set" in text:
        yield from sorted(names() & set(re.findall(r"\w+", text)))
    elif isinstance(error, KeyError) and error.args and error.args[0] in names():
        yield str(error.args[0])
    elif isinstance(error, AttributeError) and (found := _METHOD.search(text)) and found[1] in names():
        yield found[1]
