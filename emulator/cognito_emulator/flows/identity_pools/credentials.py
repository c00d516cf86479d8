"""GetCredentialsForIdentity, the enhanced flow: AWS credentials for an identity.

    prove the logins -> settle the identity -> choose the role -> principal tags -> credentials -> store

The credentials are generated here, or by the STS endpoint of the settings, which gets an OpenID token of the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import aws_credentials, identity_errors, identity_token, sts_answer
from cognito_emulator.domain.identity_pools.aws_credentials import Credentials
from cognito_emulator.domain.identity_pools.identity import Outcome, PoolIdentity
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.principal_tags import are_usable
from cognito_emulator.domain.identity_pools.role_mapping import (
    AUTHENTICATED,
    UNAUTHENTICATED,
    choose_role,
    default_role,
    split_role,
)
from cognito_emulator.flows.identity_pools import identities, logins, provider_names, tokens
from cognito_emulator.flows.identity_pools.identities import Known
from cognito_emulator.flows.identity_pools.provider_keys import Evidence
from cognito_emulator.ports.keys import SigningKey
from cognito_emulator.ports.web import Answer, WebError

if TYPE_CHECKING:
    from cognito_emulator.world import World

_OPERATION = "GetCredentialsForIdentity"
_STS_SECONDS = 5.0


class _Session(Struct, frozen=True):
    """The session to create: its owner, its role, and its facts."""

    known: Known
    role: str
    amr: list[str]
    tags: Mapping[str, str]


class _Asked(Struct, frozen=True):
    """The request, with what the checks of its tokens need."""

    identity_id: str
    logins: Mapping[str, str]
    custom_role: str | None
    evidence: Evidence


async def credentials(
    world: World, identity_id: str, given: Mapping[str, str], custom_role: str | None
) -> tuple[str, Credentials]:
    """Return the id of the identity and its credentials.

    The id may differ from the requested one.

    Raises:
        ResourceNotFound, NotAuthorized, ResourceConflict, InvalidParameter
        InvalidIdentityPoolConfiguration: there is no role, or STS refuses it.
        ExternalService: a provider's keys, or the STS endpoint, are not available.
    """
    asked = _Asked(identity_id, given, custom_role, await _evidence(world, identity_id, given))
    own = any(tokens.may_be_own(world, name) for name in given)
    signing = await tokens.key(world) if own or world.settings.sts_endpoint else None
    session = _judge(world, signing, asked)
    logins.spend(world, session.known.proved)
    if not world.settings.sts_endpoint or signing is None:
        made = _made_here(world, session)
        return identities.commit(world, session.known.outcome).id, made
    made = await _made_by_sts(world, signing, session)
    # Other requests may have run meanwhile.
    again = _judge(world, signing, asked)
    if (again.known.identity.id, again.role) != (session.known.identity.id, session.role):
        raise identity_errors.ResourceConflict("The identity or its role has changed meanwhile.").because(
            "api.concurrent-change"
        )
    return identities.commit(world, again.known.outcome).id, made


async def _evidence(world: World, identity_id: str, given: Mapping[str, str]) -> Evidence:
    pool, _ = identities.find(world, identity_id)
    return await logins.prepare(world, pool, given)


def _judge(world: World, signing: SigningKey | None, asked: _Asked) -> _Session:
    identity_id, given, custom_role = asked.identity_id, asked.logins, asked.custom_role
    pool, named = identities.find(world, identity_id)
    own = [name for name in given if tokens.is_own(world, pool.region, name)]
    if own and signing is not None:
        return _by_own_token(world, signing, pool, named, given, custom_role=custom_role)
    if any(tokens.may_be_own(world, name) for name in given):
        # The key of another Region: it "must exactly match the iss claim" [docs: developer-authenticated-identities].
        raise identity_errors.invalid_token("Issuer doesn't match providerName")
    known = identities.recognise(world, _OPERATION, identity_id, given, asked.evidence)
    if not known.proved:
        return _Session(known, _guest_role(pool, custom_role), identity_token.methods(pool, ()), {})
    mappings = {provider_names.canonical_mapping(world, name): mapping for name, mapping in pool.mappings.items()}
    # Of several logins the first that has a mapping, or roles of its own, decides [assumed].
    by = next((one for one in known.proved if one.mapping in mappings or one.roles), known.proved[0])
    role = choose_role(
        pool.roles, by.mapping, mappings.get(by.mapping), by.claims, custom=custom_role, assertion=by.roles
    )
    tags = identities.tags_for(world, pool, known.proved)
    return _Session(known, role, identity_token.methods(pool, known.logins), tags)


def _guest_role(pool: IdentityPool, custom_role: str | None) -> str:
    """Return the guest role; a guest has no token that could offer another."""
    role = default_role(pool.roles, UNAUTHENTICATED)
    if custom_role is not None and custom_role != role:
        raise identity_errors.role_forbidden(custom_role)
    return role


def _by_own_token(
    world: World,
    signing: SigningKey,
    pool: IdentityPool,
    named: PoolIdentity,
    given: Mapping[str, str],
    *,
    custom_role: str | None,
) -> _Session:
    """Return the session of a caller with an OpenID token of this identity pool.

    It has the default role [docs: developer-authenticated-identities] and the tags in the token. Such a token proves
    all logins that it names, so it comes alone.

    Raises:
        NotAuthorized, InvalidParameter, InvalidIdentityPoolConfiguration
    """
    if len(given) > 1:
        raise errors.InvalidParameter("A Cognito token must be the only login.").because("identity.logins-differ")
    claims = tokens.verify(world, signing, pool, next(iter(given.values())))
    subject = world.store.federated_identities.get(claims["sub"])
    heir = identities.root(world, subject) if subject else None
    if heir is None or heir != identities.root(world, named):
        raise identity_errors.logins_differ()
    amr = list(claims["amr"])
    if amr[0] == UNAUTHENTICATED:
        if not heir.guest:
            raise identity_errors.forbidden(named.id)
        if not pool.guests:
            raise identity_errors.no_guests()
        role = _guest_role(pool, custom_role)
    else:
        if not heir.logins:
            raise identity_errors.forbidden(named.id)
        role = default_role(pool.roles, AUTHENTICATED)
        if custom_role is not None and custom_role != role:
            raise identity_errors.role_forbidden(custom_role)
    return _Session(Known(pool, Outcome(heir)), role, amr, identity_token.tags_in(claims))


def _made_here(world: World, session: _Session) -> Credentials:
    """Return credentials that the emulator generates.

    Raises:
        InvalidIdentityPoolConfiguration: a token has a role or session tag that STS would refuse.
    """
    if split_role(session.role) is None or not are_usable(session.tags):
        raise identity_errors.unusable_roles()
    pool, found = session.known.pool, session.known.identity
    told = {
        "iss": tokens.issuer(world, pool.region),
        "sub": found.id,
        "aud": pool.id,
        "amr": session.amr,
    }
    key, random = world.ids.bytes(aws_credentials.KEY_BYTES), world.ids.bytes(aws_credentials.SECRET_BYTES)
    return aws_credentials.issue(
        session.role, world.secret, key, random, told=told, tags=session.tags, now=world.clock.now()
    )


async def _made_by_sts(world: World, signing: SigningKey, session: _Session) -> Credentials:
    """Call AssumeRoleWithWebIdentity at the STS endpoint of the settings.

    The call is unsigned [docs: AssumeRoleWithWebIdentity].

    Raises:
        InvalidIdentityPoolConfiguration: STS refuses the role or the token.
        ExternalService: it can't be reached, fails, or answers something else [own wording].
    """
    known = session.known
    token = await tokens.sign(
        world, signing, known.pool, known.identity, amr=session.amr, lifetime=identity_token.LIFETIME, tags=session.tags
    )
    form = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": session.role,
        "RoleSessionName": aws_credentials.SESSION_NAME,
        "WebIdentityToken": token,
        "DurationSeconds": str(aws_credentials.LIFETIME),
    }
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "accept": "text/xml"}
    body = urlencode(form).encode()
    try:
        answer = await world.web.request("POST", world.settings.sts_endpoint or "", headers, body, _STS_SECONDS)
    except WebError as error:
        raise identity_errors.ExternalService(f"STS: {error}.").because("identity.outside") from None
    return _read(answer)


def _read(answer: Answer) -> Credentials:
    if 400 <= answer.status < 500:
        raise identity_errors.unusable_roles()
    if answer.status != 200:
        raise identity_errors.ExternalService(f"STS answered with status {answer.status}.").because("identity.outside")
    try:
        return sts_answer.parse(answer.body)
    except sts_answer.BadAnswer as error:
        raise identity_errors.ExternalService(f"The answer of STS cannot be used: {error}.").because(
            "identity.outside"
        ) from None
