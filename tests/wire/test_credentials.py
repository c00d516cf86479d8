"""SigV4 must be there where the model asks for it; account and region are read from it."""

from __future__ import annotations

import re

import pytest

from cognito_emulator.wire import credentials
from cognito_emulator.wire.model import SERVICES, service_model
from tests.helpers.harness import Running
from tests.helpers.raw import IDENTITY_TARGET, authorization, post

LIST = {"MaxResults": 60}


def test_a_signed_operation_needs_credentials(running: Running) -> None:
    answer = post(running, "ListUserPools", LIST, signed=False)
    assert answer.status == 400
    assert answer.json == {"__type": "MissingAuthenticationTokenException", "message": "Missing Authentication Token"}


_WHOLE = authorization()


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("Bearer abc", ["SignedHeaders", "Signature"]),
        (_WHOLE.replace("Credential=", "Cred="), ["Credential"]),
        (_WHOLE.replace("SignedHeaders=", "Headers="), ["SignedHeaders"]),
        (_WHOLE.replace(" Signature=00ff", ""), ["Signature"]),
        (_WHOLE.replace("/aws4_request", ""), ["Credential"]),
        (_WHOLE.replace("20260905", "today"), ["Credential"]),
        (_WHOLE.replace("AWS4-HMAC-SHA256", "AWS3"), ["Credential"]),
    ],
)
def test_an_incomplete_header(running: Running, header: str, names: list[str]) -> None:
    answer = post(running, "ListUserPools", LIST, authorization=header)
    text = " ".join(f"Authorization header requires '{name}' parameter." for name in names)
    assert answer.status == 400
    assert answer.error == ("IncompleteSignatureException", text)


@pytest.mark.parametrize("key", ["test", "AKIAIOSFODNN7EXAMPLE", "LSIAQAAAAAAVNCBMPNSG", "me", "a/b", "x/y+z=", "é"])
def test_access_keys_have_any_form(running: Running, key: str) -> None:
    answer = post(running, "ListUserPools", LIST, authorization=authorization(key))
    assert answer.status == 200, answer.body


_ODD = (
    _WHOLE.replace("AKID", "a/b"),
    _WHOLE.replace("/aws4_request", "/aws4_request/20260905/eu-west-1/s3/aws4_request"),
    _WHOLE.replace("/aws4_request", "/aws4_requested"),
    _WHOLE.replace("Credential=", "Credential=Credential="),
    _WHOLE.replace("Credential=", "Credential= "),
    _WHOLE.replace("Credential=", "SignedHeaders=a, Credential="),
    _WHOLE.replace("-SHA256 ", "-SHA256  "),
    _WHOLE.partition(",")[0],
    f"{_WHOLE}, Credential=x/20260905/eu-west-1/s3/aws4_request",
)


@pytest.mark.parametrize("header", [_WHOLE, authorization("123456789012"), *_ODD])
def test_the_usual_form_is_read_as_any_other(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> tuple[str, str, str] | str:
        try:
            return credentials.scope(header, "000000000000")
        except credentials.IncompleteSignature as error:
            return error.message

    monkeypatch.setattr(credentials, "_SCOPES", {})
    found = read()
    assert read() == found  # what is remembered
    monkeypatch.setattr(credentials, "_SCOPES", {})
    monkeypatch.setattr(credentials, "_USUAL", re.compile("(?!)"))
    assert read() == found


def test_what_is_remembered_of_headers_is_bounded_and_lacks_no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    scopes: dict[str, tuple[str, str, str]] = {}
    monkeypatch.setattr(credentials, "_SCOPES", scopes)
    for number in range(300):
        credentials.scope(authorization(f"key{number}"), "000000000000")
        credentials.scope(authorization("x" * 300), "000000000000")
        assert len(scopes) <= credentials._MOST_SCOPES
        assert all(len(text) < 300 for text in scopes)
    assert credentials.scope(authorization("key299"), "999999999999")[0] == "999999999999"
    with pytest.raises(credentials.IncompleteSignature):
        credentials.scope(authorization("key299").replace("Signature=", "Sign="), "000000000000")


def test_credentials_for_another_service(running: Running) -> None:
    answer = post(running, "ListUserPools", LIST, authorization=authorization(service="s3"))
    assert answer.status == 400
    text = "Credential should be scoped to correct service: 'cognito-idp'."
    assert answer.error == ("InvalidSignatureException", text)
    other = post(running, "ListIdentityPools", LIST, prefix=IDENTITY_TARGET)
    text = "Credential should be scoped to correct service: 'cognito-identity'."
    assert other.error == ("InvalidSignatureException", text)


def test_credentials_are_judged_before_constraints(running: Running) -> None:
    assert post(running, "ListUserPools", {}, signed=False).error[0] == "MissingAuthenticationTokenException"
    assert post(running, "ListUserPools", {"MaxResults": []}, signed=False).error[0].startswith("MissingAuth")


def _pool(running: Running, **scope: str) -> tuple[str, str]:
    answer = post(running, "CreateUserPool", {"PoolName": "p"}, authorization=authorization(**scope))
    return answer.json["UserPool"]["Id"], answer.json["UserPool"]["Arn"]


def test_a_key_of_12_digits_is_the_account(running: Running) -> None:
    pool, arn = _pool(running, key="123456789012")
    assert arn == f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool}"
    for key in ("AKIDEXAMPLE", "1234567890123", "12345678901", "00000000000a"):
        assert ":000000000000:" in _pool(running, key=key)[1]


def test_the_scope_names_the_region(running: Running) -> None:
    pool, arn = _pool(running, region="eu-central-1")
    assert pool.startswith("eu-central-1_")
    assert ":eu-central-1:" in arn


def test_accounts_and_regions_see_their_own_pools_only(running: Running) -> None:
    here, _ = _pool(running)
    elsewhere, _ = _pool(running, region="eu-central-1")
    others, _ = _pool(running, key="123456789012")
    listed = post(running, "ListUserPools", LIST).json["UserPools"]
    assert [pool["Id"] for pool in listed] == [here]
    for pool in (elsewhere, others):
        answer = post(running, "DescribeUserPool", {"UserPoolId": pool})
        assert answer.error == ("ResourceNotFoundException", f"User pool {pool} does not exist.")


@pytest.mark.parametrize("header", [None, _WHOLE, "Bearer abc", authorization(service="s3")])
def test_an_unsigned_operation_takes_any_or_no_credentials(running: Running, header: str | None) -> None:
    body = {"ClientId": "c", "Username": "ann", "Password": "pass"}
    answer = post(running, "SignUp", body, signed=False, authorization=header)
    assert answer.error == ("ResourceNotFoundException", "User pool client c does not exist.")


def test_the_model_says_which_operations_are_signed() -> None:
    signed = {name for s in SERVICES for name in service_model(s).names if service_model(s).operation(name).signed}  # type: ignore[union-attr]
    assert {"ListUsers", "AdminGetUser", "CreateUserPool", "ListIdentityPools", "DescribeIdentity"} <= signed
    unsigned = {"SignUp", "InitiateAuth", "GetUser", "RevokeToken", "SetUserMFAPreference", "GetId", "GetOpenIdToken"}
    assert not unsigned & signed
