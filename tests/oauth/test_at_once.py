"""What is good once, sent many times at the same moment, succeeds once: codes, rotated refresh tokens, states,
assertions, and the pages' steps."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from lxml import etree

from cognito_emulator.domain.federation.saml import entity_id
from tests.helpers.browser import APP, Answer
from tests.helpers.build import PASSWORD, Setup, give_totp, totp, user
from tests.helpers.federated import Provider, depart, with_provider
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import Browser, oauth_setup
from tests.helpers.saml_idp import Says, corp, signed
from tests.helpers.site import site
from tests.helpers.token_endpoint import code_for, exchange

TIMES = 6
T = TypeVar("T")


def at_once(ask: Callable[[], T]) -> list[T]:
    """The answers of so many threads, which start together."""
    together, answers = threading.Barrier(TIMES), []

    def one() -> None:
        together.wait()
        answers.append(ask())

    threads = [threading.Thread(target=one) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == TIMES
    return answers


def codes(answers: list[Answer]) -> int:
    """How many came back to the app with a code."""
    return sum(answer.url.startswith(APP) and "code" in answer.params for answer in answers)


def test_a_code(running: Running) -> None:
    at = oauth_setup(running)
    code = code_for(running, at)
    answers = at_once(lambda: exchange(running, at, code))
    assert sorted(answer.status for answer in answers) == [200] + [400] * (TIMES - 1)
    assert {answer.json["error"] for answer in answers if answer.status == 400} == {"invalid_grant"}


@needs_newest
def test_a_rotated_refresh_token(running: Running) -> None:
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    at = oauth_setup(running, RefreshTokenRotation=rotation, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    got = exchange(running, at, code_for(running, at)).json
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    answers = at_once(lambda: Browser(running).token(form))
    assert sorted(answer.status for answer in answers) == [200] + [400] * (TIMES - 1)


def test_a_state(running: Running, provider: Provider) -> None:
    place = with_provider(running, "Mine", "OIDC", provider.details)
    browser = place.browser()
    sent = depart(place, browser, "Mine")
    provider.nonce = sent["nonce"]
    back = f"/oauth2/idpresponse?{urlencode({'code': 'c-1', 'state': sent['state']})}"
    assert codes(at_once(lambda: deepcopy(browser).get(back))) == 1


def test_an_assertion(running: Running) -> None:
    """One that nobody asked for: no state of ours is spent by it."""
    place = corp(running, IDPInit="true", client={"SupportedIdentityProviders": ["Corp"]})
    state = {"client_id": place.client, "identity_provider": "Corp", "response_type": "code", "scope": "openid"}
    address = f"http://localhost:{running.port}/saml2/idpresponse"
    says = Says(address, entity_id(place.pool), running.world.clock.now())
    response = base64.b64encode(etree.tostring(says.response(signed(says.assertion())))).decode()
    form = {"SAMLResponse": response, "RelayState": urlencode({**state, "redirect_uri": APP})}
    answers = at_once(lambda: place.browser().post("/saml2/idpresponse", form))
    assert codes(answers) == 1, [answer.params for answer in answers]


@pytest.mark.parametrize("version", [1, 2])
def test_a_code_of_an_authenticator(running: Running, idp: Any, version: int) -> None:
    place = site(running, version=version, MfaConfiguration="OFF")
    enabled = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, **enabled)
    user(running, place.pool)
    secret = give_totp(running, idp, Setup(place.pool, place.client))
    browser = place.at("/login")
    browser.submit(username="ann", password=PASSWORD)
    code = totp(secret, running.world.clock.now())
    assert browser.page is not None
    [field] = [name for name in browser.page.fields(browser.page.form()) if "code" in name.lower()]
    answers = at_once(lambda: deepcopy(browser).submit(**{field: code}))
    assert codes(answers) == 1
