"""acr and amr in the tokens of who signs in in a browser, and acr_values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.build import PASSWORD, SMS, user
from tests.flows.test_acr_claims import LEVEL, Said, of
from tests.harness import Running
from tests.oauth.browser import APP, Browser
from tests.oauth.federated import Provider, arrive, depart, with_provider
from tests.oauth.site import CHOICE, Site, site
from tests.oauth.test_token import machine
from tests.oauth_client import claims

SMS_CODE: Said = (LEVEL(3), ["pwd", "sms", "mfa"])


def redeem(place: Site, code: str) -> dict[str, Any]:
    """The tokens of a code, by their wire names."""
    body = {"grant_type": "authorization_code", "client_id": place.client, "code": code, "redirect_uri": APP}
    answer = Browser(place.running.port, place.host).post("/oauth2/token", body)
    assert answer.status == 200, answer.body
    found = json.loads(answer.body)
    return {"IdToken": found["id_token"], "AccessToken": found["access_token"], "RefreshToken": found["refresh_token"]}


def test_the_code_grant_the_implicit_one_and_single_sign_on(running: Running, idp: Any) -> None:
    place = site(running, client=CHOICE, SmsConfiguration=SMS)
    factors = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="OPTIONAL", **factors)
    user(running, place.pool, phone_number="+15551234567", email="ann@example.com")
    preference = {"Enabled": True, "PreferredMfa": True}
    idp.admin_set_user_mfa_preference(UserPoolId=place.pool, Username="ann", SMSMfaSettings=preference)
    browser = place.at("/oauth2/authorize")
    browser.submit(username="ann")
    page = browser.submit(password=PASSWORD)
    back = browser.submit(code=page.code, having="code")
    tokens = redeem(place, back.params["code"])
    assert of(tokens) == SMS_CODE
    before = claims(tokens["IdToken"])["auth_time"]
    running.world.clock.advance(60)
    silent = redeem(place, browser.get(f"/oauth2/authorize?{place.query()}").params["code"])
    assert of(silent) == SMS_CODE
    assert claims(silent["IdToken"])["auth_time"] == before
    implicit = browser.get(f"/oauth2/authorize?{place.query(response_type='token')}").params
    assert of({"IdToken": implicit["id_token"], "AccessToken": implicit["access_token"]}) == SMS_CODE


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"acr": "gold", "amr": ["hwk", "face"]}, (LEVEL(4), ["hwk"])),
        ({"acr": "platinum"}, (LEVEL(1), ["fed"])),
        ({}, (LEVEL(1), ["fed"])),
    ],
)
def test_a_federated_user(running: Running, provider: Provider, told: dict[str, Any], expected: Said) -> None:
    place = with_provider(running, "Mine", "OIDC", provider.details)
    running.call("UpdateIdentityProvider", UserPoolId=place.pool, ProviderName="Mine", AcrMapping={"Level4": "gold"})
    browser = place.browser()
    sent = depart(place, browser, "Mine")
    provider.nonce, provider.claims = sent["nonce"], told
    assert of(redeem(place, arrive(browser, sent).params["code"])) == expected


def test_a_machine_has_none(running: Running) -> None:
    at = machine(running)
    body = {"grant_type": "client_credentials", "client_id": at.client, "client_secret": str(at.secret)}
    found = json.loads(Browser(running.port).post("/oauth2/token", body).body)
    assert not {"acr", "amr"} & set(claims(found["access_token"]))
