"""`--fallback`: one endpoint for all services. What is not Cognito's goes to a server that checks signatures."""

from __future__ import annotations

import http.client
import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cognito_emulator.banner import banner
from cognito_emulator.exec_command import variables
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.crashing import free_port
from tests.helpers.harness import Running
from tests.helpers.raw import JSON_1_1, ask, authorization, post
from tests.helpers.signed_server import SECRET, SignedServer

QUEUES = (200, "application/x-amz-json-1.0", b'{"QueueUrls":["http://q/1"]}')
ONE_TRY = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def other() -> Iterator[SignedServer]:
    server = SignedServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def served(other: SignedServer) -> Iterator[Running]:
    running = Running(World(Settings(fallback=other.url)))
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def fresh(other: SignedServer) -> None:
    other.seen.clear()
    other.answer, other.needs_signature = (200, "text/plain", b"hello"), True


def client(url: str, service: str, **config: Any) -> Any:
    keys = {"aws_access_key_id": "AKIDOTHER", "aws_secret_access_key": SECRET}
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        config=ONE_TRY.merge(Config(**config)),
        **keys,
    )


def test_one_endpoint_serves_cognito_and_the_others(served: Running, other: SignedServer) -> None:
    """The other one checks the signature, in which the Host is the emulator's."""
    other.answer = QUEUES
    assert client(served.url, "sqs").list_queues()["QueueUrls"] == ["http://q/1"]
    pool = client(served.url, "cognito-idp").create_user_pool(PoolName="mine")["UserPool"]
    assert client(served.url, "cognito-idp").describe_user_pool(UserPoolId=pool["Id"])["UserPool"]["Name"] == "mine"
    (request,) = other.seen
    assert request.headers["host"] == f"localhost:{served.port}"
    assert request.headers["x-amz-target"] == "AmazonSQS.ListQueues"


def test_files_are_streamed_whatever_their_size(served: Running, other: SignedServer) -> None:
    """Above --max-body, with `Expect: 100-continue`, a checksum in the trailer, and a name that needs escapes."""
    content = bytes(range(256)) * 4 * 8192  # 8 MiB
    s3 = client(served.url, "s3", s3={"addressing_style": "path"})
    other.answer = (200, "application/xml", b"")
    s3.put_object(Bucket="bucket", Key="a b/ä+c", Body=io.BytesIO(content))
    other.answer = (200, "application/octet-stream", content)
    assert s3.get_object(Bucket="bucket", Key="a b/ä+c")["Body"].read() == content
    assert s3.head_object(Bucket="bucket", Key="a b/ä+c")["ContentLength"] == len(content)
    put, get, head = other.seen
    assert (put.method, get.method, head.method) == ("PUT", "GET", "HEAD")
    assert put.target.startswith("/bucket/a%20b/%C3%A4%2Bc")
    assert len(put.body) >= len(content)
    assert "expect" not in put.headers


def test_an_answer_passes_as_it_is(served: Running, other: SignedServer) -> None:
    other.answer = (418, "application/x-own", b"\x00\xff")
    status, headers, body = ask(served.port, "GET", "/x", {"authorization": authorization(service="s3")})
    assert (status, body) == (403, b"SignatureDoesNotMatch")
    other.needs_signature = False
    status, headers, body = ask(served.port, "GET", "/x?a=%2F&b", {"authorization": authorization(service="s3")})
    assert (status, body, headers["content-type"]) == (418, b"\x00\xff", "application/x-own")
    assert headers.get_all("x-twice") == ["1", "2"]
    assert len(headers.get_all("date")) == len(headers.get_all("server")) == 1
    assert headers["access-control-allow-origin"] is None
    assert other.seen[-1].target == "/x?a=%2F&b"


def test_a_chunked_body_passes(served: Running, other: SignedServer) -> None:
    other.needs_signature = False
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        connection.request("PUT", "/bucket/key", iter([b"one", b"two"]), encode_chunked=True)
        assert connection.getresponse().read() == b"hello"
    assert other.seen[0].body == b"onetwo"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/bucket/key"), ("PUT", "/bucket"), ("OPTIONS", "/bucket/key"), ("POST", "/bucket")]
)
def test_unsigned_requests_pass_where_the_emulator_has_nothing(
    served: Running, other: SignedServer, method: str, path: str
) -> None:
    other.needs_signature = False
    assert ask(served.port, method, path)[0] == 200
    assert [(seen.method, seen.target) for seen in other.seen] == [(method, path)]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/login"),
        ("PUT", "/login"),
        ("OPTIONS", "/oauth2/token"),
        ("GET", "/us-east-1_x/.well-known/jwks.json"),
        ("GET", "/_emulator/none"),
        ("GET", "/_emulator/info"),
        ("GET", "/_localstack/none"),
        ("GET", "/health"),
        ("PUT", "/_import/x"),
        ("POST", "/"),
        ("GET", "/w/one/bucket/key"),
    ],
)
def test_what_is_the_emulator_s_never_passes(served: Running, other: SignedServer, method: str, path: str) -> None:
    ask(served.port, method, path, {"content-type": JSON_1_1})
    assert other.seen == []


def test_another_world_passes_nothing_on(served: Running, other: SignedServer) -> None:
    status, _, body = ask(served.port, "GET", "/w/one/bucket", {"authorization": authorization(service="s3")})
    assert (status, b"NotCognitoException" in body) == (400, True)
    assert other.seen == []


def test_kms_and_secrets_manager_answer_what_is_cognito_s(served: Running, other: SignedServer) -> None:
    other.answer = (200, JSON_1_1, b'{"Keys":[]}')
    kms, secrets = client(served.url, "kms"), client(served.url, "secretsmanager")
    assert kms.list_keys()["Keys"] == []
    kms.decrypt(CiphertextBlob=b"made elsewhere")
    secrets.get_secret_value(SecretId="database")
    names = ["TrentService.ListKeys", "TrentService.Decrypt", "secretsmanager.GetSecretValue"]
    assert [seen.headers["x-amz-target"] for seen in other.seen] == names
    assert json.loads(other.seen[-1].body) == {"SecretId": "database"}
    key = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000001"
    code = served.world.kms.encrypt(key, b"123456", {})
    assert kms.decrypt(CiphertextBlob=code)["Plaintext"] == b"123456"
    assert len(other.seen) == 3


def test_what_was_passed_on_before_is_not_again(served: Running, other: SignedServer) -> None:
    looped = Running(World(Settings(fallback=served.url)))
    try:
        with pytest.raises(ClientError, match="leads back to an emulator"):
            client(looped.url, "sqs").list_queues()
    finally:
        looped.stop()
    assert other.seen == []


def test_pages_of_foreign_origins_reach_nothing(served: Running, other: SignedServer) -> None:
    other.needs_signature = False
    for origin, status in (("https://evil.example.com", 403), ("http://localhost:3000", 200)):
        assert ask(served.port, "GET", "/bucket/key", {"origin": origin})[0] == status
    assert len(other.seen) == 1


def test_a_fallback_that_does_not_answer_is_named() -> None:
    port = free_port()
    running = Running(World(Settings(fallback=f"http://127.0.0.1:{port}")))
    try:
        with pytest.raises(ClientError, match=f"http://127.0.0.1:{port} cannot be reached") as refused:
            client(running.url, "sqs").list_queues()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    finally:
        running.stop()


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_an_answer_that_is_cut_or_is_no_http(answer: bytes) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        taken, _ = listener.accept()
        with taken:
            taken.recv(65536)
            taken.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    running = Running(World(Settings(fallback=f"http://127.0.0.1:{listener.getsockname()[1]}")))
    try:
        if b"half" in answer:
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                ask(running.port, "GET", "/bucket/key")
        else:
            status, _, body = ask(running.port, "GET", "/bucket/key")
            assert (status, b"gave no answer in HTTP" in body) == (503, True)
    finally:
        running.stop()
        thread.join()
        listener.close()


def test_post_to_cognito_is_answered_here(served: Running, other: SignedServer) -> None:
    assert post(served, "ListUserPools", {"MaxResults": 1}).status == 200
    assert post(served, "Nope", {}).json == {"__type": "UnknownOperationException"}
    assert other.seen == []


def test_programs_are_told(other: SignedServer) -> None:
    """By `exec` they get one endpoint for all, unless they have one; the banner names the fallback."""
    with Emulator(Settings(port=0, fallback=other.url)) as emulator:
        assert variables(emulator, {})["AWS_ENDPOINT_URL"] == emulator.url
        assert variables(emulator, {"AWS_ENDPOINT_URL": "http://own"})["AWS_ENDPOINT_URL"] == "http://own"
        assert emulator._running is not None
        assert f"  Fallback  {other.url} answers the calls of other AWS services" in banner(emulator._running)
    with Emulator(Settings(port=0)) as emulator:
        assert "AWS_ENDPOINT_URL" not in variables(emulator, {})
