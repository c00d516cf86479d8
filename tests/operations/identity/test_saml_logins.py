"""SAML assertions as logins: what AWS is sent by a provider whom nobody asked, and the roles that it offers."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("signxml")

from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.foreign_logins import DENIED, GOOGLE, IAM, know, mock_login, nobody
from tests.helpers.harness import Running
from tests.helpers.identity_pools import (
    AUTHENTICATED,
    DEVELOPER,
    ROLES,
    UNSUPPORTED,
    UNUSABLE,
    identity_pool,
    payload,
)
from tests.helpers.saml import metadata
from tests.helpers.saml_idp import CERTIFICATE, OTHER, OTHER_CERTIFICATE, Says, encoded, signed

CORP = f"{IAM}:saml-provider/Corp"
PLACE, AUDIENCE = "https://signin.aws.amazon.com/saml", "urn:amazon:webservices"
ROLE = "https://aws.amazon.com/SAML/Attributes/Role"
EDITOR, READER = (f"{IAM}:role/{name}" for name in ("editor", "reader"))
RECEIVED = "Invalid login token. Invalid SAML response received: "
USED = "Invalid login token. The SAML assertion was used before."


@pytest.fixture
def pool(running: Running) -> str:
    """An identity pool that takes the logins of the SAML provider Corp."""
    know(running, SAMLProviders=[{"Name": "Corp", "SAMLMetadataDocument": metadata(certificate=CERTIFICATE)}])
    return identity_pool(running, SamlProviderARNs=[CORP], AllowClassicFlow=True)


def says(world: World, **more: Any) -> Says:
    """An assertion as IAM wants it."""
    return Says(**{"acs": PLACE, "audience": AUDIENCE, "now": world.clock.now(), **more})


def response(told: Says) -> str:
    return encoded(told.response(signed(told.assertion())))


def login(world: World, **more: Any) -> dict[str, str]:
    return {CORP: response(says(world, **more))}


def role_of(identity: Any, pool: str, logins: dict[str, str], **more: Any) -> str:
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=logins, **more)
    return str(payload(answer["Credentials"]["SessionToken"])["role"])


def test_a_login(identity: Any, world: World, pool: str) -> None:
    logins = login(world)
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    told = identity.get_credentials_for_identity(IdentityId=known, Logins=logins)
    assert told["IdentityId"] == known
    assert payload(told["Credentials"]["SessionToken"])["amr"] == ["authenticated", CORP]
    assert identity.describe_identity(IdentityId=known)["Logins"] == [CORP]
    assert identity.get_id(IdentityPoolId=pool, Logins=login(world))["IdentityId"] == known
    assert identity.get_id(IdentityPoolId=pool, Logins=login(world, subject="bob"))["IdentityId"] != known


def test_an_assertion_is_good_once_for_each_operation(identity: Any, world: World, pool: str) -> None:
    logins = login(world)
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    identity.get_credentials_for_identity(IdentityId=known, Logins=logins)
    identity.get_open_id_token(IdentityId=known, Logins=logins)
    identity.get_open_id_token_for_developer_identity(
        IdentityPoolId=pool, IdentityId=known, Logins={DEVELOPER: "u", **logins}
    )
    for call in (identity.get_credentials_for_identity, identity.get_open_id_token):
        with refused(DENIED, USED):
            call(IdentityId=known, Logins=logins)
    with refused(DENIED, USED):
        identity.get_id(IdentityPoolId=pool, Logins=logins)
    with refused(DENIED, USED):
        identity.get_open_id_token_for_developer_identity(IdentityPoolId=pool, Logins={DEVELOPER: "v", **logins})
    identity.unlink_identity(IdentityId=known, Logins=logins, LoginsToRemove=[CORP])
    assert identity.describe_identity(IdentityId=known)["Logins"] == [DEVELOPER]


def test_a_request_that_is_refused_takes_no_assertion(identity: Any, world: World, pool: str) -> None:
    logins = login(world)
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    with refused(DENIED, f"Access to Role '{EDITOR}' is forbidden."):
        identity.get_credentials_for_identity(IdentityId=known, Logins=logins, CustomRoleArn=EDITOR)
    assert identity.get_credentials_for_identity(IdentityId=known, Logins=logins)["IdentityId"] == known


def test_a_forged_assertion(identity: Any, world: World, pool: str) -> None:
    told = says(world)
    good = signed(told.assertion())
    good.find(".//{*}NameID").text = "somebody-else"
    unsigned = says(world)
    for bad in (
        told.response(good),
        told.response(signed(told.assertion(), OTHER)),
        unsigned.response(unsigned.assertion()),
    ):
        with refused(DENIED, f"{RECEIVED}SAML Assertion signature is invalid."):
            identity.get_id(IdentityPoolId=pool, Logins={CORP: encoded(bad)})
    assert nobody(world)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("\u2603", "it is no base64 of UTF-8."),
        ("PHg+", "it is not well-formed XML."),
        ("PHgvPg==", "it is no Response."),
    ],
)
def test_what_is_no_response(identity: Any, pool: str, given: str, message: str) -> None:
    with refused(DENIED, RECEIVED + message):
        identity.get_id(IdentityPoolId=pool, Logins={CORP: given})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"issuer": "https://other.example"}, "Issuer is not the identity provider."),
        ({"audience": "urn:amazon:cognito:sp:us-east-1_x"}, "Audience is not the service provider."),
        ({"recipient": "https://app.example/saml"},
         "no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter."),
        ({"recipient": "https://x/.signin.aws.amazon.com/saml"},
         "no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter."),
        ({"destination": "https://app.example/saml"}, "Destination is not this endpoint."),
        ({"request_id": "_asked"}, "InResponseTo does not fit the request."),
        ({"begins": 100.0}, "the assertion is expired or not yet valid."),
        ({"issued": -400.0}, "the assertion is older than 6 minutes."),
        ({"subject": ""}, "NameID is missing."),
        ({"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
         "the status is urn:oasis:names:tc:SAML:2.0:status:Responder."),
    ],
)  # fmt: skip
def test_assertions_that_are_refused(
    identity: Any, world: World, pool: str, change: dict[str, Any], message: str
) -> None:
    with refused(DENIED, RECEIVED + message):
        identity.get_id(IdentityPoolId=pool, Logins=login(world, **change))
    assert nobody(world)


@pytest.mark.parametrize("change", [{"ends": -60.0}, {"confirmed_until": -60.0}])
def test_the_end_is_told_in_milliseconds(identity: Any, world: World, pool: str, change: dict[str, float]) -> None:
    world.clock.freeze(1_800_000_000)
    text = "Invalid login token. Token expired: 1800000000000 >= 1799999940000"
    with refused(DENIED, text):
        identity.get_id(IdentityPoolId=pool, Logins=login(world, **change))


@pytest.mark.parametrize(
    "change",
    [{"audience": PLACE}, {"acs": "https://eu-west-1.signin.aws.amazon.com/saml"}, {"ends": -59.0}],
)
def test_assertions_that_are_taken(identity: Any, world: World, pool: str, change: dict[str, Any]) -> None:
    world.clock.freeze(1_800_000_000)
    assert identity.get_id(IdentityPoolId=pool, Logins=login(world, **change))


def test_any_certificate_of_the_metadata(running: Running, identity: Any, world: World, pool: str) -> None:
    both = metadata(certificate=OTHER_CERTIFICATE).replace(
        "<md:SingleSignOn",
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>{CERTIFICATE}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        "<md:SingleSignOn",
        1,
    )
    know(running, SAMLProviders=[{"Name": "Corp", "SAMLMetadataDocument": both}])
    assert identity.get_id(IdentityPoolId=pool, Logins=login(world))
    know(running, SAMLProviders=[{"Name": "Corp", "SAMLMetadataDocument": metadata(certificate=OTHER_CERTIFICATE)}])
    with refused(DENIED, f"{RECEIVED}SAML Assertion signature is invalid."):
        identity.get_id(IdentityPoolId=pool, Logins=login(world))


def test_a_provider_that_the_pool_does_not_have(running: Running, identity: Any, world: World, pool: str) -> None:
    other = identity_pool(running)
    with refused(DENIED, UNSUPPORTED):
        identity.get_id(IdentityPoolId=other, Logins=login(world))


def test_without_the_extra(
    running: Running, identity: Any, world: World, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cognito_emulator.ports import saml_xml

    logins = login(world)
    monkeypatch.setattr(saml_xml, "available", lambda: False)
    with refused(
        "NotImplementedException", "GetId.Logins: SAML assertions need the extra saml: cognito-emulator[saml]."
    ):
        identity.get_id(IdentityPoolId=pool, Logins=logins)


# --- roles ----------------------------------------------------------------------------------------------------

RULE = {"Claim": "team", "MatchType": "Contains", "Value": "blue", "RoleARN": EDITOR}
RULES = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [RULE]}}
TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
AMBIGUOUS = f"The ambiguous role mapping rules for: {CORP} denied this request."
ONE, TWO = [f"{EDITOR},{CORP}"], [f"{EDITOR},{CORP}", f"{CORP}, {READER}"]


@pytest.mark.parametrize(
    ("mapping", "attributes", "custom", "role"),
    [
        (None, {}, None, AUTHENTICATED),
        (None, {ROLE: ONE}, None, EDITOR),
        (None, {ROLE: ONE}, EDITOR, EDITOR),
        (None, {ROLE: TWO}, READER, READER),
        (None, {ROLE: [f"{EDITOR},{IAM}:saml-provider/Other", EDITOR, "x,y", f"{READER},{CORP}"]}, None, READER),
        (TOKEN, {ROLE: ONE}, None, EDITOR),
        (TOKEN, {ROLE: TWO}, None, AUTHENTICATED),
        (TOKEN, {ROLE: TWO}, EDITOR, EDITOR),
        (TOKEN, {}, None, AUTHENTICATED),
        (RULES, {ROLE: [f"{READER},{CORP}"], "team": ["red", "blue"]}, None, EDITOR),
    ],
)
def test_roles(
    identity: Any,
    world: World,
    pool: str,
    mapping: dict[str, Any] | None,
    attributes: dict[str, list[str]],
    custom: str | None,
    role: str,
) -> None:
    if mapping:
        identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={CORP: mapping})
    more = {"CustomRoleArn": custom} if custom else {}
    assert role_of(identity, pool, login(world, attributes=attributes), **more) == role


@pytest.mark.parametrize(
    ("mapping", "attributes", "custom", "message"),
    [
        (None, {ROLE: TWO}, None, AMBIGUOUS),
        (None, {ROLE: ONE}, READER, f"Access to Role '{READER}' is forbidden."),
        (None, {}, READER, f"Access to Role '{READER}' is forbidden."),
        (RULES, {ROLE: ONE}, None, AMBIGUOUS),
        ({**TOKEN, "AmbiguousRoleResolution": "Deny"}, {ROLE: TWO}, None, AMBIGUOUS),
        ({**TOKEN, "AmbiguousRoleResolution": "Deny"}, {}, None, AMBIGUOUS),
    ],
)
def test_roles_that_are_denied(
    identity: Any,
    world: World,
    pool: str,
    mapping: dict[str, Any] | None,
    attributes: dict[str, list[str]],
    custom: str | None,
    message: str,
) -> None:
    if mapping:
        identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=ROLES, RoleMappings={CORP: mapping})
    with refused(DENIED, message):
        role_of(identity, pool, login(world, attributes=attributes), **({"CustomRoleArn": custom} if custom else {}))


def test_the_pool_needs_no_roles(running: Running, identity: Any, world: World, pool: str) -> None:
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles={})
    assert role_of(identity, pool, login(world, attributes={ROLE: ONE})) == EDITOR
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):
        role_of(identity, pool, login(world))


def test_an_assertion_decides_among_several_logins(running: Running, identity: Any, world: World, pool: str) -> None:
    """Whatever the order: the other login has no mapping, and offers no role."""
    both = identity_pool(running, SamlProviderARNs=[CORP], SupportedLoginProviders={GOOGLE: "app"})
    google = mock_login(running, GOOGLE)
    assert role_of(identity, both, {**google, **login(world, attributes={ROLE: ONE})}) == EDITOR
    assert role_of(identity, both, {**login(world, attributes={ROLE: ONE}), **google}) == EDITOR
    assert role_of(identity, both, {**google, **login(world)}) == AUTHENTICATED


def test_tags(identity: Any, world: World, pool: str) -> None:
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
    told = identity.set_principal_tag_attribute_map(IdentityPoolId=pool, IdentityProviderName=CORP, UseDefaults=True)
    assert told["PrincipalTags"] == {"username": f"{claims}/name", "client": f"{claims}/nameidentifier"}
    logins = login(world, attributes={f"{claims}/name": ["ann"], "team": ["red", "blue"]})
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    made = identity.get_credentials_for_identity(IdentityId=known, Logins=logins)["Credentials"]
    assert payload(made["SessionToken"])["principal_tags"] == {"username": "ann"}
    identity.set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=CORP, PrincipalTags={"teams": "team"}
    )
    logins = login(world, attributes={"team": ["red"]})
    made = identity.get_credentials_for_identity(IdentityId=known, Logins=logins)["Credentials"]
    assert payload(made["SessionToken"])["principal_tags"] == {"teams": "red"}
    with refused("InvalidIdentityPoolConfigurationException", UNUSABLE):  # STS takes no commas
        logins = login(world, attributes={"team": ["red", "blue"]})
        identity.get_credentials_for_identity(IdentityId=known, Logins=logins)


# --- the built-in provider ------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [{}, {"SAMLMetadataDocument": metadata(certificate=CERTIFICATE)}])
def test_a_mock_provider(running: Running, identity: Any, world: World, document: dict[str, str]) -> None:
    know(running, SAMLProviders=[{"Name": "Corp", "mock": True, **document}])
    pool = identity_pool(running, SamlProviderARNs=[CORP])
    logins = mock_login(running, CORP, "", **{"sub": "ann", ROLE: TWO, "team": "blue"})
    assert role_of(identity, pool, logins, CustomRoleArn=READER) == READER
    again = mock_login(running, CORP, "", **{"sub": "ann", ROLE: ONE})
    assert role_of(identity, pool, again) == EDITOR
    assert len(world.store.federated_identities) == 1
    with refused(DENIED, f"{RECEIVED}SAML Assertion signature is invalid."):
        identity.get_id(IdentityPoolId=pool, Logins=login(world))
    world.clock.advance(361)
    with refused(DENIED):
        identity.get_id(IdentityPoolId=pool, Logins=again)
