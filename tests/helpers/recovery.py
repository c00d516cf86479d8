"""Recover a password."""

from __future__ import annotations

from typing import Any

from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, Setup, setup, user
from tests.helpers.harness import Running
from tests.helpers.sign_up import EMAIL

LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
NO_ADDRESS = (
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
NOT_NOW = ("NotAuthorizedException", "User password cannot be reset in the current state.")
BAD_LOGIN = ("NotAuthorizedException", "Incorrect username or password.")
WEAK = ("InvalidPasswordException", "Password does not conform to policy: Password not long enough")
USED = ("PasswordHistoryPolicyViolationException", "Password has previously been used.")
NEW = "Another-horse-8"
HOUR = 3600
DAY = 24 * HOUR


def recovery(*names: str) -> dict[str, Any]:
    return {"RecoveryMechanisms": [{"Name": name, "Priority": rank} for rank, name in enumerate(names, 1)]}


def ann(running: Running, made: Setup, *contacts: dict[str, str], verified: bool = True) -> Setup:
    """A confirmed user with these addresses."""
    attributes: dict[str, Any] = {name: value for contact in contacts for name, value in contact.items()}
    attributes |= {f"{name}_verified": "true" for name in attributes if verified}
    user(running, made.pool, "ann", **attributes)
    return made


def remembering(running: Running) -> Setup:
    """A pool that remembers three passwords, with ann, whose only password so far is PASSWORD."""
    made = setup(running, Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}})
    attributes = [{"Name": "email", "Value": EMAIL["email"]}]
    running.call("SignUp", ClientId=made.client, Username="ann", Password=PASSWORD, UserAttributes=attributes)
    running.call("AdminConfirmSignUp", UserPoolId=made.pool, Username="ann")
    attributes = [{"Name": "email_verified", "Value": "true"}]
    running.call("AdminUpdateUserAttributes", UserPoolId=made.pool, Username="ann", UserAttributes=attributes)
    return made


def code(world: World) -> str:
    return str(world.outbox.all()[-1].code)


def confirm(idp: Any, made: Setup, typed: str, password: str = NEW, username: str = "ann") -> None:
    idp.confirm_forgot_password(ClientId=made.client, Username=username, ConfirmationCode=typed, Password=password)


def set_password(idp: Any, made: Setup, password: str, **members: Any) -> None:
    idp.admin_set_user_password(UserPoolId=made.pool, Username="ann", Password=password, **members)
