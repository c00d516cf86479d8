"""ContextData and UserContextData: from where a user comes, as an app tells it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, refused, user
from tests.helpers.fingerprint import encoded
from tests.helpers.harness import Running
from tests.helpers.protected import ADDRESS_TEXT, BLOCKED_TEXT, HOME, configure, context, events, from_, protected, risk

SECRET = {"GenerateSecret": True, "EnablePropagateAdditionalUserContextData": True}
NOWHERE = {"City": "null", "Country": "null"}
BAD_ADDRESS = "IpAddress must be a valid IPv4 or IPv6 address."


def by_user(idp: Any, at: Setup, told: Any) -> Any:
    return idp.initiate_auth(
        ClientId=at.client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD, **at.hashed("ann")},
        UserContextData=told,
    )


def seen(idp: Any, at: Setup) -> dict[str, str]:
    found: dict[str, str] = events(idp, at)[0]["EventContextData"]
    return found


def test_a_server_tells_of_its_user(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    from_(idp, at, "2001:db8::7", agent="Mozilla/5.0 (iPhone) Safari/604.1")
    assert seen(idp, at) == {**NOWHERE, "IpAddress": "2001:db8::7", "DeviceName": "iOS, Safari"}
    told = encoded({"DeviceId": "d-1", "DeviceName": "Pixel 9", "ClientTimezone": "+02:00"})
    from_(idp, at, EncodedData=told)
    assert seen(idp, at) == {**NOWHERE, "IpAddress": HOME, "DeviceName": "Pixel 9", "Timezone": "+02:00"}


def test_without_context_the_server_is_the_user(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    idp.admin_initiate_auth(
        UserPoolId=at.pool,
        ClientId=at.client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    assert seen(idp, at)["IpAddress"] == "127.0.0.1"
    assert "Boto3" in seen(idp, at)["DeviceName"]


def test_a_server_without_a_user_agent_to_tell(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    from_(idp, at, HttpHeaders=[{"headerName": "Accept", "headerValue": "*/*"}, {}])
    assert seen(idp, at) == {**NOWHERE, "IpAddress": HOME, "DeviceName": "unknown"}


@pytest.mark.parametrize("ip", ["", "localhost", "192.0.2.256"])
def test_a_server_that_tells_no_address(running: Running, idp: Any, ip: str) -> None:
    at = protected(running)
    user(running, at.pool)
    with refused("InvalidParameterException", BAD_ADDRESS):
        from_(idp, at, ip)
    with refused("InvalidParameterException", BAD_ADDRESS):
        idp.admin_respond_to_auth_challenge(
            UserPoolId=at.pool,
            ClientId=at.client,
            ChallengeName="SMS_MFA",
            ChallengeResponses={"USERNAME": "ann"},
            ContextData=context(ip),
        )
    assert events(idp, at) == []


def test_a_client_with_a_secret_may_name_an_address(running: Running, idp: Any) -> None:
    at = protected(running, client=SECRET)
    user(running, at.pool)
    by_user(idp, at, {"IpAddress": HOME})
    assert seen(idp, at)["IpAddress"] == HOME
    with refused("InvalidParameterException", BAD_ADDRESS):
        by_user(idp, at, {"IpAddress": "x"})
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": [f"{HOME}/32"]})
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        by_user(idp, at, {"IpAddress": HOME})


OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("sign_up", {"Password": PASSWORD}),
    ("confirm_sign_up", {"ConfirmationCode": "123456"}),
    ("resend_confirmation_code", {}),
    ("forgot_password", {}),
    ("confirm_forgot_password", {"ConfirmationCode": "123456", "Password": PASSWORD}),
]


@pytest.mark.parametrize(("operation", "members"), OPERATIONS)
def test_in_each_operation(running: Running, idp: Any, operation: str, members: dict[str, Any]) -> None:
    at = protected(running, client=SECRET)
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": [f"{HOME}/32"]})
    whole = {"ClientId": at.client, "Username": "ann", "SecretHash": at.hashed("ann")["SECRET_HASH"], **members}
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        getattr(idp, operation)(**whole, UserContextData={"IpAddress": HOME})
    with refused("InvalidParameterException", BAD_ADDRESS):
        getattr(idp, operation)(**whole, UserContextData={"IpAddress": "x"})


def test_in_an_answer(running: Running, idp: Any) -> None:
    at = protected(running, client=SECRET)
    user(running, at.pool, permanent=False)
    asked = by_user(idp, at, {"IpAddress": "192.0.2.99"})
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": [f"{HOME}/32"]})
    responses = {"USERNAME": "ann", "NEW_PASSWORD": "Correct-horse-8", **at.hashed("ann")}
    answer = {
        "ClientId": at.client,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": asked["Session"],
        "ChallengeResponses": responses,
    }
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        idp.respond_to_auth_challenge(**answer, UserContextData={"IpAddress": HOME})
    assert "AuthenticationResult" in idp.respond_to_auth_challenge(**answer)


@pytest.mark.parametrize("client", [{}, {"GenerateSecret": True}])
@pytest.mark.parametrize("ip", [HOME, "x"])
def test_other_clients_may_not(running: Running, idp: Any, client: dict[str, Any], ip: str) -> None:
    at = protected(running, client=client)
    user(running, at.pool)
    by_user(idp, at, {"IpAddress": ip, "EncodedData": encoded({"DeviceId": "d-1", "DeviceName": "Pixel 9"})})
    assert seen(idp, at) == {**NOWHERE, "IpAddress": "127.0.0.1", "DeviceName": "Pixel 9"}


def test_only_in_plus(running: Running, idp: Any) -> None:
    at = protected(running, "OFF", client=SECRET)
    user(running, at.pool)
    assert "AuthenticationResult" in by_user(idp, at, {"IpAddress": "x"})


def test_a_device_is_known_by_its_fingerprint(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    configure(running, at, "BLOCK")

    def told(device: str) -> dict[str, str]:
        return {"EncodedData": encoded({"DeviceId": device})}

    by_user(idp, at, told("d-1"))
    by_user(idp, at, told("d-1"))
    assert risk(events(idp, at)[0]) == ("NoRisk", None, False)
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        by_user(idp, at, told("d-2"))
    assert risk(events(idp, at)[0]) == ("Block", "Low", False)


def test_tampered_context_is_no_error(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    by_user(idp, at, {"EncodedData": "opaque"})
    by_user(idp, at, {"EncodedData": "opaque, and another"})
    assert [risk(event)[1] for event in events(idp, at)] == [None, None]
