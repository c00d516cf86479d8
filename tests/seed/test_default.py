"""The default seed is useful at once: its users sign in as its comments say."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError

from cognito_emulator.domain.clients.secret_hash import secret_hash
from cognito_emulator.seed import apply, parse_default
from tests.helpers.harness import Running

POOL = "us-east-1_localpool"
WEB = "localweb000000000000000001"
SERVER = "localserver000000000000001"
SERVER_SECRET = "localserversecret00000000000000000000000000000000001"
PASSWORDLESS = "localpasskey00000000000001"
MACHINE = "localmachine00000000000001"
MACHINE_SECRET = "localmachinesecret0000000000000000000000000000000001"


@pytest.fixture
def cognito(running: Running, idp: Any) -> Any:
    running.run(apply(running.world, parse_default()))
    return idp


def sign_in(cognito: Any, username: str, password: str) -> Any:
    typed = {"USERNAME": username, "PASSWORD": password}
    return cognito.initiate_auth(ClientId=WEB, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=typed)


def test_alice_signs_in_and_is_an_admin(cognito: Any) -> None:
    tokens = sign_in(cognito, "alice", "Alice-123")["AuthenticationResult"]
    user = cognito.get_user(AccessToken=tokens["AccessToken"])
    assert {item["Name"]: item["Value"] for item in user["UserAttributes"]}["custom:team"] == "blue"
    groups = cognito.admin_list_groups_for_user(UserPoolId=POOL, Username="alice")["Groups"]
    assert [group["GroupName"] for group in groups] == ["admins", "users"]


def test_bob_is_asked_for_the_documented_authenticator(cognito: Any, running: Running) -> None:
    asked = sign_in(cognito, "bob", "Bob-12345")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").at(int(running.world.clock.now()))
    answer = {"USERNAME": "bob", "SOFTWARE_TOKEN_MFA_CODE": code}
    done = cognito.respond_to_auth_challenge(
        ClientId=WEB, ChallengeName="SOFTWARE_TOKEN_MFA", Session=asked["Session"], ChallengeResponses=answer
    )
    assert "AccessToken" in done["AuthenticationResult"]


def test_carol_has_to_choose_a_password(cognito: Any) -> None:
    assert sign_in(cognito, "carol", "Carol-123")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_dave_has_not_confirmed(cognito: Any) -> None:
    with pytest.raises(ClientError, match="UserNotConfirmedException"):
        sign_in(cognito, "dave", "Dave-1234")


def test_the_server_client_signs_in_with_its_secret(cognito: Any) -> None:
    typed = {"USERNAME": "alice", "PASSWORD": "Alice-123"}
    call = {"UserPoolId": POOL, "ClientId": SERVER, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH"}
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        cognito.admin_initiate_auth(**call, AuthParameters=typed)
    typed["SECRET_HASH"] = secret_hash(SERVER_SECRET, "alice", SERVER)
    assert "AuthenticationResult" in cognito.admin_initiate_auth(**call, AuthParameters=typed)


def test_its_ids_have_the_form_of_those_that_are_made_up() -> None:
    (pool,) = parse_default().pools
    assert (pool.id, len(POOL.split("_")[1])) == (POOL, 9)
    made = [(client.id, client.secret) for client in pool.clients]
    assert made == [(WEB, None), (SERVER, SERVER_SECRET), (PASSWORDLESS, None), (MACHINE, MACHINE_SECRET)]
    assert {len(each) for each in (WEB, SERVER, PASSWORDLESS, MACHINE)} == {26}
    assert {len(SERVER_SECRET), len(MACHINE_SECRET)} == {52}
