"""Devices: confirm, remember, forget, and their SRP exchange in a sign-in."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import lockout, srp
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.pools.pool import DeviceSettings, Pool
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.device import Device, group_key
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.auth import sessions, srp_exchange
from cognito_emulator.flows.auth.challenge_answer import Answered
from cognito_emulator.flows.auth.outcome import PendingChallenge
from cognito_emulator.flows.auth.password_check import count_failure
from cognito_emulator.flows.tokens import many_sign_ins
from cognito_emulator.flows.tokens.access import Access

if TYPE_CHECKING:
    from cognito_emulator.world import World


def tracking(pool: Pool) -> DeviceSettings:
    """Return the pool's DeviceConfiguration.

    Raises:
        InvalidUserPoolConfiguration: devices are not tracked.
    """
    if pool.devices is None:
        raise errors.InvalidUserPoolConfiguration("User pool does not have device tracking enabled.").because(
            "devices.not-tracked", setting="DeviceConfiguration"
        )
    return pool.devices


def find(world: World, user: User, key: str) -> Device:
    """Return a confirmed device of the user.

    Raises:
        ResourceNotFound
    """
    device = world.store.devices.get((user.pool_id, user.sub, key))
    if device is None:
        raise errors.device_not_found()
    return device


def check(world: World, pool: Pool, user: User, key: str) -> None:
    """Refuse a device key of a sign-in that is no device of the user.

    Raises:
        ResourceNotFound: `Device does not exist.`, on which clients forget their key.
    """
    if key and (pool.devices is None or (pool.id, user.sub, key) not in world.store.devices):
        raise errors.device_not_found()


def confirm(world: World, access: Access, key: str, *, name: str, verifier: str, salt: str, ip: str) -> bool:
    """Make the device of this sign-in the user's, for ConfirmDevice.

    Returns whether the user must be asked before it is remembered (UserConfirmationNecessary).

    Raises:
        InvalidUserPoolConfiguration: devices are not tracked.
        InvalidParameter: not the key of this sign-in, a forgotten one, or no valid SRP secret.
        DeviceKeyExists: confirmed already.
    """
    settings = tracking(access.pool)
    if access.family.device_key != key or access.family.forgotten:
        raise errors.InvalidParameter("Invalid device key given.").because("devices.key")
    if (access.pool.id, access.user.sub, key) in world.store.devices:
        raise errors.DeviceKeyExists("Device already exists.")
    now = world.clock.now()
    device = Device(
        access.pool.id,
        access.user.sub,
        key,
        name,
        _decoded(salt),
        _number(verifier),
        created=now,
        modified=now,
        authenticated=now,
        ip=ip,
        remembered=not settings.opt_in,
    )
    with world.store.write():
        world.store.devices.put(device)
    return settings.opt_in


def _decoded(value: str) -> bytes:
    """Return decoded Base64, which may lack its padding.

    [docs: AWS CLI confirm-device]
    """
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise errors.InvalidParameter("Invalid device secret verifier given.").because("devices.verifier") from None


def _number(value: str) -> int:
    """Return the verifier as a number.

    A multiple of N would accept every proof.
    """
    number = int.from_bytes(_decoded(value), "big")
    if number % srp.N == 0 or number >= srp.N:
        raise errors.InvalidParameter("Invalid device secret verifier given.").because("devices.verifier")
    return number


def remember(world: World, device: Device, remembered: bool) -> None:
    with world.store.write():
        world.store.devices.put(replace(device, remembered=remembered, modified=world.clock.now()))


async def forget(world: World, device: Device) -> None:
    """Forget a device; refresh tokens issued to it stop working.

    [docs: amazon-cognito-user-pools-device-tracking]. Access tokens still work: Amplify's own check against AWS lists
    the devices with one afterwards [observed: aws-amplify/amplify-js#12171].
    """

    def changed(family: RefreshFamily) -> RefreshFamily:
        is_live = family.device_key == device.key and not family.forgotten
        return replace(family, forgotten=True) if is_live else family

    user_key, devices = (device.pool_id, device.sub), world.store.devices
    await many_sign_ins.change(world, "user", user_key, changed, lambda: devices.delete(device.row_key))


def challenge(world: World, request: Answered) -> PendingChallenge:
    """Answer DEVICE_SRP_AUTH with DEVICE_PASSWORD_VERIFIER.

    Some clients send no Session here. Then the user's newest one that waits for this device is used.

    Raises:
        InvalidParameter, NotAuthorized, ResourceNotFound
    """
    for name in ("DEVICE_KEY", "SRP_A"):
        if not request.responses.get(name):
            raise errors.missing_parameter(name)
    key = request.responses["DEVICE_KEY"]
    session = sessions.take(world, request) if request.session else _waiting(world, request, key)
    device = world.store.devices.get((request.pool.id, session.attempt.who.sub, key))
    if device is None or session.attempt.how.device != key:
        raise errors.device_not_found().because("devices.unknown")
    public = srp.read_public(request.responses["SRP_A"])
    secret = srp_exchange.Secret(device.salt, device.verifier)
    waiting, parameters = srp_exchange.ask(
        world, session.attempt, public, secret, ChallengeName.DEVICE_PASSWORD_VERIFIER
    )
    with world.store.write():
        world.store.sessions.put(replace(session, used=True))
        sessions.forget_old(world)
        world.store.sessions.put(waiting)
    return PendingChallenge(ChallengeName.DEVICE_PASSWORD_VERIFIER, {**parameters, "DEVICE_KEY": key})


def _waiting(world: World, request: Answered, key: str) -> Session:
    user = names.find(world.store, request.pool, request.responses["USERNAME"])
    if user is None:
        raise errors.invalid_session()
    found = world.store.sessions.where("device", (request.client.id, user.sub, key))
    asks = (request.admin, request.hosted)
    alive = [s for s in found if s.expires > world.clock.now() and (s.attempt.how.admin, s.attempt.how.hosted) == asks]
    if not alive:
        raise errors.invalid_session()
    return alive[-1]


def _proving(world: World, request: Answered, session: Session) -> tuple[User, Device]:
    """Return the user and the device of a proof.

    Raises:
        NotAuthorized, UserNotFound, ResourceNotFound
    """
    user = require_enabled(world.store.users.get(session.attempt.who.key))
    lockout.check(lockout.of(user, request.pool.away), world.clock.now())
    return user, find(world, user, session.attempt.how.device)


async def prove(world: World, request: Answered) -> tuple[Session, User]:
    """Check the answer to DEVICE_PASSWORD_VERIFIER; return its session and the user.

    A wrong proof counts as a wrong password does [assumed]. Otherwise one challenge could be guessed at as long as it
    lasts.

    Raises:
        InvalidParameter, NotAuthorized, UserNotFound, ResourceNotFound
    """
    session, claim = srp_exchange.take(world, request)
    user, device = _proving(world, request, session)
    prover = srp_exchange.Prover(group_key(device.pool_id), device.key)
    right = await srp_exchange.holds(world, session, srp_exchange.of_verifier(device.verifier), prover, claim)
    session, known = srp_exchange.look_again(world, session), device
    user, device = _proving(world, request, session)
    if not right or device.verifier != known.verifier:
        count_failure(world, user, request.pool)
        raise errors.wrong_credentials().because("devices.proof-wrong")
    return session, user
