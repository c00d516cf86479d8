"""What somebody sends to keep the emulator busy: it is refused before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cbor2
import pytest

from tests.helpers import passkey_sign_in as passkeys
from tests.helpers.authenticator import Authenticator, b64
from tests.helpers.build import Setup, refused, user
from tests.helpers.choice import signed_in
from tests.helpers.harness import Running
from tests.helpers.passkeys import Session

EXTENSIONS = 0x80
SIZES = pytest.mark.parametrize(("size", "good"), [(15_000, True), (16_384, False)])


@dataclass
class Padded(Authenticator):
    """Says so many bytes more than it has to, all within the rules."""

    size: int = 0

    def _data(self, rp_id: str, *, attested: bool = True) -> bytes:
        if not self.size:
            return super()._data(rp_id, attested=attested)
        self.flags |= EXTENSIONS
        return super()._data(rp_id, attested=attested) + cbor2.dumps({"pad": bytes(self.size)})


@pytest.fixture
def at(running: Running) -> Setup:
    made = passkeys.with_passkeys(running)
    user(running, made.pool)
    return made


@SIZES
def test_a_large_attestation(running: Running, idp: Any, at: Setup, size: int, good: bool) -> None:
    ann = Session(idp, at)
    credential = Padded(size=size).create(ann.start())
    if good:
        ann.complete(credential)
        return
    with refused("InvalidParameterException", "Credential data is not valid"):
        ann.complete(credential)


@SIZES
def test_a_large_assertion(running: Running, idp: Any, at: Setup, size: int, good: bool) -> None:
    ann, passkey = Session(idp, at), Padded()
    ann.complete(passkey.create(ann.start()))
    passkey.size = size
    if good:
        assert signed_in(passkeys.try_in(idp, at, passkey))
        return
    with refused("NotAuthorizedException", "Incorrect username or password."):
        passkeys.try_in(idp, at, passkey)


def test_a_number_that_takes_minutes_to_read(running: Running, idp: Any, at: Setup) -> None:
    """A decimal fraction of CBOR (RFC 8949 §3.4.4): its digits are converted in quadratic time."""
    ann = Session(idp, at)
    fraction = b"\xc4\x82\x00\xc2\x5a" + (1_000_000).to_bytes(4, "big") + b"\xff" * 1_000_000
    credential = Authenticator().create(ann.start())
    credential["response"]["attestationObject"] = b64(fraction)
    with refused("InvalidParameterException", "Credential data is not valid"):
        ann.complete(credential)


def test_an_encryption_context_longer_than_any(running: Running) -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/0f0f0f0f-0000-4000-8000-000000000000"
    blob = running.world.kms.encrypt(key, b"plain", {})
    with refused("InvalidCiphertextException", ""):
        running.client("kms").decrypt(CiphertextBlob=blob, EncryptionContext={"a": "x" * 70_000})
