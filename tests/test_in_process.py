"""The calls of a test's handle that need no connection. The fixtures are the plugin's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from cognito_emulator import Emulator
from cognito_emulator.pool_handle import CognitoPool


@pytest.fixture
def pool(cognito: Emulator) -> CognitoPool:
    """Has signed in and been refused before: the first call of each method is boto3's own."""
    made = cognito.create_pool()
    made.add_user("ann", email="ann@example.com")
    made.sign_in("ann")
    return made


def sent_by(pool: CognitoPool, work: Callable[[], object]) -> list[str]:
    """Return the operations that the pool's boto3 client sends while `work` is done."""
    seen: list[str] = []

    def note(event_name: str, **_: Any) -> None:
        seen.append(event_name.rpartition(".")[2])

    pool.idp.meta.events.register("before-send.cognito-idp", note)
    try:
        work()
    finally:
        pool.idp.meta.events.unregister("before-send.cognito-idp", note)
    return seen


def refusal_of(work: Callable[[], object]) -> ClientError:
    with pytest.raises(ClientError) as raised:
        work()
    return raised.value


def initiate(pool: CognitoPool, username: str, password: str) -> Any:
    parameters = {"USERNAME": username, "PASSWORD": password}
    members = {"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    return pool.idp.initiate_auth(**members)["AuthenticationResult"]


def test_a_handle_sets_up_without_a_connection(cognito: Emulator, pool: CognitoPool) -> None:
    def set_up() -> None:
        other = cognito.create_pool()
        other.add_user("bob", email="bob@example.com")
        other.sign_in("bob")

    assert sent_by(pool, set_up) == []


def test_the_emulator_sees_what_it_sees_of_boto3(cognito: Emulator, pool: CognitoPool) -> None:
    here, there = pool.sign_in("ann"), initiate(pool, "ann", "Password-1")
    assert here.keys() == there.keys()
    agents = [family.agent for family in cognito.world.store.families]
    assert agents == [agents[0]] * 3
    assert agents[0].startswith("Boto3/")
    mine, theirs = cognito.requests("InitiateAuth")[-2:]
    assert (mine.method, mine.path, mine.status, mine.user, mine.client, mine.input) == (
        (theirs.method, theirs.path, theirs.status, theirs.user, theirs.client, theirs.input)
    )
    region = cognito.create_pool(region="eu-west-1").id.partition("_")[0]
    assert [region, cognito.create_pool(region="eu-west-1").id.partition("_")[0]] == ["eu-west-1"] * 2


def test_a_refusal_is_the_error_of_boto3(pool: CognitoPool) -> None:
    here = refusal_of(lambda: pool.sign_in("ann", "Wrong-1234"))
    there = refusal_of(lambda: initiate(pool, "ann", "Wrong-1234"))
    assert type(here) is type(there) is pool.idp.exceptions.NotAuthorizedException
    assert (str(here), here.operation_name) == (str(there), there.operation_name)
    assert here.response["Error"] == there.response["Error"]
    assert here.response.keys() == there.response.keys()
    metadata, theirs = here.response["ResponseMetadata"], there.response["ResponseMetadata"]
    assert metadata.keys() == theirs.keys()
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"] != theirs["RequestId"]


def test_boto3_tries_again_after_a_fault(cognito: Emulator, pool: CognitoPool) -> None:
    cognito.fail("InitiateAuth", error="InternalErrorException", times=1)
    sent = sent_by(pool, lambda: pool.sign_in("ann"))
    assert sent == ["InitiateAuth"] * 2


def test_boto3_checks_what_it_can_check(cognito: Emulator, pool: CognitoPool) -> None:
    for username in ("", 7, None):
        with pytest.raises(ParamValidationError):
            pool.add_user(username)  # type: ignore[arg-type]
    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        cognito.create_pool(pool={"Polices": {}})
    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        cognito.create_pool(client={"Secret": True})
