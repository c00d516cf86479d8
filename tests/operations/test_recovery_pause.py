"""What goes on while a recovery is active, and what is paused."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.pools.recovery import WRITES
from tests.contract.written_for import written_for
from tests.helpers.build import PASSWORD, SrpClient, give_totp, refused, sign_in, totp, user
from tests.helpers.functions import Functions, answering
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.passkey_sign_in import try_in, with_passkeys
from tests.helpers.passkeys import Session
from tests.helpers.recovering import START, Past, past
from tests.helpers.sign_up_pages import NEW, REQUIRED, passwords
from tests.helpers.site import EMAIL, site

pytestmark = needs_newest
ROLE = "arn:aws:iam::000000000000:role/import"
MAIL = [{"Name": "email", "Value": "a@example.com"}]
GROUP = {"GroupName": "g"}
PREFERENCE = {"SMSMfaSettings": {"Enabled": False}}


def paused(at: Past) -> Any:
    text = f"Write operations of user pool {at.pool} are paused during its recovery."
    return refused("OperationNotEnabledException", text)


@pytest.fixture
def at(running: Running, idp: Any) -> Past:
    """A pool with a user and a group, under recovery."""
    at = past(running, idp)
    user(running, at.pool)
    running.call("CreateGroup", UserPoolId=at.pool, GroupName="g")
    point = at.wait()
    at.previewed(point)
    return at


def inputs(at: Past, token: str) -> dict[str, dict[str, Any]]:
    """Something to send for each operation that is paused."""
    admin = {"UserPoolId": at.pool, "Username": "ann"}
    client = {"ClientId": at.setup.client, "Username": "ann"}
    link = {"ProviderName": "Cognito", "ProviderAttributeValue": "ann"}
    source = {"ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1"}
    mine, group = {"AccessToken": token}, {"UserPoolId": at.pool, "GroupName": "g"}
    factor = {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}
    return {
        "AdminAddUserToGroup": admin | GROUP,
        "AdminConfirmSignUp": admin,
        "AdminCreateUser": {"UserPoolId": at.pool, "Username": "bob"},
        "AdminDeleteSoftwareToken": admin,
        "AdminDeleteUser": admin,
        "AdminDeleteUserAttributes": {**admin, "UserAttributeNames": ["name"]},
        "AdminDisableProviderForUser": {"UserPoolId": at.pool, "User": source},
        "AdminDisableUser": admin,
        "AdminEnableUser": admin,
        "AdminLinkProviderForUser": {"UserPoolId": at.pool, "DestinationUser": link, "SourceUser": source},
        "AdminRemoveUserFromGroup": admin | GROUP,
        "AdminResetUserPassword": admin,
        "AdminSetUserMFAPreference": admin | PREFERENCE,
        "AdminSetUserPassword": {**admin, "Password": "Another-horse-8"},
        "AdminSetUserSettings": {**admin, "MFAOptions": [factor]},
        "AdminUpdateUserAttributes": {**admin, "UserAttributes": MAIL},
        "AssociateSoftwareToken": mine,
        "ChangePassword": {**mine, "PreviousPassword": PASSWORD, "ProposedPassword": "Another-horse-8"},
        "CompleteWebAuthnRegistration": {**mine, "Credential": {}},
        "ConfirmForgotPassword": {**client, "ConfirmationCode": "1", "Password": "Another-horse-8"},
        "ConfirmSignUp": {**client, "ConfirmationCode": "1"},
        "CreateGroup": {"UserPoolId": at.pool, "GroupName": "other"},
        "CreateUserImportJob": {"UserPoolId": at.pool, "JobName": "j", "CloudWatchLogsRoleArn": ROLE},
        "DeleteGroup": group,
        "DeleteUser": mine,
        "DeleteUserAttributes": {**mine, "UserAttributeNames": ["name"]},
        "DeleteWebAuthnCredential": {**mine, "CredentialId": "x"},
        "SetUserMFAPreference": mine | PREFERENCE,
        "SetUserSettings": {**mine, "MFAOptions": [factor]},
        "SignUp": {**client, "Username": "cy", "Password": PASSWORD},
        "StartUserImportJob": {"UserPoolId": at.pool, "JobId": "import-0123456789"},
        "UpdateGroup": {**group, "Description": "d"},
        "UpdateUserAttributes": {**mine, "UserAttributes": MAIL},
        "VerifySoftwareToken": {**mine, "UserCode": "123456"},
        "VerifyUserAttribute": {**mine, "AttributeName": "email", "Code": "1"},
    }


def test_writes_are_paused_and_nothing_has_changed(running: Running, at: Past) -> None:
    sent = inputs(at, sign_in(at.idp, at.setup)["AccessToken"])
    assert sent.keys() == WRITES
    tables = ("users", "groups", "memberships", "import_jobs", "codes", "passkeys")
    before = {name: list(getattr(running.world.store, name)) for name in tables}
    for name, members in sent.items():
        assert "OperationNotEnabledException" in written_for()["cognito-idp", name].errors
        with paused(at):
            at.idp._make_api_call(name, members)
    assert before == {name: list(getattr(running.world.store, name)) for name in tables}


def test_they_go_on_afterwards_and_meanwhile_elsewhere(running: Running, at: Past) -> None:
    other = past(running, at.idp)
    at.wait(2)
    user(running, other.pool)
    recovery = at.list()["Restorations"][0]["RestoreId"]
    bob = {"UserPoolId": at.pool, "Username": "bob"}
    with paused(at):
        at.idp.admin_create_user(**bob)
    at.start(recovery)
    with paused(at):
        at.idp.admin_create_user(**bob)
    at.wait(1)
    user(running, at.pool, "bob")


def test_another_account_learns_nothing(running: Running, at: Past) -> None:
    for stranger in (running.client(access_key="1" * 12), running.client(region="eu-west-1")):
        with refused("ResourceNotFoundException", f"User pool {at.pool} does not exist."):
            stranger.create_group(UserPoolId=at.pool, GroupName="x")


def test_reads_and_settings_go_on(at: Past) -> None:
    at.idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    at.idp.list_users_in_group(UserPoolId=at.pool, GroupName="g")
    at.idp.update_user_pool(UserPoolId=at.pool, PoolName="q")
    at.idp.create_user_pool_client(UserPoolId=at.pool, ClientName="d")


# --- sign-in ------------------------------------------------------------------------------------------------------


def test_sign_in_goes_on_with_its_failures_counted(at: Past) -> None:
    for _ in range(5):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            sign_in(at.idp, at.setup, password="Wrong-horse-7")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(at.idp, at.setup)
    at.wait(2)
    tokens = sign_in(at.idp, at.setup)
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    at.idp.initiate_auth(ClientId=at.setup.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    at.idp.global_sign_out(AccessToken=tokens["AccessToken"])


def answer(at: Past, name: str, **responses: str) -> Any:
    """Begin with the password, and answer the challenge of that name."""
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    begun = at.idp.initiate_auth(ClientId=at.setup.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert begun["ChallengeName"] == name
    return at.idp.respond_to_auth_challenge(
        ClientId=at.setup.client,
        ChallengeName=name,
        Session=begun["Session"],
        ChallengeResponses={"USERNAME": "ann", **responses},
    )


def test_no_new_password(running: Running, idp: Any) -> None:
    at = past(running, idp)
    user(running, at.pool, permanent=False)
    recovery = at.previewed(at.wait())
    with paused(at):
        answer(at, "NEW_PASSWORD_REQUIRED", NEW_PASSWORD="Another-horse-8")
    at.cancel(recovery)
    assert answer(at, "NEW_PASSWORD_REQUIRED", NEW_PASSWORD="Another-horse-8")["AuthenticationResult"]


def test_no_code_of_an_authenticator(running: Running, idp: Any) -> None:
    at = past(running, idp)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    user(running, at.pool)
    secret = give_totp(running, idp, at.setup)
    recovery = at.previewed(at.wait())
    with paused(at):
        answer(at, "SOFTWARE_TOKEN_MFA", SOFTWARE_TOKEN_MFA_CODE=totp(secret, at.now))
    at.cancel(recovery)
    code = totp(secret, at.now)
    assert answer(at, "SOFTWARE_TOKEN_MFA", SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]


def test_no_set_up_of_mfa(running: Running, idp: Any) -> None:
    at = past(running, idp)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    user(running, at.pool)
    at.previewed(at.wait())
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    begun = idp.initiate_auth(ClientId=at.setup.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert begun["ChallengeName"] == "MFA_SETUP"
    made = idp.associate_software_token(Session=begun["Session"])
    with paused(at):
        idp.verify_software_token(Session=made["Session"], UserCode=totp(made["SecretCode"], at.now))


def test_passkeys_go_on(running: Running, idp: Any) -> None:
    running.world.clock.freeze(START)
    at = Past(running, idp, with_passkeys(running))
    user(running, at.pool)
    passkey = Session(idp, at.setup).register(counter=7)
    at.previewed(at.wait())
    for _ in range(2):
        passkey.counter += 1
        assert try_in(idp, at.setup, passkey)["AuthenticationResult"]


def test_the_first_srp_sign_in_goes_on(at: Past) -> None:
    """It keeps the verifier that it has worked out."""
    client = SrpClient(at.pool, PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    begun = at.idp.initiate_auth(ClientId=at.setup.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    assert begun["ChallengeName"] == "PASSWORD_VERIFIER"


def test_no_user_is_migrated(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=answering(userAttributes={"email": "bob@example.com"}))
    at = past(running, idp, LambdaConfig=functions.config)
    at.previewed(at.wait())
    with paused(at):
        sign_in(idp, at.setup, "bob")
    assert not idp.list_users(UserPoolId=at.pool)["Users"]


def test_the_sign_up_page_says_so(running: Running, idp: Any) -> None:
    running.world.clock.freeze(START)
    place = site(running, **EMAIL, **REQUIRED)
    running.world.clock.advance(3_600)
    idp.initiate_point_in_time_recovery(UserPoolId=place.pool, RestoreTimestamp=START)
    browser = place.at("/login")
    browser.click("Create an account")
    page = browser.submit(**NEW, **passwords())
    assert page.error == f"Write operations of user pool {place.pool} are paused during its recovery."
    assert not idp.list_users(UserPoolId=place.pool)["Users"]
