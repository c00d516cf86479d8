"""Powers from a table are those of `pow`, with libcrypto and without it."""

from __future__ import annotations

import ctypes
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from cognito_emulator.domain.auth import fixed_base, srp
from cognito_emulator.domain.auth.fixed_base import FixedBase, Integers, Montgomery

EDGES = [0, 1, 2, 2**32, 2**255, 2**256 - 1, 2**256, 2**256 + 1, 2**511, 2**512 - 1, 2**512, 2**600 + 5]


@pytest.fixture(params=["libcrypto", "integers"])
def base(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> FixedBase:
    if request.param == "integers":
        monkeypatch.setattr(Montgomery, "of", lambda _: None)
    return FixedBase(srp.G, srp.N, longest=512)


def test_powers_are_those_of_pow(base: FixedBase) -> None:
    for exponent in [*EDGES, secrets.randbits(256), secrets.randbits(512), secrets.randbits(3072)]:
        assert base.power(exponent) == pow(srp.G, exponent, srp.N)


def test_a_table_is_made_when_an_exponent_wants_it(base: FixedBase) -> None:
    assert base._tables == []
    base.power(2**256 - 1)
    assert len(base._tables) == 1
    base.power(2**600)
    assert len(base._tables) == 1  # too long for any
    base.power(2**256)
    first = list(base._tables)
    base.power(2**300)
    assert len(base._tables) == 2
    assert all(one is other for one, other in zip(first, base._tables, strict=True))


def test_another_base_and_modulus(base: FixedBase) -> None:
    other = FixedBase(1234567, 2**89 - 1, longest=256)
    for exponent in (1, 255, secrets.randbits(256)):
        assert other.power(exponent) == pow(1234567, exponent, 2**89 - 1)


def test_threads_that_are_first_at_once(base: FixedBase) -> None:
    exponents = [secrets.randbits(512) for _ in range(8)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(base.power, exponents))
    assert found == [pow(srp.G, exponent, srp.N) for exponent in exponents]
    assert len(base._tables) == 2


def test_a_library_that_is_not_there_or_miscalculates(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Montgomery.of(8) is None  # no form of Montgomery for even numbers
    with monkeypatch.context() as patch:
        patch.setattr(Montgomery, "evaluate", lambda *_: 82)
        assert Montgomery.of(srp.N) is None
    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "PyDLL", lambda _: object())
        assert Montgomery.of(srp.N) is None
    monkeypatch.setattr(Montgomery, "of", lambda _: None)
    made = FixedBase(srp.G, srp.N, longest=256)
    assert made.power(77) == 2**77
    assert isinstance(made._field, Integers)
    assert fixed_base.Integers(7).evaluate([]) == 1
