"""User pools: with each optional block, without it, and with the MFA configuration that tools set beside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import SMS
from tests.infrastructure.tool import Tool, stays, view

ROLE = "arn:aws:iam::000000000000:role/r"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
SENDER = "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"
KEY = "arn:aws:kms:us-east-1:000000000000:key/mrk-1"
TEXTED = {"SmsConfiguration": {**SMS, "SnsRegion": "us-east-1"}}
PLUS = {"UserPoolTier": "PLUS"}
RULES = [f"Require{what}" for what in ("Lowercase", "Numbers", "Symbols", "Uppercase")]
DEFAULT_POLICY = {
    "Policies": {
        "PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 7, **dict.fromkeys(RULES, True)}
    }
}

# (what the pool has anyway, the block, what takes it away again where leaving it out does not)
BLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "verified": (TEXTED, {"AutoVerifiedAttributes": ["phone_number"]}, {}),
    "texts": (
        {},
        {
            "EmailVerificationMessage": "Mail {####}",
            "EmailVerificationSubject": "Subject",
            "SmsAuthenticationMessage": "MFA {####}",
            "SmsVerificationMessage": "SMS {####}",
            # Shown there too, and sent back with the rest.
            "VerificationMessageTemplate": {
                "EmailMessage": "Mail {####}",
                "EmailSubject": "Subject",
                "SmsMessage": "SMS {####}",
            },
        },
        {},
    ),
    "template": (
        {},
        {
            "VerificationMessageTemplate": {
                "DefaultEmailOption": "CONFIRM_WITH_LINK",
                "EmailMessageByLink": "Mail {##here##}",
                "EmailSubjectByLink": "Subject",
                "EmailMessage": "",
            }
        },
        {},
    ),
    "e-mail": (
        {},
        {
            "EmailConfiguration": {
                "EmailSendingAccount": "DEVELOPER",
                "SourceArn": SENDER,
                "From": "a@example.com",
                "ReplyToEmailAddress": "",
                "ConfigurationSet": "",
            }
        },
        {},
    ),
    "functions": (
        {},
        {
            "LambdaConfig": {
                "PreSignUp": FUNCTION,
                "CustomMessage": "",
                "PreTokenGenerationConfig": {"LambdaArn": FUNCTION, "LambdaVersion": "V2_0"},
                "CustomSMSSender": {"LambdaArn": FUNCTION, "LambdaVersion": "V1_0"},
                "KMSKeyID": KEY,
            }
        },
        {},
    ),
    "devices": (
        {},
        {"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}},
        {},
    ),
    "creation": (
        {},
        {
            "AdminCreateUserConfig": {
                "AllowAdminCreateUserOnly": True,
                "InviteMessageTemplate": {
                    "EmailMessage": "{username} {####}",
                    "EmailSubject": "Hello",
                    "SMSMessage": "{username} {####}",
                },
            }
        },
        {},
    ),
    "invitation": (
        {},
        {
            "AdminCreateUserConfig": {
                "AllowAdminCreateUserOnly": False,
                "InviteMessageTemplate": {"EmailMessage": "{username} {####}", "EmailSubject": "", "SMSMessage": ""},
            }
        },
        {},
    ),
    "recovery": (
        {},
        {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_phone_number", "Priority": 1}]}},
        {},
    ),
    "threat protection": (PLUS, {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}, {}),
    "levels": ({}, {"AcrConfiguration": {"Level3": {"AcrValue": "gold"}}}, {}),
    "protection": ({}, {"DeletionProtection": "ACTIVE"}, {}),
    "tier": ({}, PLUS, {"UserPoolTier": "ESSENTIALS"}),
    "updates": (
        {"AutoVerifiedAttributes": ["email"]},
        {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}},
        {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []}},
    ),
    "MFA": (
        {"AutoVerifiedAttributes": ["phone_number"], **TEXTED},
        {"MfaConfiguration": "OPTIONAL"},
        {"MfaConfiguration": "OFF"},
    ),
    # Without phone_number among the attributes that are verified.
    "MFA alone": (TEXTED, {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OFF"}),
    "password policy": (
        {},
        {
            "Policies": {
                "PasswordPolicy": {
                    "MinimumLength": 6,
                    "RequireLowercase": False,
                    "RequireNumbers": False,
                    "RequireSymbols": False,
                    "RequireUppercase": False,
                    "TemporaryPasswordValidityDays": 7,
                }
            }
        },
        DEFAULT_POLICY,
    ),
    "half a password policy": (
        {},
        {
            "Policies": {
                "PasswordPolicy": {
                    "MinimumLength": 10,
                    "RequireNumbers": True,
                    "RequireSymbols": False,
                    "TemporaryPasswordValidityDays": 7,
                }
            }
        },
        DEFAULT_POLICY,
    ),
}


def described(tool: Tool, pool: str) -> dict[str, Any]:
    found: dict[str, Any] = tool.call("DescribeUserPool", UserPoolId=pool)["UserPool"]
    return found


def without_ids(description: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view(description).items() if name not in ("Id", "Arn", "Name")}


@pytest.mark.parametrize("case", sorted(BLOCKS))
def test_a_block_comes_and_goes(tool: Tool, case: str) -> None:
    base, block, removal = BLOCKS[case]
    pool = tool.call("CreateUserPool", PoolName="p", **base, **block)["UserPool"]["Id"]

    def update(members: dict[str, Any]) -> None:
        tool.call("UpdateUserPool", **{**members, "UserPoolId": pool, "PoolName": "p"})

    before = stays(lambda: described(tool, pool), update)
    for name, value in block.items():
        assert view(before)[name] == {**view(before)[name], **view(value)} if isinstance(value, dict) else value
    rest = {name: value for name, value in before.items() if name not in block}
    tool.exactly("UpdateUserPool", **tool.sent("UpdateUserPool", rest), UserPoolId=pool, **removal)
    twin = tool.call("CreateUserPool", PoolName="p", **base)["UserPool"]["Id"]
    assert without_ids(described(tool, pool)) == without_ids(described(tool, twin))


def test_what_cannot_be_seen_of_a_password_policy_is_off(tool: Tool) -> None:
    """SDKs leave false out: what is not named of a policy that is given is false, and of none that is given true."""
    policy = {"MinimumLength": 6, "RequireNumbers": True}
    made = tool.call("CreateUserPool", PoolName="p", Policies={"PasswordPolicy": policy})["UserPool"]
    shown = made["Policies"]["PasswordPolicy"]
    assert [name for name in RULES if shown[name]] == ["RequireNumbers"]
    bare = tool.call("CreateUserPool", PoolName="p")["UserPool"]
    assert all(bare["Policies"]["PasswordPolicy"][name] for name in RULES)


def test_tags_are_another_matter(tool: Tool) -> None:
    """They are sent with the pool, and from then on by TagResource and UntagResource alone."""
    made = tool.call("CreateUserPool", PoolName="p", UserPoolTags={"team": "a", "cost": ""})["UserPool"]
    pool, arn = made["Id"], made["Arn"]
    before = described(tool, pool)
    rest = {name: value for name, value in before.items() if name != "UserPoolTags"}
    tool.call("UpdateUserPool", **rest, UserPoolId=pool)
    assert described(tool, pool)["UserPoolTags"] == {"team": "a", "cost": ""}
    tool.call("UntagResource", ResourceArn=arn, TagKeys=["team"])
    tool.call("TagResource", ResourceArn=arn, Tags={"cost": "1"})
    assert described(tool, pool)["UserPoolTags"] == tool.call("ListTagsForResource", ResourceArn=arn)["Tags"]
    assert described(tool, pool)["UserPoolTags"] == {"cost": "1"}


def test_mfa_is_set_beside_the_pool(tool: Tool) -> None:
    """A tool sets it after each create and update, and reads it back of its own operation."""
    pool = tool.call("CreateUserPool", PoolName="p", **TEXTED)["UserPool"]["Id"]

    def read() -> dict[str, Any]:
        return tool.call("GetUserPoolMfaConfig", UserPoolId=pool)

    bare = read()
    wanted = {
        "MfaConfiguration": "ON",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "SmsMfaConfiguration": {"SmsConfiguration": TEXTED["SmsConfiguration"], "SmsAuthenticationMessage": ""},
    }
    tool.call("SetUserPoolMfaConfig", UserPoolId=pool, **wanted)
    before = stays(read, lambda told: tool.call("SetUserPoolMfaConfig", UserPoolId=pool, **told))
    assert view(before) == view(wanted)
    # Other members of the pool are updated meanwhile.
    description = described(tool, pool)
    tool.call("UpdateUserPool", **description, UserPoolId=pool)
    assert view(read()) == view(before)
    tool.call("SetUserPoolMfaConfig", UserPoolId=pool, MfaConfiguration="OFF")
    assert read()["MfaConfiguration"] == bare["MfaConfiguration"] == "OFF"
    assert "SoftwareTokenMfaConfiguration" not in view(read())
