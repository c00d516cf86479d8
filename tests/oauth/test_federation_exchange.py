"""GetDerivedToken with tokens of the pool's OIDC providers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import Setup, refused, user
from tests.helpers.federated import SOCIAL, Provider, arrive, depart, with_provider
from tests.helpers.federation_exchange import SCOPE, claims, service
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.site import Site

pytestmark = needs_newest


@pytest.fixture
def ready(running: Running, provider: Provider) -> tuple[Site, Setup]:
    """A pool where `Mine_s-1` has signed in, and a client that exchanges."""
    site = with_provider(running, "Mine", "OIDC", provider.details)
    browser = site.browser()
    provider.nonce = depart(site, browser, "Mine")["nonce"]
    sent = depart(site, browser, "Mine")
    provider.nonce = sent["nonce"]
    arrive(browser, sent)
    return site, service(running, site, ["Mine", "COGNITO"])


def exchange(idp: Any, at: Setup, presented: str, kind: str = "ID_TOKEN", **members: Any) -> dict[str, Any]:
    given = {"SubjectTokenProviderName": "Mine", **members}
    answer: dict[str, Any] = idp.get_derived_token(
        ClientId=at.client, ClientSecret=at.secret, SubjectToken=presented, SubjectTokenType=kind, **given
    )
    return answer


def fresh(running: Running, provider: Provider, **more: Any) -> str:
    provider.claims = more
    return provider.id_token(running.world.clock.now())


def test_a_providers_token_for_one_of_the_pool(running: Running, idp: Any, provider: Provider, ready: Any) -> None:
    site, at = ready
    answer = exchange(idp, at, fresh(running, provider, scope=SCOPE), Audiences=["orders"])
    found = claims(answer["IssuedToken"])
    assert (found["username"], found["client_id"], found["aud"]) == ("Mine_s-1", at.client, "orders")
    assert found["iss"] == f"{running.url}/{site.pool}"
    assert (found["scope"], answer["Scopes"]) == (SCOPE, [SCOPE])
    assert 0 < answer["ExpiresIn"] <= 300  # no longer than the token that was presented
    assert idp.get_user(AccessToken=answer["IssuedToken"])["Username"] == "Mine_s-1"
    idp.admin_user_global_sign_out(UserPoolId=site.pool, Username="Mine_s-1")
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=answer["IssuedToken"])


def test_an_id_token_without_scopes(running: Running, idp: Any, provider: Provider, ready: Any) -> None:
    _, at = ready
    answer = exchange(idp, at, fresh(running, provider), Scopes=[SCOPE])
    assert "Scopes" not in answer
    found = claims(exchange(idp, at, fresh(running, provider), RequestedTokenType="ID_TOKEN")["IssuedToken"])
    assert (found["cognito:username"], found["token_use"]) == ("Mine_s-1", "id")


def test_an_actor_of_the_provider(running: Running, idp: Any, provider: Provider, ready: Any) -> None:
    _, at = ready
    actor = fresh(running, provider, sub="service")
    members = {"ActorToken": actor, "ActorTokenType": "ACCESS_TOKEN", "ActorTokenProviderName": "Mine"}
    found = claims(exchange(idp, at, fresh(running, provider), **members)["IssuedToken"])
    assert found["act"] == {"sub": "service", "iss": provider.url}
    with refused("InvalidParameterException", "ActorTokenProviderName must be provided with an ActorToken."):
        exchange(idp, at, actor, ActorTokenProviderName="Mine")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"iss": "http://x"}, "Invalid token. Bad id_token issuer http://x"),
        ({"aud": "other"}, "Invalid token. Bad id_token audience"),
        ({"exp": 1}, "Invalid token. Bad id_token expiry"),
        ({"sub": ""}, "Invalid token. Mine Error - no value of sub"),
    ],
)
def test_tokens_that_are_not_believed(
    running: Running, idp: Any, provider: Provider, ready: Any, changed: dict[str, Any], text: str
) -> None:
    _, at = ready
    before = len(running.world.store.families)
    with refused("NotAuthorizedException", text):
        exchange(idp, at, fresh(running, provider, **changed))
    assert len(running.world.store.families) == before


def test_a_forged_token_and_one_of_the_pool(running: Running, idp: Any, provider: Provider, ready: Any) -> None:
    _, at = ready
    head, body, _ = fresh(running, provider).split(".")
    with refused("NotAuthorizedException", "Invalid token. Bad id_token signature"):
        exchange(idp, at, f"{head}.{body}.AAAA")
    own = exchange(idp, at, fresh(running, provider), RequestedTokenType="ID_TOKEN")["IssuedToken"]
    with refused("NotAuthorizedException", "Invalid token. Bad id_token signature"):
        exchange(idp, at, own)
    with refused("NotAuthorizedException", "Invalid token."):
        idp.get_derived_token(
            ClientId=at.client,
            ClientSecret=at.secret,
            SubjectToken=fresh(running, provider),
            SubjectTokenType="ID_TOKEN",
        )


def test_somebody_who_was_never_here(running: Running, idp: Any, provider: Provider, ready: Any) -> None:
    site, at = ready
    with refused("UserNotFoundException", "User does not exist."):
        exchange(idp, at, fresh(running, provider, sub="s-2"))
    user(running, site.pool, "ann")
    idp.admin_link_provider_for_user(
        UserPoolId=site.pool,
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "ann"},
        SourceUser={
            "ProviderName": "Mine",
            "ProviderAttributeName": "Cognito_Subject",
            "ProviderAttributeValue": "s-2",
        },
    )
    found = claims(exchange(idp, at, fresh(running, provider, sub="s-2"))["IssuedToken"])
    assert found["username"] == "ann"
    idp.admin_disable_user(UserPoolId=site.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        exchange(idp, at, fresh(running, provider, sub="s-2"))


def test_providers_that_do_not_do(running: Running, idp: Any, provider: Provider, ready: Any) -> None:
    site, at = ready
    presented = fresh(running, provider)
    with refused("ResourceNotFoundException", "Identity provider Nobody does not exist."):
        exchange(idp, at, presented, SubjectTokenProviderName="Nobody")
    other = service(running, site, ["COGNITO"])
    with refused("InvalidParameterException", "The identity provider is not enabled for the client."):
        exchange(idp, other, presented)
    idp.create_identity_provider(
        UserPoolId=site.pool, ProviderName="Google", ProviderType="Google", ProviderDetails=SOCIAL
    )
    social = service(running, site, ["Google"])
    with refused("InvalidParameterException", "Identity provider Google is not an OIDC or SAML provider."):
        exchange(idp, social, presented, SubjectTokenProviderName="Google")
