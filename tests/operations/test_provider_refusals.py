"""What is refused of identity providers, and which of them app clients may name."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from cognito_emulator.ports.certificates import self_signed
from cognito_emulator.ports.keys import make_key_set
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.providers import APPLE, GOOGLE, OIDC, create, describe
from tests.helpers.saml import metadata


@pytest.fixture
def pool(running: Running) -> str:
    return str(running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"])


def without(details: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in details.items() if key != name}


SAML = {"MetadataFile": metadata()}
NO_METADATA = "At least one of the MetadataURL or MetadataFile should be provided."


@pytest.mark.parametrize(
    ("name", "type_", "details", "text"),
    [
        ("MyGoogle", "Google", GOOGLE, "Provider MyGoogle cannot be of type Google."),
        ("Google", "OIDC", OIDC, "Provider Google cannot be of type OIDC."),
        ("COGNITO", "SAML", SAML, "Provider COGNITO cannot be of type SAML."),
        ("Google", "Google", without(GOOGLE, "client_id"), "Missing required provider detail client_id"),
        ("Google", "Google", GOOGLE | {"client_secret": ""}, "Missing required provider detail client_secret"),
        (
            "SignInWithApple",
            "SignInWithApple",
            without(APPLE, "private_key"),
            "Missing required provider detail private_key",
        ),
        ("Mine", "OIDC", without(OIDC, "oidc_issuer"), "Missing required provider detail oidc_issuer"),
        (
            "Mine",
            "OIDC",
            OIDC | {"token_endpoint": "x"},
            "Invalid provider detail token_endpoint for a provider of type OIDC.",
        ),
        (
            "Mine",
            "OIDC",
            OIDC | {"authorize_scopes": "email openid2"},
            "The provider detail authorize_scopes must include openid.",
        ),
        (
            "Mine",
            "OIDC",
            OIDC | {"attributes_request_method": "PUT"},
            "Invalid value of provider detail attributes_request_method.",
        ),
        ("Mine", "OIDC", OIDC | {"oidc_issuer": "https://x/"}, "Invalid value of provider detail oidc_issuer."),
        ("Mine", "OIDC", OIDC | {"token_url": "ftp://x"}, "Invalid value of provider detail token_url."),
        ("Google", "Google", GOOGLE | {"token_url": "x"}, "Invalid value of provider detail token_url."),
        ("Corp", "SAML", {}, NO_METADATA),
        ("Corp", "SAML", {"IDPInit": "true"}, NO_METADATA),
        ("Corp", "SAML", SAML | {"IDPInit": "yes"}, "Invalid value of provider detail IDPInit."),
        (
            "Corp",
            "SAML",
            SAML | {"RequestSigningAlgorithm": "rsa-sha1"},
            "Invalid value of provider detail RequestSigningAlgorithm.",
        ),
        (
            "Corp",
            "SAML",
            {"MetadataFile": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"},
            "The MetadataFile cannot be used: a document type declaration is not allowed.",
        ),
    ],
)
def test_details(idp: Any, pool: str, name: str, type_: str, details: dict[str, str], text: str) -> None:
    with refused("InvalidParameterException", text):
        create(idp, pool, name, type_, details)
    assert idp.list_identity_providers(UserPoolId=pool)["Providers"] == []


def test_metadata_that_cannot_be_fetched(idp: Any, pool: str) -> None:
    url = "http://127.0.0.1:9/metadata"
    with refused("InvalidParameterException", f"Error retrieving metadata from {url}"):
        create(idp, pool, "Corp", "SAML", {"MetadataURL": url})
    with refused("InvalidParameterException", "Error retrieving metadata from file:///etc/passwd"):
        create(idp, pool, "Corp", "SAML", {"MetadataURL": "file:///etc/passwd"})
    assert idp.list_identity_providers(UserPoolId=pool)["Providers"] == []


def test_signing_certificates_must_not_have_expired(running: Running, idp: Any, pool: str) -> None:
    """When the provider is configured; one that is still good is enough."""
    key = make_key_set().id_key
    begins = 1_800_000_000.0
    ends = begins + timedelta(days=3653).total_seconds()
    old, good = self_signed(key, "old", begins - 2), self_signed(key, "good", begins)
    running.world.clock.freeze(ends - 1)
    text = "The MetadataFile cannot be used: its signing certificate has expired."
    with refused("InvalidParameterException", text):
        create(idp, pool, "Corp", "SAML", {"MetadataFile": metadata(certificate=old)})
    assert idp.list_identity_providers(UserPoolId=pool)["Providers"] == []
    create(idp, pool, "Corp", "SAML", {"MetadataFile": metadata(certificate=good)})
    before = describe(idp, pool, "Corp")
    expired = {"MetadataFile": metadata(certificate=old)}
    with refused("InvalidParameterException", text):
        idp.update_identity_provider(UserPoolId=pool, ProviderName="Corp", ProviderDetails=expired)
    assert describe(idp, pool, "Corp") == before
    both = metadata(certificate=f"{old}</ds:X509Certificate><ds:X509Certificate>{good}")
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Corp", ProviderDetails={"MetadataFile": both})


@pytest.mark.parametrize("version", ["01", "05"])
def test_a_certificate_of_an_odd_version_cannot_have_expired(idp: Any, pool: str, version: str) -> None:
    """X.509 knows versions 1 and 3; what cannot be read verifies no signature later on."""
    good = base64.b64decode(self_signed(make_key_set().id_key, "good", 1_800_000_000.0))
    odd = good.replace(bytes.fromhex("a003020102"), bytes.fromhex(f"a0030201{version}"), 1)
    assert odd != good
    create(idp, pool, "Corp", "SAML", {"MetadataFile": metadata(certificate=base64.b64encode(odd).decode())})
    assert describe(idp, pool, "Corp")["ProviderName"] == "Corp"


def test_mappings(idp: Any, pool: str) -> None:
    text = "AttributeMapping contains invalid mapping: [custom:x]"
    with refused("InvalidParameterException", text):
        create(idp, pool, "Google", "Google", GOOGLE, AttributeMapping={"email": "email", "custom:x": "y"})
    with refused("InvalidParameterException", "AttributeMapping contains invalid mapping: [sub, identities]"):
        create(idp, pool, "Google", "Google", GOOGLE, AttributeMapping={"sub": "sub", "identities": "y"})
    with refused("InvalidParameterException", "The attribute username must be mapped to sub for type Google."):
        create(idp, pool, "Google", "Google", GOOGLE, AttributeMapping={"username": "email"})
    made = create(idp, pool, "Google", "Google", GOOGLE, AttributeMapping={"username": "sub"})
    with refused("InvalidParameterException", text):
        idp.update_identity_provider(UserPoolId=pool, ProviderName="Google", AttributeMapping={"custom:x": "y"})
    assert describe(idp, pool, "Google") == made
    attribute = {"Name": "x", "AttributeDataType": "String", "Mutable": True}
    idp.add_custom_attributes(UserPoolId=pool, CustomAttributes=[attribute])
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Google", AttributeMapping={"custom:x": "y"})
    assert describe(idp, pool, "Google")["AttributeMapping"] == {"custom:x": "y", "username": "sub"}


def test_acr_values_are_for_oidc(idp: Any, pool: str) -> None:
    text = "AcrMapping is not supported for providers of type SAML."
    with refused("InvalidParameterException", text):
        create(idp, pool, "Corp", "SAML", SAML, AcrMapping={"Level1": "x"})
    create(idp, pool, "Corp", "SAML", SAML)
    with refused("InvalidParameterException", text):
        idp.update_identity_provider(UserPoolId=pool, ProviderName="Corp", AcrMapping={"Level1": "x"})


def test_duplicates(idp: Any, pool: str) -> None:
    create(idp, pool, "Google", "Google", GOOGLE)
    with refused("DuplicateProviderException", f"Google already exists in user pool {pool}"):
        create(idp, pool, "Google", "Google", GOOGLE)


def test_unknown_pool(idp: Any) -> None:
    text = "User pool us-east-1_000000000 does not exist."
    for name, type_, details in (("Google", "Google", GOOGLE), ("Corp", "SAML", SAML)):
        with refused("ResourceNotFoundException", text):
            create(idp, "us-east-1_000000000", name, type_, details)


def client(idp: Any, pool: str, *providers: str) -> dict[str, Any]:
    made: dict[str, Any] = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="c", SupportedIdentityProviders=list(providers)
    )["UserPoolClient"]
    return made


def described(idp: Any, made: dict[str, Any]) -> Any:
    answer = idp.describe_user_pool_client(UserPoolId=made["UserPoolId"], ClientId=made["ClientId"])
    return answer["UserPoolClient"].get("SupportedIdentityProviders")


def test_clients_name_existing_providers(idp: Any, pool: str) -> None:
    text = f"The provider Google does not exist for User Pool {pool}."
    with refused("InvalidParameterException", text):
        client(idp, pool, "COGNITO", "Google")
    create(idp, pool, "Google", "Google", GOOGLE)
    both, alone = client(idp, pool, "COGNITO", "Google"), client(idp, pool, "Google")
    assert described(idp, both) == ["COGNITO", "Google"]
    idp.delete_identity_provider(UserPoolId=pool, ProviderName="Google")
    assert described(idp, both) == ["COGNITO"]
    assert described(idp, alone) is None
    with refused("InvalidParameterException", text):
        idp.update_user_pool_client(UserPoolId=pool, ClientId=both["ClientId"], SupportedIdentityProviders=["Google"])


def test_providers_that_start_sign_ins_stand_beside_saml_providers_alone(idp: Any, pool: str) -> None:
    starting = SAML | {"IDPInit": "true"}
    text = (
        "SAML providers with IdP-initiated sign-in cannot be combined with providers that are not SAML in an app "
        "client: "
    )
    create(idp, pool, "One", "SAML", starting)
    create(idp, pool, "Two", "SAML", starting)
    create(idp, pool, "Asked", "SAML", SAML)
    create(idp, pool, "Mine", "OIDC", OIDC)
    client(idp, pool, "One", "Two")
    assert described(idp, client(idp, pool, "One", "Asked")) == ["One", "Asked"]
    for other in ("COGNITO", "Mine"):
        with refused("InvalidParameterException", text + other):
            client(idp, pool, other, "One", "Asked")
    mixed = client(idp, pool, "COGNITO", "Asked")
    with refused("InvalidParameterException", text + "COGNITO"):
        idp.update_identity_provider(UserPoolId=pool, ProviderName="Asked", ProviderDetails=starting)
    assert "IDPInit" not in describe(idp, pool, "Asked")["ProviderDetails"]
    members = {"UserPoolId": pool, "ClientId": mixed["ClientId"]}
    idp.update_user_pool_client(**members, SupportedIdentityProviders=["Asked"])
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Asked", ProviderDetails=starting)
    with refused("InvalidParameterException", text + "COGNITO"):
        idp.update_user_pool_client(**members, SupportedIdentityProviders=["Asked", "COGNITO"])
