"""Automatic sign-in: the confirmation code is the first factor of a sign-in.

SignUp ──► Session ──► ConfirmSignUp ──► Session ──► InitiateAuth USER_AUTH ──► tokens
(the first Session may be left out)

Both Sessions are valid once, and as long as every session of the client. There is one only where the confirmation's
code could be that of a sign-in: the client has USER_AUTH, and the pool has codes by that medium as a first factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt, Goal, How, Proof, Who
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.first_factor import ATTRIBUTE, USER_AUTH, available
from cognito_emulator.domain.auth.origin import NOWHERE, Origin
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import CONFIRMED, User
from cognito_emulator.flows.auth import sessions
from cognito_emulator.flows.auth.challenge_answer import Progress

if TYPE_CHECKING:
    from cognito_emulator.flows.auth.sign_in import Begin
    from cognito_emulator.world import World

PURPOSE = "sign_up"  # of the confirmation's code
# Not names of challenges, so that no challenge can be answered with these sessions.
_SIGNED_UP, _CONFIRMED = "signed up", "sign-up confirmed"


def offer(world: World, client_id: str, answer: Mapping[str, Any], origin: Origin) -> str | None:
    """Return the Session of SignUp, if there is one.

    `answer` says who has signed up and where the code went.
    """
    pool, client = world.client(client_id)
    sent = answer.get("CodeDeliveryDetails")
    if sent is None:
        return None
    user = world.store.users.get((pool.id, answer["UserSub"]))
    return _open(world, client, user, sent["AttributeName"], stage=_SIGNED_UP, origin=origin)


def _open(
    world: World, client: Client, user: User | None, attribute: str | None, *, stage: str, origin: Origin
) -> str | None:
    if "ALLOW_USER_AUTH" not in client.flows:
        return None
    pool = world.client(client.id)[0]
    way = next((way for way, name in ATTRIBUTE.items() if name == attribute), None)
    if user is None or way is None or way not in pool.first_factors:
        return None
    if pool.tier == "LITE":
        return None
    who, how = Who(pool.id, client.id, user.sub, user.username), How(USER_AUTH, origin=origin)
    attempt = Attempt(who, how, world.ids.uuid(), goal=Goal(choice=way))
    bearer = sessions.new_bearer(world)
    expires = world.clock.now() + client.validity.session
    session = Session(digest(bearer), attempt, stage, expires, to=user.get(ATTRIBUTE[way]) or "")
    with world.store.write():
        sessions.forget_old(world)
        world.store.sessions.put(session)
    return bearer


def check(world: World, pool: Pool, client: Client, username: str, bearer: str | None) -> str | None:
    """Refuse a Session of ConfirmSignUp that is not this user's of SignUp.

    This comes before the code is checked. Returns the attribute to which that code went.

    Raises:
        NotAuthorized
    """
    if bearer:
        _find(world, pool, client, bearer, stage=_SIGNED_UP, username=username)
    user = names.find(world.store, pool, username)
    pending = world.store.codes.get((pool.id, user.sub, PURPOSE)) if user else None
    return pending.attribute if pending else None


def renew_session(
    world: World,
    client_id: str,
    bearer: str | None,
    *,
    username: str = "",
    attribute: str | None = None,
    origin: Origin = NOWHERE,
) -> str | None:
    """Return the Session of ConfirmSignUp for a user who is confirmed by a code.

    The code went to `attribute`. There is a Session without one of SignUp too, since Amplify expects one and sends
    none [assumed].
    """
    pool, client = world.client(client_id)
    if not bearer:
        user = names.find(world.store, pool, username)
        return _open(world, client, user, attribute, stage=_CONFIRMED, origin=origin)
    session = world.store.sessions.get(digest(bearer))
    if session is None or session.used:
        return None
    expires = world.clock.now() + client.validity.session
    return sessions.renew(world, session, replace(session, challenge=_CONFIRMED, expires=expires))


def finish(world: World, request: Begin) -> Progress:
    """Return the attempt with its proof, and the user; use up the session.

    Answers InitiateAuth with the Session of ConfirmSignUp. AuthParameters are ignored, the user name too
    [docs: amazon-cognito-user-pools-authentication-flow-methods]. The Session names the user.

    Raises:
        NotAuthorized: the Session is not one of these, the user signed in before, the confirmed address is no
            longer the user's, or they can't begin with a code.
    """
    pool = request.pool
    session = _find(world, pool, request.client, request.session or "", stage=_CONFIRMED)
    attempt = session.attempt
    user = world.store.users.get((pool.id, attempt.who.sub))
    sessions.mark_used(world, session)
    if user is None or not _may_finish(world, pool, session, user):
        raise errors.invalid_session()
    how = replace(attempt.how, admin=request.admin, hosted=request.hosted)
    attempt = replace(attempt, how=how, proof=Proof((ChallengeName(attempt.goal.choice),)), goal=Goal(request.targets))
    return attempt, user


def _may_finish(world: World, pool: Pool, session: Session, user: User) -> bool:
    attribute = ATTRIBUTE[session.attempt.goal.choice]
    confirmed = user.status == CONFIRMED and user.is_verified(attribute) and user.get(attribute) == session.to
    first = not world.store.families.count("user", user.key)
    return user.enabled and confirmed and first and session.attempt.goal.choice in available(user, pool, passkey=False)


def _find(world: World, pool: Pool, client: Client, bearer: str, *, stage: str, username: str | None = None) -> Session:
    session = sessions.find(world, bearer)
    attempt = session.attempt
    user = names.find(world.store, pool, username) if username else None
    its_user = username is None or (user is not None and user.sub == attempt.who.sub)
    if attempt.who.client_id != client.id or session.challenge != stage or not its_user:
        raise errors.invalid_session().because("auth.session-other-call")
    return session
