"""Web pages of strange origins call nothing that AWS signs, and everything that it does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from cognito_emulator.options import BadSetting, add_to, settings_from
from cognito_emulator.ports.keys import Keys
from cognito_emulator.settings import Settings
from cognito_emulator.wire.model import OPTIONALLY_SIGNED, SERVICES, Service
from cognito_emulator.world import World
from tests.helpers.harness import Running, key_sets_in_turn
from tests.helpers.raw import IDENTITY_TARGET, IDP_TARGET, Answer, authorization, post, request

EVIL = "http://evil.example"
DENIED = "AccessDeniedException"
PREFIXES = {"cognito-idp": IDP_TARGET, "cognito-identity": IDENTITY_TARGET}
MODELS = {service: botocore.session.get_session().get_service_model(service) for service in SERVICES}


def is_signed(service: Service, name: str) -> bool:
    """As SDKs are told; two that need no credentials lack the mark."""
    return MODELS[service].operation_model(name).auth_type != "none" and name not in OPTIONALLY_SIGNED


def call(running: Running, service: Service, name: str, body: Any = b"{}", **headers: Any) -> Answer:
    given = {"authorization": authorization(service=service), **headers}
    return post(running, name, body, prefix=PREFIXES[service], **given)


def test_each_operation(running: Running) -> None:
    """`authtype none` in the service model tells which are not signed."""
    operations = [(service, name) for service in SERVICES for name in MODELS[service].operation_names]
    refused = {one for one in operations if call(running, *one, origin=EVIL).json.get("__type") == DENIED}
    # Two take AWS credentials or a client secret: with credentials they are signed.
    either = {("cognito-idp", "GetClientToken"), ("cognito-idp", "GetDerivedToken")} & set(operations)
    assert refused == {one for one in operations if is_signed(*one)} | either
    for service, name in either:
        assert post(running, name, prefix=PREFIXES[service], signed=False, origin=EVIL).json.get("__type") != DENIED
    assert ("cognito-idp", "SignUp") not in refused
    assert ("cognito-idp", "AdminGetUser") in refused
    assert ("cognito-identity", "GetId") not in refused


def test_the_refusal_says_what_to_do(running: Running) -> None:
    answer = call(running, "cognito-idp", "CreateUserPool", {"PoolName": "p"}, origin=EVIL)
    assert (answer.status, answer.error[0]) == (403, DENIED)
    assert f"start with --allow-origin {EVIL} (or COGNITO_EMULATOR_ALLOW_ORIGIN)" in str(answer.error[1])
    assert answer.headers["access-control-allow-origin"] == "*"  # the page's developer is to read it
    assert call(running, "cognito-idp", "ListUserPools", {"MaxResults": 1}).json["UserPools"] == []


@pytest.mark.parametrize("origin", [EVIL, "null", "http://8.8.8.8", "http://[", "chrome-extension://abc", ""])
def test_strange_origins(running: Running, origin: str) -> None:
    answer = call(running, "cognito-idp", "ListUserPools", {"MaxResults": 1}, origin=origin)
    assert answer.error[0] == DENIED
    # Whatever credentials it has, or has not.
    answer = call(running, "cognito-idp", "ListUserPools", {"MaxResults": 1}, origin=origin, authorization="x")
    assert answer.error[0] == DENIED


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://app.localhost", "http://192.168.1.7:8080"])
def test_private_origins(running: Running, origin: str) -> None:
    assert call(running, "cognito-idp", "ListUserPools", {"MaxResults": 1}, origin=origin).status == 200


def test_a_second_origin_does_not_hide_the_first(running: Running) -> None:
    import http.client

    for pair in ((EVIL, "http://localhost"), ("http://localhost", EVIL)):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        connection.putrequest("POST", "/")
        for origin in pair:
            connection.putheader("Origin", origin)
        for name, value in {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"{IDP_TARGET}ListUserPools",
            "authorization": authorization(),
            "content-length": "2",
        }.items():
            connection.putheader(name, value)
        connection.endheaders(b"{}")
        assert connection.getresponse().status in (400, 403)
        connection.close()


def test_the_keys_of_senders(running: Running) -> None:
    answer = post(running, "Decrypt", prefix="TrentService.", origin=EVIL)
    assert (answer.status, answer.error[0]) == (403, DENIED)
    assert post(running, "Decrypt", prefix="TrentService.").error[0] != DENIED


def test_a_preflight_does_not_name_the_operation(running: Running) -> None:
    asked = {
        "Origin": EVIL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-amz-target",
    }
    answer = request(running, "OPTIONS", "/", None, asked)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")


@pytest.fixture(scope="module")
def open_to_some() -> Iterator[Running]:
    settings = Settings(port=0, public_url="https://auth.example.com:8443", allow_origin=("https://app.example.com",))
    running = Running(World(settings, keys=Keys(key_sets_in_turn())))
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://app.example.com", 200),
        ("https://auth.example.com:8443", 200),
        ("https://auth.example.com", 200),
        ("http://app.example.com", 403),
        ("https://other.example.com", 403),
    ],
)
def test_origins_that_were_named(open_to_some: Running, origin: str, status: int) -> None:
    assert call(open_to_some, "cognito-idp", "ListUserPools", {"MaxResults": 1}, origin=origin).status == status


def settings_of(*flags: str, **environment: str) -> Settings:
    import argparse

    parser = argparse.ArgumentParser()
    add_to(parser)
    return settings_from(parser.parse_args(flags), environment)[0]


def test_the_setting() -> None:
    assert settings_of().allow_origin == ()
    given = settings_of("--allow-origin", "https://App.example.com:443/, http://b.example.com:1,null")
    assert given.allow_origin == ("https://app.example.com", "http://b.example.com:1", "null")
    assert settings_of(COGNITO_EMULATOR_ALLOW_ORIGIN="app://x").allow_origin == ("app://x",)


@pytest.mark.parametrize(
    "text", ["*", "app.example.com", "https://a.example/x", "https://", "http://[", "https://ä.de"]
)
def test_bad_settings(text: str) -> None:
    with pytest.raises(BadSetting, match="is not an origin such as https://"):
        settings_of("--allow-origin", text)


def test_the_log_tells_of_it(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "emulator.requests")
    call(running, "cognito-idp", "ListUserPools", {"MaxResults": 1}, origin=EVIL)
    # The line is written after the answer is sent, and before the next request is read.
    call(running, "cognito-idp", "SignUp")
    record, *_ = [one for one in caplog.records if one.name == "emulator.requests"]
    fields = record.__dict__["fields"]
    assert (fields["operation"], fields["result"], fields["status"]) == ("ListUserPools", DENIED, 403)
