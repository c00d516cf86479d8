"""Every way to compute a power gives the same answer."""

from __future__ import annotations

import ctypes
import secrets
import sys
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognito_emulator.domain.auth import modexp, srp

WAYS = [way for way in (modexp._libcrypto(), modexp._gmpy2(), modexp.power) if way is not None]
NUMBERS = st.integers(0, 2**300)


@settings(derandomize=True, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS.map(lambda n: n * 2 + 3))
def test_a_power_is_that_of_pow(base: int, exponent: int, modulus: int) -> None:
    for way in WAYS:
        assert way(base, exponent, modulus) == pow(base, exponent, modulus)


def test_the_powers_of_srp() -> None:
    exponent, base = secrets.randbits(256), secrets.randbits(3072)
    for way in WAYS:
        assert way(base, exponent, srp.N) == pow(base, exponent, srp.N)
        assert way(srp.N, 1, srp.N) == 0
        assert way(srp.N + 1, exponent, srp.N) == 1
        assert way(0, exponent, srp.N) == 0


def test_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", fail)
    monkeypatch.setitem(sys.modules, "gmpy2", None)
    assert modexp._libcrypto() is None
    assert modexp._gmpy2() is None
    assert modexp._best() is pow


def test_a_library_without_the_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert modexp._libcrypto() is None


def test_a_library_that_miscalculates_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modexp, "_libcrypto", lambda: lambda base, exponent, modulus: 7)
    monkeypatch.setattr(modexp, "_gmpy2", lambda: None)
    assert modexp._best() is pow


def test_gmpy2_is_second(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ModuleType("gmpy2")
    fake.powmod = pow  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gmpy2", fake)
    monkeypatch.setattr(modexp, "_libcrypto", lambda: None)
    best = modexp._best()
    assert best is not pow
    assert best(3, 5, 7) == 5
