"""Identity providers of each type. A tool sends all details that it read, those that AWS adds too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.saml import metadata
from tests.infrastructure.tool import Tool, stays, view

SOCIAL = {"client_id": "app", "client_secret": "s", "authorize_scopes": "openid email"}
OIDC = {
    "client_id": "app",
    "client_secret": "s",
    "attributes_request_method": "GET",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://id.example.com",
    "authorize_url": "https://id.example.com/authorize",
    "token_url": "https://id.example.com/token",
    "attributes_url": "https://id.example.com/userinfo",
    "jwks_uri": "https://id.example.com/keys",
}
APPLE = {"client_id": "app", "team_id": "t", "key_id": "k", "private_key": "p", "authorize_scopes": "email name"}
# name: (type, what must be there, details that may go again)
PROVIDERS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "Corp": (
        "SAML",
        {"MetadataFile": metadata(sign_out=True)},
        {
            "EncryptedResponses": "true",
            "IDPInit": "true",
            "IDPSignout": "true",
            "RequestSigningAlgorithm": "rsa-sha256",
        },
    ),
    "日本語の名前" * 5: ("SAML", {"MetadataFile": metadata()}, {"IDPSignout": "false"}),
    "Mine": ("OIDC", OIDC, {}),
    "Google": ("Google", SOCIAL, {}),
    "Facebook": ("Facebook", {**SOCIAL, "authorize_scopes": "public_profile, email"}, {"api_version": "v21.0"}),
    "LoginWithAmazon": ("LoginWithAmazon", {**SOCIAL, "authorize_scopes": "profile postal_code"}, {}),
    "SignInWithApple": ("SignInWithApple", APPLE, {}),
}
ALL = pytest.mark.parametrize("name", sorted(PROVIDERS))


def make(tool: Tool, pool: str, name: str, **members: Any) -> dict[str, Any]:
    kind, details, optional = PROVIDERS[name]
    members = {"ProviderDetails": {**details, **optional}, **members}
    made = tool.call("CreateIdentityProvider", UserPoolId=pool, ProviderName=name, ProviderType=kind, **members)
    assert made["IdentityProvider"] == described(tool, pool, name)
    return described(tool, pool, name)


def described(tool: Tool, pool: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = tool.call("DescribeIdentityProvider", UserPoolId=pool, ProviderName=name)[
        "IdentityProvider"
    ]
    return found


@ALL
def test_mapping_and_identifiers_come_and_go(tool: Tool, pool: str, name: str) -> None:
    bare = make(tool, pool, name)
    assert bare["IdpIdentifiers"] == []
    ids = {"UserPoolId": pool, "ProviderName": name}
    tool.call("DeleteIdentityProvider", **ids)
    wanted: dict[str, Any] = {
        "AttributeMapping": {"email": "email", "name": "name"},
        "IdpIdentifiers": ["corp.example.com"],
    }
    full = make(tool, pool, name, **wanted)
    assert full["IdpIdentifiers"] == wanted["IdpIdentifiers"]
    assert full["AttributeMapping"].items() >= wanted["AttributeMapping"].items()
    before = stays(lambda: described(tool, pool, name), lambda told: tool.call("UpdateIdentityProvider", **told))
    rest = tool.sent("UpdateIdentityProvider", before)
    # What is to go is sent empty: it is one of the values that Go has by pointer.
    tool.exactly("UpdateIdentityProvider", **{**rest, "AttributeMapping": {}, "IdpIdentifiers": []})
    assert _told(described(tool, pool, name)) == _told(bare)


@ALL
def test_details_go_by_being_left_out(tool: Tool, pool: str, name: str) -> None:
    _, _, optional = PROVIDERS[name]
    before = make(tool, pool, name)
    assert before["ProviderDetails"].items() >= optional.items()
    kept = {key: value for key, value in before["ProviderDetails"].items() if key not in optional}
    tool.call("UpdateIdentityProvider", **{**before, "ProviderDetails": kept})
    after = described(tool, pool, name)
    tool.call("DeleteIdentityProvider", UserPoolId=pool, ProviderName=name)
    details = {key: value for key, value in PROVIDERS[name][1].items() if key not in optional}
    assert _told(after) == _told(make(tool, pool, name, ProviderDetails=details))


def _told(description: dict[str, Any]) -> dict[str, Any]:
    """Each provider's certificate is its own, made when it was."""
    details = {**description["ProviderDetails"], "ActiveEncryptionCertificate": ""}
    told: dict[str, Any] = view({**description, "ProviderDetails": details})
    return told
