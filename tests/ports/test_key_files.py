"""Signing keys as PEM: those that the emulator has written are read without a search for factors."""

from __future__ import annotations

import base64

import pytest

from cognito_emulator.ports.key_files import BadKey, pems, read_pems
from tests.helpers.harness import key_sets_in_turn

KEYS = key_sets_in_turn(1)()


def changed(**numbers: int) -> str:
    """The PEM of the ID key with some of its numbers changed (PKCS #8, RFC 8017 A.1.2)."""
    own = KEYS.id_key.private.private_numbers()
    known = {"n": own.public_numbers.n, "e": own.public_numbers.e}
    known |= {name: getattr(own, name) for name in ("d", "p", "q", "dmp1", "dmq1", "iqmp")}
    key = der(0x30, integer(0), *(integer(number) for number in (known | numbers).values()))
    rsa = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    body = base64.encodebytes(der(0x30, integer(0), rsa, der(0x04, key))).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n"


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (size if len(content) < 128 else bytes([128 + len(size)]) + size) + content


def integer(number: int) -> bytes:
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def test_keys_are_read_back() -> None:
    assert read_pems(changed(), changed(), is_written_here=True).id_key.jwk == KEYS.id_key.jwk
    for is_written_here in (True, False):
        read = read_pems(*pems(KEYS), is_written_here=is_written_here)
        assert (read.id_key.jwk, read.access_key.jwk) == (KEYS.id_key.jwk, KEYS.access_key.jwk)
        assert read.id_key.verify(KEYS.id_key.sign({"sub": "a"})) == {"sub": "a"}
        assert KEYS.id_key.verify(read.id_key.sign({"sub": "b"})) == {"sub": "b"}


@pytest.mark.parametrize("name", ["p", "q", "d", "dmp1", "dmq1", "iqmp", "e"])
def test_a_key_with_a_changed_number_is_refused(name: str) -> None:
    own = KEYS.id_key.private.private_numbers()
    present = own.public_numbers.e if name == "e" else getattr(own, name)
    pem = changed(**{name: present + 2})
    for is_written_here in (True, False):
        with pytest.raises(BadKey):
            read_pems(pem, pem, is_written_here=is_written_here)


def test_factors_that_are_not_prime_are_refused() -> None:
    p, q, e = 3 * 2**1023 + 1, 2**1023 + 3, 65_537
    while (p - 1) % e == 0 or (q - 1) % e == 0 or (p * q).bit_length() != 2048:
        p, q = p + 2, q + 2
    d = pow(e, -1, (p - 1) * (q - 1))
    pem = changed(p=p, q=q, n=p * q, d=d, dmp1=d % (p - 1), dmq1=d % (q - 1), iqmp=pow(q, -1, p))
    with pytest.raises(BadKey, match="do not belong together"):
        read_pems(pem, pem, is_written_here=True)
