"""Hold the identities of an identity pool; link and merge them by their logins.

    guest ── a login of no identity ──> authenticated ── a login of another identity ──> one of the two, the
      │                                                                                  other is disabled
      └───── a login of another identity ──────────────────────────────────────────────> that one; the guest
                                                                                         is disabled

[docs: authentication-flow]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.identity_pools import identity_errors

MAX_LOGINS = 20  # [docs: MergeDeveloperIdentities]


class Login(NamedTuple):
    """A user of a provider.

    A user pool's user has its sub, a user of the developer's own system its identifier. A user pool is always named in
    AWS's form, `cognito-idp.<region>.amazonaws.com/<pool id>`. The token's app client does not matter: two clients of
    one user pool lead to the same identity.
    """

    provider: str
    subject: str


class PoolIdentity(Struct, frozen=True, gc=False):
    """An identity of a pool. `created` and `modified` are epoch seconds.

    An identity that ever had a login is no guest any more: without logins no user can use it. `merged_into` is the
    identity that got its logins; it is disabled then.
    """

    id: str
    pool_id: str
    created: float
    modified: float
    logins: tuple[Login, ...] = ()
    guest: bool = True
    merged_into: str | None = None

    @property
    def disabled(self) -> bool:
        return self.merged_into is not None

    @property
    def provider_names(self) -> list[str]:
        """The providers, each once: what the API calls Logins of an identity."""
        return list(dict.fromkeys(login.provider for login in self.logins))

    def users_of(self, provider: str) -> list[str]:
        return [login.subject for login in self.logins if login.provider == provider]


class Outcome(Struct, frozen=True, gc=False):
    """The user's identity from now on, and those that were merged into it."""

    identity: PoolIdentity
    absorbed: tuple[PoolIdentity, ...] = ()


def settle(
    named: PoolIdentity,
    is_new: bool,
    owners: Sequence[PoolIdentity],
    logins: Sequence[Login],
    *,
    developer: str | None,
    now: float,
) -> Outcome:
    """Choose the identity of these logins, all of which are proved.

    Args:
        named: the identity that was named, or where none was (`is_new`) a fresh one.
        owners: the enabled identities that have one of the logins, oldest first.
        developer: the pool's developer provider, of which an identity may have several users.

    Raises:
        NotAuthorized: the named identity has logins, and none of them is here; or it is without logins.
        ResourceConflict: two users of one public provider would become one identity.
        InvalidParameter: too many logins.
    """
    if owners and (is_new or named.guest):
        owner = owners[0]
    elif named.guest:
        owner = named
    else:
        _require_own(named, owners)
        owner = named
    absorbed = [other for other in owners if other.id != owner.id]
    if named.id != owner.id and not is_new:
        absorbed.append(named)
    return _join(owner, absorbed, logins, developer, now)


def _require_own(named: PoolIdentity, owners: Sequence[PoolIdentity]) -> None:
    if not named.logins:
        raise identity_errors.forbidden(named.id)
    if all(owner.id != named.id for owner in owners):
        raise identity_errors.logins_differ()


def merge(source: PoolIdentity, destination: PoolIdentity, developer: str | None, now: float) -> Outcome:
    """Move everything of `source` to `destination` (MergeDeveloperIdentities).

    Raises:
        ResourceConflict, InvalidParameter: as `settle`.
    """
    if source.id == destination.id:
        return Outcome(destination)
    return _join(destination, [source], (), developer, now)


def _join(
    owner: PoolIdentity,
    absorbed: Iterable[PoolIdentity],
    logins: Iterable[Login],
    developer: str | None,
    now: float,
) -> Outcome:
    absorbed = list(absorbed)
    theirs = [login for other in absorbed for login in other.logins]
    joined = tuple(dict.fromkeys([*owner.logins, *theirs, *logins]))
    subjects: dict[str, str] = {}
    for provider, subject in joined:
        if provider != developer and subjects.setdefault(provider, subject) != subject:
            raise identity_errors.login_conflict(provider)
    if len(joined) > MAX_LOGINS:
        raise identity_errors.too_many_logins(MAX_LOGINS)
    if joined != owner.logins or owner.guest:
        owner = replace(owner, logins=joined, guest=False, modified=now)
    disabled = (replace(other, logins=(), guest=False, merged_into=owner.id, modified=now) for other in absorbed)
    return Outcome(owner, tuple(disabled))


def without(identity: PoolIdentity, removed: Iterable[Login], now: float) -> PoolIdentity:
    """Return the identity without the removed logins.

    Without its last login no user can use it.
    """
    gone = set(removed)
    kept = tuple(login for login in identity.logins if login not in gone)
    return identity if kept == identity.logins else replace(identity, logins=kept, guest=False, modified=now)
