"""Home's chart: what happened in the last minutes or hours, as a drawing and as numbers."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.console import chart
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.console_site import Site
from tests.helpers.harness import Running

NOON = 1_893_499_200  # 2030-01-01, 12:00


@pytest.fixture
def place(running: Running) -> Setup:
    running.world.clock.freeze(NOON)
    made = setup(running)
    user(running, made.pool)
    running.world.metrics.clear()
    return made


def rows(site: Site) -> list[str]:
    found = site.get("/_emulator/").soup.select(".chart tbody tr")
    return [" ".join(row.get_text(" ").split()) for row in found]


def moments(site: Site) -> list[str]:
    found = site.get("/_emulator/").soup.select("#chart details tbody tr")
    return [" ".join(row.get_text(" ").split()) for row in found]


def bars(site: Site, number: int, kind: str) -> list[tuple[float, float]]:
    """Left edge and height of a row's bars."""
    row = site.get("/_emulator/").soup.select(".chart tbody tr")[number]
    return [(float(str(one["x"])), float(str(one["height"]))) for one in row.select(f"rect.{kind}")]


def test_nothing_where_nothing_happened(site: Site, place: Setup) -> None:
    assert site.get("/_emulator/").soup.select("#chart *") == []


def test_the_last_minutes(running: Running, idp: Any, site: Site, place: Setup) -> None:
    for _ in range(2):
        sign_in(idp, place)
    running.world.clock.advance(60)
    sign_in(idp, place)
    with refused("NotAuthorizedException"):
        sign_in(idp, place, password="Wrong-horse-1")
    assert site.get("/_emulator/").words("#chart h2").startswith("Last 60 minutes")
    assert rows(site) == ["Sign-ins 3 · 1 failed", "API calls 4"]
    assert moments(site) == ["12:01 1 of 2 2", "12:00 2 2"]
    assert bars(site, 0, "good-bar") == [(58 * 4, chart.ABOVE), (59 * 4, chart.ABOVE / 2)]
    assert bars(site, 0, "bad-bar") == [(59 * 4, chart.BELOW / 2)]
    running.world.clock.advance(58 * 60)
    assert bars(site, 0, "good-bar") == [(0, chart.ABOVE), (4, chart.ABOVE / 2)]
    running.world.clock.advance(60)
    assert rows(site) == ["Sign-ins 1 · 1 failed", "API calls 2"]


def test_the_last_hours(running: Running, idp: Any, site: Site, place: Setup) -> None:
    sign_in(idp, place)
    running.world.clock.advance(3_600)
    assert site.get("/_emulator/").words("#chart h2").startswith("Last 24 hours")
    assert moments(site) == ["12:00 1 1"]
    running.world.clock.advance(22 * 3_600)
    assert bars(site, 0, "good-bar") == [(0, chart.ABOVE)]
    running.world.clock.advance(3_600)
    assert site.get("/_emulator/").soup.select("#chart *") == []


def test_a_clock_that_went_back_shows_nothing_of_later(running: Running, idp: Any, site: Site, place: Setup) -> None:
    sign_in(idp, place)
    running.world.clock.advance(-3_600)
    assert rows(site) == []


def test_each_kind(running: Running, idp: Any, site: Site, place: Setup) -> None:
    idp.sign_up(ClientId=place.client, Username="bob", Password=PASSWORD)
    running.world.metrics.federation(place.pool, place.client, "Corp", success=True)
    running.world.metrics.refresh(place.pool, place.client, success=False)
    running.world.metrics.call("UserRead", throttled=True)
    expected = ["Sign-ups 1", "Refreshes 1 failed", "Federation 1", "API calls 2", "Throttled 1"]
    assert rows(site) == expected
