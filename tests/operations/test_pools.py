"""CreateUserPool, DescribeUserPool, ListUserPools, UpdateUserPool, DeleteUserPool."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.operations import pools
from cognito_emulator.world import World
from tests.helpers.build import SMS, refused, setup, sign_in, user
from tests.helpers.harness import REGION, Running
from tests.helpers.pool_cases import ECHOED, REFUSED, create, describe


def test_defaults(idp: Any, world: World) -> None:
    world.clock.freeze(1_763_840_000.123)
    made = create(idp)
    suffix = made["Id"].removeprefix("us-east-1_")
    assert len(suffix) == 9
    assert suffix.isalnum()
    names = [entry["Name"] for entry in made.pop("SchemaAttributes")]
    assert names[0] == "sub"
    assert len(names) == 21
    created = made.pop("CreationDate")
    assert created.timestamp() == pytest.approx(1_763_840_000.123)
    assert made.pop("LastModifiedDate") == created
    assert made == {
        "Id": made["Id"],
        "Name": "p",
        "Arn": f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{made['Id']}",
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
                "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": 0,
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "UserPoolTags": {},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 1, "Name": "verified_email"},
                {"Priority": 2, "Name": "verified_phone_number"},
            ]
        },
        "UserPoolTier": "ESSENTIALS",
        "AcrConfiguration": {f"Level{n}": {"AcrValue": f"urn:cognito:loa:{n}"} for n in (1, 2, 3, 4)},
    }


@pytest.mark.parametrize(("member", "value"), ECHOED)
def test_shown_as_sent(idp: Any, member: str, value: Any) -> None:
    if member == "AdminCreateUserConfig":
        value_sent = {name: item for name, item in value.items() if name != "UnusedAccountValidityDays"}
        assert create(idp, AdminCreateUserConfig=value_sent)[member] == value
    else:
        assert create(idp, **{member: value})[member] == value


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("AliasAttributes", ["email", "preferred_username"]),
        ("UsernameAttributes", ["email"]),
        ("UsernameConfiguration", {"CaseSensitive": False}),
    ],
)
def test_fixed_for_life(idp: Any, member: str, value: Any) -> None:
    made = create(idp, **{member: value})
    assert made[member] == value
    idp.update_user_pool(UserPoolId=made["Id"])
    assert describe(idp, made["Id"])[member] == value


def test_an_empty_list_is_no_list(idp: Any) -> None:
    made = create(idp, AutoVerifiedAttributes=[], AliasAttributes=[], UsernameAttributes=[])
    assert not {"AutoVerifiedAttributes", "AliasAttributes", "UsernameAttributes"} & made.keys()


def test_typed_fields(running: Running, idp: Any) -> None:
    policy = {
        "MinimumLength": 12,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
        "PasswordHistorySize": 3,
        "TemporaryPasswordValidityDays": 2,
    }
    made = create(
        idp,
        Policies={"PasswordPolicy": policy},
        AliasAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
        UsernameConfiguration={"CaseSensitive": False},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        AccountRecoverySetting={
            "RecoveryMechanisms": [
                {"Priority": 2, "Name": "verified_email"},
                {"Priority": 1, "Name": "verified_phone_number"},
            ]
        },
        UserPoolTier="PLUS",
    )
    assert made["Policies"]["PasswordPolicy"] == policy
    pool = running.world.store.pools.get(made["Id"])
    assert pool is not None
    rules = pool.password_policy
    assert (rules.minimum_length, rules.history, rules.temporary_days) == (12, 3, 2)
    assert (rules.uppercase, rules.lowercase, rules.numbers, rules.symbols) == (False,) * 4
    assert pool.alias_attributes == pool.auto_verified == pool.verify_before_update == {"email"}
    assert (pool.case_sensitive, pool.admin_create_only, pool.tier) == (False, True, "PLUS")
    assert pool.recovery == ("phone_number", "email")


def test_typed_defaults(running: Running, idp: Any) -> None:
    pool = running.world.store.pools.get(create(idp)["Id"])
    assert pool is not None
    assert pool.case_sensitive
    assert pool.recovery == ("email", "phone_number")
    assert pool.username_attributes == frozenset()


def test_recovery_by_administrators_alone_and_the_legacy_way(running: Running, idp: Any) -> None:
    by_admin = create(idp, AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]})
    legacy = create(idp, AccountRecoverySetting={})
    found = [running.world.store.pools.get(made["Id"]) for made in (by_admin, legacy)]
    assert [pool.recovery for pool in found if pool] == [(), None]


def test_schema(idp: Any) -> None:
    entries = [
        {"Name": "email", "Required": True, "Mutable": True},
        {"Name": "plan", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "9"}},
    ]
    shown = {entry["Name"]: entry for entry in create(idp, Schema=entries)["SchemaAttributes"]}
    assert shown["email"]["Required"]
    assert shown["email"]["Mutable"]
    assert shown["custom:plan"]["StringAttributeConstraints"] == {"MaxLength": "9"}


def test_verification_texts_mirror_each_other(idp: Any) -> None:
    old = {
        "SmsVerificationMessage": "sms {####}",
        "EmailVerificationMessage": "mail {####}",
        "EmailVerificationSubject": "s",
    }
    template = {"SmsMessage": "sms {####}", "EmailMessage": "mail {####}", "EmailSubject": "s"}
    for sent in (old, {"VerificationMessageTemplate": template}):
        made = create(idp, **sent)
        assert made["VerificationMessageTemplate"] == {"DefaultEmailOption": "CONFIRM_WITH_CODE", **template}
        assert {name: made[name] for name in old} == old


def test_the_template_wins_over_the_old_members(idp: Any) -> None:
    template = {"SmsMessage": "new {####}", "DefaultEmailOption": "CONFIRM_WITH_CODE"}
    made = create(idp, SmsVerificationMessage="old {####}", VerificationMessageTemplate=template)
    assert made["SmsVerificationMessage"] == made["VerificationMessageTemplate"]["SmsMessage"] == "new {####}"


def test_lifetime_of_temporary_passwords(idp: Any) -> None:
    for sent, days in (
        ({"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 0}}}, 7),
        ({"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}}}, 3),
        ({"AdminCreateUserConfig": {"UnusedAccountValidityDays": 5}}, 5),
    ):
        made = create(idp, **sent)
        assert made["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == days
        assert made["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == days


@pytest.mark.parametrize("mode", ["ON", "OPTIONAL"])
@pytest.mark.parametrize("sms", [SMS, {"SnsCallerArn": SMS["SnsCallerArn"]}])
def test_mfa_by_sms(idp: Any, mode: str, sms: dict[str, str]) -> None:
    """SmsConfiguration is all that it needs, and of that the role alone."""
    made = create(idp, MfaConfiguration=mode, SmsConfiguration=sms)
    assert made["MfaConfiguration"] == mode
    assert idp.get_user_pool_mfa_config(UserPoolId=made["Id"])["SmsMfaConfiguration"] == {"SmsConfiguration": sms}


def test_requirements_that_are_left_out_of_a_policy_are_false(running: Running, idp: Any) -> None:
    policy = {"MinimumLength": 6, "RequireNumbers": True}
    made = create(idp, Policies={"PasswordPolicy": policy})
    assert made["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 6,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": True,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 7,
    }
    user(running, made["Id"], password="abcde1")
    with refused(
        "InvalidPasswordException", "Password does not conform to policy: Password must have numeric characters"
    ):
        idp.admin_set_user_password(UserPoolId=made["Id"], Username="ann", Password="abcdef")
    bare = create(idp, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}})
    assert bare["Policies"]["PasswordPolicy"] == create(idp)["Policies"]["PasswordPolicy"]
    assert bare["Policies"]["PasswordPolicy"]["RequireSymbols"]


def test_sign_in_settings_that_are_the_default_pass(idp: Any) -> None:
    create(
        idp,
        LambdaConfig={},
        DcrConfiguration={"EnableStatus": "Disabled"},
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}},
        AcrConfiguration={},
    )


def test_lite_pools_name_no_levels(idp: Any) -> None:
    assert "AcrConfiguration" not in create(idp, UserPoolTier="LITE")


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "code", "message"), REFUSED)
def test_refused(idp: Any, members: dict[str, Any], code: str, message: str) -> None:
    with refused(code, message):
        idp.create_user_pool(PoolName="p", **members)
    assert idp.list_user_pools(MaxResults=60)["UserPools"] == []
    made = create(idp)
    with refused(code, message):
        idp.update_user_pool(UserPoolId=made["Id"], **members)
    assert describe(idp, made["Id"]) == made


def test_alias_and_username_attributes_exclude_each_other(idp: Any) -> None:
    text = "Only one of the aliasAttributes or usernameAttributes can be set in a User pool."
    with refused("InvalidParameterException", text):
        create(idp, AliasAttributes=["email"], UsernameAttributes=["phone_number"])


def test_a_preferred_username_may_be_required_and_an_alias(idp: Any) -> None:
    """The guide says "but not both"; the service makes such pools all the same (amplify-js#13724)."""
    required = [{"Name": "preferred_username", "Required": True}]
    made = create(idp, Schema=required, AliasAttributes=["preferred_username"])
    assert made["AliasAttributes"] == ["preferred_username"]


def test_schema_refusals_reach_the_wire(idp: Any) -> None:
    with refused("InvalidParameterException", "Required custom attributes are not supported currently."):
        create(idp, Schema=[{"Name": "x", "AttributeDataType": "String", "Required": True}])


def test_limit_of_pools(idp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "MAX_POOLS", 1)
    create(idp)
    text = "The limit of 1 user pools per account and Region is reached."
    with refused("LimitExceededException", text):
        create(idp)


# --- chosen ids ------------------------------------------------------------------------------------------


def test_a_tag_fixes_the_id(idp: Any) -> None:
    made = create(idp, UserPoolTags={"_custom_id_": "AbC123dEf"})
    assert made["Id"] == "us-east-1_AbC123dEf"
    assert made["UserPoolTags"] == {"_custom_id_": "AbC123dEf"}
    with refused("InvalidParameterException", "User pool us-east-1_AbC123dEf already exists."):
        create(idp, UserPoolTags={"_custom_id_": "us-east-1_AbC123dEf"})


def test_a_chosen_id_is_of_the_region(idp: Any) -> None:
    text = (
        "The tag _custom_id_ must be 9 letters or digits, or a user pool id that begins with us-east-1_: "
        "eu-west-1_AbC123dEf"
    )
    with refused("InvalidParameterException", text):
        create(idp, UserPoolTags={"_custom_id_": "eu-west-1_AbC123dEf"})


# --- list, delete, isolation -----------------------------------------------------------------------------


def test_list_in_pages(idp: Any) -> None:
    made = [create(idp) for _ in range(5)]
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    for size in (2, 2, 1):
        page = idp.list_user_pools(MaxResults=2, **token)
        assert len(page["UserPools"]) == size
        found += page["UserPools"]
        token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
    assert token == {}
    assert found == [
        {
            "Id": pool["Id"],
            "Name": "p",
            "LambdaConfig": {},
            "LastModifiedDate": pool["LastModifiedDate"],
            "CreationDate": pool["CreationDate"],
        }
        for pool in made
    ]


def test_foreign_token(idp: Any) -> None:
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_user_pools(MaxResults=2, NextToken="bm90aGluZw")


def test_number_of_users(running: Running, idp: Any) -> None:
    made = create(idp)
    running.call("AdminCreateUser", UserPoolId=made["Id"], Username="ann", MessageAction="SUPPRESS")
    assert describe(idp, made["Id"])["EstimatedNumberOfUsers"] == 1


def test_deletion_protection(idp: Any) -> None:
    made = create(idp, DeletionProtection="ACTIVE")
    text = (
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
        "inactivated first."
    )
    with refused("InvalidParameterException", text):
        idp.delete_user_pool(UserPoolId=made["Id"])
    for _ in range(2):
        idp.update_user_pool(UserPoolId=made["Id"], DeletionProtection="INACTIVE")
    idp.delete_user_pool(UserPoolId=made["Id"])


def test_delete_takes_everything_of_the_pool_and_nothing_else(running: Running, idp: Any) -> None:
    store = running.world.store
    tables = (store.pools, store.clients, store.users, store.groups, store.memberships, store.codes, store.sessions)
    sms: dict[str, Any] = {"MfaConfiguration": "OPTIONAL", "SmsConfiguration": SMS}
    doomed, other = (setup(running, AutoVerifiedAttributes=["email", "phone_number"], **sms) for _ in range(2))
    for at in (doomed, other):
        user(running, at.pool, email="ann@example.com", email_verified="true")
        running.call("CreateGroup", UserPoolId=at.pool, GroupName="g")
        running.call("AdminAddUserToGroup", UserPoolId=at.pool, Username="ann", GroupName="g")
        sign_in(idp, at)
        idp.forgot_password(ClientId=at.client, Username="ann")
        # A sign-in that waits for its second factor leaves a session.
        user(running, at.pool, "bob", phone_number="+15551234567", phone_number_verified="true")
        token = sign_in(idp, at, "bob")["AccessToken"]
        idp.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True})
        parameters = {"USERNAME": "bob", "PASSWORD": "Correct-horse-7"}
        answer = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        assert "Session" in answer
    counts = [len(table) for table in (*tables, store.families)]
    assert all(counts)
    assert not [count for count in counts if count % 2]
    idp.delete_user_pool(UserPoolId=doomed.pool)
    assert [len(table) for table in (*tables, store.families)] == [count // 2 for count in counts]
    with refused("ResourceNotFoundException", f"User pool {doomed.pool} does not exist."):
        idp.describe_user_pool(UserPoolId=doomed.pool)
    describe(idp, other.pool)


@pytest.mark.parametrize("elsewhere", [{"region": "eu-west-1"}, {"access_key": "111111111111"}])
def test_pools_belong_to_an_account_and_a_region(running: Running, idp: Any, elsewhere: dict[str, str]) -> None:
    made = create(idp)
    stranger = running.client(**elsewhere)
    text = f"User pool {made['Id']} does not exist."
    with refused("ResourceNotFoundException", text):
        stranger.describe_user_pool(UserPoolId=made["Id"])
    with refused("ResourceNotFoundException", text):
        stranger.update_user_pool(UserPoolId=made["Id"])
    with refused("ResourceNotFoundException", text):
        stranger.delete_user_pool(UserPoolId=made["Id"])
    assert stranger.list_user_pools(MaxResults=60)["UserPools"] == []
    theirs = create(stranger)
    region, account = elsewhere.get("region", REGION), elsewhere.get("access_key", "000000000000")
    assert theirs["Arn"] == f"arn:aws:cognito-idp:{region}:{account}:userpool/{theirs['Id']}"
    assert [pool["Id"] for pool in idp.list_user_pools(MaxResults=60)["UserPools"]] == [made["Id"]]


@pytest.mark.parametrize("operation", ["describe_user_pool", "update_user_pool", "delete_user_pool"])
def test_unknown_pool(idp: Any, operation: str) -> None:
    with refused("ResourceNotFoundException", "User pool us-east-1_nothere00 does not exist."):
        getattr(idp, operation)(UserPoolId="us-east-1_nothere00")
