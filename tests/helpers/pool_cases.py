"""What the tests of user pools share: ways to make them, settings that are shown, settings that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import SMS
from tests.helpers.newest import needs_newest

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
SES = "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"


def create(idp: Any, **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = idp.create_user_pool(PoolName="p", **members)["UserPool"]
    assert describe(idp, made["Id"]) == made
    return made


def describe(idp: Any, pool: str) -> dict[str, Any]:
    found: dict[str, Any] = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    return found


# One entry for each member that is shown as it was sent: (member, value).
ECHOED: list[tuple[str, Any]] = [
    ("DeletionProtection", "ACTIVE"),
    ("AutoVerifiedAttributes", ["email"]),
    ("SmsAuthenticationMessage", "in {####}"),
    ("EmailConfiguration", {
        "EmailSendingAccount": "DEVELOPER", "SourceArn": SES, "From": "A <a@example.com>",
        "ReplyToEmailAddress": "b@example.com", "ConfigurationSet": "set",
    }),
    ("SmsConfiguration", {**SMS, "SnsRegion": "us-east-1"}),
    ("VerificationMessageTemplate", {
        "DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessageByLink": "{##here##}", "EmailSubjectByLink": "link",
    }),
    ("LambdaConfig", {"PreSignUp": ARN, "PostConfirmation": ARN, "UserMigration": ARN, "CustomMessage": ARN}),
    ("LambdaConfig", {
        "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": ARN},
        "CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": ARN},
        "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/k",
    }),
    ("UserPoolTags", {"team": "a"}),
    ("AdminCreateUserConfig", {
        "AllowAdminCreateUserOnly": True, "UnusedAccountValidityDays": 7,
        "InviteMessageTemplate": {"SMSMessage": "{username} {####}", "EmailMessage": "hi {username} {####}",
                                  "EmailSubject": "hello"},
    }),
    ("AccountRecoverySetting", {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}),
    ("AccountRecoverySetting", {}),
    ("UserPoolTier", "LITE"),
    ("UserPoolAddOns", {"AdvancedSecurityMode": "OFF"}),
    ("KeyConfiguration", {"KeyType": "AWS_OWNED_KEY"}),
    ("IssuerConfiguration", {"Type": "ORIGINAL"}),
]  # fmt: skip


RECOVERY = "Invalid account recovery setting parameter. "
SMS_NEEDED = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
ROLE = "arn:aws:iam::000000000000:role/r"
NO_CALLER = (
    "1 validation error detected: Value null at 'smsConfiguration.snsCallerArn' failed to satisfy constraint: "
    "Member must not be null"
)


KEY_NEEDED = "KmsKeyArn must be the ARN of a KMS key, not of an alias, in Region us-east-1."


def mechanisms(*found: tuple[int, str]) -> dict[str, Any]:
    return {
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": rank, "Name": name} for rank, name in found]}
    }


# What CreateUserPool and UpdateUserPool refuse alike: (members, code, text).
REFUSED: list[Any] = [
    (
        {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}},
        "InvalidParameterException",
        "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
    ),
    (
        {
            "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 7}},
            "AdminCreateUserConfig": {"UnusedAccountValidityDays": 5},
        },
        "InvalidParameterException",
        "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
    ),
    ({"SmsConfiguration": {}}, "InvalidParameterException", NO_CALLER),
    (
        {"SmsConfiguration": {"EumsSms": {"CallerArn": ROLE}, "SnsCallerArn": ROLE}},
        "InvalidParameterException",
        "SmsConfiguration can have either EumsSms or SnsCallerArn, not both.",
    ),
    (
        {"SmsConfiguration": {"EumsSms": {"CallerArn": ROLE, "Region": "eu-west-1"}}},
        "InvalidParameterException",
        "The Region of EumsSms must be the Region of the user pool.",
    ),
    # An older model asks for more than that.
    pytest.param(
        {"SmsConfiguration": {"SnsCallerArn": ""}}, "InvalidParameterException", NO_CALLER, marks=needs_newest
    ),
    (
        {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
        "InvalidParameterException",
        "SourceArn is required when EmailSendingAccount is DEVELOPER.",
    ),
    ({"MfaConfiguration": "ON"}, "InvalidParameterException", SMS_NEEDED),
    (
        {"AutoVerifiedAttributes": ["email", "phone_number"]},
        "InvalidParameterException",
        "SMS configuration is required when phone_number is selected for auto verification",
    ),
    (
        {"MfaConfiguration": "OPTIONAL", "AutoVerifiedAttributes": ["phone_number"]},
        "InvalidParameterException",
        SMS_NEEDED,
    ),
    (
        {
            "MfaConfiguration": "ON",
            "SmsConfiguration": SMS,
            "AutoVerifiedAttributes": ["phone_number"],
            **mechanisms((1, "verified_phone_number")),
        },
        "InvalidParameterException",
        RECOVERY + "Account Recovery Setting cannot use verified_phone_number as a recovery mechanism when SMS MFA is "
        "configured.",
    ),
    (
        {"UserPoolTier": "LITE", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 1}}},
        "FeatureUnavailableInTierException",
        "The following features need to be disabled for the LITE pricing tier configured: Password History",
    ),
    (
        {
            "KeyConfiguration": {
                "KeyType": "CUSTOMER_MANAGED_KEY",
                "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:alias/a",
            }
        },
        "InvalidParameterException",
        KEY_NEEDED,
    ),
    (
        {"KeyConfiguration": {"KmsKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/mrk-1"}},
        "InvalidParameterException",
        KEY_NEEDED,
    ),
    (
        {"KeyConfiguration": {"KmsKeyArn": "arn:aws:sns:us-east-1:000000000000:key/mrk-1"}},
        "InvalidParameterException",
        KEY_NEEDED,
    ),
    (
        {"UserPoolTags": {"team": "a#b"}},
        "UserPoolTaggingException",
        "Tag keys and values can have letters, digits, spaces and _ . : / = + - @ only: a#b",
    ),
    ({"UserPoolTags": {"aws:x": "y"}}, "UserPoolTaggingException", "Tag keys that begin with aws: are reserved."),
]
