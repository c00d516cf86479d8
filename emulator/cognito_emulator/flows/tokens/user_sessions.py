"""The sessions of a user, where the pool tracks them.

[docs: managing-user-sessions]

Each refresh family is a token session, and each browser has an SSO session. A token session from a browser belongs to
that browser's SSO session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.authorization import BrowserSession
from cognito_emulator.domain.removal import revoke
from cognito_emulator.domain.tokens import user_session
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.user import User

if TYPE_CHECKING:
    from cognito_emulator.world import World

Tracked = RefreshFamily | BrowserSession
LINKED = "LINKED"


def active(world: World, user: User) -> list[Tracked]:
    """Return both kinds of sessions, the latest activity first."""
    now = world.clock.now()
    found: list[Tracked] = [*user_session.active(world.store.families.where("user", user.key), now)]
    browsers = world.store.browser_sessions.where("user", user.key)
    found += [session for session in browsers if session.session_id and session.expires > now]
    return sorted(found, key=lambda session: session.active, reverse=True)


def find(world: World, user: User, session_id: str) -> Tracked:
    """Return a session of that user; another user's does not exist for them.

    Raises:
        ResourceNotFound
    """
    for session in active(world, user):
        if session.session_id == session_id:
            return session
    raise errors.ResourceNotFound("Session does not exist.").because("tokens.session-unknown")


def end(world: World, session: Tracked, associated: str) -> None:
    """End a session, and with LINKED also the sessions linked to it.

    These are a token session's SSO session and an SSO session's token sessions [docs: RevokeUserSession].
    """
    families = [session] if isinstance(session, RefreshFamily) else []
    parents = [] if isinstance(session, RefreshFamily) else [session]
    if associated == LINKED and isinstance(session, RefreshFamily):
        parents = parent_of(world, session)
    elif associated == LINKED:
        known = user_session.active(world.store.families.where("user", session.user_key), world.clock.now())
        families = [family for family in known if family.parent == session.session_id]
    with world.store.write():
        revoke(world.store, families)
        for parent in parents:
            world.store.browser_sessions.delete(parent.digest)


def parent_of(world: World, family: RefreshFamily) -> list[BrowserSession]:
    """Return the SSO session that a sign-in came through, if there is one."""
    found = world.store.browser_sessions.find("session", family.parent) if family.parent else None
    return [found] if found else []


def touch(world: World, session_id: str) -> None:
    """Record that an SSO session was used for tokens.

    The caller has opened a write block.
    """
    found = world.store.browser_sessions.find("session", session_id) if session_id else None
    if found is not None:
        world.store.browser_sessions.put(replace(found, active=world.clock.now()))
