"""Make signing keys from a text: always the same keys from the same text.

They are the same on every machine and in every version, for verifiers that load keys once. Such keys are no secret.

A prime is the first at or after a number of 1024 bits that SHAKE256 makes of the text. Candidates are sieved by small
primes and tested by Miller and Rabin's test (FIPS 186-5, B.3.1); OpenSSL checks the finished key again. A change of
anything here makes other keys, which a test refuses.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from itertools import count
from math import gcd, isqrt, lcm

from cognito_emulator.domain.auth.modexp import power
from cognito_emulator.ports.keys import KeySet, SigningKey, signing_key

EXPONENT = 65537
_LABEL = b"cognito-emulator signing key 1"
_PRIME_BYTES = 128
_WINDOW = 1 << 14  # odd numbers that are searched from one start: twenty times the usual distance between primes
_SMALL = 1 << 14  # primes below it sieve
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


@lru_cache(maxsize=64)
def seeded_key_set(text: str) -> KeySet:
    """Return the two signing keys of a text.

    The first time takes about 0.2 s: not on the event loop.
    """
    return KeySet(_key(text, b"id"), _key(text, b"access"), is_fixed=True)


def _key(text: str, use: bytes) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers

    first, second = (_prime(b"\0".join((_LABEL, use, each, text.encode()))) for each in (b"p", b"q"))
    p, q = max(first, second), min(first, second)
    exponent = pow(EXPONENT, -1, lcm(p - 1, q - 1))
    public = RSAPublicNumbers(EXPONENT, p * q)
    numbers = RSAPrivateNumbers(p, q, exponent, exponent % (p - 1), exponent % (q - 1), pow(q, -1, p), public)
    return signing_key(numbers.private_key())


def _prime(material: bytes) -> int:
    """Return the first prime after a start that the material makes.

    Its two highest bits are set.
    """
    for number in count():
        digest = hashlib.shake_256(number.to_bytes(4, "big") + material).digest(_PRIME_BYTES)
        start = int.from_bytes(digest, "big") | (3 << (8 * _PRIME_BYTES - 2)) | 1
        for offset in _sieved(start):
            candidate = start + 2 * offset
            if candidate.bit_length() == 8 * _PRIME_BYTES and is_prime(candidate) and gcd(candidate - 1, EXPONENT) == 1:
                return candidate
    raise AssertionError("unreachable")


def _sieved(start: int) -> list[int]:
    """Return those offsets of odd numbers from `start` that no small prime divides."""
    window = bytearray(b"\1") * _WINDOW
    for prime in _small_primes()[1:]:
        first = -start * pow(2, -1, prime) % prime
        window[first::prime] = bytes(len(range(first, _WINDOW, prime)))
    return [offset for offset in range(_WINDOW) if window[offset]]


@cache
def _small_primes() -> list[int]:
    sieve = bytearray(b"\1") * _SMALL
    for number in range(2, isqrt(_SMALL) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, _SMALL, number)))
    return [number for number in range(2, _SMALL) if sieve[number]]


def is_prime(number: int) -> bool:
    """Tell whether a number above 40 passes Miller and Rabin's test.

    The bases are the first twelve primes.
    """
    if number % 2 == 0:
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, base, odd, twos) for base in _BASES)


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    value = power(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False
