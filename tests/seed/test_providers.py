"""Identity providers in a seed: made by CreateIdentityProvider, replaced by a mock, and nothing fetched on the way."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.federation import oidc
from cognito_emulator.seed import SeedError, apply, parse_text
from tests.helpers.harness import Running
from tests.helpers.readme import blocks
from tests.helpers.site import Site

OIDC = """
          client_id: x
          authorize_scopes: openid
          oidc_issuer: http://localhost:9
          attributes_request_method: GET
"""


def seed(more: str = "", type_: str = "OIDC") -> str:
    head = "UserPools:\n  - Id: us-east-1_x\n    PoolName: p\n    IdentityProviders:\n      - ProviderName: Mine\n"
    return f"{head}        ProviderType: {type_}\n        ProviderDetails:{OIDC}{more}"


def plant(running: Running, text: str) -> None:
    running.run(apply(running.world, parse_text(text, "s.yaml")))


def mistakes(running: Running, text: str) -> list[str]:
    with pytest.raises(SeedError) as caught:
        plant(running, text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_provider_whose_endpoints_are_discovered_later(
    running: Running, idp: Any, caplog: pytest.LogCaptureFixture
) -> None:
    web = running.world.web
    plant(running, seed())
    assert not caplog.records  # nobody was asked, so nobody is to blame
    shown = idp.describe_identity_provider(UserPoolId="us-east-1_x", ProviderName="Mine")["IdentityProvider"]
    assert shown["ProviderDetails"]["oidc_issuer"] == "http://localhost:9"
    assert "token_url" not in shown["ProviderDetails"]
    assert running.world.web is web
    provider = running.world.store.providers.get(("us-east-1_x", "Mine"))
    assert provider is not None
    assert not oidc.is_mock(provider)


@pytest.mark.parametrize(("word", "is_mock"), [("true", True), ("false", False)])
def test_mock(running: Running, word: str, is_mock: bool) -> None:
    plant(running, seed(f"        mock: {word}\n"))
    provider = running.world.store.providers.get(("us-east-1_x", "Mine"))
    assert provider is not None
    assert provider.mock is is_mock


def test_the_old_name_of_mock_is_read_with_a_warning(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    second = seed("        pretend: true\n").partition("    IdentityProviders:\n")[2].replace("Mine", "Other")
    plant(running, seed("        pretend: true\n") + second)
    assert [one.mock for one in running.world.store.providers] == [True, True]
    assert [record.getMessage() for record in caplog.records] == [
        "s.yaml:12: UserPools[0].IdentityProviders[0].pretend: this key is now called mock; rename it"
    ]
    assert mistakes(running, seed("        mock: true\n        pretend: false\n")) == [
        "s.yaml:13: UserPools[0].IdentityProviders[0].mock: the key is here twice (first in line 12)"
    ]


def test_an_update_leaves_it_a_mock(running: Running, idp: Any) -> None:
    plant(running, seed("        mock: true\n"))
    idp.update_identity_provider(UserPoolId="us-east-1_x", ProviderName="Mine", IdpIdentifiers=["x"])
    provider = running.world.store.providers.get(("us-east-1_x", "Mine"))
    assert provider is not None
    assert provider.mock


def test_mistakes(running: Running) -> None:
    assert mistakes(running, seed("        mock: maybe\n")) == [
        "s.yaml:12: UserPools[0].IdentityProviders[0].mock: true or false is expected"
    ]
    (unknown,) = mistakes(running, seed("        mocked: true\n"))
    assert unknown.startswith("s.yaml:12: UserPools[0].IdentityProviders[0].mocked: unknown key.")
    saml = mistakes(running, seed("        mock: true\n", type_="SAML"))
    assert any(one.endswith("mock: a SAML provider cannot be a mock") for one in saml)
    (refused,) = mistakes(running, seed("        AttributeMapping: {sub: sub}\n"))
    assert refused.endswith(
        "CreateIdentityProvider answers InvalidParameterException: AttributeMapping contains invalid mapping: [sub]"
    )


def test_the_readme_seed_signs_in_offline(running: Running) -> None:
    (text,) = [block for block in blocks("yaml") if "mock: true" in block and "UserPools" in block]
    plant(running, text)
    site = Site(running, "us-east-1_federated", "federatedweb")
    for name in ("Google", "Corporate"):
        browser = site.browser()
        query = site.query(identity_provider=name, redirect_uri="http://localhost:3000/")
        browser.get(f"/oauth2/authorize?{query}")
        answer = browser.submit(having="claims", email="ann@example.com", sub="1234")
        assert answer.url.startswith("http://localhost:3000/?code=")
    names = {user.username for user in running.world.store.users}
    assert names == {"Google_1234", "Corporate_1234"}
