"""GetCredentialsForIdentity: AWS's shape, and what the session token tells."""

from __future__ import annotations

import base64
import re
from typing import Any

import jwt

from cognito_emulator.domain.identity_pools.aws_credentials import access_key_id, issue
from cognito_emulator.world import World
from tests.helpers.identity_pools import AUTHENTICATED, GUEST, Ann, payload


def test_credentials_of_somebody_who_signed_in(identity: Any, world: World, ann: Ann) -> None:
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"]
    before = int(world.clock.now())
    answer = identity.get_credentials_for_identity(IdentityId=known, Logins=ann.logins)
    assert answer["IdentityId"] == known
    made = answer["Credentials"]
    assert sorted(made) == ["AccessKeyId", "Expiration", "SecretKey", "SessionToken"]
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", made["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", made["SecretKey"])
    expires = made["Expiration"].timestamp()
    assert 3600 <= expires - before <= 3610

    told = payload(made["SessionToken"])
    assert told["sub"] == known
    assert told["aud"] == ann.pool
    assert told["amr"] == ["authenticated", ann.provider, f"{ann.provider}:CognitoSignIn:{ann.sub}"]
    assert told["role"] == AUTHENTICATED
    assert told["arn"] == "arn:aws:sts::000000000000:assumed-role/authenticated/CognitoIdentityCredentials"
    assert told["access_key_id"] == made["AccessKeyId"]
    assert told["exp"] == expires


def test_credentials_are_new_each_time(identity: Any, ann: Ann) -> None:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    first, second = (identity.get_credentials_for_identity(IdentityId=guest)["Credentials"] for _ in range(2))
    for member in ("AccessKeyId", "SecretKey", "SessionToken"):
        assert first[member] != second[member]
    told = payload(first["SessionToken"])
    assert (told["amr"], told["role"], told["sub"]) == (["unauthenticated"], GUEST, guest)
    assert "principal_tags" not in told


def test_the_access_key_names_the_account() -> None:
    """As AWS's keys do, and neighbours read it: bits 1 to 40 of what follows the prefix."""
    for account in ("000000000000", "123456789012", "999999999999"):
        key = access_key_id(account, bytes(range(200, 210)))
        number = int.from_bytes(base64.b32decode(key[4:]), "big")
        assert f"{(number >> 39) & (2**40 - 1):012d}" == account
        assert number >> 79 == 1


def test_the_session_token_is_a_jwt_that_others_can_read() -> None:
    """Its head and signature are those of any JWT library, and what is not ASCII arrives."""
    secret, role = bytes(range(32)), "arn:aws:iam::123456789012:role/reader"
    who = {"iss": "i", "sub": "s", "aud": "a", "amr": ["authenticated"]}
    made = issue(role, secret, bytes(10), bytes(30), told=who, tags={"team": "Grün"}, now=1000.5)
    assert jwt.get_unverified_header(made.session_token) == {"alg": "HS256", "typ": "JWT"}
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(made.session_token, secret, algorithms=["HS256"], audience="a", options=options)
    assert claims["principal_tags"] == {"team": "Grün"}
    assert (claims["iat"], claims["exp"], claims["role"]) == (1000, 4600, role)
