"""`OpenIDConnectProviders`, `SAMLProviders`, `LoginProviders`.

On AWS they are in IAM, or known as social providers. The members are those of IAM's CreateOpenIDConnectProvider and
CreateSAMLProvider, and `mock`.
"""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.domain.identity_pools import login_provider
from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.seed.allowed_keys import FLAG, TEXT
from cognito_emulator.seed.coercion import Field, fields, items, members, require
from cognito_emulator.seed.model import Block, LoginProviderSeed
from cognito_emulator.seed.old_keys import rename_keys
from cognito_emulator.seed.problems import Notes
from cognito_emulator.wire.model import Shape

_CLIENTS = Shape("ClientIDList", "list", element=TEXT)
SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "OpenIDConnectProviders": {"Url": TEXT, "ClientIDList": _CLIENTS, "mock": FLAG},
    "SAMLProviders": {"Name": TEXT, "SAMLMetadataDocument": TEXT, "mock": FLAG},
    "LoginProviders": {"ProviderName": TEXT, "Url": TEXT},
}
REQUIRED = {
    "OpenIDConnectProviders": ("Url", "ClientIDList"),
    "SAMLProviders": ("Name",),
    "LoginProviders": ("ProviderName", "Url"),
}
_LIKE = {
    "OpenIDConnectProviders": "[{Url: https://login.example.com, ClientIDList: [web]}]",
    "SAMLProviders": "[{Name: Corp, SAMLMetadataDocument: ...}]",
    "LoginProviders": "[{ProviderName: accounts.google.com, Url: http://localhost:8080}]",
}
SECTIONS = tuple(SHAPES)


def read(notes: Notes, found: Mapping[str, Field]) -> list[LoginProviderSeed]:
    """Return the login providers of one file that have no mistake of form."""
    read: list[LoginProviderSeed] = []
    for section in SECTIONS:
        if section in found:
            for item in items(notes, found[section], _LIKE[section]):
                before, parts = len(notes.mistakes), fields(notes, rename_keys(notes, item), SHAPES[section])
                if parts is None:
                    continue
                require(notes, item.place, parts, REQUIRED[section])
                values = members(notes, parts, SHAPES[section])
                if len(notes.mistakes) == before:
                    read.append(LoginProviderSeed(section, Block(item.place, values)))
    return read


def made(account: str, seed: LoginProviderSeed) -> LoginProvider:
    """Return the record of a login provider.

    Raises:
        InvalidParameter
    """
    given = seed.block.members
    mock = given.get("mock") is True
    if seed.section == "OpenIDConnectProviders":
        return login_provider.read_oidc(account, given["Url"], tuple(given["ClientIDList"]), mock=mock)
    if seed.section == "SAMLProviders":
        document = given.get("SAMLMetadataDocument", "")
        return login_provider.read_saml(account, given["Name"], document, mock=mock)
    return login_provider.read_social(given["ProviderName"], given["Url"])
