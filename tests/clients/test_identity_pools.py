"""JavaScript clients that get AWS credentials of an identity pool."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients import expected
from tests.helpers.build import PASSWORD, Setup, sign_in, user
from tests.helpers.foreign_logins import GOOGLE, mock_login, social_pool
from tests.helpers.harness import Running
from tests.helpers.identity_pools import AUTHENTICATED, GUEST, Ann, federation
from tests.helpers.node import Node

UNKNOWN = "us-east-1:00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ann(running: Running, idp: Any) -> Ann:
    return federation(running, idp, AllowClassicFlow=True)


def test_amplify_as_a_guest_and_signed_in(node: Node, running: Running, idp: Any, ann: Ann) -> None:
    other = user(running, ann.users.pool, "bob")
    steps = node.run(
        "amplify_identity.mjs",
        running,
        ann.users,
        identityPoolId=ann.pool,
        username="ann",
        password=PASSWORD,
        other="bob",
    )
    guest = steps["guest"]
    assert guest["told"]["role"] == GUEST
    assert guest["told"]["sub"] == guest["identityId"]
    assert guest["told"]["amr"] == ["unauthenticated"]
    assert "userSub" not in guest
    assert steps["guest again"]["identityId"] == guest["identityId"]
    assert steps["guest again"]["credentials"] != guest["credentials"]

    # The guest's identity is the user's from now on, refresh or not.
    known = steps["signed in"]
    assert known["identityId"] == guest["identityId"]
    assert known["userSub"] == ann.sub
    assert known["told"]["role"] == AUTHENTICATED
    assert known["told"]["amr"] == ["authenticated", ann.provider, f"{ann.provider}:CognitoSignIn:{ann.sub}"]
    for again in ("refreshed", "refreshed when expired"):
        assert steps[again]["identityId"] == known["identityId"]
        assert steps[again]["credentials"]["sessionToken"] != known["credentials"]["sessionToken"]

    # A new guest is somebody else until they sign in, and then the same user as before.
    assert steps["another guest"]["identityId"] != known["identityId"]
    assert steps["another guest"]["told"]["role"] == GUEST
    assert steps["signed in again"]["identityId"] == known["identityId"]
    assert steps["somebody else"]["identityId"] != known["identityId"]
    assert steps["somebody else"]["userSub"] == other


def test_the_credential_provider_of_the_sdk(node: Node, running: Running, ann: Ann) -> None:
    steps = node.run(
        "sdk_identity.mjs",
        running,
        ann.users,
        identityPoolId=ann.pool,
        provider=ann.provider,
        idToken=ann.tokens["IdToken"],
        role=AUTHENTICATED,
    )
    guest, known = steps["guest"], steps["signed in"]
    assert (guest["told"]["role"], known["told"]["role"]) == (GUEST, AUTHENTICATED)
    assert steps["guest again"]["identityId"] == guest["identityId"] == guest["told"]["sub"]
    assert steps["signed in again"]["identityId"] == known["identityId"] == known["told"]["sub"]
    assert known["identityId"] != guest["identityId"]
    assert known["accessKeyId"].startswith("ASIA")
    assert known["expiration"] == known["told"]["exp"] * 1000
    assert steps["role"]["told"]["role"] == AUTHENTICATED
    text = "Invalid login token. Couldn't verify signed token."
    assert steps["forged"] == expected.refused("NotAuthorizedException", text)
    missing = f"IdentityPool '{UNKNOWN}' not found."
    assert steps["unknown pool"] == expected.refused("ResourceNotFoundException", missing)


def test_a_login_of_google_by_the_sdk(node: Node, running: Running) -> None:
    pool = social_pool(running)
    ((name, token),) = mock_login(running, GOOGLE).items()
    steps = node.run(
        "sdk_identity.mjs",
        running,
        Setup("", ""),
        identityPoolId=pool,
        provider=name,
        idToken=token,
        role=AUTHENTICATED,
    )
    assert steps["signed in"]["told"]["amr"] == ["authenticated", GOOGLE]
    assert steps["signed in again"]["identityId"] == steps["signed in"]["identityId"]
    text = "Invalid login token. Couldn't verify signed token."
    assert steps["forged"] == expected.refused("NotAuthorizedException", text)


def test_an_open_id_token_is_verified_by_its_published_keys(node: Node, running: Running, idp: Any, ann: Ann) -> None:
    identity = running.client("cognito-identity")
    logins = {ann.provider: sign_in(idp, ann.users)["IdToken"]}
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=logins)["IdentityId"]
    token = identity.get_open_id_token(IdentityId=known, Logins=logins)["Token"]
    steps = node.run("verify_identity.mjs", running, ann.users, token=token, audience=ann.pool)
    assert steps["claims"]["sub"] == known
    assert steps["claims"]["amr"][0] == "authenticated"
    message = f"Audience not allowed: {ann.pool}. Expected: us-east-1:0"
    assert steps["another pool"] == expected.refused("Error", message)
    assert steps["tampered"] == expected.refused("Error", "Invalid signature")
