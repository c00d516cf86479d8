"""What the seed has of each format, and what it says of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.imported_files import ANSWERS, GIVEN, Imports, texts

ARN = "arn:aws:lambda:us-east-1:000000000000:function"


def pool_of(content: dict[str, Any]) -> Any:
    (pool,) = content["UserPools"]
    return pool


def test_a_template(imports: Imports) -> None:
    made = imports.read("shop.yaml", parameters=GIVEN)
    pool, (identities,) = pool_of(made.content), made.content["IdentityPools"]
    assert pool["PoolName"] == "stack-dev"
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    assert pool["Policies"]["PasswordPolicy"]["RequireSymbols"] is False
    assert "EmailConfiguration" not in pool
    assert [client["ClientId"] for client in pool["Clients"]] == ["web", "machine"]
    web = pool["Clients"][0]
    assert web["CallbackURLs"] == ["http://localhost:3000/callback", "http://localhost:5173/"]
    assert web["LogoutURLs"] == ["http://localhost:3000/", "http://localhost:3000/bye"]
    assert web["SupportedIdentityProviders"] == ["COGNITO", "Google"]
    assert set(pool["MfaConfig"]) == {"MfaConfiguration", "SoftwareTokenMfaConfiguration", "SmsMfaConfiguration"}
    color = json.loads(pool["ManagedLoginBrandings"][0]["Settings"])["components"]["primaryButton"]["lightMode"]
    assert color == {"defaults": {"backgroundColor": "663399ff"}}
    assert pool["Users"] == [
        {
            "Username": "root@shop.example",
            "Attributes": {"email": "root@shop.example", "email_verified": "true"},
            "Groups": ["admins"],
        }
    ]
    assert pool["Groups"][0]["RoleArn"] == "arn:aws:iam::000000000000:role/shop-signed-in"
    (mapping,) = identities["RoleMappings"]
    assert mapping == "cognito-idp.us-east-1.amazonaws.com/us-east-1_Shop:web"
    said = texts(made)
    assert f"shop.yaml:25: Resources.Shop.LambdaConfig.PreSignUp: left out: the function {ARN}:shop-dev-sign-up" in said
    assert "the provider Google is a mock" in said
    assert "the SAML provider Office; a seed fetches no MetadataURL" in said
    assert "the passwords of 1 user, which no source has" in said


def test_parameters_and_pseudo_parameters_decide(imports: Imports) -> None:
    given = {**GIVEN, "Stage": "prod", "AWS::Region": "eu-north-1", "AWS::StackName": "acme", "Colour": "red"}
    made = imports.read("shop.yaml", parameters=given)
    pool = pool_of(made.content)
    assert (pool["Id"], pool["PoolName"]) == ("eu-north-1_Shop", "acme-prod")
    assert pool["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 12,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 3,
    }
    assert [client["ClientId"] for client in pool["Clients"]] == ["web", "machine", "onlyinprod"]
    assert pool["EmailConfiguration"]["SourceArn"] == "arn:aws:ses:eu-north-1:000000000000:identity/shop.example"
    assert "Roles" not in made.content["IdentityPools"][0]
    assert "--parameter Colour: no template has a parameter of that name" in texts(made)


def test_the_same_ids_and_secrets_at_every_import(imports: Imports) -> None:
    assert imports.read("cdk.json").content == imports.read("cdk.json").content
    client = pool_of(imports.read("cdk.json").content)["Clients"][0]
    assert len(client["ClientSecret"]) == 52


@pytest.mark.parametrize(
    ("file", "options", "config"),
    [
        ("shop.yaml", {"triggers": {"PreSignUp": "../x.py:go"}}, {"PreSignUp": "../x.py:go"}),
        ("shop.yaml", {"keeps_triggers": True}, {"PreSignUp": f"{ARN}:shop-dev-sign-up"}),
        ("shop.yaml", {"triggers": {"PostConfirmation": f"{ARN}:x"}}, {"PostConfirmation": f"{ARN}:x"}),
        ("sam.yaml", {"keeps_triggers": True}, {"PostConfirmation": f"{ARN}:Welcome"}),
        (
            "cdk.json",
            {"triggers": {"PreTokenGenerationConfig": f"{ARN}:x"}},
            {"PreTokenGenerationConfig": {"LambdaArn": f"{ARN}:x", "LambdaVersion": "V2_0"}},
        ),
    ],
)
def test_triggers_are_carried_when_they_are_mapped(
    imports: Imports, file: str, options: dict[str, Any], config: dict[str, Any]
) -> None:
    made = imports.read(file, parameters=GIVEN, **options)
    assert pool_of(made.content)["LambdaConfig"] == config


def test_a_plan_whose_ids_are_not_known(imports: Imports) -> None:
    made = imports.read("plan.json")
    pool, (identities,) = pool_of(made.content), made.content["IdentityPools"]
    assert pool["UserPoolTags"] == {"team": "web"}
    assert pool["Schema"][0]["StringAttributeConstraints"] == {"MaxLength": "64", "MinLength": "1"}
    assert [(client["ClientId"], client["ClientName"]) for client in pool["Clients"]] == [
        ("web", "web"),
        ("api_machine", "machine"),
    ]
    assert "AccessTokenValidity" not in pool["Clients"][1]
    assert pool["ManagedLoginBrandings"] == [{"UseCognitoProvidedValues": True, "ClientId": "web"}]
    assert pool["Users"][0]["Password"] == "Root-12345678"
    login = {
        "ServerSideTokenCheck": False,
        "ClientId": "web",
        "ProviderName": "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_main",
    }
    assert identities["CognitoIdentityProviders"] == [login]
    (mapping,) = identities["RoleMappings"]
    assert mapping == "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_main:web"
    assert pool["Users"][0]["Attributes"]["custom:tenant"] == "acme"
    assert pool["Clients"][1]["AllowedOAuthScopes"] == ["https://api.shop.example/read"]
    (said,) = texts(made).splitlines()
    assert said.endswith("the plan does not know it; the seed takes what it refers to: https://api.shop.example/read")


def test_a_state_keeps_what_is_deployed(imports: Imports) -> None:
    made = imports.read("state.json")
    pool = pool_of(made.content)
    assert pool["Id"] == "eu-central-1_Abc123Def"
    assert pool["UserPoolAddOns"] == {"AdvancedSecurityMode": "AUDIT"}
    assert pool["Clients"][0]["ClientSecret"] == "9876secretsecretsecretsecretsecret"
    assert pool["MfaConfig"]["SmsMfaConfiguration"]["SmsAuthenticationMessage"] == "Code {####}"
    assert pool["RiskConfigurations"] == [
        {
            "CompromisedCredentialsRiskConfiguration": {
                "EventFilter": ["SIGN_IN"],
                "Actions": {"EventAction": "BLOCK"},
            }
        }
    ]
    assert pool["IdentityProviders"][0]["mock"] is True
    assert pool["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert set(pool["VerificationMessageTemplate"]) == {"DefaultEmailOption", "EmailMessage", "EmailSubject"}
    assert pool["Groups"] == [{"GroupName": "staff"}]
    assert "LambdaConfig" not in pool
    assert "function:tokens" in texts(made)


def test_the_states_own_file(imports: Imports, tmp_path: Path) -> None:
    client = {"user_pool_id": "eu-west-3_Raw", "id": "raw1", "name": "web", "generate_secret": False}
    state = {
        "version": 4,
        "terraform_version": "1.9.5",
        "resources": [
            {"mode": "data", "type": "aws_cognito_user_pool", "name": "other", "instances": [{"attributes": {}}]},
            {
                "mode": "managed",
                "type": "aws_cognito_user_pool",
                "name": "main",
                "instances": [{"attributes": {"id": "eu-west-3_Raw", "name": "raw"}}],
            },
            {
                "mode": "managed",
                "type": "aws_cognito_user_pool_client",
                "name": "web",
                "instances": [{"index_key": 0, "attributes": client}],
            },
        ],
    }
    path = tmp_path / "terraform.tfstate"
    path.write_text(json.dumps(state))
    pool = pool_of(imports.read(path).content)
    assert (pool["Id"], pool["PoolName"], pool["Clients"][0]["ClientId"]) == ("eu-west-3_Raw", "raw", "raw1")


def test_outputs_and_exports_of_amplify(imports: Imports) -> None:
    second, first = (imports.read(name).content for name in ("amplify_outputs.json", "aws-exports.js"))
    pool = pool_of(second)
    assert pool["Groups"] == [{"GroupName": "ADMINS", "Precedence": 0}]
    assert pool["Domains"] == [{"Domain": "gen2app"}]
    assert {one["ProviderType"] for one in pool["IdentityProviders"]} == {
        "Google", "Facebook", "SignInWithApple", "LoginWithAmazon",
    }  # fmt: skip
    assert second["IdentityPools"][0]["IdentityPoolId"] == "us-west-2:11111111-2222-4333-8444-555555555555"
    assert pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"] == [
        "PASSWORD",
        "EMAIL_OTP",
        "SMS_OTP",
        "WEB_AUTHN",
    ]
    assert pool["MfaConfig"]["WebAuthnConfiguration"] == {"RelyingPartyId": "localhost", "UserVerification": "required"}
    assert "ALLOW_USER_AUTH" in pool["Clients"][0]["ExplicitAuthFlows"]
    pool = pool_of(first)
    assert pool["Clients"][0]["CallbackURLs"] == ["http://localhost:3000/", "http://localhost:4173/"]
    assert pool["Clients"][0]["AllowedOAuthScopes"] == ["openid", "email"]
    assert pool["Policies"]["PasswordPolicy"]["RequireSymbols"] is False
    assert pool["Domains"][0]["Domain"] == "login.example.com"


@pytest.mark.parametrize(
    "script",
    [
        "module.exports = {Auth: {region: 'us-east-1', userPoolId: 'us-east-1_a', userPoolWebClientId: 'web1'}};",
        "export const config = {\n  Auth: {Cognito: {userPoolId: 'us-east-1_a', userPoolClientId: 'web1', },},\n};",
    ],
)
def test_what_is_given_to_configure(imports: Imports, tmp_path: Path, script: str) -> None:
    path = tmp_path / "config.js"
    path.write_text(script)
    pool = pool_of(imports.read(path).content)
    assert (pool["Id"], pool["Clients"][0]["ClientId"]) == ("us-east-1_a", "web1")


def test_answers_in_any_order(imports: Imports) -> None:
    made = imports.read(*reversed(ANSWERS))
    pool = pool_of(made.content)
    assert {name: len(pool[name]) for name in ("Clients", "Users", "Groups", "IdentityProviders", "Domains")} == {
        "Clients": 1, "Users": 3, "Groups": 1, "IdentityProviders": 1, "Domains": 1,
    }  # fmt: skip
    assert [one["Name"] for one in pool["Schema"]] == ["email", "plan"]
    assert pool["Users"][0]["Username"] == "ann@example.com"
    assert pool["Users"][2]["Identities"][0]["UserId"] == "108"


def test_users_of_a_file_in_a_pool_whose_user_names_are_addresses(imports: Imports) -> None:
    made = imports.load("users.csv", "answers/pool.json")
    users = pool_of(made.content)["Users"]
    assert [user["Username"] for user in users] == ["ann@example.com", "bob@example.com"]


def test_an_answer_about_one_user(imports: Imports, tmp_path: Path) -> None:
    answer = {
        "Username": "ann",
        "UserAttributes": [{"Name": "email", "Value": "ann@example.com"}],
        "UserStatus": "CONFIRMED",
        "UserMFASettingList": ["SMS_MFA", "SOFTWARE_TOKEN_MFA"],
        "PreferredMfaSetting": "SMS_MFA",
    }
    (tmp_path / "user.json").write_text(json.dumps(answer))
    made = imports.load(tmp_path / "user.json", "cdk.json", password="Ann-12345678")
    (user,) = pool_of(made.content)["Users"]
    assert (user["UserMFASettingList"], user["PreferredMfaSetting"]) == (["SMS_MFA"], "SMS_MFA")
    assert "the authenticator, whose secret no answer has" in texts(made)
    shown = imports.running.client().admin_get_user(UserPoolId="us-east-1_PoolD3F588B8", Username="ann")
    assert (shown["UserStatus"], shown["UserMFASettingList"]) == ("CONFIRMED", ["SMS_MFA"])


def test_how_a_user_is_invited_is_said_to_be_left_out(imports: Imports, tmp_path: Path) -> None:
    template = """Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Ann:
    Type: AWS::Cognito::UserPoolUser
    Properties: {UserPoolId: !Ref Pool, Username: ann, DesiredDeliveryMediums: [EMAIL], MessageAction: SUPPRESS}
"""
    (tmp_path / "t.yaml").write_text(template)
    said = texts(imports.load(tmp_path / "t.yaml"))
    assert "Resources.Ann.DesiredDeliveryMediums: left out: a seed sends no messages, calls no triggers" in said
    assert "MessageAction" not in said


def test_answers_of_identity_pools(imports: Imports, tmp_path: Path) -> None:
    pool_id = "us-east-1:11111111-2222-4333-8444-555555555555"
    answers = (
        {"IdentityPoolId": pool_id, "IdentityPoolName": "ids", "AllowUnauthenticatedIdentities": True},
        {"IdentityPoolId": pool_id, "Roles": {"unauthenticated": "arn:aws:iam::123456789012:role/guest"}},
        {"IdentityPoolId": pool_id, "IdentityProviderName": "accounts.google.com", "UseDefaults": True},
    )
    paths = []
    for number, answer in enumerate(answers):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(answer))
    (found,) = imports.load(*paths).content["IdentityPools"]
    assert found["AllowUnauthenticatedIdentities"] is True
    assert found["Roles"] == {"unauthenticated": "arn:aws:iam::123456789012:role/guest"}
    assert found["PrincipalTagMaps"] == [{"IdentityProviderName": "accounts.google.com", "UseDefaults": True}]
