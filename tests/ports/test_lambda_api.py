"""Functions behind a Lambda API on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cognito_emulator.ports.function_call import AnswerUnreadable, FunctionFailed, FunctionTimedOut, FunctionUnreachable
from cognito_emulator.ports.lambda_api import LambdaApi
from cognito_emulator.ports.lambda_callable import CallableFunction
from cognito_emulator.ports.tls import Authority
from cognito_emulator.ports.triggers import Router
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.lambda_server import Answer, LambdaServer

ARN = "arn:aws:lambda:eu-north-1:123456789012:function:pre-sign-up"


@pytest.fixture
def server() -> Iterator[LambdaServer]:
    running = LambdaServer()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def invoke(server: LambdaServer, arn: str = ARN, *, limit: float = 5.0, synchronous: bool = True) -> Any:
    router = Router(LambdaApi(server.url), limit=limit)
    return asyncio.run(router.invoke(arn, {"userName": "änn"}, synchronous=synchronous))


def test_the_function_is_invoked_by_name_and_its_answer_read(server: LambdaServer) -> None:
    assert invoke(server) == {"userName": "änn"}
    (request,) = server.requests
    assert request.path == "/2015-03-31/functions/pre-sign-up/invocations"
    assert request.headers["x-amz-invocation-type"] == "RequestResponse"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {"userName": "änn"}


def test_a_qualifier_is_named(server: LambdaServer) -> None:
    invoke(server, f"{ARN}:live")
    assert server.requests[0].path == "/2015-03-31/functions/pre-sign-up/invocations?Qualifier=live"


def test_the_request_is_signed_as_botocore_signs_it(server: LambdaServer) -> None:
    invoke(server, f"{ARN}:live")
    (request,) = server.requests
    given = AWSRequest("POST", server.url + request.path, data=request.body)
    given.context["timestamp"] = request.headers["x-amz-date"]
    given.headers["X-Amz-Date"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials("123456789012", "test"), "lambda", "eu-north-1")
    signature = signer.signature(signer.string_to_sign(given, signer.canonical_request(given)), given)
    assert request.headers["authorization"] == (
        f"AWS4-HMAC-SHA256 Credential=123456789012/{request.headers['x-amz-date'][:8]}/eu-north-1/lambda/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


def test_credentials_of_the_environment_sign_it(server: LambdaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOWN")
    invoke(server)
    assert "Credential=123456789012/" in server.requests[-1].headers["authorization"], "there is no secret"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own-secret")
    for token in ("", "own-token"):
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
        invoke(server)
        request = server.requests[-1]
        given = AWSRequest("POST", server.url + request.path, data=request.body)
        given.context["timestamp"] = request.headers["x-amz-date"]
        given.headers["X-Amz-Date"] = request.headers["x-amz-date"]
        if token:
            given.headers["X-Amz-Security-Token"] = token
        signer = SigV4Auth(Credentials("AKIDOWN", "own-secret"), "lambda", "eu-north-1")
        signature = signer.signature(signer.string_to_sign(given, signer.canonical_request(given)), given)
        assert "Credential=AKIDOWN/" in request.headers["authorization"]
        assert request.headers["authorization"].endswith(f"Signature={signature}")
        assert request.headers.get("x-amz-security-token", "") == token


def test_the_authority_of_aws_ca_bundle_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    context = authority.context(("localhost",))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")
        writer.close()

    async def call() -> Any:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        async with server:
            return await Router(LambdaApi(url)).invoke(ARN, {})

    with pytest.raises(FunctionUnreachable):
        asyncio.run(call())
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.path))
    assert asyncio.run(call()) is None
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(FunctionUnreachable):
        asyncio.run(call())


def test_an_address_of_one_function_is_taken_whole(server: LambdaServer) -> None:
    address = f"{server.url}/2015-03-31/functions/function/invocations"
    asyncio.run(Router(LambdaApi(address)).invoke(ARN, {}))
    assert server.requests[0].path == "/2015-03-31/functions/function/invocations"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"errorMessage": "Email not allowed", "errorType": "Error", "trace": []}', "Email not allowed"),
        (b'{"errorMessage": "\'x\'", "errorType": "KeyError"}', "'x'"),
        (b'{"errorType": "Runtime.ExitError"}', "Runtime.ExitError"),
        (b"", "Unhandled"),
    ],
)
def test_a_function_error(server: LambdaServer, body: bytes, message: str) -> None:
    server.answer = lambda _: Answer(200, body, {"X-Amz-Function-Error": "Unhandled"})
    with pytest.raises(FunctionFailed) as caught:
        invoke(server)
    assert caught.value.message == message


def test_a_function_error_of_the_runtime_interface_emulator_has_no_header(server: LambdaServer) -> None:
    server.answer = lambda _: Answer(200, b'{"errorMessage": "no", "errorType": "Error"}')
    with pytest.raises(FunctionFailed, match=r"^no$"):
        invoke(server)


def test_an_answer_may_have_members_that_look_like_an_error(server: LambdaServer) -> None:
    server.answer = lambda _: Answer(200, b'{"errorMessage": "no", "errorType": "Error", "response": {}}')
    assert invoke(server)["response"] == {}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(403, b'{"Message": "no"}'), "AccessDeniedException"),
        (Answer(404, b"not here"), "ResourceNotFoundException"),
        (Answer(404, b"{}", {"x-amzn-errortype": "ResourceNotFound"}), "ResourceNotFoundException"),
        (Answer(429, b""), "TooManyRequestsException"),
        (Answer(500, b"boom"), "ServiceException"),
        (Answer(502, b'{"__type": "a.b#EC2ThrottledException"}'), "EC2ThrottledException"),
        (Answer(400, b"{}", {"x-amzn-ErrorType": "InvalidRequestContentException:http://x/"}),
         "InvalidRequestContentException"),
        (Answer(302, b"", {"location": "http://127.0.0.1:1/"}), "ServiceException"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_by_its_code_and_not_tried_again(server: LambdaServer, answer: Answer, code: str) -> None:
    server.answer = lambda _: answer
    with pytest.raises(FunctionUnreachable) as caught:
        invoke(server)
    assert caught.value.code == code
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b'{"response":', b"\xff", b"[" * 100_000])
def test_rubbish_is_unreadable(server: LambdaServer, body: bytes) -> None:
    server.answer = lambda _: Answer(200, body)
    with pytest.raises(AnswerUnreadable):
        invoke(server)


def test_an_answer_above_six_megabytes_is_refused(server: LambdaServer) -> None:
    server.answer = lambda _: Answer(200, b'"' + b"x" * (6 * 1024 * 1024) + b'"')
    with pytest.raises(FunctionFailed, match="exceeded maximum allowed payload size"):
        invoke(server)


def test_no_answer_in_time(server: LambdaServer) -> None:
    go_on = threading.Event()

    def slow(_: Any) -> Answer:
        go_on.wait(10)
        return Answer()

    server.answer = slow
    with pytest.raises(FunctionTimedOut):
        invoke(server, limit=0.05)
    assert len(server.requests) == 1  # and not tried again
    go_on.set()


def test_an_answer_that_trickles_in_does_not_stretch_the_limit_and_is_hung_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def trickle() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
                while True:
                    connection.sendall(b" ")
                    threading.Event().wait(0.01)

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        router = Router(LambdaApi(f"http://127.0.0.1:{listening.getsockname()[1]}"), limit=0.2)
        with pytest.raises(FunctionTimedOut):
            asyncio.run(router.invoke(ARN, {}))
        thread.join(10)
        assert not thread.is_alive()


def test_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(FunctionUnreachable) as caught:
        asyncio.run(Router(LambdaApi(f"http://127.0.0.1:{port}")).invoke(ARN, {}))
    assert caught.value.code == "ServiceException"
    assert re.search(rf"{ARN} was not called: .*127.0.0.1:{port}.* cannot be reached: ", caplog.text)


def test_an_asynchronous_call_is_handed_over(server: LambdaServer) -> None:
    server.answer = lambda _: Answer(202, b"")
    assert invoke(server, synchronous=False) is None
    assert server.requests[0].headers["x-amz-invocation-type"] == "Event"


def test_an_asynchronous_call_that_is_refused(server: LambdaServer) -> None:
    server.answer = lambda _: Answer(403, b"")
    with pytest.raises(FunctionUnreachable, match=r"^AccessDeniedException$"):
        invoke(server, synchronous=False)


def test_an_endpoint_that_runs_asynchronous_calls_at_once_is_not_waited_for(server: LambdaServer) -> None:
    go_on, ended = threading.Event(), threading.Event()

    def slow(_: Any) -> Answer:
        go_on.wait(10)
        ended.set()
        return Answer(200, b"null")

    server.answer = slow

    async def work() -> None:
        router = Router(LambdaApi(server.url), limit=0.05)
        assert await router.invoke(ARN, {}, synchronous=False) is None
        assert not ended.is_set()
        go_on.set()
        await router.settled()
        assert ended.is_set()

    asyncio.run(work())


def test_an_endpoint_that_knows_no_asynchronous_calls_is_asked_the_other_way(server: LambdaServer) -> None:
    server.answer = lambda request: Answer(501 if request.headers["x-amz-invocation-type"] == "Event" else 200)
    assert invoke(server, synchronous=False) is None
    kinds = [request.headers["x-amz-invocation-type"] for request in server.requests]
    assert kinds == ["Event", "RequestResponse"]
    server.answer = lambda request: Answer(501)
    with pytest.raises(FunctionUnreachable):
        invoke(server)
    assert len(server.requests) == 3


def test_each_function_is_where_the_settings_say(server: LambdaServer) -> None:
    other = LambdaServer()
    settings = Settings(
        lambda_endpoint=server.url,
        lambda_functions=(f"define={other.url}", f"{ARN}={other.url}/2015-03-31/functions/function/invocations"),
    )
    router = World(settings).triggers
    for name in ("define", "pre-sign-up", "post"):
        asyncio.run(router.invoke(f"arn:aws:lambda:eu-north-1:123456789012:function:{name}", {}))
    other.stop()
    assert [request.path.split("/")[3] for request in server.requests] == ["post"]
    assert [request.path.split("/")[3] for request in other.requests] == ["define", "function"]


def test_the_setting_says_how_often_a_function_is_called_that_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    router = World(Settings(lambda_attempts=2)).triggers
    monkeypatch.setattr(router, "limit", 0.01)
    called = []

    async def too_slow(event: Any, _: Any) -> None:
        called.append(event)
        await asyncio.Event().wait()

    router.bind(ARN, CallableFunction(too_slow))
    with pytest.raises(FunctionTimedOut):
        asyncio.run(router.invoke(ARN, {}))
    assert len(called) == 2


def test_without_an_endpoint_there_are_no_functions() -> None:
    with pytest.raises(FunctionUnreachable, match=r"^ResourceNotFoundException$"):
        asyncio.run(World(Settings()).triggers.invoke(ARN, {}))
