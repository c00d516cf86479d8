"""Fixed levels and places are looked up: what is found is what a walk through all would find."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cognito_emulator.domain.pools import pool_settings
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.threats.known_risk import NOWHERE, FixedRisk, Place, fixed_level, place_of
from cognito_emulator.domain.threats.threat import is_in
from cognito_emulator.domain.users.user import CONFIRMED, User

POOL: Pool = pool_settings.new_pool("us-east-1_a", "0", "us-east-1", 0.0, {"PoolName": "p"})
ANN = User(POOL.id, "sub", "Ann", "ann", 0, 0, CONFIRMED, attributes=(("email", "ann@example.com"),))
RANGES = [
    "",
    "192.0.2.7",
    "192.0.2.0/24",
    "192.0.2.9/24",
    "192.0.0.0/16",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
    "10.0.0.0/8",
]
ADDRESSES = ["192.0.2.7", "192.0.2.8", "::ffff:192.0.2.7", "2001:db8::1", "10.1.1.1", "", "none"]
FIXED = st.builds(
    FixedRisk,
    st.sampled_from(["", POOL.id, "other"]),
    st.sampled_from(["", "ann", "ANN", "sub", "ann@example.com", "bob"]),
    st.sampled_from(RANGES),
    st.sampled_from(["", "Low", "Medium", "High"]),
)


@given(st.lists(FIXED, max_size=8), st.sampled_from(ADDRESSES), st.booleans())
def test_fixed_levels(fixed: list[FixedRisk], ip: str, is_case_sensitive: bool) -> None:
    store, pool = Store(), replace(POOL, case_sensitive=is_case_sensitive)
    with store.write():
        for one in fixed:
            store.fixed_risks.put(one)
    fitting = [one for one in store.fixed_risks if one.fits(pool, ANN, ip)]
    expected = max(fitting, key=lambda one: one.weight).level if fitting else None
    assert fixed_level(store.fixed_risks, pool, ANN, ip) == expected


@given(st.lists(st.sampled_from(RANGES[1:]), max_size=6, unique=True), st.sampled_from(ADDRESSES))
def test_places(ranges: list[str], ip: str) -> None:
    store = Store()
    with store.write():
        for one in ranges:
            store.places.put(Place(one, "city", one))
    fitting = [one for one in store.places if is_in(ip, (one.ip_range,))]
    expected = max(fitting, key=lambda one: ip_network(one.ip_range, strict=False).prefixlen, default=NOWHERE)
    assert place_of(store.places, ip) == expected


def test_what_is_no_range_is_nowhere() -> None:
    store = Store()
    with store.write():
        store.places.put(Place("x", "city", ""))
    assert place_of(store.places, "192.0.2.7") == NOWHERE


@pytest.mark.parametrize("ip", ["192.0.2.7", "2001:db8::1"])
def test_few_of_very_many_are_looked_at(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    with store.write():
        for number in range(2_000):
            store.fixed_risks.put(FixedRisk("", "", f"10.{number // 256}.{number % 256}.0/24", "High"))
            store.fixed_risks.put(FixedRisk("", f"user{number}", "", "High"))
    looks: list[FixedRisk] = []
    monkeypatch.setattr(FixedRisk, "fits", lambda one, *_: looks.append(one))
    assert fixed_level(store.fixed_risks, POOL, ANN, ip) is None
    assert looks == []
