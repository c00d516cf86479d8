"""Random requests for every operation of both services: no answer but 200, a refusal, or the named 501.

A refusal changes nothing but what AWS keeps: counters of failures, spent sessions, attempts at codes, and events of
threat protection.

`RANDOM_REQUESTS=1000 pytest tests/contract/test_random_requests.py -s` draws that many for each operation, others
in each run; by default it is a few, always the same.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cognito_emulator.domain import errors
from cognito_emulator.ports.outbox import Message
from cognito_emulator.wire import honoured
from cognito_emulator.wire.model import SERVICES, OperationModel, service_model
from cognito_emulator.world import World
from tests.contract import conformance
from tests.contract.drawing import Drawer
from tests.contract.playground import Playground
from tests.helpers.handlers import replace_handler
from tests.helpers.newest import needs_newest
from tests.helpers.store_differences import differences

pytestmark = needs_newest  # the playground has what only that knows
EXAMPLES = int(os.environ.get("RANDOM_REQUESTS", "0"))
MODELS = [
    model
    for service in SERVICES
    for name in service_model(service).names
    if (model := service_model(service).operation(name)) is not None
]
PARTS = 12  # one test each, so that several cores share the work; every operation is in one of them
FEW = settings(
    max_examples=EXAMPLES or 24,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    # Without shrinking by default: a broken operation would take minutes to be told.
    phases=tuple(Phase) if EXAMPLES else (Phase.explicit, Phase.generate),
)


@pytest.fixture(scope="module")
def ground() -> Iterator[Playground]:
    made = Playground()
    yield made
    made.close()


class Count:
    """Answers by operation and status."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()

    def share(self, names: set[str]) -> float:
        """How many of the requests for `names` succeeded, 0 to 1."""
        sums = {status: sum(n for (name, s), n in self.answers.items() if s == status and name in names)
                for status in {status for _, status in self.answers}}  # fmt: skip
        return sums.get(200, 0) / (sum(sums.values()) or 1)

    def report(self, names: set[str]) -> str:
        never = sorted(name for name in names if not self.answers[name, 200])
        total = sum(self.answers.values())
        lines = [f"{total} requests; of those for written operations {self.share(names):.0%} succeeded"]
        return "\n".join([*lines, f"never successful: {', '.join(never) or 'none'}"])


def ask(ground: Playground, model: OperationModel, body: Any) -> int:
    """Send a request and judge what became of it; the status."""
    before, messages = ground.tables(), len(ground.world.outbox.all())
    status, answer = ground.send(model.service, model.name, body)
    if status == 501:
        assert answer["__type"] == "NotImplementedException"
        assert model.name in answer["message"]
    else:
        assert status in (200, 400), (status, answer)
    if status != 200:
        assert differences(before, ground.tables()) == [], answer
        assert len(ground.world.outbox.all()) == messages, f"a message was sent, and then: {answer}"
    assert conformance.violations == []
    return status


def explore(ground: Playground, model: OperationModel, count: Count) -> None:
    """Random requests for one operation, each in the same world."""

    @FEW
    @given(st.data())
    def check(data: st.DataObject) -> None:
        ground.reset()
        # Something happens first: the order of requests is random too.
        for other in data.draw(st.lists(st.sampled_from(MODELS), max_size=1)):
            ask(ground, other, Drawer(ground, other, data.draw).request())
        status = ask(ground, model, Drawer(ground, model, data.draw).request())
        count.answers[model.name, status] += 1

    check()


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(PARTS))
def test_random_requests(ground: Playground, capsys: pytest.CaptureFixture[str], part: int) -> None:
    count, failures = Count(), []
    models = MODELS[part::PARTS]
    written = {name for _, name in honoured.table()} & {model.name for model in models}
    for model in models:
        try:
            explore(ground, model, count)
        except Exception as error:  # all operations are to be heard
            failures.append(f"{model.name}: {error}")
            conformance.violations.clear()
    with capsys.disabled():
        sys.stdout.write(f"\n{count.report(written)}\n")
    assert not failures, "\n\n".join(failures)
    # About a half of all; a part may have more of the operations that seldom succeed.
    assert count.share(written) >= 0.45


# --- the test itself ----------------------------------------------------------------------------------------


def _model(name: str) -> OperationModel:
    return next(model for model in MODELS if model.name == name)


def _body(ground: Playground) -> dict[str, Any]:
    ground.reset()
    return {"UserPoolId": ground.subjects["confirmed"][0].values["UserPoolId"][0], "GroupName": "staff"}


def test_a_crash_is_seen(ground: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(world: World, **_: Any) -> None:
        raise KeyError("x")

    replace_handler(monkeypatch, "DeleteGroup", crash)
    with pytest.raises(AssertionError, match="InternalErrorException"):
        ask(ground, _model("DeleteGroup"), _body(ground))


def test_a_change_by_a_refused_request_is_seen(ground: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def change(world: World, *, user_pool_id: str, group_name: str, **_: Any) -> None:
        with world.store.write():
            world.store.groups.delete((user_pool_id, group_name))
        raise errors.group_not_found()

    replace_handler(monkeypatch, "DeleteGroup", change)
    with pytest.raises(AssertionError, match="groups"):
        ask(ground, _model("DeleteGroup"), _body(ground))


def test_a_message_of_a_refused_request_is_seen(ground: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(world: World, **_: Any) -> None:
        world.outbox.send(Message("SMS", "mfa", "+1555", "", "code", "p", "u", 0.0))
        raise errors.group_not_found()

    replace_handler(monkeypatch, "DeleteGroup", send)
    with pytest.raises(AssertionError, match="a message was sent"):
        ask(ground, _model("DeleteGroup"), _body(ground))


def test_an_answer_out_of_shape_is_seen(ground: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(world: World, **_: Any) -> dict[str, Any]:
        return {"Group": {}}

    replace_handler(monkeypatch, "DeleteGroup", answer)
    with pytest.raises(AssertionError, match=r"DeleteGroup\.Group"):
        ask(ground, _model("DeleteGroup"), _body(ground))
    conformance.violations.clear()


def test_what_is_kept_is_no_difference(ground: Playground) -> None:
    ground.reset()
    before = ground.tables()
    subject = ground.subjects["confirmed"][0]
    flow, parameters = subject.flows[0]
    body = {"ClientId": subject.values["ClientId"][0], "AuthFlow": flow}
    wrong = {"AuthParameters": {**parameters, "PASSWORD": "Wrong-horse-7"}}
    assert ask(ground, _model("InitiateAuth"), body | wrong) == 400
    assert ground.tables() != before
    assert differences(before, ground.tables()) == []
