"""Providers of identity pools' logins in a seed: what is known about them, and every mistake told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cognito_emulator.domain.identity_pools.login_provider import LoginProvider, key_of
from cognito_emulator.seed import SeedError, apply, check_files, parse_text
from tests.helpers.harness import Running
from tests.helpers.readme import blocks
from tests.helpers.saml import metadata

DOCUMENT = "\n".join(f"      {line}" for line in metadata().splitlines())
SEED = f"""\
OpenIDConnectProviders:
  - {{Url: "http://localhost:9000/realms/x", ClientIDList: [web, 0123]}}
  - {{Url: "https://login.example.com", ClientIDList: [web], mock: true}}
SAMLProviders:
  - Name: Corp
    SAMLMetadataDocument: |
{DOCUMENT}
  - {{Name: Mocked, mock: true}}
LoginProviders:
  - {{ProviderName: accounts.google.com, Url: "http://localhost:8080"}}
"""


def sow(running: Running, text: str) -> None:
    running.run(apply(running.world, parse_text(text, "s.yaml")))


def mistakes(running: Running, text: str) -> list[str]:
    with pytest.raises(SeedError) as caught:
        sow(running, text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_everything_is_known(running: Running) -> None:
    sow(running, SEED)
    found = {one.key: one for one in running.world.store.login_providers}
    home = "000000000000"
    assert found == {
        f"{home}:oidc-provider/localhost:9000/realms/x": LoginProvider(
            f"{home}:oidc-provider/localhost:9000/realms/x", "http://localhost:9000/realms/x", ("web", "0123")
        ),
        f"{home}:oidc-provider/login.example.com": LoginProvider(
            f"{home}:oidc-provider/login.example.com", "https://login.example.com", ("web",), mock=True
        ),
        f"{home}:saml-provider/Corp": found[f"{home}:saml-provider/Corp"],
        f"{home}:saml-provider/Mocked": LoginProvider(f"{home}:saml-provider/Mocked", mock=True),
        "accounts.google.com": LoginProvider("accounts.google.com", "http://localhost:8080"),
    }
    assert "EntityDescriptor" in found[f"{home}:saml-provider/Corp"].document


def test_the_old_name_of_mock_is_read_with_a_warning(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    sow(running, SEED.replace("mock: true", "pretend: true"))
    assert sum(one.mock for one in running.world.store.login_providers) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "s.yaml:3: OpenIDConnectProviders[1].pretend: this key is now called mock; rename it"
    ]


def test_the_example_of_the_readme(running: Running) -> None:
    (text,) = [block for block in blocks("yaml") if block.startswith("OpenIDConnectProviders:")]
    sow(running, text)
    arns = re.findall(r"# (arn:\S+)", text)
    keys = {one.key for one in running.world.store.login_providers}
    assert keys == {*(key_of(arn) for arn in arns), "accounts.google.com"}
    assert len(arns) == 2


def test_a_later_seed_replaces(running: Running) -> None:
    sow(running, SEED)
    sow(running, 'LoginProviders: [{ProviderName: accounts.google.com, Url: "https://accounts.google.com"}]')
    found = running.world.store.login_providers.get("accounts.google.com")
    assert found == LoginProvider("accounts.google.com", "https://accounts.google.com")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("OpenIDConnectProviders: [{Url: https://x}]", "OpenIDConnectProviders[0]: ClientIDList is missing"),
        ("OpenIDConnectProviders: [{Url: https://x, ClientIDList: [], Thumb: 1}]",
         "OpenIDConnectProviders[0].Thumb: unknown key."),
        ("OpenIDConnectProviders: [{Url: https://x, ClientIDList: []}]",
         "OpenIDConnectProviders[0]: ClientIDList is empty: it has to name a client."),
        ("OpenIDConnectProviders: [{Url: https://x, ClientIDList: ['']}]",
         "OpenIDConnectProviders[0]: ClientIDList holds up to 100 texts of 1 to 255 characters."),
        ("OpenIDConnectProviders: [{Url: 'https://x/?a=b', ClientIDList: [a]}]",
         "OpenIDConnectProviders[0]: Url is an issuer: http or https, and no query."),
        ("OpenIDConnectProviders: [{Url: 'https://[x', ClientIDList: [a]}]",
         "OpenIDConnectProviders[0]: Url is an issuer: http or https, and no query."),
        ("OpenIDConnectProviders: [{Url: ftp://x, ClientIDList: [a]}]",
         "OpenIDConnectProviders[0]: Url is an issuer: http or https, and no query."),
        ("OpenIDConnectProviders: [{Url: 'https://x/a b', ClientIDList: [a]}]",
         "OpenIDConnectProviders[0]: Url has up to 255 characters and no space."),
        ("OpenIDConnectProviders: [{Url: https://x, ClientIDList: [a], mock: maybe}]",
         "OpenIDConnectProviders[0].mock: true or false is expected"),
        ("OpenIDConnectProviders: {Url: https://x}", "OpenIDConnectProviders: a list is expected"),
        ("SAMLProviders: [{mock: true}]", "SAMLProviders[0]: Name is missing"),
        ("SAMLProviders: [{Name: a b, mock: true}]",
         "SAMLProviders[0]: Name has 1 to 128 letters, digits, '.', '_' and '-'."),
        ("SAMLProviders: [{Name: a}]",
         "SAMLProviders[0]: SAMLMetadataDocument cannot be used: it is not well-formed XML."),
        ("SAMLProviders: [{Name: a, SAMLMetadataDocument: <x/>, mock: true}]",
         "SAMLProviders[0]: SAMLMetadataDocument cannot be used: it does not describe an identity provider"),
        ("LoginProviders: [{ProviderName: graph.facebook.com, Url: https://x}]",
         "LoginProviders[0]: ProviderName is one of accounts.google.com, appleid.apple.com, which give ID tokens."),
        ("LoginProviders: [{ProviderName: appleid.apple.com, Url: x}]",
         "LoginProviders[0]: Url is an issuer: http or https, and no query."),
    ],
)  # fmt: skip
def test_mistakes(running: Running, tmp_path: Path, text: str, mistake: str) -> None:
    (told,) = mistakes(running, text)
    assert mistake in told
    assert told.startswith("s.yaml:1")
    assert not len(running.world.store.login_providers)
    (tmp_path / "s.yaml").write_text(text)
    assert [mistake in str(one) for one in check_files([tmp_path / "s.yaml"])] == [True]
