"""Python callables as Lambda triggers, given to the handle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from cognito_emulator.server import Emulator
from tests.helpers.build import refused
from tests.helpers.python_triggers import POOL, SEED


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with Emulator(seed=SEED) as running:
        yield running


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    with shared.functions_put_back():
        yield shared
    shared.reset()


def sign_in(emulator: Emulator) -> Any:
    return emulator.client().initiate_auth(
        ClientId="web", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": "Password-1"}
    )["AuthenticationResult"]


def pool(emulator: Emulator) -> Any:
    return emulator.client().describe_user_pool(UserPoolId=POOL)["UserPool"]


def test_a_callable_is_a_trigger(emulator: Emulator) -> None:
    events = []

    def refuse(event: Any, context: Any) -> None:
        events.append(event)
        raise Exception("not today")

    before = pool(emulator)
    emulator.trigger("PreAuthentication", refuse, pool=POOL)
    with refused("UserLambdaValidationException", "PreAuthentication failed with error not today."):
        sign_in(emulator)
    assert events[0]["triggerSource"] == "PreAuthentication_Authentication"
    after = pool(emulator)
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{POOL}-PreAuthentication"
    assert after.pop("LambdaConfig") == {"PreAuthentication": arn}
    assert after == {name: value for name, value in before.items() if name != "LambdaConfig"}


def test_as_a_decorator_and_more_than_one(emulator: Emulator) -> None:
    called = []

    @emulator.trigger("PreAuthentication", pool=POOL)
    def before(event: Any, context: Any) -> Any:
        called.append("before")
        return event

    @emulator.trigger("PostAuthentication", pool=POOL)
    async def after(event: Any, context: Any) -> Any:
        called.append("after")
        return event

    sign_in(emulator)
    assert called == ["before", "after"]
    assert before({"a": 1}, None) == {"a": 1}  # still the function that was written


def test_a_callable_may_call_the_emulator(emulator: Emulator) -> None:
    def look_up(event: Any, context: Any) -> Any:
        found = emulator.client().admin_get_user(UserPoolId=event["userPoolId"], Username=event["userName"])
        assert found["UserStatus"] == "CONFIRMED"
        return event

    emulator.trigger("PreAuthentication", look_up, pool=POOL)
    assert sign_in(emulator)


def test_the_version_of_the_pre_token_event(emulator: Emulator) -> None:
    def claims(event: Any, context: Any) -> Any:
        assert event["version"] == "2"
        claim = {"claimsToAddOrOverride": {"colour": "green"}}
        event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": claim}}
        return event

    emulator.trigger("PreTokenGeneration", claims, pool=POOL, version="V2_0")
    token = sign_in(emulator)["AccessToken"]
    assert jwt.decode(token, options={"verify_signature": False})["colour"] == "green"


def test_an_arn_that_the_pool_names(emulator: Emulator) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:mine"
    emulator.client().update_user_pool(UserPoolId=POOL, LambdaConfig={"PreAuthentication": arn})
    text = "PreAuthentication invocation failed due to error ResourceNotFoundException."
    with refused("UnexpectedLambdaException", text):
        sign_in(emulator)
    emulator.on_lambda(arn, lambda event, context: event)
    assert sign_in(emulator)

    @emulator.on_lambda(arn)
    def other(event: Any, context: Any) -> Any:
        raise KeyError("x")

    with refused("UserLambdaValidationException", "PreAuthentication failed with error 'x'."):
        sign_in(emulator)


def test_functions_are_put_back(emulator: Emulator) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:mine"
    emulator.client().update_user_pool(UserPoolId=POOL, LambdaConfig={"PreAuthentication": arn})
    emulator.on_lambda(arn, lambda event, context: event)
    with emulator.functions_put_back():
        emulator.on_lambda(arn, lambda event, context: None)
        with refused("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON"):
            sign_in(emulator)
    assert sign_in(emulator)


@pytest.mark.parametrize("code", ["", "AYADeA==", "!", "AYADeA" * 30])
def test_what_is_no_code(emulator: Emulator, code: str) -> None:
    with pytest.raises(ValueError, match="no such code"):
        emulator.decrypt(code)


def test_a_code_that_was_altered(emulator: Emulator) -> None:
    import base64

    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    whole = base64.b64decode(emulator.world.kms.encrypt_code(key, "123456", {"userpool-id": POOL}))
    assert emulator.decrypt(base64.b64encode(whole).decode()) == "123456"
    unsigned = len(whole) - 120  # the signature at the end is for the real Encryption SDK to check
    for place in range(0, unsigned, 11):
        altered = bytearray(whole)
        altered[place] ^= 1
        with pytest.raises(ValueError, match="no such code"):
            emulator.decrypt(base64.b64encode(altered).decode())


def test_mistakes(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match=r"^PreSignIn is no trigger: PreSignUp, "):
        emulator.trigger("PreSignIn", lambda event, context: event, pool=POOL)
    with pytest.raises(ValueError, match=r"^KMSKeyID is no trigger"):
        emulator.trigger("KMSKeyID", lambda event, context: event, pool=POOL)
    with pytest.raises(LookupError, match=r"^There is no pool us-east-1_none\.$"):
        emulator.trigger("PreSignUp", lambda event, context: event, pool="us-east-1_none")
