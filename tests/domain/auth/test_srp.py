"""SRP-6a: both halves agree, and nothing else does; the group, paddings and labels are Cognito's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from pycognito import aws_srp

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.srp import Claim
from cognito_emulator.domain.users import password_secret

POOL, NAME, PASSWORD = "AbCdEfGhI", "ann", "Correct-horse-7"
NOW = datetime(2026, 9, 5, 9, 3, 2, tzinfo=UTC)
STAMP = "Sat Sep 5 09:03:02 UTC 2026"


def is_prime(number: int) -> bool:
    """Miller and Rabin's test, twenty times."""
    power = (number - 1) & -(number - 1)
    odd = (number - 1) // power
    for _ in range(20):
        x = pow(secrets.randbelow(number - 3) + 2, odd, number)
        chain = [x := x * x % number if step else x for step in range(power.bit_length() - 1)]
        if chain[0] != 1 and number - 1 not in chain:
            return False
    return True


@pytest.mark.exhaustive
def test_the_group_is_a_safe_prime_of_3072_bits() -> None:
    assert srp.N.bit_length() == 3072
    assert is_prime(srp.N)
    assert is_prime((srp.N - 1) // 2)
    assert hex(srp.N)[2:] == aws_srp.N_HEX.lower()
    assert int(aws_srp.G_HEX, 16) == srp.G


def test_k_is_the_hash_of_the_padded_group() -> None:
    assert int(aws_srp.hex_hash("00" + aws_srp.N_HEX + "0" + aws_srp.G_HEX), 16) == srp.K


@pytest.mark.parametrize(
    ("number", "padded"),
    [(0, "00"), (1, "01"), (0x7F, "7f"), (0x80, "0080"), (0xFF, "00ff"), (0x100, "0100"), (0x8000, "008000")],
)
def test_numbers_are_padded_as_clients_do(number: int, padded: str) -> None:
    assert password_secret.pad(number).hex() == padded == aws_srp.pad_hex(number)


@pytest.mark.parametrize("salt", ["0f" * 16, "80" + "00" * 15, "00" * 15 + "01", "ff" * 16])
def test_the_private_value_is_that_of_another_implementation(salt: str) -> None:
    whole = hashlib.sha256(f"{POOL}{NAME}:{PASSWORD}".encode()).hexdigest()
    theirs = int(aws_srp.hex_hash(aws_srp.pad_hex(salt.lstrip("0") or "0") + whole), 16)
    assert password_secret.private_value(POOL, NAME, PASSWORD, bytes.fromhex(salt)) == theirs


class Exchange:
    """One sign-in with both halves."""

    def __init__(self, password: str = PASSWORD) -> None:
        self.salt = secrets.token_bytes(16)
        self.a, self.b = secrets.randbits(256), secrets.randbits(256)
        self.verifier = srp.verifier(password_secret.private_value(POOL, NAME, PASSWORD, self.salt))
        self.a_public = pow(srp.G, self.a, srp.N)
        self.b_public = srp.server_public(self.b, self.verifier)
        self.server = srp.server_key(self.a_public, self.b_public, self.b, self.verifier)
        x = password_secret.private_value(POOL, NAME, password, self.salt)
        self.client = srp.client_key(self.a, self.b_public, x)
        self.block = secrets.token_bytes(64)

    def claim(self) -> Claim:
        signature = srp.proof(self.client, POOL, NAME, self.block, STAMP)
        return Claim(base64.b64encode(self.block).decode(), signature, STAMP)

    def holds(self, claim: Claim) -> bool:
        return srp.claim_holds(self.server, POOL, NAME, claim)


def test_both_halves_agree() -> None:
    for _ in range(5):
        exchange = Exchange()
        assert exchange.server == exchange.client
        assert len(exchange.server) == 16
        assert exchange.holds(exchange.claim())


def test_a_server_that_keeps_x_has_the_key_of_one_that_keeps_the_verifier() -> None:
    exchange = Exchange()
    x = password_secret.private_value(POOL, NAME, PASSWORD, exchange.salt)
    assert srp.server_key_of(exchange.a_public, exchange.b_public, exchange.b, x) == exchange.server
    assert srp.server_key_of(exchange.a_public, exchange.b_public, exchange.b, x + 1) != exchange.server


def test_a_wrong_password_gives_another_key() -> None:
    exchange = Exchange("Wrong-horse-7")
    assert exchange.server != exchange.client
    assert not exchange.holds(exchange.claim())


def test_the_key_is_hkdf_with_amazons_label() -> None:
    """RFC 5869 by hand: extract with u as salt, expand with the label and one as counter."""
    u, s = 0x81, 0x0123
    extracted = hmac.new(b"\x00\x81", b"\x01\x23", hashlib.sha256).digest()
    expanded = hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).digest()
    assert srp.session_key(u, s) == expanded[:16]


def test_a_proof_is_bound_to_everything() -> None:
    exchange = Exchange()
    good = exchange.claim()
    other = base64.b64encode(secrets.token_bytes(64)).decode()
    for claim in (
        replace(good, secret_block=other),
        replace(good, secret_block="*"),
        replace(good, secret_block="é"),
        replace(good, signature=good.signature[:-4] + "AAA="),
        replace(good, signature=""),
        replace(good, signature="é"),
        replace(good, timestamp="Sat Sep 5 09:03:03 UTC 2026"),
    ):
        assert not exchange.holds(claim), claim
    key = exchange.server
    assert not srp.claim_holds(key, "OtherPool", NAME, good)
    assert not srp.claim_holds(key, POOL, "bob", good)
    assert not srp.claim_holds(Exchange().server, POOL, NAME, good)


PATTERN = "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("aBc", 0xABC),
        ("0000ff", 0xFF),
        ("0", 0),
        (f"{2 * srp.N:x}", 2 * srp.N),
        ("1" * 2048, int("1" * 2048, 16)),
    ],
)
def test_a_clients_number(text: str, number: int) -> None:
    assert srp.read_public(text) == number


@pytest.mark.parametrize("text", ["", "xyz", "-1", "0x1", " 1", "1_0", "١", "1\n"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(errors.InvalidParameter) as caught:
        srp.read_public(text)
    assert caught.value.message == (
        f"1 validation error detected: Value '{text}' at 'sRPA' failed to satisfy constraint: {PATTERN}"
    )


def test_a_number_that_is_too_long() -> None:
    with pytest.raises(errors.InvalidParameter, match="Invalid SRP_A value"):
        srp.read_public("1" * 2049)


@pytest.mark.parametrize(
    ("number", "void"),
    [(0, True), (srp.N, True), (2 * srp.N, True), (1, False), (srp.N - 1, False), (srp.N + 1, False)],
)
def test_numbers_that_void_the_proof(number: int, void: bool) -> None:
    assert srp.is_void(number) is void


def test_a_multiple_of_n_would_void_the_proof() -> None:
    """Why nothing that answers it is right: the key would be known to everybody."""
    exchange = Exchange()
    key = srp.server_key(srp.N, exchange.b_public, exchange.b, exchange.verifier)
    known = srp.server_key(srp.N, exchange.b_public, exchange.b + 1, exchange.verifier + 1)
    assert key == known


@pytest.mark.parametrize(
    "text",
    [
        STAMP,
        "Sat Sep 05 09:03:02 UTC 2026",
        "sat sep 5 09:03:02 utc 2026",
        "SAT SEP 5 09:03:02 UTC 2026",
        "Sat Sep 5 09:03:02 GMT 2026",
    ],
)
def test_a_timestamp_has_one_canonical_form(text: str) -> None:
    """Measured: these are read, and the proof is of the form that clients write."""
    assert srp.canonical_timestamp(text) == STAMP


def test_the_proof_is_of_the_canonical_form() -> None:
    exchange = Exchange()
    good = exchange.claim()
    padded = "Sat Sep 05 09:03:02 UTC 2026"
    assert exchange.holds(srp.read_claim(replace(good, timestamp=padded)))
    signed_as_sent = Claim(good.secret_block, srp.proof(exchange.client, POOL, NAME, exchange.block, padded), padded)
    assert not exchange.holds(srp.read_claim(signed_as_sent))  # recorded


@pytest.mark.parametrize(
    "text",
    [
        "Sat Sep 5 9:03:02 UTC 2026",
        "Sat Sep 5 09:03:02 CET 2026",
        "Sat Sep 5 24:03:02 UTC 2026",
        "Sat Sep 5 09:60:02 UTC 2026",
        "Sat Feb 30 09:03:02 UTC 2026",
        "Sat Sep 0 09:03:02 UTC 2026",
        "Sat Sep 005 09:03:02 UTC 2026",
        "Sat Foo 5 09:03:02 UTC 2026",
        "Foo Sep 5 09:03:02 UTC 2026",
        "Sat Sep 5 09:03:02 UTC 0000",
        "Sat Sep 5 09:03:02 UTC 20266",
        " Sat Sep 5 09:03:02 UTC 2026",
        "Sat Sep 5 09:03:02 UTC 2026\n",
        "2026-09-05T09:03:02Z",
        "",
        "Sat Sep ٥ 09:03:02 UTC 2026",
        "Sat ſep 5 09:03:02 UTC 2026",
    ],
)
def test_a_timestamp_that_is_none(text: str) -> None:
    assert srp.canonical_timestamp(text) is None
    with pytest.raises(errors.InvalidParameter) as caught:
        srp.read_claim(Claim("AAAA", "AAAA", text))
    assert caught.value.message == "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."


@pytest.mark.parametrize("signature", ["é", "A", "AAA", "AA AA", "AAAA*"])
def test_a_signature_that_is_no_base64(signature: str) -> None:
    with pytest.raises(errors.InvalidParameter) as caught:
        srp.read_claim(Claim("AAAA", signature, STAMP))
    assert caught.value.message == "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."


def test_timestamps() -> None:
    assert srp.write_timestamp(NOW) == STAMP
    for day in range(1, 29):
        written = srp.write_timestamp(NOW.replace(day=day, month=day % 12 + 1))
        assert srp.canonical_timestamp(written) == written
