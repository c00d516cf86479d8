"""Credentials from another service's STS, and what happens when it does not give them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from cognito_emulator.ports.web import Answer, WebError
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.identity_pools import AUTHENTICATED, UNUSABLE, Ann, federation, payload

ENDPOINT = "http://localhost:4566"
GIVEN = b"""<?xml version="1.0"?>
<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Credentials>
      <AccessKeyId>LSIAQ</AccessKeyId> <SecretAccessKey>a&amp;b</SecretAccessKey>
      <SessionToken>  FQoG  </SessionToken><Expiration>2030-01-02T03:04:05Z</Expiration>
    </Credentials>
    <AssumedRoleUser><AccessKeyId>not this</AccessKeyId></AssumedRoleUser>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>"""
CHANGED = "The identity or its role has changed meanwhile."


class Sts:
    """Stands for the service: gives one answer, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer | Exception = Answer(200, {}, GIVEN)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.meanwhile: Any = None

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Answer:
        self.asked.append((method, url, {name: values[0] for name, values in parse_qs(body.decode()).items()}))
        await asyncio.sleep(0)
        if self.meanwhile is not None:
            self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Running, Sts]]:
    sts = Sts()
    running = Running(World(Settings(port=0, sts_endpoint=ENDPOINT), web=sts))
    yield running, sts
    running.stop()


@pytest.fixture
def scene(served: tuple[Running, Sts]) -> tuple[Running, Sts, Ann, Any]:
    running, sts = served
    running.reset()
    sts.__init__()  # type: ignore[misc]
    return running, sts, federation(running, running.client()), running.client("cognito-identity")


Scene = tuple[Running, Sts, Ann, Any]


def ask(scene: Scene) -> Any:
    _, _, ann, identity = scene
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"]
    return identity.get_credentials_for_identity(IdentityId=known, Logins=ann.logins)


def test_its_credentials_are_passed_on(scene: Scene) -> None:
    _, sts, ann, _ = scene
    answer = ask(scene)
    made = answer["Credentials"]
    assert made["Expiration"].timestamp() == 1893553445
    assert (made["AccessKeyId"], made["SecretKey"], made["SessionToken"]) == ("LSIAQ", "a&b", "FQoG")
    ((method, url, form),) = sts.asked
    assert (method, url) == ("POST", ENDPOINT)
    claims = payload(form.pop("WebIdentityToken"))
    assert (claims["sub"], claims["aud"], claims["amr"][0]) == (answer["IdentityId"], ann.pool, "authenticated")
    assert form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": AUTHENTICATED,
        "RoleSessionName": "CognitoIdentityCredentials",
        "DurationSeconds": "3600",
    }


@pytest.mark.parametrize("status", [400, 403])
def test_a_role_that_it_refuses(scene: Scene, status: int) -> None:
    scene[1].answer = Answer(status, {}, b"<ErrorResponse/>")
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        ask(scene)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (WebError("x cannot be reached: y"), "STS: x cannot be reached: y."),
        (Answer(500, {}, b""), "STS answered with status 500."),
        (Answer(302, {}, b""), "STS answered with status 302."),
        (Answer(200, {}, b""), "The answer of STS cannot be used: it is not well-formed XML."),
        (Answer(200, {}, b"<a/>"), "The answer of STS cannot be used: it holds no credentials."),
        (
            Answer(200, {}, GIVEN.replace(b"2030-", b"x")),
            "The answer of STS cannot be used: its Expiration is no time.",
        ),
        (
            Answer(200, {}, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "The answer of STS cannot be used: a document type declaration is not allowed.",
        ),
    ],
)
def test_an_answer_that_is_none(scene: Scene, answer: Any, message: str) -> None:
    scene[1].answer = answer
    with refused("ExternalServiceException", message):
        ask(scene)


def test_a_failure_links_nothing(scene: Scene) -> None:
    _, sts, ann, identity = scene
    sts.answer = WebError("x")
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    with refused("ExternalServiceException"):
        identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)
    assert identity.describe_identity(IdentityId=guest)["Logins"] == []


def test_an_identity_that_goes_away_meanwhile(scene: Scene) -> None:
    running, sts, _, _ = scene
    table = running.world.store.federated_identities

    def delete() -> None:
        with running.world.store.write():
            for one in table:
                table.delete(one.id)

    sts.meanwhile = delete
    with refused("ResourceNotFoundException"):
        ask(scene)


def test_another_identity_meanwhile(scene: Scene) -> None:
    """A guest signs in while STS is asked; the login gets an identity of its own elsewhere."""
    running, sts, ann, identity = scene
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    store = running.world.store

    def take() -> None:
        from msgspec.structs import replace

        from cognito_emulator.domain.identity_pools.identity import Login

        named = store.federated_identities.get(guest)
        assert named is not None
        login = Login(ann.provider, ann.sub)
        with store.write():
            store.federated_identities.put(replace(named, id="us-east-1:0", logins=(login,), guest=False))

    sts.meanwhile = take
    with refused("ResourceConflictException", CHANGED):
        identity.get_credentials_for_identity(IdentityId=guest, Logins=ann.logins)


def test_an_endpoint_that_is_not_there() -> None:
    running = Running(World(Settings(port=0, sts_endpoint="http://127.0.0.1:1")))
    try:
        ann = federation(running, running.client())
        with refused("ExternalServiceException"):
            ask((running, Sts(), ann, running.client("cognito-identity")))
    finally:
        running.stop()
