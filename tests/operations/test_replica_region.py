"""What a pool does, and refuses, in the Region of its replica."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.pools import replica
from cognito_emulator.domain.table import StoreError
from cognito_emulator.wire.model import service_model
from cognito_emulator.wire.regions import check_region
from tests.contract.written_for import written_for
from tests.helpers.build import PASSWORD, SMS, give_totp, refused, user
from tests.helpers.functions import Functions
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.newest import needs_newest
from tests.helpers.replica_pool import AWAY, KEY, Replicated, replicable, replicated

pytestmark = needs_newest
SES = f"arn:aws:ses:{AWAY}:{ACCOUNT}:identity/a@example.com"


def not_enabled(what: str) -> Any:
    text = f"{what} is not enabled in a secondary Region of the user pool."
    return refused("OperationNotEnabledException", text)


def sign_in(one: Replicated, idp: Any, username: str = "ann", password: str = PASSWORD) -> Any:
    parameters = {"USERNAME": username, "PASSWORD": password}
    flow = "ADMIN_USER_PASSWORD_AUTH"
    return idp.admin_initiate_auth(
        UserPoolId=one.pool, ClientId=one.setup.client, AuthFlow=flow, AuthParameters=parameters
    )


def test_users_groups_and_clients_are_shared(running: Running) -> None:
    one = replicated(running)
    sub = user(running, one.pool, email="a@example.com")
    one.home.create_group(UserPoolId=one.pool, GroupName="g")
    one.home.admin_add_user_to_group(UserPoolId=one.pool, Username="ann", GroupName="g")
    found = one.away.admin_get_user(UserPoolId=one.pool, Username="ann")["UserAttributes"]
    assert {"Name": "sub", "Value": sub} in found
    assert [entry["Username"] for entry in one.away.list_users(UserPoolId=one.pool)["Users"]] == ["ann"]
    groups = one.away.admin_list_groups_for_user(UserPoolId=one.pool, Username="ann")["Groups"]
    assert [group["GroupName"] for group in groups] == ["g"]
    clients = one.away.list_user_pool_clients(UserPoolId=one.pool)["UserPoolClients"]
    assert [client["ClientId"] for client in clients] == [one.setup.client]
    assert one.seen()["EstimatedNumberOfUsers"] == 1


def test_a_replica_of_later_has_the_same_certificate(running: Running) -> None:
    one = Replicated(running, replicable(running), running.client(), running.client(region=AWAY))
    running.world.clock.advance(60)
    one.home.create_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    one.settle()
    certificates = [idp.get_signing_certificate(UserPoolId=one.pool)["Certificate"] for idp in (one.home, one.away)]
    assert certificates[0] == certificates[1]


def test_every_operation_that_names_a_pool_is_let_in_or_not(running: Running) -> None:
    """By the guide's lists, in the words of each operation's model."""
    one = replicated(running)
    known = {name: one for (service, name), one in written_for().items() if service == "cognito-idp"}
    for status, allowed in (("INACTIVE", replica.WHILE_INACTIVE), ("ACTIVE", replica.WHILE_ACTIVE)):
        one.set(status)
        for name, one_of in known.items():
            if "UserPoolId" not in one_of.inputs or name == "UpdateAuthEventFeedback":
                continue
            with refusing(name not in allowed | replica.UNLISTED) as caught:
                check_region(running.world, name, one.pool, ACCOUNT, AWAY)
            assert caught is None or caught.value.code in one_of.errors, name


def refusing(refused: bool) -> Any:
    return pytest.raises(ApiError) if refused else nullcontext()


def test_lists_name_operations() -> None:
    assert {name for _, name in written_for()} >= replica.WHILE_ACTIVE | replica.UNLISTED
    assert len(replica.WHILE_INACTIVE) == 40
    assert len(replica.WHILE_ACTIVE) == 56


def test_refused_operations(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    with not_enabled("AdminCreateUser"):
        one.away.admin_create_user(UserPoolId=one.pool, Username="ann")
    with not_enabled("CreateGroup"):
        one.away.create_group(UserPoolId=one.pool, GroupName="g")
    with not_enabled("DeleteUserPool"):
        one.away.delete_user_pool(UserPoolId=one.pool)
    with not_enabled("CreateUserPoolReplica"):
        one.away.create_user_pool_replica(UserPoolId=one.pool, RegionName="eu-west-1")
    with not_enabled("DeleteUserPoolReplica"):
        one.away.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    # Not among the exceptions of its model.
    text = "AddUserPoolClientSecret is not enabled in a secondary Region of the user pool."
    with refused("InvalidParameterException", text):
        one.away.add_user_pool_client_secret(UserPoolId=one.pool, ClientId=one.setup.client)
    assert not one.home.list_users(UserPoolId=one.pool)["Users"]
    assert not one.home.list_groups(UserPoolId=one.pool)["Groups"]


def test_a_pool_is_unknown_while_its_replica_is_made_or_deleted(running: Running) -> None:
    one = replicated(running)
    one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)

    def check() -> None:
        with refused("ResourceNotFoundException", f"User pool {one.pool} does not exist."):
            one.seen()
        with refused("ResourceNotFoundException", f"User pool {one.pool} does not exist."):
            one.away.create_group(UserPoolId=one.pool, GroupName="g")
        with refused("ResourceNotFoundException", f"Resource {one.arn} does not exist."):
            one.away.list_tags_for_resource(ResourceArn=one.arn)

    check()
    one.settle()
    check()
    one.home.create_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    check()
    one.settle()
    assert one.seen()["Id"] == one.pool


# --- sign-in -------------------------------------------------------------------------------------------------------


def test_sign_in_waits_for_activation(running: Running) -> None:
    one = replicated(running)
    user(running, one.pool)
    with not_enabled("AdminInitiateAuth"):
        sign_in(one, one.away)
    one.set("ACTIVE")
    result = sign_in(one, one.away)["AuthenticationResult"]
    # The token is as the primary Region makes it, and good there.
    assert one.home.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"
    here = sign_in(one, one.home)["AuthenticationResult"]
    issuers = [jwt.decode(token["AccessToken"], options={"verify_signature": False})["iss"] for token in (result, here)]
    assert issuers[0] == issuers[1]
    one.away.admin_user_global_sign_out(UserPoolId=one.pool, Username="ann")
    with refused("NotAuthorizedException"):
        one.home.get_user(AccessToken=here["AccessToken"])


def test_the_issuer_names_the_primary_region(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    world = running.world
    kept = world.settings
    world.settings = replace(kept, issuer="aws")
    try:
        pools = [world.pool(one.pool, ACCOUNT, region) for region in (REGION, AWAY)]
        assert [world.issuer(pool) for pool in pools] == [f"https://cognito-idp.{REGION}.amazonaws.com/{one.pool}"] * 2
    finally:
        world.settings = kept


def test_totp_is_for_the_primary_region(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    totp = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}
    one.home.set_user_pool_mfa_config(UserPoolId=one.pool, **totp)
    user(running, one.pool)
    user(running, one.pool, "bob")
    give_totp(running, one.home, one.setup)
    with not_enabled("SOFTWARE_TOKEN_MFA"):
        sign_in(one, one.away)
    challenge = sign_in(one, one.home)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert "AuthenticationResult" in sign_in(one, one.away, "bob")


@pytest.mark.parametrize("challenge", ["SOFTWARE_TOKEN_MFA", "MFA_SETUP", "NEW_PASSWORD_REQUIRED"])
def test_challenges_of_the_primary_region(running: Running, challenge: str) -> None:
    one = replicated(running, "ACTIVE")
    user(running, one.pool, permanent=False)
    asked = sign_in(one, one.away)
    members = {
        "UserPoolId": one.pool,
        "ClientId": one.setup.client,
        "ChallengeName": challenge,
        "ChallengeResponses": {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"},
        "Session": asked["Session"],
    }
    with not_enabled(challenge):
        one.away.admin_respond_to_auth_challenge(**members)
    if challenge == asked["ChallengeName"]:
        # The session is not spent: the primary Region takes the answer.
        assert "AuthenticationResult" in one.home.admin_respond_to_auth_challenge(**members)


def test_a_sign_in_runs_the_functions_of_its_region(running: Running) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None, PreTokenGeneration=None)
    one = replicated(running, "ACTIVE")
    one.away.update_user_pool(**{**described(one), "LambdaConfig": functions.config})
    assert one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]["LambdaConfig"] == {}
    user(running, one.pool)
    sign_in(one, one.home)
    assert functions.sources() == []
    sign_in(one, one.away)
    assert functions.sources() == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]
    assert {event["region"] for event in functions.events} == {AWAY}


def test_failed_sign_ins_are_counted_in_each_region(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    running.world.clock.freeze(1_763_840_000)
    user(running, one.pool)
    for _ in range(5):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            sign_in(one, one.away, password="Wrong-horse-77")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(one, one.away)
    # The primary Region knows nothing of it, and its success changes nothing there.
    assert "AuthenticationResult" in sign_in(one, one.home)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(one, one.away)
    running.world.clock.advance(1)
    assert "AuthenticationResult" in sign_in(one, one.away)
    # Forgotten: the next failure is the first again.
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(one, one.away, password="Wrong-horse-77")
    assert "AuthenticationResult" in sign_in(one, one.away)
    for _ in range(5):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            sign_in(one, one.home, password="Wrong-horse-77")
    assert "AuthenticationResult" in sign_in(one, one.away)


def test_codes_go_by_the_sms_settings_of_the_region(running: Running) -> None:
    one = replicated(running, "ACTIVE", SmsConfiguration=SMS)
    block = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}, "MfaConfiguration": "OPTIONAL"}
    one.home.set_user_pool_mfa_config(UserPoolId=one.pool, **block)
    user(running, one.pool, phone_number="+15551234567", phone_number_verified="true")
    preference = {"Enabled": True, "PreferredMfa": True}
    one.home.admin_set_user_mfa_preference(UserPoolId=one.pool, Username="ann", SMSMfaSettings=preference)
    text = (
        "Invalid phone number provided/Unable to send the message. "
        "User pool does not have SMS configuration to send messages."
    )
    with refused("InvalidParameterException", text):
        sign_in(one, one.away)
    one.away.set_user_pool_mfa_config(UserPoolId=one.pool, **block)
    asked = sign_in(one, one.away)
    assert asked["ChallengeName"] == "SMS_MFA"
    code = running.world.outbox.all()[-1].code
    result = one.away.admin_respond_to_auth_challenge(
        UserPoolId=one.pool,
        ClientId=one.setup.client,
        ChallengeName="SMS_MFA",
        ChallengeResponses={"USERNAME": "ann", "SMS_MFA_CODE": code},
        Session=asked["Session"],
    )
    assert "AuthenticationResult" in result


# --- settings of the Region ------------------------------------------------------------------------------------------


def described(one: Replicated) -> dict[str, Any]:
    """The replica's description, as UpdateUserPool takes it."""
    model = service_model("cognito-idp").operation("UpdateUserPool")
    assert model is not None
    seen = one.seen()
    names = {"PoolName" if name == "Name" else name: name for name in seen}
    members = {new: seen[old] for new, old in names.items() if new in model.input.members}
    return {"UserPoolId": one.pool, **members}


SETTINGS: dict[str, Any] = {
    "SmsConfiguration": SMS,
    "EmailConfiguration": {"ReplyToEmailAddress": "a@example.com"},
    "EmailVerificationSubject": "Subject",
    "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"},
    "AutoVerifiedAttributes": ["email"],
    "UserPoolTags": {"at": "home"},
}


def test_regional_settings_begin_at_their_defaults(running: Running) -> None:
    one = replicated(running, tags={"at": "work"}, **SETTINGS)
    home = one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]
    seen = one.seen()
    assert seen.pop("Arn") == one.arn
    assert seen.pop("EmailConfiguration") == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert seen.pop("LambdaConfig") == {}
    assert seen.pop("UserPoolTags") == {"at": "work"}
    assert "SmsConfiguration" not in seen
    for own in ("CreationDate", "LastModifiedDate"):
        assert seen.pop(own) >= home[own]
    assert seen == {name: home[name] for name in seen}


def test_regional_settings_are_updated_apart(running: Running) -> None:
    one = replicated(running, **SETTINGS)
    before = one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]
    email = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SES}
    texts = {"EumsSms": {"CallerArn": SMS["SnsCallerArn"], "OriginationIdentity": "x", "Region": AWAY}}
    running.world.clock.advance(10)
    changes = {"EmailConfiguration": email, "SmsConfiguration": texts, "UserPoolTags": {"at": "work"}}
    one.away.update_user_pool(**{**described(one), **changes})
    seen = one.seen()
    assert {name: seen[name] for name in changes} == changes
    assert seen["LastModifiedDate"] > before["LastModifiedDate"]
    assert one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"] == before
    # What is described can be sent back, and changes nothing.
    one.away.update_user_pool(**described(one))
    assert {**one.seen(), "LastModifiedDate": None} == {**seen, "LastModifiedDate": None}
    # The primary's settings go on to be seen there.
    again = {**SETTINGS, "EmailVerificationSubject": "Another", "KeyConfiguration": KEY}
    one.home.update_user_pool(UserPoolId=one.pool, **again)
    assert one.seen()["EmailVerificationSubject"] == "Another"
    assert one.seen()["EmailConfiguration"] == email


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"EmailVerificationSubject": "x"}, "EmailVerificationSubject, VerificationMessageTemplate"),
        ({"PoolName": "x"}, "PoolName"),
        ({"DeletionProtection": "ACTIVE"}, "DeletionProtection"),
        ({"KeyConfiguration": {}}, "KeyConfiguration"),
        ({"IssuerConfiguration": {"Type": "UPDATED"}}, "IssuerConfiguration"),
        ({"UserPoolTier": "PLUS"}, "UserPoolTier"),
        ({"AutoVerifiedAttributes": ["phone_number"]}, "AutoVerifiedAttributes"),
    ],
)
def test_shared_settings_are_the_primary_s(running: Running, changes: Any, named: str) -> None:
    one = replicated(running, **SETTINGS)
    members = described(one)
    if "EmailVerificationSubject" in changes:
        members.pop("VerificationMessageTemplate")
    before = one.seen(), one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]
    with refused("InvalidParameterException", f"These settings can be changed in the primary Region only: {named}"):
        one.away.update_user_pool(**{**members, **changes, "UserPoolTags": {"not": "kept"}})
    assert (one.seen(), one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]) == before


def test_what_is_left_out_would_be_a_change(running: Running) -> None:
    one = replicated(running, **SETTINGS)
    with pytest.raises(ClientError) as caught:
        one.away.update_user_pool(UserPoolId=one.pool)
    assert "KeyConfiguration" in caught.value.response["Error"]["Message"]


def test_sms_of_mfa_is_regional_and_the_mode_is_not(running: Running) -> None:
    one = replicated(running, **SETTINGS)
    one.home.set_user_pool_mfa_config(
        UserPoolId=one.pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration={"SmsConfiguration": SMS}
    )
    assert one.away.get_user_pool_mfa_config(UserPoolId=one.pool)["SmsMfaConfiguration"] == {}
    own = {**SMS, "SnsRegion": AWAY}
    block = {"SmsConfiguration": own}
    answer = one.away.set_user_pool_mfa_config(
        UserPoolId=one.pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=block
    )
    assert answer["SmsMfaConfiguration"] == block
    assert one.away.get_user_pool_mfa_config(UserPoolId=one.pool)["SmsMfaConfiguration"] == block
    assert one.home.get_user_pool_mfa_config(UserPoolId=one.pool)["SmsMfaConfiguration"] == {"SmsConfiguration": SMS}
    with refused(
        "InvalidParameterException", "These settings can be changed in the primary Region only: MfaConfiguration"
    ):
        one.away.set_user_pool_mfa_config(UserPoolId=one.pool, MfaConfiguration="OFF")


def test_log_export_is_regional(running: Running) -> None:
    one = replicated(running)

    def entry(region: str) -> Any:
        group = {"LogGroupArn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:cognito"}
        return {"EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": group}

    def get(idp: Any) -> Any:
        answer = idp.get_log_delivery_configuration(UserPoolId=one.pool)
        return answer["LogDeliveryConfiguration"]["LogConfigurations"]

    one.home.set_log_delivery_configuration(UserPoolId=one.pool, LogConfigurations=[entry(REGION)])
    assert get(one.away) == []
    one.away.set_log_delivery_configuration(UserPoolId=one.pool, LogConfigurations=[entry(AWAY)])
    assert (get(one.home), get(one.away)) == ([entry(REGION)], [entry(AWAY)])
    # It goes with the replica; another one begins without.
    one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    one.settle()
    one.home.create_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    one.settle()
    assert (get(one.home), get(one.away)) == ([entry(REGION)], [])


def test_the_sender_of_notices_is_regional(running: Running) -> None:
    one = replicated(running)
    home = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/a@example.com"

    def blocks(arn: str, **notify: str) -> Any:
        mail = {"Subject": "s", "HtmlBody": "<p>body</p>", "TextBody": "a body"}
        return {
            "AccountTakeoverRiskConfiguration": {
                "NotifyConfiguration": {"SourceArn": arn, "NoActionEmail": mail, **notify},
                "Actions": {"LowAction": {"Notify": True, "EventAction": "NO_ACTION"}},
            },
            "RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.0.0.0/8"]},
        }

    def get(idp: Any) -> Any:
        found = idp.describe_risk_configuration(UserPoolId=one.pool)["RiskConfiguration"]
        return {name: value for name, value in found.items() if name.endswith("Configuration")}

    def put(idp: Any, settings: Any) -> Any:
        return idp.set_risk_configuration(UserPoolId=one.pool, **settings)["RiskConfiguration"]

    put(one.home, blocks(home))
    assert get(one.away) == blocks(home)
    own = blocks(SES, From="b@example.com")
    answer = put(one.away, own)
    assert answer["AccountTakeoverRiskConfiguration"] == own["AccountTakeoverRiskConfiguration"]
    assert (get(one.home), get(one.away)) == (blocks(home), own)
    text = "In a secondary Region only SourceArn and From of NotifyConfiguration can be changed."
    other = {**own, "RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.0.0.0/9"]}}
    for settings in (other, {}, blocks(SES, ReplyTo="c@example.com")):
        with refused("InvalidParameterException", text):
            put(one.away, settings)
    assert (get(one.home), get(one.away)) == (blocks(home), own)


def test_prefix_domains_are_regional(running: Running) -> None:
    one = replicated(running)

    def described(idp: Any, domain: str) -> Any:
        return idp.describe_user_pool_domain(Domain=domain)["DomainDescription"]

    one.home.create_user_pool_domain(UserPoolId=one.pool, Domain="ours")
    assert described(one.away, "ours") == {}
    assert "Domain" not in one.seen()
    one.away.create_user_pool_domain(UserPoolId=one.pool, Domain="theirs")
    assert described(one.away, "theirs")["UserPoolId"] == one.pool
    assert described(one.home, "theirs") == {}
    assert one.seen()["Domain"] == "theirs"
    assert one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]["Domain"] == "ours"
    with refused("InvalidParameterException", "User pool already has a domain configured"):
        one.away.create_user_pool_domain(UserPoolId=one.pool, Domain="third")
    text = "The replica cannot be deleted. It has a domain that should be deleted first."
    with refused("InvalidParameterException", text):
        one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)
    with refused("InvalidParameterException", "No such domain or user pool exists."):
        one.home.delete_user_pool_domain(UserPoolId=one.pool, Domain="theirs")
    one.away.delete_user_pool_domain(UserPoolId=one.pool, Domain="theirs")
    assert described(one.away, "theirs") == {}
    one.home.delete_user_pool_replica(UserPoolId=one.pool, RegionName=AWAY)


def test_a_custom_domain_is_the_pool_s_in_both_regions(running: Running) -> None:
    one = replicated(running)
    config = {"CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/x"}
    routing = {
        "Failover": {"SecondaryRegion": AWAY, "PrimaryRoute53HealthCheckId": "a1b2c3d4-5678-90ab-cdef-111111111111"}
    }
    name = "auth.example.com"
    one.home.create_user_pool_domain(UserPoolId=one.pool, Domain=name, CustomDomainConfig=config, Routing=routing)
    seen = one.away.describe_user_pool_domain(Domain=name)["DomainDescription"]
    assert (seen["UserPoolId"], seen["Routing"]) == (one.pool, routing)
    assert one.seen()["CustomDomain"] == name
    # "You can't configure a different custom domain with replica user pools."
    with refused("InvalidParameterException", "User pool already has a domain configured"):
        one.away.create_user_pool_domain(UserPoolId=one.pool, Domain="b.example.com", CustomDomainConfig=config)


def test_the_store_refuses_a_view(running: Running) -> None:
    one = replicated(running)

    async def put() -> None:
        with running.world.store.write():
            running.world.store.pools.put(running.world.pool(one.pool, ACCOUNT, AWAY))

    with pytest.raises(StoreError):
        running.run(put())
    assert one.home.describe_user_pool(UserPoolId=one.pool)["UserPool"]["Arn"].split(":")[3] == REGION
