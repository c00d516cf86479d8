"""Functions that are handler files: Python and JavaScript, in child processes."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.ports.function_call import FunctionFailed, FunctionTimedOut, FunctionUnreachable
from cognito_emulator.ports.handler_process import Handler
from cognito_emulator.ports.lambda_environment import environment
from cognito_emulator.ports.lambda_process import HandlerFunction
from cognito_emulator.ports.triggers import Router
from tests.helpers.lambda_process import eventually, needs_node

pytestmark = pytest.mark.processes

FOLDER = Path(__file__).parents[2] / "fixtures" / "triggers" / "handlers"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:plain"
ENDPOINT = "http://127.0.0.1:9"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

Make = Callable[..., HandlerFunction]
PYTHON, NODE = "plain.py", "plain.mjs"
BOTH = pytest.mark.parametrize("file", [PYTHON, pytest.param(NODE, marks=needs_node)])


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[HandlerFunction] = []

    def function(name: str, file: str | Path = PYTHON) -> HandlerFunction:
        path = FOLDER / file
        known = environment("plain", "us-east-1", str(path.parent), ENDPOINT)
        made.append(HandlerFunction(Handler(path, name, path.parent), lambda: known))
        return made[-1]

    yield function
    for each in made:
        each.stop()


async def _invoke(function: HandlerFunction, event: Any, limit: float, times: int) -> list[Any]:
    router = Router(limit=limit)
    router.bind(ARN, function)
    return [await router.invoke(ARN, event) for _ in range(times)]


def invoke(function: HandlerFunction, event: Any = None, limit: float = 20) -> Any:
    return asyncio.run(_invoke(function, event or {}, limit, 1))[0]


def _need(file: str) -> None:
    if file == NODE and not shutil.which("node") and os.environ.get("REQUIRE_CLIENTS") != "1":
        pytest.skip("Node is not installed")


@BOTH
def test_a_process_is_kept_warm(make: Make, file: str) -> None:
    function = make("echo", file)
    first, second = asyncio.run(_invoke(function, {"userName": "änn\n"}, 20, 2))
    assert first["event"] == {"userName": "änn\n"}
    assert (first["calls"], second["calls"]) == (1, 2)
    assert first["process"] == second["process"]


@BOTH
def test_the_context_has_the_members_of_lambdas(make: Make, file: str) -> None:
    answer = invoke(make("echo", file))
    assert (answer["name"], answer["arn"]) == ("plain", ARN)
    assert re.fullmatch(UUID, answer["id"])
    assert 10_000 < answer["remaining"] <= 20_000
    assert answer["folder"] == str(FOLDER)


def test_a_python_handler_imports_what_is_beside_it(make: Make) -> None:
    assert invoke(make("echo"))["beside"] == "from the file beside"


@needs_node
def test_common_js(make: Make) -> None:
    assert invoke(make("echo", "plain.cjs"), {"a": 1}) == {"event": {"a": 1}, "from": "cjs"}


@needs_node
@pytest.mark.parametrize("name", ["viaCallback", "viaDone", "viaSucceed", "twice"])
def test_the_older_ways_to_answer(make: Make, name: str) -> None:
    function = make(name, NODE)
    assert asyncio.run(_invoke(function, {"a": [1]}, 20, 2)) == [{"a": [1]}, {"a": [1]}]


@needs_node
@pytest.mark.parametrize("name", ["nothing", "never", "undefinedIsNull"])
def test_a_function_that_ends_without_a_word_answers_null(make: Make, name: str) -> None:
    assert asyncio.run(_invoke(make(name, NODE), {}, 20, 2)) == [None, None]


@needs_node
def test_a_callback_waits_for_what_the_function_left_open(make: Make) -> None:
    """Lambda developer guide, "Node.js context object", callbackWaitsForEmptyEventLoop."""
    with pytest.raises(FunctionTimedOut):
        invoke(make("leavesOpen", NODE), {"a": 1}, limit=2)


@needs_node
@pytest.mark.parametrize("name", ["leavesOpenOnPurpose", "leavesOpenAndSucceeds"])
def test_what_does_not_wait(make: Make, name: str) -> None:
    assert asyncio.run(_invoke(make(name, NODE), {"a": 1}, 20, 2)) == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("file", "name", "message"),
    [
        (PYTHON, "raises", "'challengeMetaData'"),
        (PYTHON, "no_json", "Unable to marshal response: Object of type set is not JSON serializable"),
        (PYTHON, "absent", "Handler 'absent' missing on module 'plain'"),
        ("broken.py", "handler", "Unable to import module 'broken': No module named 'not_there_at_all'"),
        (NODE, "raises", "Email not allowed"),
        (NODE, "raisesAtOnce", "not a function"),
        (NODE, "failsViaCallback", "no such luck"),
        (NODE, "leavesOpenAndFails", "no such luck"),
        (NODE, "failsWithText", "just text"),
        (NODE, "viaFail", "failed it"),
        (NODE, "uncaught", "out of the blue"),
        (NODE, "absent", "plain.absent is undefined or not exported"),
        (NODE, "notFunction", "plain.notFunction is undefined or not exported"),
    ],
)
def test_what_the_function_says_when_it_fails(make: Make, file: str, name: str, message: str) -> None:
    _need(file)
    function = make(name, file)
    for _ in range(2):
        with pytest.raises(FunctionFailed) as caught:
            invoke(function)
        assert caught.value.message == message


@needs_node
def test_what_javascript_cannot_write_as_json(make: Make) -> None:
    with pytest.raises(FunctionFailed, match=r"^Unable to stringify response body: Converting circular"):
        invoke(make("cyclic", NODE))


@pytest.mark.parametrize(
    ("file", "name", "event", "how"),
    [
        (PYTHON, "exits", {"status": 1}, "Runtime exited with error: exit status 1"),
        (PYTHON, "exits", {"status": 0}, "Runtime exited without providing a reason"),
        (PYTHON, "killed", {}, "Runtime exited with error: signal: killed"),
        (NODE, "exits", {}, "Runtime exited with error: exit status 7"),
    ],
)
def test_a_process_that_ends_fails_its_call_and_the_next_gets_another(
    make: Make, file: str, name: str, event: Any, how: str
) -> None:
    _need(file)
    function = make(name, file)
    for _ in range(2):
        with pytest.raises(FunctionFailed, match=rf"^RequestId: {UUID} Error: {how}$"):
            invoke(function, event)


@BOTH
def test_no_answer_in_time_ends_the_process(make: Make, file: str) -> None:
    function = make("sleeps", file)
    with pytest.raises(FunctionTimedOut):
        invoke(function, limit=0.5)
    assert eventually(lambda: not function._all)


def test_calls_at_the_same_time_have_a_process_each(make: Make, tmp_path: Path) -> None:
    function = make("waits")

    async def work() -> list[Any]:
        router = Router(limit=20)
        router.bind(ARN, function)
        pairs = [("a", "b"), ("b", "a")]
        events = [{"folder": str(tmp_path), "me": me, "other": other} for me, other in pairs]
        return await asyncio.gather(*(router.invoke(ARN, event) for event in events))

    first, second = asyncio.run(work())
    assert first != second


def test_more_calls_than_processes_wait_their_turn(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_emulator.ports.lambda_process.MAX_PROCESSES", 1)
    function = make("echo")

    async def work() -> list[Any]:
        router = Router(limit=20)
        router.bind(ARN, function)
        return await asyncio.gather(*(router.invoke(ARN, {}) for _ in range(5)))

    assert sorted(answer["calls"] for answer in asyncio.run(work())) == [1, 2, 3, 4, 5]


def test_a_call_that_finds_all_processes_busy_times_out(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_emulator.ports.lambda_process.MAX_PROCESSES", 0)
    with pytest.raises(FunctionTimedOut):
        invoke(make("echo"), limit=0.05)


def test_what_a_handler_prints_is_in_the_log_and_not_in_its_answer(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "emulator.functions")
    assert invoke(make("scribbles"), {"a": 1}) == {"a": 1}
    assert eventually(lambda: 'plain.py: E{"errorMessage": "mine"}' in caplog.text)
    assert 'plain.py: A{"mine": true}' in caplog.text


def test_a_traceback_is_in_the_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "emulator.functions")
    with pytest.raises(FunctionFailed):
        invoke(make("raises"))
    assert eventually(lambda: "plain.py: KeyError: 'challengeMetaData'" in caplog.text)


def test_a_handler_that_reads_its_input_finds_nothing(make: Make) -> None:
    assert invoke(make("reads")) == ""


def test_an_answer_above_six_megabytes_is_refused(make: Make) -> None:
    function = make("large")
    size = 6 * 1024 * 1024 - 2
    assert len(invoke(function, {"size": size})) == size
    with pytest.raises(FunctionFailed, match="exceeded maximum allowed payload size"):
        invoke(function, {"size": size + 1})
    with pytest.raises(FunctionFailed, match="exceeded maximum allowed payload size"):
        invoke(function, {"size": size + 100})
    assert eventually(lambda: not function._all)  # it was ended in the middle of that one, and is not kept
    assert len(invoke(function, {"size": 10})) == 10


@pytest.mark.parametrize("file", ["edited.py", pytest.param("edited.mjs", marks=needs_node)])
def test_a_file_that_was_edited_is_read_again(make: Make, tmp_path: Path, file: str) -> None:
    path = tmp_path / file
    source = {
        ".py": "def handler(event, context):\n    return '{}'\n",
        ".mjs": "export const handler = async () => '{}';\n",
    }[path.suffix]
    path.write_text(source.format("old"))
    function = make("handler", path)
    assert invoke(function) == "old"
    path.write_text(source.format("newer"))
    assert invoke(function) == "newer"


def test_a_package_that_was_edited_is_read_again(make: Make, tmp_path: Path) -> None:
    """Wherever it is below the handler's folder; what was installed there is not looked at."""
    inner, installed = tmp_path / "rules" / "deep", tmp_path / "node_modules" / "x"
    for folder in (inner, installed):
        folder.mkdir(parents=True)
    path, told = tmp_path / "edited.py", inner / "told.py"
    path.write_text("from rules.deep.told import TEXT\n\ndef handler(event, context):\n    return TEXT\n")
    told.write_text("TEXT = 'old'\n")
    function = make("handler", path)
    assert invoke(function) == "old"
    before = function.handler.stamp()
    (installed / "index.js").write_text("")
    assert function.handler.stamp() == before
    told.write_text("TEXT = 'newer'\n")
    assert invoke(function) == "newer"


def test_a_handler_sees_the_emulator_and_no_real_credentials(make: Make) -> None:
    seen = invoke(make("environment"))
    assert seen["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] == ENDPOINT
    assert seen["AWS_ENDPOINT_URL_KMS"] == ENDPOINT
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "plain"
    assert seen["AWS_REGION"] == "us-east-1"


def test_the_environment() -> None:
    given = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "real", "AWS_ACCESS_KEY_ID": "AKIAREAL", "TABLE": "t"}
    made = environment("f", "eu-north-1", "/x", ENDPOINT, given)
    assert made["TABLE"] == "t"
    assert made["AWS_ACCESS_KEY_ID"] == made["AWS_SECRET_ACCESS_KEY"] == "test"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & made.keys()
    assert made["AWS_ENDPOINT_URL"] == ENDPOINT
    elsewhere = environment("f", "eu-north-1", "/x", ENDPOINT, {"AWS_ENDPOINT_URL": "http://localstack:4566"})
    assert elsewhere["AWS_ENDPOINT_URL"] == "http://localstack:4566"
    assert elsewhere["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] == ENDPOINT


def test_nothing_runs_after_stop(make: Make) -> None:
    function = make("echo")
    process = invoke(function)["process"]
    function.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(FunctionUnreachable):
        invoke(function)


_CALLER = """
import logging, sys
from pathlib import Path
from cognito_emulator.ports.handler_process import Handler, Process
from cognito_emulator.ports.triggers import Call

logging.basicConfig(level="INFO", stream=sys.stdout)
path = Path(sys.argv[1])
process = Process(Handler(path, "spins", path.parent), (), {"PATH": sys.argv[2]})
print(process._child.pid, flush=True)
process.ask(Call("arn", b"{}", "id", 60))
"""


def _state(process: int) -> str:
    return subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout.strip()


@BOTH
def test_a_handler_without_end_ends_when_the_emulator_is_killed(file: str) -> None:
    command = [sys.executable, "-c", _CALLER, str(FOLDER / file), os.environ["PATH"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None
        process = int(caller.stdout.readline())
        assert "spinning" in caller.stdout.readline()
        caller.kill()
    assert eventually(lambda: _state(process)[:1] in ("", "Z"))  # gone, or for its new parent to be seen off


def test_stop_ends_a_call_under_way(make: Make) -> None:
    function = make("sleeps")

    async def work() -> None:
        router = Router(limit=20)
        router.bind(ARN, function)
        task = asyncio.create_task(router.invoke(ARN, {}))
        while not function._all:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        function.stop()
        with pytest.raises((FunctionFailed, FunctionUnreachable)):
            await task

    asyncio.run(work())


def test_without_node_the_function_cannot_be_reached(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FunctionUnreachable, match=r"^ServiceException$"):
        invoke(make("echo", NODE))
    assert "plain.mjs cannot be run" in caplog.text
