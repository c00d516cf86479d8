"""The requests and messages that tests look at. The fixtures are the plugin's own."""

from __future__ import annotations

import asyncio

import pytest
from botocore.exceptions import ClientError

from cognito_emulator import Emulator


def test_requests_are_objects(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    pool.sign_in("ann")
    with pytest.raises(ClientError):
        pool.sign_in("ann", "Wrong-1234")
    good, bad = cognito.requests("InitiateAuth")
    assert (good.status, good.error, good.user, good.client) == (200, "", "ann", pool.client_id)
    assert good.input["AuthParameters"]["PASSWORD"] == "Password-1"
    assert good.answer["AuthenticationResult"]["TokenType"] == "Bearer"
    assert (bad.status, bad.error) == (400, "NotAuthorizedException")
    text = "<InitiateAuth 400 NotAuthorizedException: Incorrect username or password. user=ann>"
    assert repr(bad) == text
    assert [each.operation for each in cognito.requests(status="4xx")] == ["InitiateAuth"]
    with pytest.raises(ValueError, match="There is no filter 'statu'"):
        cognito.requests(statu="4xx")
    with pytest.raises(ValueError, match=r"There is no operation 'ListUser'. Did you mean 'ListUsers'\?"):
        cognito.requests("ListUser")
    assert cognito.requests("GET /login,kms:Decrypt,GetId") == []
    with pytest.raises(ValueError, match="such as 400"):
        cognito.requests(status="bad")


def test_requests_are_those_of_the_scope(cognito_server: Emulator) -> None:
    with cognito_server.scope():
        cognito_server.create_pool()
        with cognito_server.scope():
            assert cognito_server.requests() == []
            cognito_server.create_pool()
            assert len(cognito_server.requests("CreateUserPool")) == 1
        assert len(cognito_server.requests("CreateUserPool")) == 2


def test_waiting_does_not_block_the_tests_event_loop(cognito: Emulator) -> None:
    pool = cognito.create_pool()

    async def scenario() -> tuple[str, int, int, str]:
        code_sent = asyncio.ensure_future(cognito.code_for_async("ann"))
        messages_sent = asyncio.ensure_future(cognito.messages_async(user="ann", wait=5))
        requested = asyncio.ensure_future(cognito.requests_async("InitiateAuth", wait=5))
        await asyncio.sleep(0)
        await pool.add_user_async("ann", email="ann@example.com", confirmed=False)
        await pool.add_user_async("bob")
        result = await pool.sign_in_async("bob")
        return await code_sent, len(await messages_sent), len(await requested), result["TokenType"]

    code, messages, requests, kind = asyncio.run(scenario())
    assert (len(code), messages, requests, kind) == (6, 1, 1, "Bearer")


def test_a_refused_request_says_why(cognito: Emulator) -> None:
    pool = cognito.create_pool(client={"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]})
    pool.add_user("ann")
    parameters = {"USERNAME": "ann", "PASSWORD": "Password-1"}
    with pytest.raises(ClientError):
        pool.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert all(each.why is None for each in cognito.requests(status="2xx"))
    (refused,) = cognito.requests(rule="auth.flow-not-enabled")
    assert refused.why is not None
    assert (refused.why.setting, refused.why.value) == ("ExplicitAuthFlows", ["ALLOW_USER_SRP_AUTH"])
    assert refused.why.sentence == "The app client must list a flow before it is used."
    assert refused.why.remedy.startswith("UpdateUserPoolClient with the flow")
    _, rule, remedy = refused.explained().splitlines()
    assert rule.endswith("before it is used. [ExplicitAuthFlows=['ALLOW_USER_SRP_AUTH']]")
    assert remedy == f"    remedy: {refused.why.remedy}"
