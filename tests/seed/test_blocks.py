"""What a pool may hold beside clients, groups and users: each block is in the API, has its effect, and is checked."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError

from cognito_emulator.seed import SeedError, apply, parse_text
from tests.helpers.browser import Browser
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

pytestmark = needs_newest
POOL, WEB, SERVER = "us-east-1_blocks001", "blocksweb", "blocksserver"
DEVICE = "us-east-1_a0000000-0000-4000-8000-00000000000d"
IDENTITY_POOL = "us-east-1:b10c0000-0000-4000-8000-000000000001"
SEED = """
UserPools:
  - Id: us-east-1_blocks001
    PoolName: blocks
    UserPoolTier: PLUS
    UserPoolAddOns: {AdvancedSecurityMode: ENFORCED}
    UserPoolTags: {team: blue}
    DeviceConfiguration: {ChallengeRequiredOnNewDevice: true}
    Policies: {SignInPolicy: {AllowedFirstAuthFactors: [PASSWORD, WEB_AUTHN]}}
    MfaConfig: {WebAuthnConfiguration: {RelyingPartyId: localhost, UserVerification: required}}
    Clients:
      - ClientId: blocksweb
        ClientName: web
        ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_USER_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
        AccessTokenValidity: 10
        TokenValidityUnits: {AccessToken: minutes}
        AllowedOAuthFlowsUserPoolClient: true
        AllowedOAuthFlows: [code]
        AllowedOAuthScopes: [openid]
        SupportedIdentityProviders: [COGNITO]
        CallbackURLs: [http://localhost:3000/]
      - {ClientId: blocksserver, ClientName: server, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH]}
    Domains: [{Domain: blocks, ManagedLoginVersion: 2}]
    ManagedLoginBrandings:
      - {ClientId: blocksweb, Settings: '{"components": {"form": {"borderRadius": 13.0}}}'}
    UICustomizations: [{ClientId: ALL, CSS: ".banner-customizable {background: red}"}]
    RiskConfigurations:
      - {ClientId: blocksserver, RiskExceptionConfiguration: {BlockedIPRangeList: [127.0.0.0/8]}}
    Terms:
      - {ClientId: blocksweb, TermsName: terms-of-use, TermsSource: LINK, Enforcement: NONE,
         Links: {"cognito:default": https://example.com/our-terms}}
      - {ClientId: blocksweb, TermsName: privacy-policy, TermsSource: LINK, Enforcement: NONE,
         Links: {"cognito:default": https://example.com/privacy}}
    LogDeliveryConfigurations:
      - LogConfigurations:
          - LogLevel: INFO
            EventSource: userAuthEvents
            CloudWatchLogsConfiguration: {LogGroupArn: arn:aws:logs:us-east-1:000000000000:log-group:g}
    Users:
      - Username: ann
        Password: Ann-12345
        Passkeys: [{CredentialId: abcd, PublicKey: a0, RelyingPartyId: localhost}]
        Devices:
          - {DeviceKey: us-east-1_a0000000-0000-4000-8000-00000000000d, Salt: "01", PasswordVerifier: "02",
             DeviceName: phone, DeviceRemembered: true}
IdentityPools:
  - IdentityPoolId: us-east-1:b10c0000-0000-4000-8000-000000000001
    IdentityPoolName: blocks
    AllowUnauthenticatedIdentities: false
    IdentityPoolTags: {team: green}
"""


@pytest.fixture
def api(running: Running, idp: Any) -> Any:
    running.run(apply(running.world, parse_text(SEED, "s.yaml")))
    return idp


def sign_in(api: Any, client: str = WEB) -> Any:
    typed = {"USERNAME": "ann", "PASSWORD": "Ann-12345"}
    answer = api.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=typed)
    return answer["AuthenticationResult"]


def page_of(path: str) -> str:
    return f"{path}?client_id={WEB}&response_type=code&redirect_uri=http://localhost:3000/"


def test_the_domain_has_pages_in_the_client_s_style_with_its_terms(running: Running, api: Any) -> None:
    shown = api.describe_user_pool_domain(Domain="blocks")["DomainDescription"]
    assert (shown["UserPoolId"], shown["ManagedLoginVersion"]) == (POOL, 2)
    style = api.describe_managed_login_branding_by_client(UserPoolId=POOL, ClientId=WEB)["ManagedLoginBranding"]
    assert style["Settings"] == {"components": {"form": {"borderRadius": 13.0}}}
    browser = Browser(running.port, f"blocks.auth.localhost:{running.port}")
    sheets = browser.get(page_of("/login")).soup.find_all("link", rel="stylesheet")
    assert any("13px" in browser.get(str(sheet["href"])).body for sheet in sheets)
    names = [one["TermsName"] for one in api.list_terms(UserPoolId=POOL)["Terms"]]
    assert sorted(names) == ["privacy-policy", "terms-of-use"]
    assert "https://example.com/our-terms" in browser.get(page_of("/signup")).body


def test_the_classic_style_is_there(api: Any) -> None:
    shown = api.get_ui_customization(UserPoolId=POOL)["UICustomization"]
    assert shown["CSS"] == ".banner-customizable {background: red}"


def test_threat_protection_and_log_export_are_on(running: Running, api: Any) -> None:
    risk = api.describe_risk_configuration(UserPoolId=POOL, ClientId=SERVER)["RiskConfiguration"]
    assert risk["RiskExceptionConfiguration"] == {"BlockedIPRangeList": ["127.0.0.0/8"]}
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        sign_in(api, SERVER)
    logs = api.get_log_delivery_configuration(UserPoolId=POOL)["LogDeliveryConfiguration"]["LogConfigurations"]
    assert [one["EventSource"] for one in logs] == ["userAuthEvents"]
    assert len(running.world.exported_logs.all()) == 1


def test_token_settings_have_their_effect(api: Any) -> None:
    claims = jwt.decode(sign_in(api)["AccessToken"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 600


def test_factors_and_devices_are_the_user_s(api: Any) -> None:
    passkeys = api.get_user_pool_mfa_config(UserPoolId=POOL)["WebAuthnConfiguration"]
    assert (passkeys["RelyingPartyId"], passkeys["UserVerification"]) == ("localhost", "required")
    listed = api.list_web_authn_credentials(AccessToken=sign_in(api)["AccessToken"])["Credentials"]
    assert [one["CredentialId"] for one in listed] == ["abcd"]
    chosen = {"USERNAME": "ann", "PREFERRED_CHALLENGE": "WEB_AUTHN"}
    assert api.initiate_auth(ClientId=WEB, AuthFlow="USER_AUTH", AuthParameters=chosen)["ChallengeName"] == "WEB_AUTHN"
    device = api.admin_get_device(UserPoolId=POOL, Username="ann", DeviceKey=DEVICE)["Device"]
    names = {one["Name"]: one["Value"] for one in device["DeviceAttributes"]}
    assert (names["device_name"], names["dev:device_remembered_status"]) == ("phone", "remembered")
    typed = {"USERNAME": "ann", "PASSWORD": "Ann-12345", "DEVICE_KEY": DEVICE}
    asked = api.initiate_auth(ClientId=WEB, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=typed)
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"


def test_tags_are_listed(running: Running, api: Any) -> None:
    tags = api.list_tags_for_resource(ResourceArn=f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{POOL}")
    assert tags["Tags"] == {"team": "blue"}
    arn = f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{IDENTITY_POOL}"
    assert running.call("ListTagsForResource", "cognito-identity", ResourceArn=arn)["Tags"] == {"team": "green"}


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("Domains: [{Domains: x}]", "Domains[0].Domains: unknown key. Did you mean Domain?"),
        ("ManagedLoginBrandings: [{ClientId: 1, Setting: x}]", "ManagedLoginBrandings[0].Setting: unknown key."),
        ("UICustomizations: {CSS: x}", "UICustomizations: a list is expected, such as [{"),
        ("RiskConfigurations: [{RiskException: x}]", "RiskConfigurations[0].RiskException: unknown key."),
        ("Terms: [{TermsName: x}]", "Terms[0]: ClientId is missing"),
        ("LogDeliveryConfigurations: [{LogConfigurations: [{LogLevel: ALL}]}]", "LogDeliveryConfigurations[0].LogConf"),
        ("ResourceServers: [{Identifier: api}]", "ResourceServers[0]: Name is missing"),
        ("DeviceConfiguration: {ChallengeRequiredOnNewDevice: maybe}", "DeviceConfiguration.ChallengeRequiredOnNewD"),
        ("MfaConfig: {WebAuthn: {RelyingPartyId: x}}", "MfaConfig.WebAuthn: unknown key."),
        ("UserPoolTags: {'aws:x': y}", "CreateUserPool answers"),
        ("Domains: [{Domain: cognito}]", "Domains[0]: CreateUserPoolDomain answers InvalidParameterException"),
        ("Users: [{Username: a, Passkeys: [{CredentialId: a}]}]", "Users[0].Passkeys[0]: PublicKey is missing"),
    ],
)
def test_mistakes_have_a_line_and_a_sentence(running: Running, block: str, text: str) -> None:
    with pytest.raises(SeedError) as refused:
        running.run(apply(running.world, parse_text(f"UserPools:\n  - PoolName: p\n    {block}\n", "s.yaml")))
    told = str(refused.value)
    assert text in told
    assert told.startswith(("s.yaml:3: UserPools[0]", "s.yaml:2: UserPools[0]"))
    assert len(running.world.store.pools) == 0


def test_a_refused_seed_leaves_none_of_them(running: Running) -> None:
    """Here the seed is large, so that other requests have run before its mistake was found."""
    users = "".join(f"      - {{Username: user{number}}}\n" for number in range(40))
    replica = "    Replicas: [{RegionName: us-west-2, Domains: [{Domain: west}]}]\n"
    key = "    KeyConfiguration: {KeyType: CUSTOMER_MANAGED_KEY, KmsKeyArn: arn:aws:kms:us-east-1:1:key/mrk-1}\n"
    pools, rest = SEED.split("IdentityPools:")
    second = f"  - PoolName: bad\n    Users:\n{users}      - {{Username: bad, Password: short}}\nIdentityPools:"
    seed = parse_text(f"{pools}{replica}{key}{second}{rest}", "s.yaml")
    with pytest.raises(SeedError, match="InvalidPasswordException"):
        running.run(apply(running.world, seed, running.world.background.give_way))
    assert {name: len(table) for name, table in running.world.store.tables().items() if len(table)} == {}
