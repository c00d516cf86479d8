"""Providers that answer with redirects: followed, at most twenty, and no secret goes to another place."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.federation.redirection import NotFollowed, Outgoing, following
from cognito_emulator.ports.web import Answer
from tests.helpers.federated import Provider, arrive, depart, refusal, users, with_provider
from tests.helpers.harness import Running
from tests.helpers.site import Site

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


def sign_in(site: Site, provider: Provider) -> Any:
    browser = site.browser()
    sent = depart(site, browser, "Mine")
    provider.nonce = sent["nonce"]
    return arrive(browser, sent)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_answer_of_a_provider_may_be_elsewhere(running: Running, provider: Provider, status: int) -> None:
    document = "/.well-known/openid-configuration"
    provider.moved = {document: (status, f"{provider.url}/moved{document}")}
    provider.moved |= {path: (status, f"/moved{path}") for path in ("/jwks", "/userinfo")}
    if status > 303:
        provider.moved["/token"] = (status, "/moved/token")
    provider.userinfo = {"name": "Ann"}
    site = with_provider(running, "Mine", "OIDC", provider.details)
    assert "code" in sign_in(site, provider).params
    assert users(running, site.pool)["Mine_s-1"]["name"] == "Ann"
    asked = {path: headers for path, headers, _ in provider.requests}
    assert asked["/moved/userinfo"]["authorization"] == "Bearer at-1"
    if status > 303:
        fields = {path: given for path, _, given in provider.requests}
        assert fields["/moved/token"]["client_secret"] == provider.details["client_secret"]


def test_saml_metadata_may_be_elsewhere(running: Running, provider: Provider) -> None:
    from tests.helpers.saml import metadata

    provider.moved = {"/metadata": (302, "/there")}
    provider.answers = {"/there": (200, metadata().encode())}
    pool = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    details = {"MetadataURL": f"{provider.url}/metadata"}
    members = {"UserPoolId": pool, "ProviderName": "Corp", "ProviderType": "SAML", "ProviderDetails": details}
    made = running.call("CreateIdentityProvider", **members)["IdentityProvider"]
    assert "SSORedirectBindingURI" in made["ProviderDetails"]


class Moving:
    """The way out, at which everything under /jwks is elsewhere for a while."""

    def __init__(self, inner: Any, times: int) -> None:
        self.inner, self.left, self.asked = inner, times, 0

    async def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        if not url.endswith("/jwks"):
            return await self.inner.request(method, url, *rest, **more)
        self.asked += 1
        self.left -= 1
        if self.left >= 0:
            return Answer(302, {"location": url}, b"")
        return await self.inner.request(method, url, *rest, **more)


@pytest.mark.parametrize(("times", "good"), [(20, True), (21, False)])
def test_twenty_are_followed(running: Running, provider: Provider, times: int, good: bool) -> None:
    site = with_provider(running, "Mine", "OIDC", provider.details)
    inner = running.world.web
    running.world.web = moving = Moving(inner, times)
    try:
        answer = sign_in(site, provider)
    finally:
        running.world.web = inner
    assert moving.asked == 21
    if good:
        assert "code" in answer.params
    else:
        assert refusal(answer) == ("invalid_request", "Error in calling jwks uri")


@pytest.mark.parametrize("location", ["ftp://localhost/x", "file:///etc/passwd", "http://[", "http://localhost:99999/"])
def test_redirects_that_lead_nowhere(running: Running, provider: Provider, location: str) -> None:
    site = with_provider(running, "Mine", "OIDC", provider.details)
    provider.moved = {"/jwks": (302, location)}
    assert refusal(sign_in(site, provider)) == ("invalid_request", "Error in calling jwks uri")


HERE = Outgoing("POST", "https://idp.example.com/token", FORM, b"client_secret=x")


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("to", ["https://evil.example.com/token", "https://idp.example.com:8443/token"])
def test_the_secret_is_not_sent_to_another_place(status: int, to: str) -> None:
    with pytest.raises(NotFollowed, match="another host"):
        following(HERE, status, to)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_form_becomes_a_question_without_it(status: int) -> None:
    then = following(HERE, status, "https://evil.example.com/token")
    assert then == Outgoing("GET", "https://evil.example.com/token", {"accept": "application/json"})


def test_a_token_stays_in_its_place() -> None:
    sent = Outgoing("GET", "https://idp.example.com/userinfo", {"authorization": "Bearer x", "accept": "*/*"})
    assert following(sent, 302, "/me").headers["authorization"] == "Bearer x"
    assert following(sent, 307, "https://idp.example.com:443/me").headers["authorization"] == "Bearer x"
    assert "authorization" not in following(sent, 307, "https://evil.example.com/me").headers
    with pytest.raises(NotFollowed, match="from https to http"):
        following(sent, 302, "http://idp.example.com/me")
    with pytest.raises(NotFollowed):
        following(sent, 302, None)
