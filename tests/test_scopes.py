"""`Emulator.scope`: what a test has changed is taken back, and nothing else."""

from __future__ import annotations

import time

from cognito_emulator import Emulator
from tests.helpers.verifier import verified


def test_a_scope_takes_back_what_it_has_changed_and_nothing_else(cognito_server: Emulator) -> None:
    with cognito_server.scope():
        outer = cognito_server.create_pool(mfa="OPTIONAL")
        outer.add_user("ann", email="ann@example.com", confirmed=False)
        cognito_server.clock.advance(100)
        keys = cognito_server.jwks(outer.id)
        with cognito_server.scope():
            inner = cognito_server.create_pool()
            outer.add_user("bob")
            outer.idp.admin_confirm_sign_up(UserPoolId=outer.id, Username="ann")
            cognito_server.rotate_keys(outer.id)
            cognito_server.clock.freeze(5)
            cognito_server.world.outbox.clear()
        pools = {pool["Id"] for pool in outer.idp.list_user_pools(MaxResults=60)["UserPools"]}
        assert (outer.id in pools, inner.id in pools) == (True, False)
        users = outer.idp.list_users(UserPoolId=outer.id)["Users"]
        assert [(user["Username"], user["UserStatus"]) for user in users] == [("ann", "UNCONFIRMED")]
        assert cognito_server.jwks(outer.id) == keys
        assert [message.user for message in cognito_server.messages()] == ["ann"]
        assert abs(cognito_server.clock.now() - time.time() - 100) < 60
    assert outer.id not in cognito_server.world.store.pools


def test_a_reset_within_a_scope_goes_to_the_seeds_and_its_end_back(cognito_server: Emulator) -> None:
    with cognito_server.scope():
        outer = cognito_server.create_pool()
        outer.add_user("ann")
        token = outer.sign_in("ann")["AccessToken"]
        with cognito_server.scope():
            cognito_server.create_pool()
            cognito_server.reset()
            assert list(cognito_server.world.store.pools) == []
            other = cognito_server.create_pool()
            assert cognito_server.jwks(other.id)
        assert outer.idp.get_user(AccessToken=token)["Username"] == "ann"
        assert verified(cognito_server, token)["username"] == "ann"


def test_a_seed_that_joins_the_baseline_ends_a_scope(cognito_server: Emulator) -> None:
    seed = {"UserPools": [{"Id": "us-east-1_joined", "PoolName": "joined"}]}
    with Emulator() as emulator:
        with emulator.scope():
            emulator.create_pool()
            emulator.seed(seed, baseline=True)
        assert [pool.id for pool in emulator.world.store.pools] == ["us-east-1_joined"]


def test_a_pool_of_a_later_scope_has_the_keys_of_an_earlier_one(cognito_server: Emulator) -> None:
    def kids() -> set[str]:
        with cognito_server.scope():
            pools = [cognito_server.create_pool() for _ in range(3)]
            return {str(key["kid"]) for pool in pools for key in cognito_server.jwks(pool.id)["keys"]}

    first, later = kids(), kids()
    assert len(first) == len(later) == 6, "never within one"
    assert first & later


def test_a_fault_ends_with_its_scope(cognito_server: Emulator) -> None:
    with cognito_server.scope():
        kept = cognito_server.fail("ListUsers", "TooManyRequestsException", times=9)
        with cognito_server.scope():
            cognito_server.fail("ListUserPools", "TooManyRequestsException", times=None)
            cognito_server.slow("ListUsers", seconds=0.01)
        [left] = cognito_server.world.faults.all()
        assert left.fault.id == kept
    assert not cognito_server.world.faults
