"""Identity providers: their details by type, mappings, identifiers, listing."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509

from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.providers import APPLE, GOOGLE, OIDC, create, describe
from tests.helpers.saml import SIGN_IN, SIGN_OUT, metadata

GOOGLE_ADDED = {
    "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=",
    "attributes_url_add_attributes": "true",
    "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "oidc_issuer": "https://accounts.google.com",
    "token_request_method": "POST",
    "token_url": "https://www.googleapis.com/oauth2/v4/token",
}


@pytest.fixture
def pool(running: Running) -> str:
    return str(running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"])


def feed_back(running: Running, idp: Any, pool: str, name: str) -> None:
    """The description sent as an update changes nothing but the date."""
    before = describe(idp, pool, name)
    running.world.clock.advance(5)
    members = ("UserPoolId", "ProviderName", "ProviderDetails", "AttributeMapping", "IdpIdentifiers", "AcrMapping")
    answer = idp.update_identity_provider(**{member: before[member] for member in members if member in before})
    after = describe(idp, pool, name)
    assert answer["IdentityProvider"] == after
    assert after.pop("LastModifiedDate") > before.pop("LastModifiedDate")
    assert after == before


def test_google(running: Running, idp: Any, pool: str) -> None:
    made = create(idp, pool, "Google", "Google", GOOGLE)
    assert made == describe(idp, pool, "Google")
    assert made["ProviderDetails"] == GOOGLE | GOOGLE_ADDED
    assert made["AttributeMapping"] == {"username": "sub"}
    assert made["LastModifiedDate"] == made["CreationDate"]
    assert made["IdpIdentifiers"] == []
    assert "AcrMapping" not in made
    assert "identities" in {
        entry["Name"] for entry in idp.describe_user_pool(UserPoolId=pool)["UserPool"]["SchemaAttributes"]
    }
    feed_back(running, idp, pool, "Google")


def test_a_local_stand_in_for_a_social_provider(idp: Any, pool: str) -> None:
    local = {"authorize_url": "http://localhost:1/a", "token_url": "http://localhost:1/t", "oidc_issuer": "http://x:1"}
    made = create(idp, pool, "Google", "Google", GOOGLE | local)
    assert made["ProviderDetails"] == GOOGLE | GOOGLE_ADDED | local


def test_facebook(running: Running, idp: Any, pool: str) -> None:
    details = {**GOOGLE, "authorize_scopes": "public_profile, email", "api_version": "v12.0"}
    made = create(idp, pool, "Facebook", "Facebook", details, AttributeMapping={"email": "email"})
    assert made["ProviderDetails"] == details | {
        "attributes_url": "https://graph.facebook.com/v12.0/me?fields=",
        "attributes_url_add_attributes": "true",
        "authorize_url": "https://www.facebook.com/v12.0/dialog/oauth",
        "token_request_method": "GET",
        "token_url": "https://graph.facebook.com/v12.0/oauth/access_token",
    }
    assert made["AttributeMapping"] == {"email": "email", "username": "id"}
    feed_back(running, idp, pool, "Facebook")
    newer = made["ProviderDetails"] | {"api_version": "v17.0"}
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Facebook", ProviderDetails=newer)
    shown = describe(idp, pool, "Facebook")["ProviderDetails"]
    assert shown["token_url"] == "https://graph.facebook.com/v17.0/oauth/access_token"


@pytest.mark.parametrize("version", ["v21.0", "v4", "latest/../x", "{x}"])
def test_any_version_of_facebooks_api(idp: Any, pool: str, version: str) -> None:
    """It stands in the addresses as one part of their path."""
    details = create(idp, pool, "Facebook", "Facebook", GOOGLE | {"api_version": version})["ProviderDetails"]
    assert details["api_version"] == version
    assert details["token_url"] == f"https://graph.facebook.com/{quote(version, safe='')}/oauth/access_token"


def test_amazon(running: Running, idp: Any, pool: str) -> None:
    made = create(idp, pool, "LoginWithAmazon", "LoginWithAmazon", {**GOOGLE, "authorize_scopes": "profile"})
    assert made["AttributeMapping"] == {"username": "user_id"}
    assert made["ProviderDetails"]["attributes_url"] == "https://api.amazon.com/user/profile"
    assert made["ProviderDetails"]["attributes_url_add_attributes"] == "false"
    feed_back(running, idp, pool, "LoginWithAmazon")


def test_apple_keeps_its_key_to_itself(running: Running, idp: Any, pool: str) -> None:
    made = create(idp, pool, "SignInWithApple", "SignInWithApple", APPLE)
    assert "private_key" not in made["ProviderDetails"]
    assert made["ProviderDetails"]["oidc_issuer"] == "https://appleid.apple.com"
    feed_back(running, idp, pool, "SignInWithApple")
    kept = running.world.store.providers.get((pool, "SignInWithApple"))
    assert kept is not None
    assert kept.details["private_key"] == "p8"


def test_oidc(running: Running, idp: Any, pool: str) -> None:
    made = create(idp, pool, "Mine", "OIDC", OIDC, AttributeMapping={"email": "mail"}, AcrMapping={"Level2": "silver"})
    assert made["ProviderDetails"] == OIDC | {"attributes_url_add_attributes": "false"}
    assert made["AttributeMapping"] == {"email": "mail", "username": "sub"}
    assert made["AcrMapping"] == {"Level2": "silver"}
    feed_back(running, idp, pool, "Mine")


def test_saml(running: Running, idp: Any, pool: str) -> None:
    made = create(idp, pool, "Corp", "SAML", {"MetadataFile": metadata()}, AttributeMapping={"email": "urn:mail"})
    details = dict(made["ProviderDetails"])
    certificate = x509.load_der_x509_certificate(base64.b64decode(details.pop("ActiveEncryptionCertificate")))
    certificate.verify_directly_issued_by(certificate)
    assert details == {
        "MetadataFile": metadata(),
        "SSORedirectBindingURI": SIGN_IN,
    }
    assert made["AttributeMapping"] == {"email": "urn:mail"}
    assert made == describe(idp, pool, "Corp")
    feed_back(running, idp, pool, "Corp")
    other = create(idp, pool, "Other", "SAML", {"MetadataFile": metadata()})
    active = "ActiveEncryptionCertificate"
    assert other["ProviderDetails"][active] != made["ProviderDetails"][active]


@pytest.mark.parametrize("name", ["日" * 32, "é" * 32, "a" * 32], ids=["96 bytes", "64 bytes", "32 bytes"])
def test_saml_names_that_are_longer_than_a_certificates(idp: Any, pool: str, name: str) -> None:
    """The common name of its certificate has what fits."""
    made = create(idp, pool, name, "SAML", {"MetadataFile": metadata()})
    certificate = x509.load_der_x509_certificate(
        base64.b64decode(made["ProviderDetails"]["ActiveEncryptionCertificate"])
    )
    assert certificate.subject.rfc4514_string() == f"CN={name[: 64 // len(name[0].encode())]}"
    assert describe(idp, pool, name)["ProviderName"] == name


def test_saml_settings(running: Running, idp: Any, pool: str) -> None:
    settings = {
        "IDPSignout": "true",
        "IDPInit": "true",
        "EncryptedResponses": "true",
        "RequestSigningAlgorithm": "rsa-sha256",
    }
    made = create(idp, pool, "Corp", "SAML", {"MetadataFile": metadata(sign_out=True), **settings})
    assert made["ProviderDetails"].items() >= {**settings, "SLORedirectBindingURI": SIGN_OUT}.items()
    feed_back(running, idp, pool, "Corp")
    off = {**settings, "EncryptedResponses": "false", "MetadataFile": metadata()}
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Corp", ProviderDetails=off)
    assert describe(idp, pool, "Corp")["ProviderDetails"]["EncryptedResponses"] == "false"


def test_members_left_out_of_an_update_stay(idp: Any, pool: str) -> None:
    made = create(idp, pool, "Mine", "OIDC", OIDC, AttributeMapping={"email": "mail"}, IdpIdentifiers=["a", "b", "a"])
    assert made["IdpIdentifiers"] == ["a", "b"]
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Mine")
    after = describe(idp, pool, "Mine")
    assert {**after, "LastModifiedDate": None} == {**made, "LastModifiedDate": None}
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Mine", IdpIdentifiers=[], AttributeMapping={})
    after = describe(idp, pool, "Mine")
    assert after["AttributeMapping"] == {"username": "sub"}
    assert after["IdpIdentifiers"] == []


def test_identifiers(running: Running, idp: Any, pool: str) -> None:
    made = create(idp, pool, "Mine", "OIDC", OIDC, IdpIdentifiers=["example.com"])
    found = idp.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="example.com")["IdentityProvider"]
    assert found == made
    text = "The identifier example.com belongs to the provider Mine already."
    with refused("InvalidParameterException", text):
        create(idp, pool, "Other", "OIDC", OIDC, IdpIdentifiers=["example.com"])
    create(idp, pool, "Other", "OIDC", OIDC)
    with refused("InvalidParameterException", text):
        idp.update_identity_provider(UserPoolId=pool, ProviderName="Other", IdpIdentifiers=["x", "example.com"])
    idp.update_identity_provider(UserPoolId=pool, ProviderName="Mine", IdpIdentifiers=["example.org"])
    with refused("ResourceNotFoundException", "Identity provider with the identifier example.com does not exist."):
        idp.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="example.com")
    elsewhere = running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"]
    create(idp, elsewhere, "Mine", "OIDC", OIDC, IdpIdentifiers=["example.org"])


def test_delete(running: Running, idp: Any, pool: str) -> None:
    create(idp, pool, "Mine", "OIDC", OIDC, IdpIdentifiers=["x"])
    idp.delete_identity_provider(UserPoolId=pool, ProviderName="Mine")
    text = "Identity provider Mine does not exist."
    with refused("ResourceNotFoundException", text):
        describe(idp, pool, "Mine")
    with refused("ResourceNotFoundException", text):
        idp.update_identity_provider(UserPoolId=pool, ProviderName="Mine")
    with refused("ResourceNotFoundException", text):
        idp.delete_identity_provider(UserPoolId=pool, ProviderName="Mine")
    create(idp, pool, "Mine", "OIDC", OIDC, IdpIdentifiers=["x"])
    idp.delete_user_pool(UserPoolId=pool)
    assert len(running.world.store.providers) == 0


def test_list_and_limit(running: Running, idp: Any, pool: str) -> None:
    for number in range(300):
        running.call(
            "CreateIdentityProvider",
            UserPoolId=pool,
            ProviderName=f"Idp{number}",
            ProviderType="OIDC",
            ProviderDetails=OIDC,
        )
    with refused("LimitExceededException", "The limit of 300 identity providers per user pool is reached."):
        create(idp, pool, "Google", "Google", GOOGLE)
    first = idp.list_identity_providers(UserPoolId=pool, MaxResults=60)
    assert len(first["Providers"]) == 50
    made = describe(idp, pool, "Idp0")
    members = ("ProviderName", "ProviderType", "LastModifiedDate", "CreationDate")
    assert first["Providers"][0] == {member: made[member] for member in members}
    second = idp.list_identity_providers(UserPoolId=pool, MaxResults=2, NextToken=first["NextToken"])
    assert [provider["ProviderName"] for provider in second["Providers"]] == ["Idp50", "Idp51"]
    other = running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"]
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_identity_providers(UserPoolId=other, NextToken=first["NextToken"])
    assert idp.list_identity_providers(UserPoolId=other)["Providers"] == []
