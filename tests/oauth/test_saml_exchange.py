"""GetDerivedToken with assertions of the pool's SAML providers."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from lxml import etree

from cognito_emulator.domain.federation.saml import entity_id
from tests.helpers.build import Setup, refused
from tests.helpers.federation_exchange import claims, service
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.saml_idp import OTHER, Says, corp, encoded, signed, visit
from tests.helpers.site import Site

pytestmark = needs_newest


@pytest.fixture
def ready(running: Running) -> tuple[Site, Setup]:
    """A pool where `Corp_ann` has signed in, and a client that exchanges."""
    site = corp(running)
    there = visit(site)
    there.send(there.says.response(signed(there.says.assertion())))
    return site, service(running, site, ["Corp", "COGNITO"])


def says(running: Running, site: Site, **more: Any) -> Says:
    return Says(f"{running.url}/oauth2/token", entity_id(site.pool), running.world.clock.now(), **more)


def exchange(idp: Any, at: Setup, presented: str, kind: str = "SAML2", provider: str = "Corp") -> dict[str, Any]:
    answer: dict[str, Any] = idp.get_derived_token(
        ClientId=at.client,
        ClientSecret=at.secret,
        SubjectToken=presented,
        SubjectTokenType=kind,
        SubjectTokenProviderName=provider,
    )
    return answer


def test_an_assertion_becomes_a_token(running: Running, idp: Any, ready: Any) -> None:
    site, at = ready
    running.world.clock.freeze()
    made = says(running, site, ends=100.0)
    url_safe = base64.urlsafe_b64encode(etree.tostring(signed(made.assertion()))).decode().rstrip("=")
    answer = exchange(idp, at, url_safe)
    found = claims(answer["IssuedToken"])
    assert (found["username"], found["client_id"]) == ("Corp_ann", at.client)
    assert answer["ExpiresIn"] in (99, 100)
    with refused("NotAuthorizedException"):
        exchange(idp, at, url_safe)  # spent


def test_an_assertion_for_the_browsers_endpoint(running: Running, idp: Any, ready: Any) -> None:
    site, at = ready
    made = says(running, site, recipient=f"{running.url}/saml2/idpresponse")
    assert "IssuedToken" in exchange(idp, at, encoded(signed(made.assertion())))


BAD: dict[str, dict[str, Any]] = {
    "somebody else's audience": {"audience": "urn:amazon:cognito:sp:us-east-1_Other0000"},
    "somebody else's recipient": {"recipient": "https://elsewhere.example.com/"},
    "an answer to a request": {"request_id": "_1"},
    "another issuer": {"issuer": "https://other.example.com"},
    "expired": {"ends": -100.0, "begins": -200.0},
    "old": {"issued": -1000.0},
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused(running: Running, idp: Any, ready: Any, case: str) -> None:
    site, at = ready
    made = says(running, site)
    for name, value in BAD[case].items():
        setattr(made, name, value)
    with refused("NotAuthorizedException"):
        exchange(idp, at, encoded(signed(made.assertion())))


def test_unsigned_and_of_another_key(running: Running, idp: Any, ready: Any) -> None:
    site, at = ready
    assertion = says(running, site).assertion()
    for one in (assertion, signed(assertion, OTHER), b"<x/>", b"rubbish"):
        with refused("NotAuthorizedException"):
            exchange(idp, at, encoded(one))


def test_a_whole_response_is_no_assertion(running: Running, idp: Any, ready: Any) -> None:
    site, at = ready
    made = says(running, site)
    with refused("NotAuthorizedException"):
        exchange(idp, at, encoded(made.response(signed(made.assertion()))))


def test_somebody_who_has_never_signed_in(running: Running, idp: Any, ready: Any) -> None:
    site, at = ready
    made = says(running, site, subject="bob")
    with refused("UserNotFoundException", "User does not exist."):
        exchange(idp, at, encoded(signed(made.assertion())))


def test_kinds_and_providers_belong_together(running: Running, idp: Any, ready: Any) -> None:
    site, at = ready
    presented = encoded(signed(says(running, site).assertion()))
    text = "Identity provider Corp does not issue tokens of the type ID_TOKEN."
    with refused("InvalidParameterException", text):
        exchange(idp, at, presented, "ID_TOKEN")
    with refused("ResourceNotFoundException", "Identity provider Nobody does not exist."):
        exchange(idp, at, presented, provider="Nobody")
