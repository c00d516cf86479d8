"""One user pool as the identity provider of another in the same emulator: its hosted endpoints answer as any do."""

from __future__ import annotations

import pytest

from tests.helpers.browser import Browser
from tests.helpers.build import PASSWORD, user
from tests.helpers.federated import tokens, users, with_provider
from tests.helpers.harness import Running
from tests.helpers.site import site


@pytest.mark.parametrize("discovered", [True, False])
def test_sign_in_with_a_user_of_another_pool(running: Running, discovered: bool) -> None:
    back = f"{running.url}/oauth2/idpresponse"
    home = site(running, domain=None, client={"CallbackURLs": [back], "GenerateSecret": True})
    user(running, home.pool, "ann", email="ann@example.com", email_verified="true")
    told = running.call("DescribeUserPoolClient", UserPoolId=home.pool, ClientId=home.client)["UserPoolClient"]
    details = {
        "client_id": home.client,
        "client_secret": told["ClientSecret"],
        "authorize_scopes": "openid email",
        "oidc_issuer": f"{running.url}/{home.pool}",
        "attributes_request_method": "GET",
    }
    if not discovered:
        details |= {
            "authorize_url": f"{running.url}/oauth2/authorize",
            "token_url": f"{running.url}/oauth2/token",
            "attributes_url": f"{running.url}/oauth2/userInfo",
            "jwks_uri": f"{running.url}/{home.pool}/.well-known/jwks.json",
        }
    guest = with_provider(running, "Home", "OIDC", details, mapping={"email": "email"})
    browser = Browser(running.port)
    browser.get(f"/oauth2/authorize?{guest.query(identity_provider='Home')}")
    answer = browser.submit(having="username", username="ann")
    if not answer.left and answer.soup.find("input", {"name": "password"}):
        answer = browser.submit(having="password", password=PASSWORD)
    assert answer.left, answer
    assert tokens(guest, answer.params["code"])["email"] == "ann@example.com"
    (found,) = users(running, guest.pool)
    assert found.startswith("Home_")
