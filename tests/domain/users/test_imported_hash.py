"""Hashes of other systems: which are read, which are refused and in which words, and whom they let in.

The first examples are the developer guide's own ("Supported password hashing algorithms"); their passwords are not
told. Of the others some were made by other programs than those that judge here.
"""

from __future__ import annotations

import base64
import hashlib
import sys

import argon2
import bcrypt
import hypothesis.strategies as st
import pytest
from hypothesis import given

from cognito_emulator.domain.errors import NotImplementedHere
from cognito_emulator.domain.users import imported_hash
from cognito_emulator.domain.users.imported_hash import BadHash, check, matches, read

GUIDE = {
    "BCRYPT": "$2b$10$CtA.Rcu/szzn9U00wpUjOuN3vrgJRZycv4aOzcP3GzqzO8UDPEFq6",
    "SCRYPT": "65536$8$1$304dbaef7c5e828dc19c98f0600d18fe"
    "$4f69c498c12cd102d057356facf8d77e8d42407090491ea32c5b038f5a18c099",
    "ARGON2ID": "$argon2id$v=19$m=19456,t=2,p=1$ko/G5o1ms+ML08P95sQ8DA$AkVbvWSOqz7Hs3qthhWKxicOWnGLN+MBmpwc3emi5VA",
    "PBKDF2_SHA256": "$pbkdf2-sha256$600000$1XZlmwLQ2hhM3JYuCPiArQ$Pfheg9Zi/v5lXU4yyLA0WFUYEd/rlaVbzrM9oMD6IrA",
}
SALT, HASH = "AAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA"  # base64 of 8 and 16 bytes, the fewest


@pytest.mark.parametrize("algorithm", GUIDE)
def test_the_guides_examples_are_read(algorithm: str) -> None:
    kept = read(algorithm, GUIDE[algorithm])
    assert kept.algorithm == algorithm
    check(kept)
    assert not matches(kept, "Wrong-horse-7")


@pytest.mark.parametrize("algorithm", GUIDE)
def test_a_hash_is_not_kept(algorithm: str) -> None:
    text = GUIDE[algorithm]
    tail = text.rpartition("$")[2][-31:]
    assert tail not in repr(read(algorithm, text))


# --- right passwords -------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2a", "2b", "2x", "2y"])
def test_bcrypt(version: str) -> None:
    made = bcrypt.hashpw(b"Correct-horse-7", bcrypt.gensalt(4)).decode().replace("$2b$", f"${version}$")
    kept = read("BCRYPT", made)
    assert matches(kept, "Correct-horse-7")
    assert not matches(kept, "correct-horse-7")


def test_bcrypt_looks_at_72_bytes() -> None:
    kept = read("BCRYPT", bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(4)).decode())
    assert matches(kept, "a" * 72 + "beyond")
    assert not matches(kept, "a" * 71)


def test_bits_of_bcrypt_that_mean_nothing() -> None:
    """Some programs leave them as they come: the fourth last bit of the salt's end, the second last of the hash's."""
    made = bcrypt.hashpw(b"Correct-horse-7", b"$2b$04$" + b"." * 21 + b"O").decode()
    assert made[28] == "O"
    assert matches(read("BCRYPT", made[:28] + "P" + made[29:]), "Correct-horse-7")


def test_scrypt() -> None:
    """As node's `scryptSync("Correct-horse-7", "somesalt", 64, {N: 1024})` and `openssl kdf … SCRYPT` have it."""
    made = (
        "4cdecb61c5d30d76db796d6218e9ed1b9dd9ba2be0928f9f5415ff96ab134df8"
        "f56cffc29e5ef34e7ad9d486f54dc31c3b327c99ca8867b103cb6f4023582423"
    )
    for derived in (made, made.upper(), made[:64]):
        kept = read("SCRYPT", f"1024$8$1${b'somesalt'.hex()}${derived}")
        assert matches(kept, "Correct-horse-7")
        assert not matches(kept, "correct-horse-7")


def test_argon2id() -> None:
    made = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("Correct-horse-7")
    kept = read("ARGON2ID", made)
    assert matches(kept, "Correct-horse-7")
    assert not matches(kept, "Correct-horse-8")


def test_argon2id_of_the_older_version() -> None:
    """Of the reference implementation, whose words for 0x10 are `v=16`."""
    salt = b"somesalt"
    derived = argon2.low_level.hash_secret_raw(b"password", salt, 2, 256, 1, 32, argon2.Type.ID, 16)
    encoded = [base64.b64encode(part).decode().rstrip("=") for part in (salt, derived)]
    assert matches(read("ARGON2ID", f"$argon2id$v=16$m=256,t=2,p=1${encoded[0]}${encoded[1]}"), "password")
    assert not matches(read("ARGON2ID", f"$argon2id$v=19$m=256,t=2,p=1${encoded[0]}${encoded[1]}"), "password")


def test_pbkdf2_of_another_program() -> None:
    """`openssl kdf -keylen 32 -kdfopt digest:SHA2-256 … PBKDF2`, 1000 iterations."""
    made = base64.b64encode(bytes.fromhex("144dfaea681355c28409db1df0798d60c0d26e45ac80ca05623120660f88bdb9")).decode()
    kept = read("PBKDF2_SHA256", f"$pbkdf2-sha256$1000$c29tZXNhbHQ=${made}")
    assert matches(kept, "Correct-horse-7")
    assert not matches(kept, "correct-horse-7")


@pytest.mark.parametrize("alphabet", [b"+/", b"./"])
def test_pbkdf2(alphabet: bytes) -> None:
    salt = b"\xfb\xff\xbf" * 4  # its base64 is all `+`, `/` and digits
    made = hashlib.pbkdf2_hmac("sha256", b"Correct-horse-7", salt, 1000)
    encoded = [base64.b64encode(part, alphabet).decode() for part in (salt, made)]
    for padding in ("=", ""):
        kept = read("PBKDF2_SHA256", f"$pbkdf2-sha256$1000${encoded[0]}${encoded[1].rstrip('=')}{padding}")
        assert matches(kept, "Correct-horse-7")
        assert not matches(kept, "Correct-horse-8")


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("algorithm", "text"),
    [
        ("BCRYPT", GUIDE["BCRYPT"][:-1]),
        ("BCRYPT", GUIDE["BCRYPT"] + "A"),
        ("BCRYPT", GUIDE["BCRYPT"].replace("$2b$", "$2c$")),
        ("BCRYPT", GUIDE["BCRYPT"].replace("$10$", "$03$")),
        ("BCRYPT", GUIDE["BCRYPT"].replace("$10$", "$4$")),
        ("SCRYPT", f"1000$8$1${'a' * 16}${'b' * 32}"),
        ("SCRYPT", f"1$8$1${'a' * 16}${'b' * 32}"),
        ("SCRYPT", f"65536$1$1${'a' * 16}${'b' * 32}"),
        ("SCRYPT", f"0$8$1${'a' * 16}${'b' * 32}"),
        ("SCRYPT", f"1024$8$1${'a' * 17}${'b' * 32}"),
        ("SCRYPT", f"1024$8$1${'a' * 14}${'b' * 32}"),
        ("SCRYPT", f"1024$8$1${'a' * 16}${'b' * 30}"),
        ("SCRYPT", f"1024$8$1${'a' * 16}${'b' * 130}"),
        ("SCRYPT", f"1024$8$1${'a' * 16}$"),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("argon2id", "argon2i")),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("v=19", "v=18")),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("m=19456", "m=7")),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("t=2", "t=0")),
        ("ARGON2ID", f"$argon2id$v=19$m=64,t=1,p=1${SALT[:-2]}${HASH}"),
        ("ARGON2ID", f"$argon2id$v=19$m=64,t=1,p=1${SALT}${HASH[:-2]}"),
        ("PBKDF2_SHA256", f"$pbkdf2-sha1$1000${SALT}${HASH}"),
        ("PBKDF2_SHA256", f"$pbkdf2-sha256$1000${SALT}${HASH[:-1]}"),
        ("PBKDF2_SHA256", f"$pbkdf2-sha256$1000${SALT}${'A' * 87}"),
        ("PBKDF2_SHA256", f"$pbkdf2-sha256${'9' * 5000}${SALT}${HASH}"),
        ("PBKDF2_SHA256", f"$pbkdf2-sha256$٤${SALT}${HASH}"),
    ],
)
def test_malformed(algorithm: str, text: str) -> None:
    with pytest.raises(BadHash, match=f"^The password hash does not have the format of {algorithm}.$"):
        read(algorithm, text)


@pytest.mark.parametrize(
    ("algorithm", "text"),
    [
        ("BCRYPT", GUIDE["BCRYPT"].replace("$10$", "$13$")),
        ("SCRYPT", GUIDE["SCRYPT"].replace("65536$", "131072$")),
        ("SCRYPT", GUIDE["SCRYPT"].replace("$8$", "$9$")),
        ("SCRYPT", GUIDE["SCRYPT"].replace("$1$", "$2$")),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("m=19456", "m=19457")),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("t=2", "t=3")),
        ("ARGON2ID", GUIDE["ARGON2ID"].replace("p=1", "p=2")),
        ("PBKDF2_SHA256", GUIDE["PBKDF2_SHA256"].replace("600000", "600001")),
        ("PBKDF2_SHA256", GUIDE["PBKDF2_SHA256"].replace("600000", "9" * 18)),
    ],
)
def test_out_of_bounds(algorithm: str, text: str) -> None:
    with pytest.raises(BadHash, match=f"^A parameter of the password hash exceeds the maximum of {algorithm}.$"):
        read(algorithm, text)


@pytest.mark.parametrize("algorithm", GUIDE)
def test_another_algorithm(algorithm: str) -> None:
    for other, text in GUIDE.items():
        if other != algorithm:
            with pytest.raises(BadHash, match=f"^The password hash was not made by {algorithm}.$"):
                read(algorithm, text)


@given(st.sampled_from(sorted(GUIDE)), st.text(max_size=100), st.integers(0, 100), st.integers(0, 100))
def test_any_text_is_read_or_refused(algorithm: str, text: str, begin: int, end: int) -> None:
    example = GUIDE[algorithm]
    for candidate in (text, example[:begin] + text + example[end:]):
        try:
            kept = read(algorithm, candidate)
        except BadHash:
            continue
        assert all(cost <= highest for cost, highest in zip(kept.costs, (65536, 19456, 2, 1), strict=False)) or (
            algorithm == "PBKDF2_SHA256" and kept.costs[0] <= 600_000
        )


@pytest.mark.parametrize(("algorithm", "library"), [("BCRYPT", "bcrypt"), ("ARGON2ID", "argon2")])
def test_without_the_package(monkeypatch: pytest.MonkeyPatch, algorithm: str, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    text = (
        f"{algorithm} needs the extra `imports` of cognito-emulator, which installs the packages bcrypt and argon2-cffi"
    )
    with pytest.raises(NotImplementedHere, match=f"^{text}.$"):
        imported_hash.require_library(algorithm)
    for other in ("SCRYPT", "PBKDF2_SHA256"):
        imported_hash.require_library(other)
