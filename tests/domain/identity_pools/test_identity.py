"""Links and merges, whatever comes after whatever: nobody gets two identities, no identity two users of a provider."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.identity_pools.identity import Login, Outcome, PoolIdentity, merge, settle, without

DEVELOPER = "dev"
LOGINS = st.builds(Login, st.sampled_from(["a", "b", "c", DEVELOPER]), st.sampled_from(["1", "2"]))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sign in", "guest", "merge", "unlink"]),
        st.integers(0, 5),
        st.lists(LOGINS, min_size=1, max_size=3, unique_by=lambda login: login.provider),
    ),
    max_size=12,
)


class Pool:
    """Identities by id, as the flows keep them."""

    def __init__(self) -> None:
        self.rows: dict[str, PoolIdentity] = {}
        self.now = 0.0

    def new(self) -> PoolIdentity:
        return PoolIdentity(f"i{len(self.rows):02}", "p", self.now, self.now)

    def owners(self, logins: list[Login]) -> list[PoolIdentity]:
        found = [one for one in self.rows.values() if set(one.logins) & set(logins)]
        return sorted(found, key=lambda one: (one.created, one.id))

    def keep(self, outcome: Outcome) -> None:
        for one in (*outcome.absorbed, outcome.identity):
            self.rows[one.id] = one

    def step(self, kind: str, number: int, logins: list[Login]) -> None:
        self.now += 1
        enabled = [one for one in self.rows.values() if not one.disabled]
        named = enabled[number % len(enabled)] if enabled and number else None
        if kind == "guest":
            guest = self.new()
            self.rows[guest.id] = guest
        elif kind == "unlink" and named is not None:
            self.rows[named.id] = without(named, logins, self.now)
        elif kind == "merge" and named is not None and named.logins:
            owners = [one for one in self.owners(logins) if one.logins]
            if owners:
                self.keep(merge(owners[0], named, DEVELOPER, self.now))
        else:
            record = named or self.new()
            self.keep(settle(record, named is None, self.owners(logins), logins, developer=DEVELOPER, now=self.now))


@settings(max_examples=300)
@given(STEPS)
def test_everybody_is_one_identity(steps: list[tuple[str, int, list[Login]]]) -> None:
    pool = Pool()
    for kind, number, logins in steps:
        before = dict(pool.rows)
        try:
            pool.step(kind, number, logins)
        except ApiError:
            assert pool.rows == before
        owned = Counter(login for one in pool.rows.values() for login in one.logins)
        assert all(count == 1 for count in owned.values())
        for one in pool.rows.values():
            public = [login.provider for login in one.logins if login.provider != DEVELOPER]
            assert len(public) == len(set(public))
            assert not (one.guest and (one.logins or one.disabled))
            assert not (one.disabled and one.logins)
            assert one.merged_into is None or one.merged_into in pool.rows
            assert one.merged_into != one.id


def test_a_login_is_found_again_where_it_was_put() -> None:
    pool = Pool()
    login = [Login("a", "1")]
    pool.step("sign in", 0, login)
    (first,) = pool.owners(login)
    pool.step("sign in", 0, [*login, Login("b", "1")])
    assert [one.id for one in pool.owners(login)] == [first.id]
    assert pool.owners([Login("b", "1")])[0].id == first.id
