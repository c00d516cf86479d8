"""The upload of a job's file: S3's own errors, and what is looked at before the file is read."""

from __future__ import annotations

import http.client
import logging
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.control import imports
from cognito_emulator.domain.users.user_csv import MAX_ROW, BadFile, lines_of
from tests.helpers.build import Setup, setup
from tests.helpers.harness import Running
from tests.helpers.imports import described, job

NO_SIGNATURE = (
    "<Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you "
    "provided. Check your key and signing method.</Message>"
)


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running, AutoVerifiedAttributes=["email"])


def put(running: Running, url: str, content: Any) -> tuple[int, str | None, str]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    chunked = not isinstance(content, bytes)
    connection.request("PUT", url.removeprefix(running.url), content, encode_chunked=chunked)
    answer = connection.getresponse()
    found = answer.status, answer.getheader("content-type"), answer.read().decode()
    connection.close()
    return found


def error(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'


def kept(running: Running, made: dict[str, Any]) -> bytes | None:
    found = running.world.store.import_jobs.get(made["JobId"])
    assert found is not None
    return found.content


@pytest.mark.parametrize("url", [lambda url: url[:-1], lambda url: url.replace("/_import/", "/_import/x"),
                                 lambda url: url.partition("?")[0], lambda url: url[:-4] + "%FF%00"])  # fmt: skip
def test_another_signature(running: Running, idp: Any, at: Setup, url: Callable[[str], str]) -> None:
    answer = put(running, url(job(idp, at)["PreSignedUrl"]), b"x")
    assert answer == (403, "application/xml", error(NO_SIGNATURE))


def test_a_url_that_has_expired(running: Running, idp: Any, at: Setup) -> None:
    running.world.clock.freeze(1_800_000_000)
    made = job(idp, at)
    running.world.clock.advance(901)
    times = "<Expires>2027-01-15T08:15:00Z</Expires><ServerTime>2027-01-15T08:15:01Z</ServerTime>"
    text = error(f"<Code>AccessDenied</Code><Message>Request has expired</Message>{times}")
    assert put(running, made["PreSignedUrl"], b"x")[::2] == (403, text)
    assert kept(running, made) is None


@pytest.mark.parametrize("chunks", [False, True])
def test_a_file_beyond_the_limit(
    running: Running, idp: Any, at: Setup, monkeypatch: pytest.MonkeyPatch, chunks: bool
) -> None:
    monkeypatch.setattr(imports, "MAX_FILE", 1_000)
    made = job(idp, at)
    answer = put(running, made["PreSignedUrl"], iter([b"x" * 500] * 200) if chunks else b"x" * 100_000)
    proposed = "" if chunks else "<ProposedSize>100000</ProposedSize>"
    message = "Your proposed upload exceeds the maximum allowed size"
    inside = f"<Code>EntityTooLarge</Code><Message>{message}</Message>{proposed}<MaxSizeAllowed>1000</MaxSizeAllowed>"
    assert answer == (400, "application/xml", error(inside))
    assert kept(running, made) is None
    assert put(running, made["PreSignedUrl"], b"x" * 1_000)[0] == 200


def begin(running: Running, url: str, sent: bytes = b"") -> socket.socket:
    """An upload of which 1,000 bytes are announced."""
    connection = socket.create_connection(("127.0.0.1", running.port), timeout=20)
    path = url.removeprefix(running.url)
    connection.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode() + sent)
    return connection


def uploads(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines of the log that tell of uploads."""
    told: list[dict[str, Any]] = [getattr(record, "fields", {}) for record in caplog.records]
    return [fields for fields in told if str(fields.get("operation", "")).startswith("PUT /_import/")]


def test_an_upload_that_breaks_off(running: Running, idp: Any, at: Setup, caplog: pytest.LogCaptureFixture) -> None:
    made = job(idp, at)
    with caplog.at_level(logging.INFO):
        begin(running, made["PreSignedUrl"], b"half").close()
        until = time.monotonic() + 10
        while time.monotonic() < until and not uploads(caplog):
            described(idp, made)
    assert [fields["status"] for fields in uploads(caplog)] == [400]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert kept(running, made) is None


def test_who_may_not_put_is_told_before_the_file_is_there(running: Running, idp: Any, at: Setup) -> None:
    """S3 answers as soon as it has the head; here a client that falls silent is waited for a second."""
    with begin(running, job(idp, at)["PreSignedUrl"][:-1]) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 403 ")


def test_a_job_that_ends_during_the_upload(running: Running, idp: Any, at: Setup) -> None:
    made = job(idp, at)
    with begin(running, made["PreSignedUrl"], b"half") as connection:
        described(idp, made)
        running.world.clock.advance(901)
        connection.sendall(b"x" * 996)
        assert connection.recv(100).startswith(b"HTTP/1.1 403 ")
    assert kept(running, made) is None


def test_a_header_is_no_longer_than_a_row() -> None:
    """Characters are read one by one."""
    assert lines_of(b"x" * MAX_ROW)
    with pytest.raises(BadFile, match="header of the CSV file is longer"):
        lines_of(b"x" * (MAX_ROW + 1))
