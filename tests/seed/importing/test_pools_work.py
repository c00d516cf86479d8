"""The pool that each format makes behaves: sign-up, sign-in, hosted login, machine token."""

from __future__ import annotations

import base64
import json
import urllib.parse
import urllib.request
from typing import Any

import pytest

from tests.helpers.build import Setup, sign_in
from tests.helpers.harness import Running
from tests.helpers.imported_files import ANSWERS, CASES, GIVEN, Imports

PASSWORD = "Passw0rd-new!"


def place_of(running: Running, pool: str, client: str) -> Setup:
    found = running.world.store.clients.get(client)
    assert found is not None
    assert found.pool_id == pool
    return Setup(pool, client, found.secret)


@pytest.mark.parametrize("case", CASES)
def test_sign_up_sign_in_and_hosted_login(imports: Imports, case: str) -> None:
    files, options, pool_id, client_id, is_hosted = CASES[case]
    imports.load(*files, **options)
    running = imports.running
    idp, place = running.client(region=pool_id.partition("_")[0]), place_of(running, pool_id, client_id)
    pool = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    name = "zoe@example.com" if pool.get("UsernameAttributes") else "zoe"
    hashed = {"SecretHash": place.hashed(name)["SECRET_HASH"]} if place.secret else {}
    attributes = [{"Name": "email", "Value": "zoe@example.com"}]
    if case == "cloudformation":
        attributes.append({"Name": "custom:tenant", "Value": "acme"})
    if case == "terraform state":  # its MFA is by SMS
        attributes.append({"Name": "phone_number", "Value": "+15551234567"})
    idp.sign_up(ClientId=client_id, Username=name, Password=PASSWORD, UserAttributes=attributes, **hashed)
    code = running.world.outbox.all()[-1].code
    idp.confirm_sign_up(ClientId=client_id, Username=name, ConfirmationCode=code, **hashed)
    if pool["MfaConfiguration"] == "ON":
        parameters = {"USERNAME": name, "PASSWORD": PASSWORD, **place.hashed(name)}
        answer = idp.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        assert answer["ChallengeName"] == ("SMS_MFA" if case == "terraform state" else "MFA_SETUP")
    else:
        assert sign_in(idp, place, name, PASSWORD)["AccessToken"]
    if is_hosted:
        client = idp.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"]
        query = {"client_id": client_id, "response_type": "code", "redirect_uri": client["CallbackURLs"][0]}
        with urllib.request.urlopen(f"{running.url}/login?{urllib.parse.urlencode(query)}") as page:
            assert "password" in page.read().decode()


@pytest.mark.parametrize(
    ("file", "options", "client", "scope"),
    [
        ("shop.yaml", {"parameters": GIVEN}, "machine", "https://api.shop.example/orders.read"),
        ("plan.json", {}, "api_machine", "https://api.shop.example/read"),
    ],
)
def test_machine_tokens(imports: Imports, file: str, options: dict[str, Any], client: str, scope: str) -> None:
    imports.load(file, **options)
    found = imports.running.world.store.clients.get(client)
    assert found is not None
    basic = base64.b64encode(f"{client}:{found.secret}".encode()).decode()
    request = urllib.request.Request(
        f"{imports.running.url}/oauth2/token",
        urllib.parse.urlencode({"grant_type": "client_credentials", "scope": scope}).encode(),
        {"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.loads(answer.read())["access_token"]


def test_passwords_of_cognito_local_are_carried(imports: Imports) -> None:
    imports.load("local_3kJ9xZ.json", "clients.json")
    place = place_of(imports.running, "us-east-1_3kJ9xZ", "2eJu3lyKlu0w1r6hzn0oq7")
    idp = imports.running.client()
    assert sign_in(idp, place, "ann@example.com", "Password1!")["AccessToken"]
    parameters = {"USERNAME": "bob@example.com", "PASSWORD": "Password2!"}
    answer = idp.initiate_auth(ClientId=place.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    user = idp.admin_get_user(UserPoolId=place.pool, Username="ann@example.com")
    assert user["Username"] == "10000000-0000-4000-8000-000000000001"
    assert {"Name": "custom:role", "Value": "boss"} in user["UserAttributes"]
    groups = idp.admin_list_groups_for_user(UserPoolId=place.pool, Username="ann@example.com")["Groups"]
    assert [group["GroupName"] for group in groups] == ["admins"]


def test_one_password_for_all(imports: Imports) -> None:
    imports.load(*ANSWERS, password=PASSWORD)
    place = place_of(imports.running, "ap-southeast-2_Real12345", "4realclient000000000000001")
    idp = imports.running.client(region="ap-southeast-2")
    assert sign_in(idp, place, "ann@example.com", PASSWORD)["AccessToken"]
    users = {user["Username"][:8]: user for user in idp.list_users(UserPoolId=place.pool)["Users"]}
    assert users["20000000"]["UserStatus"]
    statuses = sorted(user["UserStatus"] for user in idp.list_users(UserPoolId=place.pool)["Users"])
    assert statuses == ["CONFIRMED", "EXTERNAL_PROVIDER", "UNCONFIRMED"]
    assert idp.admin_get_user(UserPoolId=place.pool, Username="google_108")["UserStatus"] == "EXTERNAL_PROVIDER"


def test_users_of_csv_go_into_the_pool_of_the_other_file(imports: Imports) -> None:
    imports.load("users.csv", "cdk.json")
    idp = imports.running.client()
    users = idp.list_users(UserPoolId="us-east-1_PoolD3F588B8")["Users"]
    assert [(user["Username"], user["UserStatus"]) for user in users] == [
        ("ann", "RESET_REQUIRED"),
        ("bob", "RESET_REQUIRED"),
    ]
    address = next(item["Value"] for item in users[1]["Attributes"] if item["Name"] == "address")
    assert address == "12 High Street, London"
