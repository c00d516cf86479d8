"""The pool's signing certificate."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from cognito_emulator.ports.certificates import self_signed
from tests.helpers.build import refused, setup
from tests.helpers.harness import Running


def certificate(idp: Any, pool: str) -> x509.Certificate:
    text = idp.get_signing_certificate(UserPoolId=pool)["Certificate"]
    return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))


def test_it_certifies_the_key_of_id_tokens(running: Running, idp: Any) -> None:
    pool = setup(running).pool
    found = certificate(idp, pool)
    found.verify_directly_issued_by(found)
    keys = running.run(running.world.keys.of(pool))
    public = found.public_key()
    assert isinstance(public, RSAPublicKey)
    assert public.public_numbers() == keys.id_key.public.public_numbers()
    assert found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == pool


def test_it_stays_the_same(running: Running, idp: Any) -> None:
    pool = setup(running).pool
    before = certificate(idp, pool)
    running.world.clock.advance(86400)
    idp.update_user_pool(UserPoolId=pool)
    assert certificate(idp, pool) == before
    created = idp.describe_user_pool(UserPoolId=pool)["UserPool"]["CreationDate"]
    assert abs(before.not_valid_before_utc - created) < timedelta(seconds=1)
    assert before.not_valid_after_utc - before.not_valid_before_utc == timedelta(days=3653)
    assert certificate(idp, setup(running).pool) != before


@pytest.mark.parametrize("begins", [-1e12, 0.0, 253_402_300_799.0, 1e15])
def test_any_clock_gives_a_certificate(running: Running, begins: float) -> None:
    keys = running.run(running.world.keys.of(setup(running).pool))
    found = x509.load_der_x509_certificate(base64.b64decode(self_signed(keys.id_key, "x", begins)))
    assert found.not_valid_before_utc < found.not_valid_after_utc


def test_unknown_pool(idp: Any) -> None:
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        idp.get_signing_certificate(UserPoolId="us-east-1_000000000")
