"""A script in any name or attribute is shown on every page, and is never markup."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from cognito_emulator.domain.errors import ApiError
from tests.helpers.build import FLOWS, PASSWORD, refused, sign_in, totp
from tests.helpers.console_site import PAGES, ROOT, Site, newest
from tests.helpers.harness import Running

# Without spaces, which names of users and groups do not have.
EVIL = "\"><img/src=x/onerror=alert(1)><script>alert(2)</script>'{{7*7}}"
ID = "ev1lev1lev1l"


@pytest.fixture
def place(running: Running, idp: Any) -> dict[str, str]:
    """A pool in which all that can be named is named by the script."""
    pool = running.call(
        "CreateUserPool",
        PoolName="pool",
        AutoVerifiedAttributes=["email"],
        UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"},
        UserPoolTier="PLUS",
        DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": False},
        UserPoolTags={"x": "y"},
    )["UserPool"]["Id"]
    mfa = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=pool, **mfa)
    made = running.call("CreateUserPoolClient", UserPoolId=pool, ClientName="client", ExplicitAuthFlows=FLOWS)
    client = made["UserPoolClient"]["ClientId"]
    attributes = [{"Name": "email", "Value": "e@example.com"}, {"Name": "given_name", "Value": EVIL}]
    sub = idp.sign_up(ClientId=client, Username=EVIL, Password=PASSWORD, UserAttributes=attributes)["UserSub"]
    idp.admin_confirm_sign_up(UserPoolId=pool, Username=EVIL)
    idp.create_group(UserPoolId=pool, GroupName=EVIL, Description=EVIL)
    idp.admin_add_user_to_group(UserPoolId=pool, GroupName=EVIL, Username=EVIL)
    return {"pool": pool, "client": client, "sub": sub}


def check(text: str, where: str) -> None:
    assert "<img/src" not in text, where
    assert "<script>alert" not in text, where
    assert "49'" not in text, where


def test_users_groups_and_requests(running: Running, idp: Any, site: Site, place: dict[str, str]) -> None:
    pool, client, sub = place["pool"], place["client"], place["sub"]
    with refused("NotAuthorizedException"):
        idp.initiate_auth(
            ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": EVIL, "PASSWORD": EVIL}
        )
    with refused("InvalidParameterException"):
        idp.admin_get_user(UserPoolId=EVIL, Username=EVIL)
    entry = newest(running)
    site.request("GET", f"/login?client_id={quote(EVIL)}&redirect_uri={quote(EVIL)}")
    page = newest(running)
    values = {"pool_id": pool, "sub": sub, "group:path": quote(EVIL, safe=""), "client_id": client}
    values |= {"service": "cognito-idp", "operation": "AdminGetUser", "message_id": "1", "name": "console.css"}
    for request_id in (entry.id, page.id):
        for row in PAGES:
            path = row.path
            for name, value in {**values, "request_id": request_id, "provider:path": "x"}.items():
                path = path.replace(f"{{{name}}}", value)
            answer = site.request("GET", path)
            if "attachment" in answer.headers.get("content-disposition", ""):
                assert answer.headers["x-content-type-options"] == "nosniff", path
            elif "/body" not in path:
                check(answer.text, path)
    shown = site.get(site.at(pool, "users", sub))
    assert shown.words("h1") == EVIL
    assert EVIL in shown.soup.select("input[name='attribute:given_name']")[0]["value"]
    assert EVIL in site.get(site.at(pool, "users")).words("tbody")
    assert site.get(site.at(pool, "groups", quote(EVIL, safe=""))).words("h1") == EVIL
    assert EVIL in str(site.get(f"{ROOT}/requests/{entry.id}").soup.select("pre")[0].get_text()).replace('\\"', '"')


@pytest.mark.parametrize(
    "path",
    [
        "/_emulator/?connect={}", "/_emulator/?client={}", "/_emulator/?done={}", "/_emulator/?{}=1",
        f"{ROOT}/find?q={{}}", f"{ROOT}/inbox?q={{}}", f"{ROOT}/inbox?to={{}}&pool={{}}&type={{}}",
        f"{ROOT}/requests?operation={{}}&user={{}}&path={{}}&error={{}}&client={{}}", f"{ROOT}/requests?status={{}}",
        f"{ROOT}/requests/{{}}", f"{ROOT}/api?q={{}}", f"{ROOT}/api/cognito-idp/{{}}", f"{ROOT}/api/{{}}/ListUsers",
        f"{ROOT}/api/cognito-idp/ListUsers?UserPoolId={{}}&Filter={{}}", f"{ROOT}/pools/{{}}/users",
        f"{ROOT}/pools/POOL/users?q={{}}&status=disabled&group={{}}", f"{ROOT}/pools/POOL/users?status={{}}",
        f"{ROOT}/pools/POOL/users?after={{}}", f"{ROOT}/pools/POOL/users/{{}}", f"{ROOT}/pools/POOL/groups/{{}}",
        f"{ROOT}/pools/POOL/clients/{{}}", f"{ROOT}/static/{{}}", f"{ROOT}/inbox/{{}}",
        f"{ROOT}/requests/x?masked={{}}",
    ],
)  # fmt: skip
def test_addresses(site: Site, place: dict[str, str], path: str) -> None:
    answer = site.request("GET", path.replace("POOL", place["pool"]).replace("{}", quote(EVIL, safe="")))
    assert answer.status < 500
    if "json" not in answer.headers["content-type"]:
        check(answer.text, path)


def test_fields_that_are_shown_again(site: Site, place: dict[str, str]) -> None:
    pool, sub, client = place["pool"], place["sub"], place["client"]
    for path, fields in {
        site.at(pool, "users", "new"): {"username": EVIL, "attribute:email": EVIL},
        site.at(pool, "users"): {"do": EVIL, "user": EVIL},
        site.at(pool, "users", sub): {"do": "save", "new-name": EVIL, "new-value": EVIL, "attribute:given_name": EVIL},
        site.at(pool, "groups"): {"name": EVIL, "description": EVIL, "precedence": EVIL, "role": EVIL},
        site.at(pool, "clients"): {"name": EVIL * 4},
        site.at(pool, "clients", client): {"do": "save", "settings": f"</textarea>{EVIL}"},
        site.at(pool, "settings"): {"do": "mfa", "mfa": f"</textarea>{EVIL}"},
        f"{ROOT}/tokens": {"token": f"</textarea>{EVIL}"},
        f"{ROOT}/clock": {"do": "set", "at": EVIL},
        f"{ROOT}/api/cognito-idp/AdminGetUser": {"UserPoolId": EVIL, "Username": EVIL},
        f"{ROOT}/api/cognito-idp/ListUserPools": {"as-json": f"</textarea>{EVIL}"},
    }.items():
        answer = site.post(path, fields)
        assert answer.status == 400, path
        check(answer.text, path)


def test_what_clients_send(running: Running, idp: Any, site: Site, place: dict[str, str]) -> None:
    """User-Agent, devices, triggers' answers, providers and domains."""
    pool, client, sub = place["pool"], place["client"], place["sub"]
    running.call("AdminSetUserPassword", UserPoolId=pool, Username=EVIL, Password=PASSWORD, Permanent=True)
    from tests.helpers.build import Setup

    tokens = sign_in(idp, Setup(pool, client), EVIL)
    device = tokens["NewDeviceMetadata"]["DeviceKey"]
    verifier = {
        "PasswordVerifier": base64.b64encode(b"\1" * 384).decode(),
        "Salt": base64.b64encode(b"\1" * 16).decode(),
    }
    idp.confirm_device(
        AccessToken=tokens["AccessToken"], DeviceKey=device, DeviceName=EVIL, DeviceSecretVerifierConfig=verifier
    )
    secret = idp.associate_software_token(AccessToken=tokens["AccessToken"])["SecretCode"]
    code = totp(secret, running.world.clock.now())
    idp.verify_software_token(AccessToken=tokens["AccessToken"], UserCode=code, FriendlyDeviceName=EVIL)
    details = {"client_id": EVIL, "client_secret": EVIL, "authorize_scopes": "openid"}
    idp.create_identity_provider(UserPoolId=pool, ProviderName="Google", ProviderType="Google", ProviderDetails=details)
    source = {"ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": EVIL}
    destination = {"ProviderName": "Cognito", "ProviderAttributeValue": EVIL}
    idp.admin_link_provider_for_user(UserPoolId=pool, DestinationUser=destination, SourceUser=source)
    for path in (
        site.at(pool, "users", sub),
        site.at(pool, "providers"),
        site.at(pool, "providers", "Google"),
        site.at(pool, "users"),
        f"{ROOT}/find?q=img",
        f"{ROOT}/requests",
        "/_emulator/",
    ):
        check(site.get(path).text, path)
    told = site.get(site.at(pool, "users", sub)).words()
    assert told.count(EVIL) >= 4


def test_a_service_error_with_markup(site: Site, monkeypatch: pytest.MonkeyPatch, place: dict[str, str]) -> None:
    class Odd(ApiError):
        code = EVIL

    async def call(*_: Any) -> Any:
        raise Odd(EVIL)

    monkeypatch.setattr("cognito_emulator.console.view.call", call)
    answer = site.post(f"{ROOT}/api/cognito-idp/ListUserPools", {"MaxResults": "1"})
    check(answer.text, "error")
    assert EVIL in answer.refusal
