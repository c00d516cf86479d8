"""SRP-6a: both halves agree, and nothing else does; the group, paddings and labels are Cognito's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pycognito import aws_srp

from emulator.domain import srp
from emulator.domain.srp import Claim

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
    assert srp.pad(number).hex() == padded == aws_srp.pad_hex(number)


@pytest.mark.parametrize("salt", ["0f" * 16, "80" + "00" * 15, "00" * 15 + "01", "ff" * 16])
def test_the_private_value_is_that_of_another_implementation(salt: str) -> None:
    whole = hashlib.sha256(f"{POOL}{NAME}:{PASSWORD}".encode()).hexdigest()
    theirs = int(aws_srp.hex_hash(aws_srp.pad_hex(salt.lstrip("0") or "0") + whole), 16)
    assert srp.private_value(POOL, NAME, PASSWORD, bytes.fromhex(salt)) == theirs


class Exchange:
    """One sign-in with both halves."""

    def __init__(self, password: str = PASSWORD) -> None:
        self.salt = secrets.token_bytes(16)
        self.a, self.b = secrets.randbits(256), secrets.randbits(256)
        self.verifier = srp.verifier(srp.private_value(POOL, NAME, PASSWORD, self.salt))
        self.a_public = pow(srp.G, self.a, srp.N)
        self.b_public = srp.server_public(self.b, self.verifier)
        self.server = srp.server_key(self.a_public, self.b_public, self.b, self.verifier)
        x = srp.private_value(POOL, NAME, password, self.salt)
        self.client = srp.client_key(self.a, self.b_public, x)
        self.block = secrets.token_bytes(64)

    def claim(self) -> Claim:
        signature = srp.proof(self.client, POOL, NAME, self.block, STAMP)
        return Claim(base64.b64encode(self.block).decode(), signature, STAMP)

    def holds(self, claim: Claim, at: float = NOW.timestamp()) -> bool:
        return srp.claim_holds(self.server, POOL, NAME, claim, at)


def test_both_halves_agree() -> None:
    for _ in range(5):
        exchange = Exchange()
        assert exchange.server == exchange.client
        assert len(exchange.server) == 16
        assert exchange.holds(exchange.claim())


def test_a_wrong_password_gives_another_key() -> None:
    exchange = Exchange("Wrong-horse-7")
    assert exchange.server != exchange.client
    assert not exchange.holds(exchange.claim())


def test_the_key_is_hkdf_with_amazons_label() -> None:
    """RFC 5869 by hand: extract with u as salt, expand with the label and one as counter."""
    u, s = 0x81, 0x0123
    extracted = hmac.new(b"\x00\x81", b"\x01\x23", hashlib.sha256).digest()
    expanded = hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).digest()
    assert srp._session_key(u, s) == expanded[:16]


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
    key, at = exchange.server, NOW.timestamp()
    assert not srp.claim_holds(key, "OtherPool", NAME, good, at)
    assert not srp.claim_holds(key, POOL, "bob", good, at)
    assert not srp.claim_holds(Exchange().server, POOL, NAME, good, at)


@pytest.mark.parametrize(("skew", "holds"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_proof_is_good_for_five_minutes(skew: float, holds: bool) -> None:
    exchange = Exchange()
    assert exchange.holds(exchange.claim(), NOW.timestamp() + skew) is holds


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("aBc", 0xABC),
        ("0000ff", 0xFF),
        ("0", None),
        ("", None),
        ("xyz", None),
        ("-1", None),
        ("0x1", None),
        (" 1", None),
        ("1_0", None),
        ("١", None),
        (f"{srp.N:x}", None),
        (f"{2 * srp.N:x}", None),
        (f"{srp.N - 1:x}", srp.N - 1),
        (f"{srp.N + 1:x}", srp.N + 1),
        ("1" * 2049, None),
    ],
)
def test_a_clients_number(text: str, number: int | None) -> None:
    assert srp.read_public(text) == number


def test_a_multiple_of_n_would_void_the_proof() -> None:
    """Why `read_public` refuses it: the key would be known to anybody."""
    exchange = Exchange()
    key = srp.server_key(srp.N, exchange.b_public, exchange.b, exchange.verifier)
    known = srp.server_key(srp.N, exchange.b_public, exchange.b + 1, exchange.verifier + 1)
    assert key == known


@pytest.mark.parametrize(
    "text",
    [
        "Sat Sep 05 09:03:02 UTC 2026",
        "Sun Sep 5 09:03:02 UTC 2026",
        "Sat sep 5 09:03:02 UTC 2026",
        "Sat Sep 5 9:03:02 UTC 2026",
        "Sat Sep 5 09:03:02 GMT 2026",
        "Sat Sep 5 24:03:02 UTC 2026",
        "Sat Sep 5 09:60:02 UTC 2026",
        "Sat Feb 30 09:03:02 UTC 2026",
        "Sat Sep 0 09:03:02 UTC 2026",
        "Sat Foo 5 09:03:02 UTC 2026",
        "Sat Sep 5 09:03:02 UTC 0000",
        "Sat Sep 5 09:03:02 UTC 20266",
        " Sat Sep 5 09:03:02 UTC 2026",
        "2026-09-05T09:03:02Z",
        "",
        "Sat Sep ٥ 09:03:02 UTC 2026",
    ],
)
def test_a_timestamp_that_is_none(text: str) -> None:
    assert srp.read_timestamp(text) is None


def test_timestamps() -> None:
    assert srp.read_timestamp(STAMP) == NOW.timestamp()
    assert srp.write_timestamp(NOW) == STAMP
    for day in range(1, 29):
        moment = NOW.replace(day=day, month=day % 12 + 1)
        assert srp.read_timestamp(srp.write_timestamp(moment)) == moment.timestamp()
