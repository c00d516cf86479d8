"""Logins of identity pools with tokens that cannot be shown, or whose claims have unusual shapes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cognito_emulator.domain.errors import NotAuthorized
from cognito_emulator.domain.identity_pools.role_mapping import claim_text
from tests.helpers import foreign_logins as foreign
from tests.helpers.build import refused
from tests.helpers.federated import Provider
from tests.helpers.harness import Running
from tests.helpers.identity_pools import AUTHENTICATED, ROLES, UNUSABLE, payload

NOT_A_TOKEN = "Invalid login token. Not a valid OpenId Connect identity token."
SURROGATE = "\ud800"  # half of a pair: JSON can spell it, and no text can hold it


def unsigned(provider: Provider, now: float, **more: Any) -> dict[str, str]:
    """A Logins map with a token that nobody has signed, and that is good up to there."""
    body = {"iss": provider.url, "aud": "web", "sub": "s", "exp": int(now) + 300, **more}
    parts = (json.dumps(one).encode() for one in ({"alg": "RS256", "kid": "k"}, body))
    encoded = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    return {provider.url.partition("://")[2]: ".".join([*encoded, "c2ln"])}


@foreign.everywhere
def test_a_claim_that_no_answer_can_show(
    running: Running, identity: Any, provider: Provider, pool: str, call: foreign.Call
) -> None:
    with refused("NotAuthorizedException", NOT_A_TOKEN):
        call(identity, pool, unsigned(provider, running.world.clock.now(), nbf=SURROGATE))
    assert foreign.nobody(running.world)


def by_rules(running: Running, provider: Provider, pool: str, **rule: str) -> str:
    """Let one rule about the provider's claim `c` give the role, and nothing else; the provider's ARN."""
    arn = f"{foreign.IAM}:oidc-provider/{provider.url.partition('://')[2]}"
    rules = [{"Claim": "c", "MatchType": "Equals", "Value": "x", "RoleARN": AUTHENTICATED, **rule}]
    mapping = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": rules}}
    running.call(
        "SetIdentityPoolRoles", "cognito-identity", IdentityPoolId=pool, Roles=ROLES, RoleMappings={arn: mapping}
    )
    return arn


def nested(depth: int, *, lists: bool) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value] if lists else {"a": value}
    return value


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize("depth", [2, 400, 900])
def test_rules_about_claims_in_claims(
    running: Running, identity: Any, provider: Provider, pool: str, depth: int, lists: bool
) -> None:
    """However deep: what is no text, and no list of texts, equals no text."""
    arn = by_rules(running, provider, pool)
    with refused("NotAuthorizedException", f"The ambiguous role mapping rules for: {arn} denied this request."):
        foreign.get_credentials(identity, pool, foreign.login(running.world, provider, c=nested(depth, lists=lists)))
    assert foreign.nobody(running.world)


@pytest.mark.parametrize("lists", [True, False])
def test_claims_deeper_than_python_goes(lists: bool) -> None:
    with pytest.raises(NotAuthorized) as caught:
        claim_text(nested(100_000, lists=lists))
    assert str(caught.value) == "Invalid login token. Its claims are nested too deeply."


def test_rules_see_a_list_of_texts_as_one(running: Running, identity: Any, provider: Provider, pool: str) -> None:
    by_rules(running, provider, pool, Value="a,x")
    assert foreign.get_credentials(identity, pool, foreign.login(running.world, provider, c=["a", "x"]))["Credentials"]


def test_tags_of_claims_in_claims(running: Running, identity: Any, provider: Provider, pool: str) -> None:
    host = provider.url.partition("://")[2]
    identity.set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=host, PrincipalTags={"teams": "c"}
    )
    token = foreign.get_token(identity, pool, foreign.login(running.world, provider, c=["a", ["b", 1]]))["Token"]
    assert payload(token)["https://aws.amazon.com/tags"]["principal_tags"] == {"teams": ['a,["b",1]']}
    with refused("InvalidParameterException", "The value of a principal tag is too long."):
        foreign.get_token(identity, pool, foreign.login(running.world, provider, c=nested(400, lists=True)))


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("team", "O'Brien", False),
        ("team", ["a", "b"], False),
        ("team", "a\nb", False),
        ("te,am", "a", False),
        ("aws:team", "a", False),
        ("AWS:team", "a", False),
        ("team", "Zoë Å_.:/=+-@ 2", True),
        ("equipe/é", "", True),
    ],
)
def test_tags_that_sts_refuses(
    running: Running, identity: Any, provider: Provider, pool: str, key: str, value: Any, good: bool
) -> None:
    """Whoever may set a claim that becomes a tag gets no credentials for a policy to misread."""
    host = provider.url.partition("://")[2]
    identity.set_principal_tag_attribute_map(IdentityPoolId=pool, IdentityProviderName=host, PrincipalTags={key: "c"})
    logins = foreign.login(running.world, provider, c=value)
    if good:
        assert foreign.get_credentials(identity, pool, logins)["Credentials"]
        return
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        foreign.get_credentials(identity, pool, logins)
    assert foreign.nobody(running.world)


OTHERS: dict[str, dict[str, Any]] = {
    "accounts.google.com": {"SupportedLoginProviders": {"accounts.google.com": "app"}},
    "graph.facebook.com": {"SupportedLoginProviders": {"graph.facebook.com": "app"}},
    "login.example.org": {"OpenIdConnectProviderARNs": [f"{foreign.IAM}:oidc-provider/login.example.org"]},
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_developers_user_is_nobody_of_another_provider(identity: Any, name: str) -> None:
    """By one name a token of "s" at the provider would lead to the identity of the developer's "s"."""
    given = {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": False}
    text = "The DeveloperProviderName must not be the name of another login provider."
    with refused("InvalidParameterException", text):
        identity.create_identity_pool(**given, **OTHERS[name], DeveloperProviderName=name)
    made = identity.create_identity_pool(**given, DeveloperProviderName=name)["IdentityPoolId"]
    with refused("InvalidParameterException", text):
        identity.update_identity_pool(**given, **OTHERS[name], IdentityPoolId=made)
    assert "SupportedLoginProviders" not in identity.describe_identity_pool(IdentityPoolId=made)
    made = identity.create_identity_pool(**given, **OTHERS[name])["IdentityPoolId"]
    with refused("InvalidParameterException", text):
        identity.update_identity_pool(**given, **OTHERS[name], DeveloperProviderName=name, IdentityPoolId=made)
    assert "DeveloperProviderName" not in identity.describe_identity_pool(IdentityPoolId=made)
