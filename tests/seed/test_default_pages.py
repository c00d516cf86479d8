"""The default seed's hosted pages, machine client and mock Google work from the first address to the tokens."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import jwt
import pytest

from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.browser import Answer, Browser

POOL = "us-east-1_localpool"
WEB = "localweb000000000000000001"
PASSWORDLESS = "localpasskey00000000000001"
MACHINE = "localmachine00000000000001:localmachinesecret0000000000000000000000000000000001"
HOME = "http://localhost:3000/"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(port=0)) as one:
        yield one


@pytest.fixture(autouse=True)
def _as_at_the_start(emulator: Emulator) -> Iterator[None]:
    yield
    emulator.reset()


def at_login(emulator: Emulator, path: str = "/login", **more: str) -> Browser:
    browser = Browser(emulator.port)
    browser.get(f"{path}?{urlencode({'client_id': WEB, 'response_type': 'code', 'redirect_uri': HOME, **more})}")
    return browser


def ask(emulator: Emulator, **form: str) -> Any:
    """What the token endpoint answers."""
    head = {"authorization": "Basic " + base64.b64encode(MACHINE.encode()).decode()} if "code" not in form else {}
    request = Request(f"{emulator.url}/oauth2/token", urlencode(form).encode(), head)
    with urlopen(request) as answer:
        return json.load(answer)


def claims(emulator: Emulator, answer: Answer, client: str = WEB, home: str = HOME) -> dict[str, Any]:
    """The claims of the ID token for the code with which the browser came back."""
    assert answer.url.startswith(f"{home}?code="), answer.url
    form = {"grant_type": "authorization_code", "client_id": client, "redirect_uri": home}
    tokens = ask(emulator, code=answer.params["code"], **form)
    found: dict[str, Any] = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    return found


def signed_up(emulator: Emulator, client: str = WEB) -> Answer:
    browser = at_login(emulator, client_id=client)
    browser.click("Create an account")
    password = {"password": "Zoe-12345", "passwordConfirmation": "Zoe-12345"}
    page = browser.submit(**{"username": "zoe", "requiredAttributes[email]": "zoe@example.com", **password})
    assert page.code == emulator.code_for("zoe")
    return browser.submit(having="code", code=page.code)


def test_hosted_sign_up_ends_with_a_confirmed_user(emulator: Emulator) -> None:
    found = claims(emulator, signed_up(emulator))
    assert (found["cognito:username"], found["email"], found["email_verified"]) == ("zoe", "zoe@example.com", True)
    assert emulator.client().admin_get_user(UserPoolId=POOL, Username="zoe")["UserStatus"] == "CONFIRMED"


def test_only_a_client_that_takes_passkeys_offers_one(emulator: Emulator) -> None:
    assert signed_up(emulator, PASSWORDLESS).path == "/passkeys/add"


def test_the_machine_client_gets_a_token_with_scopes(emulator: Emulator) -> None:
    token = ask(emulator, grant_type="client_credentials")["access_token"]
    found = jwt.decode(token, options={"verify_signature": False})
    assert (set(found["scope"].split()), found["sub"]) == ({"api/read", "api/write"}, MACHINE.partition(":")[0])
    assert (
        jwt.decode(
            ask(emulator, grant_type="client_credentials", scope="api/read")["access_token"],
            options={"verify_signature": False},
        )["scope"]
        == "api/read"
    )


def test_google_signs_in_without_google(emulator: Emulator) -> None:
    browser = at_login(emulator, "/oauth2/authorize", identity_provider="Google", scope="openid email")
    assert browser.page is not None
    assert "is the mock of" in browser.page.body
    found = claims(emulator, browser.submit(having="claims", email="gina@example.com", name="Gina"))
    assert found["email"] == "gina@example.com"
    assert found["identities"][0]["providerName"] == "Google"


def test_groups_are_in_the_tokens(emulator: Emulator) -> None:
    found = claims(emulator, at_login(emulator).submit(username="alice", password="Alice-123"))
    assert found["cognito:groups"] == ["admins", "users"]


@pytest.mark.parametrize("port", [3000, 4173, 4200, 5173, 8080])
def test_dev_servers_are_known(emulator: Emulator, port: int) -> None:
    for path in ("/", "", "/callback", "/api/auth/callback/cognito"):
        home = f"http://localhost:{port}{path}"
        answer = at_login(emulator, redirect_uri=home).submit(username="alice", password="Alice-123")
        assert answer.url.startswith(f"{home}?code="), home
    for path in ("/", ""):
        home = f"http://localhost:{port}{path}"
        browser = Browser(emulator.port)
        assert browser.get(f"/logout?client_id={WEB}&{urlencode({'logout_uri': home})}").url == home


def test_a_code_by_mail_replaces_the_password(emulator: Emulator) -> None:
    idp = emulator.client()
    chosen = {"USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    asked = idp.initiate_auth(ClientId=PASSWORDLESS, AuthFlow="USER_AUTH", AuthParameters=chosen)
    done = idp.respond_to_auth_challenge(
        ClientId=PASSWORDLESS,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", "EMAIL_OTP_CODE": emulator.code_for("alice")},
    )
    access = done["AuthenticationResult"]["AccessToken"]
    options = idp.start_web_authn_registration(AccessToken=access)["CredentialCreationOptions"]
    assert options["rp"]["id"] == "localhost"
