"""While tokens are signed, others go on: whoever may no longer sign in gets none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.held_crypto import HeldCrypto
from tests.helpers.token_customization import machine


def _refresh(idp: Any, at: Setup, token: str) -> Any:
    parameters = {"REFRESH_TOKEN": token}
    return idp.initiate_auth(ClientId=at.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)


def _end(running: Running, idp: Any, at: Setup, how: str, token: str) -> None:
    named = {"UserPoolId": at.pool, "Username": "ann"}
    if how == "DeleteUserPoolClient":
        running.call(how, UserPoolId=at.pool, ClientId=at.client)
    elif how == "DeleteUserPool":
        running.call(how, UserPoolId=at.pool)
    elif how == "RevokeToken":
        idp.revoke_token(Token=token, ClientId=at.client)
    elif how == "reset":
        running.reset()
    else:
        running.call(how, **named)


DISABLED = ("NotAuthorizedException", "User is disabled.")
REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")
DELETED = ("UserNotFoundException", "User does not exist.")
ENDS: dict[str, tuple[str, ...]] = {
    "AdminDisableUser": DISABLED,
    "AdminUserGlobalSignOut": REVOKED,
    "AdminDeleteUser": DELETED,
    "DeleteUserPoolClient": ("ResourceNotFoundException",),
    "DeleteUserPool": ("ResourceNotFoundException",),
    "reset": ("ResourceNotFoundException",),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_sign_in_that_ends_while_its_tokens_are_signed(
    running: Running, idp: Any, at: Setup, held: HeldCrypto, how: str
) -> None:
    held.hold()
    signing_in = held.begin(lambda: sign_in(idp, at))
    _end(running, idp, at, how, "")
    held.go()
    with refused(*ENDS[how]):
        signing_in.result(10)


@pytest.mark.parametrize("how", [*ENDS, "RevokeToken"])
def test_a_refresh_whose_sign_in_ends_meanwhile(
    running: Running, idp: Any, at: Setup, held: HeldCrypto, how: str
) -> None:
    token = sign_in(idp, at)["RefreshToken"]
    held.hold()
    refreshing = held.begin(lambda: _refresh(idp, at, token))
    _end(running, idp, at, how, token)
    held.go()
    with refused(*{**ENDS, "RevokeToken": REVOKED}[how]):
        refreshing.result(10)


def test_others_are_served_meanwhile(running: Running, idp: Any, at: Setup, held: HeldCrypto) -> None:
    held.hold()
    first, second = held.begin(lambda: sign_in(idp, at)), held.begin(lambda: sign_in(idp, at))
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == "CONFIRMED"
    assert not first.done()
    held.go()
    assert first.result(10)["AccessToken"] != second.result(10)["AccessToken"]
    assert idp.get_user(AccessToken=first.result()["AccessToken"])["Username"] == "ann"


def test_a_rotated_token_is_spent_before_the_new_ones_are_signed(
    running: Running, idp: Any, at: Setup, held: HeldCrypto
) -> None:
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    rotating = setup(running, {"RefreshTokenRotation": rotation, "ExplicitAuthFlows": flows})
    user(running, rotating.pool)
    token = sign_in(idp, rotating)["RefreshToken"]
    held.hold()
    first = held.begin(lambda: idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=rotating.client))
    with refused("RefreshTokenReuseException"):
        idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=rotating.client)
    held.go()
    fresh = first.result(10)["AuthenticationResult"]["RefreshToken"]
    assert idp.get_tokens_from_refresh_token(RefreshToken=fresh, ClientId=rotating.client)


def test_a_machine_whose_client_is_deleted_meanwhile(running: Running, idp: Any, at: Setup, held: HeldCrypto) -> None:
    credentials = machine(running, at.pool)
    held.hold()
    asking = held.begin(lambda: idp.get_client_token(**credentials))
    running.call("DeleteUserPoolClient", UserPoolId=at.pool, ClientId=credentials["ClientId"])
    held.go()
    with refused("ResourceNotFoundException"):
        asking.result(10)


def test_an_openid_token_of_an_identity_that_is_deleted_meanwhile(
    running: Running, at: Setup, held: HeldCrypto
) -> None:
    identity = running.client("cognito-identity")
    pool = identity.create_identity_pool(IdentityPoolName="p", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    known = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    assert identity.get_open_id_token(IdentityId=known)["Token"]
    held.hold()
    asking = held.begin(lambda: identity.get_open_id_token(IdentityId=known))
    identity.delete_identities(IdentityIdsToDelete=[known])
    held.go()
    with refused("ResourceNotFoundException"):
        asking.result(10)
