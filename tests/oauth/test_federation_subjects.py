"""A provider's subject tells users apart exactly, whatever the pool's case sensitivity: nobody becomes another user.

[docs: cognito-user-pools-saml-idp, "Case sensitivity of SAML user names"; the text is recorded]
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.domain.federation import mock_idp as rules
from cognito_emulator.flows.federation import mock_idp
from tests.helpers.build import refused, user
from tests.helpers.federated import Provider, arrive, depart, refusal, tokens, users, with_provider
from tests.helpers.foreign_logins import know_oidc, oidc_pool
from tests.helpers.functions import Event, Functions
from tests.helpers.harness import Running
from tests.helpers.identity_pools import DEVELOPER
from tests.helpers.mock_provider import DETAILS, back
from tests.helpers.saml import metadata
from tests.helpers.saml_idp import CERTIFICATE, MAIL, signed, visit
from tests.helpers.site import Site

FOLDING: dict[str, Any] = {"UsernameConfiguration": {"CaseSensitive": False}}
COMBINATION = "Invalid ProviderName/Username combination. Please check again"


def oidc(running: Running, provider: Provider, **pool: Any) -> Site:
    return with_provider(running, "Mine", "OIDC", provider.details, mapping={"email": "email"}, **pool)


def come(site: Site, provider: Provider, subject: str, email: str = "ann@example.com") -> Any:
    browser = site.browser()
    sent = depart(site, browser, "Mine")
    provider.nonce = sent["nonce"]
    provider.claims, provider.userinfo = {"sub": subject, "email": email}, {"sub": subject}
    return arrive(browser, sent)


def there(name: str) -> tuple[str, str]:
    return "invalid_request", f"Already found an entry for username {name}"


@pytest.mark.parametrize("pair", [("Carlos@example.com", "carlos@example.com"), ("ab", "aB"), ("\u212a1", "k1")])
def test_oidc(running: Running, provider: Provider, pair: tuple[str, str]) -> None:
    site = oidc(running, provider, **FOLDING)
    first, second = pair
    assert "code" in come(site, provider, first).params
    name = f"mine_{first.lower()}"
    before = users(running, site.pool)
    assert refusal(come(site, provider, second, "eve@example.com")) == there(name)
    assert users(running, site.pool) == before
    assert tokens(site, come(site, provider, first).params["code"])["cognito:username"] == name


def test_oidc_where_case_tells_names_apart(running: Running, provider: Provider) -> None:
    site = oidc(running, provider)
    for subject in ("Ab", "aB"):
        assert "code" in come(site, provider, subject).params
    assert list(users(running, site.pool)) == ["Mine_Ab", "Mine_aB"]


@pytest.mark.parametrize("case_sensitive", [True, False])
def test_saml(running: Running, case_sensitive: bool) -> None:
    details = {"MetadataFile": metadata(certificate=CERTIFICATE)}
    case = {"CaseSensitive": case_sensitive}
    site = with_provider(running, "Corp", "SAML", details, mapping={"email": MAIL}, UsernameConfiguration=case)

    def send(subject: str, email: str) -> Any:
        at = visit(site)
        at.says.subject, at.says.attributes = subject, {MAIL: [email]}
        return at.send(at.says.response(signed(at.says.assertion())))

    assert "code" in send("Carlos@example.com", "carlos@example.com").params
    answer = send("carlos@example.com", "eve@example.com")
    if case_sensitive:
        assert "code" in answer.params
        assert len(users(running, site.pool)) == 2
        return
    assert refusal(answer) == there("corp_carlos@example.com")
    assert users(running, site.pool)["corp_carlos@example.com"]["email"] == "carlos@example.com"


@pytest.mark.parametrize("name_id", ["ann ", " ann", "\n  ann\n", "\u00a0ann", "\n"])
def test_a_name_id_keeps_its_blanks(running: Running, name_id: str) -> None:
    """No blank is taken away to make somebody of it who is known; a user name has none."""
    site = with_provider(running, "Corp", "SAML", {"MetadataFile": metadata(certificate=CERTIFICATE)}, mapping={})
    for subject in ("ann", name_id):
        at = visit(site)
        at.says.subject = subject
        answer = at.send(at.says.response(signed(at.says.assertion())))
    assert refusal(answer) == ("invalid_request", "The provider's subject does not make a user name.")
    assert list(users(running, site.pool)) == ["Corp_ann"]


@pytest.mark.parametrize("name", ["Google", "SignInWithApple", "Facebook", "LoginWithAmazon"])
def test_social(running: Running, name: str) -> None:
    site = with_provider(running, name, name, DETAILS[name], mapping={"email": "email"}, **FOLDING)

    def choose(subject: str, email: str) -> Any:
        async def chosen() -> None:
            provider = running.world.store.providers.get((site.pool, name))
            assert provider is not None
            mock_idp.remember(running.world, rules.person(provider, {"sub": subject, "email": email}, chosen=True))

        running.run(chosen())
        browser = site.browser()
        return back(browser, browser.get(f"/oauth2/authorize?{site.query(identity_provider=name)}"))

    assert "code" in choose("Ab.1", "ann@example.com").params
    assert refusal(choose("aB.1", "eve@example.com")) == there(f"{name}_ab.1".lower())
    assert users(running, site.pool)[f"{name}_ab.1".lower()]["email"] == "ann@example.com"


def link(running: Running, site: Site, value: str, attribute: str = "Cognito_Subject") -> None:
    running.call(
        "AdminLinkProviderForUser",
        UserPoolId=site.pool,
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "ann"},
        SourceUser={"ProviderName": "Mine", "ProviderAttributeName": attribute, "ProviderAttributeValue": value},
    )


def test_a_link_is_the_exact_subjects(running: Running, provider: Provider) -> None:
    site = oidc(running, provider, **FOLDING)
    user(running, site.pool, "ann")
    link(running, site, "Ab-1")
    assert refusal(come(site, provider, "ab-1", "eve@example.com")) == ("invalid_request", COMBINATION)
    assert list(users(running, site.pool)) == ["ann"]
    assert "email" not in users(running, site.pool)["ann"]
    assert tokens(site, come(site, provider, "Ab-1").params["code"])["cognito:username"] == "ann"


def test_a_link_in_a_case_sensitive_pool_is_the_exact_subjects(running: Running, provider: Provider) -> None:
    site = oidc(running, provider)
    user(running, site.pool, "ann")
    link(running, site, "Ab-1")
    assert "code" in come(site, provider, "ab-1", "eve@example.com").params
    assert list(users(running, site.pool)) == ["ann", "Mine_ab-1"]


def test_a_link_by_an_attribute_is_the_exact_values(running: Running, provider: Provider) -> None:
    site = oidc(running, provider, **FOLDING)
    user(running, site.pool, "ann")
    link(running, site, "Ann@example.com", "email")
    assert "code" in come(site, provider, "s-1", "ann@example.com").params
    assert set(users(running, site.pool)) == {"ann", "mine_s-1"}
    come(site, provider, "s-2", "Ann@example.com")
    told = json.loads(users(running, site.pool)["ann"]["identities"])
    assert [one["userId"] for one in told] == ["s-2"]


def test_a_link_by_an_attribute_becomes_one_of_the_exact_subject(running: Running, provider: Provider) -> None:
    site = oidc(running, provider, **FOLDING)
    user(running, site.pool, "ann")
    link(running, site, "ann@example.com", "email")
    assert tokens(site, come(site, provider, "S1").params["code"])["cognito:username"] == "ann"
    before = users(running, site.pool)
    assert refusal(come(site, provider, "s1", "eve@example.com")) == ("invalid_request", COMBINATION)
    assert users(running, site.pool) == before
    again = come(site, provider, "S1", "new@example.com")
    assert tokens(site, again.params["code"])["cognito:username"] == "ann"


def test_the_destination_of_a_link_is_the_exact_subject(running: Running, idp: Any, provider: Provider) -> None:
    site = oidc(running, provider, **FOLDING)
    assert "code" in come(site, provider, "Carlos").params
    source = {"ProviderName": "Mine", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "second"}

    def link_to(subject: str) -> None:
        destination = {"ProviderName": "Mine", "ProviderAttributeValue": subject}
        idp.admin_link_provider_for_user(UserPoolId=site.pool, DestinationUser=destination, SourceUser=source)

    with refused("UserNotFoundException"):
        link_to("carlos")
    link_to("Carlos")
    assert tokens(site, come(site, provider, "second").params["code"])["cognito:username"] == "mine_carlos"


def test_a_link_made_from_the_lower_case_name_of_an_event(running: Running, idp: Any, provider: Provider) -> None:
    """PreSignUp is told the user name in lower case: a link made of it is no link of the subject's."""
    site = oidc(running, provider, **FOLDING)
    user(running, site.pool, "ann")

    def linking(event: Event) -> None:
        provider_name, _, subject = event["userName"].partition("_")
        assert (provider_name, subject) == ("mine", "mdr-1")
        idp.admin_link_provider_for_user(
            UserPoolId=site.pool,
            DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "ann"},
            SourceUser={
                "ProviderName": "Mine",
                "ProviderAttributeName": "Cognito_Subject",
                "ProviderAttributeValue": subject,
            },
        )

    functions = Functions(running, PreSignUp=linking)
    idp.update_user_pool(UserPoolId=site.pool, LambdaConfig=functions.config)
    for _ in range(2):
        assert refusal(come(site, provider, "MDR-1")) == ("invalid_request", COMBINATION)
        assert list(users(running, site.pool)) == ["ann"]
    assert functions.sources() == ["PreSignUp_ExternalProvider"]
    assert tokens(site, come(site, provider, "mdr-1").params["code"])["cognito:username"] == "ann"


def test_identity_pools(running: Running, provider: Provider) -> None:
    """A login's subject is exact there too: an OIDC token's, and the developer's own."""
    key, host = know_oidc(running, provider.url, "web")
    identity, pool = running.client("cognito-identity"), oidc_pool(running, key)
    found = []
    for subject in ("Ab", "aB", "Ab"):
        provider.claims = {"aud": "web", "nonce": None, "sub": subject}
        token = provider.id_token(running.world.clock.now())
        found.append(identity.get_id(IdentityPoolId=pool, Logins={host: token})["IdentityId"])
    assert found[0] == found[2] != found[1]
    own = [
        identity.get_open_id_token_for_developer_identity(IdentityPoolId=pool, Logins={DEVELOPER: name})["IdentityId"]
        for name in ("Ab", "aB", "Ab")
    ]
    assert own[0] == own[2] != own[1]


def test_true_is_no_subject(running: Running, provider: Provider) -> None:
    site = oidc(running, provider)
    browser = site.browser()
    sent = depart(site, browser, "Mine")
    provider.nonce, provider.claims, provider.userinfo = sent["nonce"], {"sub": True}, {"sub": True}
    assert refusal(arrive(browser, sent)) == ("invalid_request", "Mine Error - no value of sub")
