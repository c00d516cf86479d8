"""Two secrets of an app client at a time, both good until one is deleted."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.clients.secret_hash import secret_hash
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running

OWN = "an_own_secret_of_24_signs"


@pytest.fixture
def at(running: Running) -> Setup:
    made = setup(running, {"GenerateSecret": True})
    user(running, made.pool)
    return made


def ids(idp: Any, at: Setup) -> list[str]:
    answer = idp.list_user_pool_client_secrets(UserPoolId=at.pool, ClientId=at.client)
    assert "NextToken" not in answer
    return [known["ClientSecretId"] for known in answer["ClientSecrets"]]


def described(idp: Any, at: Setup) -> dict[str, Any]:
    answer: dict[str, Any] = idp.describe_user_pool_client(UserPoolId=at.pool, ClientId=at.client)["UserPoolClient"]
    return answer


def test_the_first_secret_is_listed(idp: Any, at: Setup) -> None:
    made = described(idp, at)["CreationDate"]
    (known,) = idp.list_user_pool_client_secrets(UserPoolId=at.pool, ClientId=at.client)["ClientSecrets"]
    assert known == {"ClientSecretId": f"{at.client}--{int(made.timestamp())}", "ClientSecretCreateDate": made}


def test_both_secrets_are_good(idp: Any, at: Setup) -> None:
    made = idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client)["ClientSecretDescriptor"]
    assert len(made["ClientSecretValue"]) == 52
    assert ids(idp, at)[1:] == [made["ClientSecretId"]]
    second = Setup(at.pool, at.client, made["ClientSecretValue"])
    for known in (at, second):
        token = sign_in(idp, known)["RefreshToken"]
        idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=at.client, ClientSecret=known.secret)
        refresh = {"REFRESH_TOKEN": token, **known.hashed("ann")}
        idp.initiate_auth(ClientId=at.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=refresh)
        idp.revoke_token(ClientId=at.client, Token=token, ClientSecret=known.secret)
    text = f"Unable to verify secret hash for client {at.client}"
    with refused("NotAuthorizedException", text):
        sign_in(idp, Setup(at.pool, at.client, OWN))


def test_an_own_value_is_not_shown_again(idp: Any, at: Setup) -> None:
    answer = idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecret=OWN)
    assert "ClientSecretValue" not in answer["ClientSecretDescriptor"]
    sign_in(idp, Setup(at.pool, at.client, OWN))
    assert described(idp, at)["ClientSecret"] == at.secret


def test_the_first_secret_deleted(idp: Any, at: Setup) -> None:
    idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecret=OWN)
    first, second = ids(idp, at)
    idp.delete_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecretId=first)
    assert ids(idp, at) == [second]
    # The newer one is not shown in its place, and the client is as confidential as before.
    assert "ClientSecret" not in described(idp, at)
    sign_in(idp, Setup(at.pool, at.client, OWN))
    with refused("NotAuthorizedException"):
        sign_in(idp, at)
    with refused("NotAuthorizedException"):
        sign_in(idp, Setup(at.pool, at.client))
    hashed = secret_hash(str(at.secret), "bob", at.client)
    with refused("NotAuthorizedException"):
        idp.sign_up(ClientId=at.client, Username="bob", Password=PASSWORD, SecretHash=hashed)
    idp.update_user_pool_client(UserPoolId=at.pool, ClientId=at.client, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    assert ids(idp, at) == [second]


def test_the_added_secret_deleted(idp: Any, at: Setup) -> None:
    made = idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecret=OWN)
    gone = made["ClientSecretDescriptor"]["ClientSecretId"]
    idp.delete_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecretId=gone)
    with refused("NotAuthorizedException"):
        sign_in(idp, Setup(at.pool, at.client, OWN))
    sign_in(idp, at)


def test_ids_differ_within_a_second(running: Running, idp: Any, at: Setup) -> None:
    running.world.clock.freeze(1_800_000_000.0)
    made = setup(running, {"GenerateSecret": True})
    idp.add_user_pool_client_secret(UserPoolId=made.pool, ClientId=made.client)
    assert ids(idp, made) == [f"{made.client}--1800000000", f"{made.client}--1800000001"]


def test_refusals(running: Running, idp: Any, at: Setup) -> None:
    (first,) = ids(idp, at)
    with refused(
        "InvalidParameterException", f"The only client secret of user pool client {at.client} cannot be deleted."
    ):
        idp.delete_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecretId=first)
    with refused("ResourceNotFoundException", "Client secret x does not exist."):
        idp.delete_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client, ClientSecretId="x")
    idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client)
    with refused("LimitExceededException", f"User pool client {at.client} already has 2 client secrets."):
        idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client)
    assert len(ids(idp, at)) == 2
    public = setup(running)
    with refused("InvalidParameterException", f"User pool client {public.client} does not have a client secret."):
        idp.add_user_pool_client_secret(UserPoolId=public.pool, ClientId=public.client)
    assert ids(idp, public) == []
    for name in ("add_user_pool_client_secret", "list_user_pool_client_secrets"):
        with refused("ResourceNotFoundException", f"User pool client {at.client} does not exist."):
            getattr(idp, name)(UserPoolId=public.pool, ClientId=at.client)
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_user_pool_client_secrets(UserPoolId=at.pool, ClientId=at.client, NextToken="x")
