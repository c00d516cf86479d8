"""Federated sign-in while a recovery of the pool is active: "only if they have previously signed in ... and their
attributes from the external identity provider haven't changed" [docs: API reference, InitiatePointInTimeRecovery]."""

from __future__ import annotations

from typing import Any

from tests.helpers.federated import Provider, refusal, users
from tests.helpers.federated_users import EMAIL, come, made
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

pytestmark = needs_newest


def test_known_users_with_the_same_attributes(running: Running, provider: Provider, idp: Any) -> None:
    clock = running.world.clock
    clock.freeze(float(int(clock.now())))
    site = made(running, provider, EMAIL)
    assert "code" in come(site, provider, sub="1", email="a@example.com").params
    point = clock.now()
    clock.advance(901)
    begun = idp.initiate_point_in_time_recovery(UserPoolId=site.pool, RestoreTimestamp=point)["Restoration"]
    before = users(running, site.pool)
    assert "code" in come(site, provider, sub="1", email="a@example.com").params
    text = f"Write operations of user pool {site.pool} are paused during its recovery."
    for claims in ({"sub": "1", "email": "b@example.com"}, {"sub": "2", "email": "c@example.com"}):
        assert refusal(come(site, provider, **claims))[1] == text
    assert users(running, site.pool) == before
    idp.cancel_point_in_time_recovery(UserPoolId=site.pool, RestoreId=begun["RestoreId"])
    assert "code" in come(site, provider, sub="2", email="c@example.com").params
