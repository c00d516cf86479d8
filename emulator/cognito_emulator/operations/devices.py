"""Devices that users sign in from; Admin twins side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools import attributes
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.device import REMEMBERED, Device
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import devices
from cognito_emulator.flows.tokens.access import Access, authorize
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(device: Device, shown: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        "DeviceKey": device.key,
        "DeviceAttributes": attributes.wire(shown),
        "DeviceCreateDate": stamp(device.created),
        "DeviceLastModifiedDate": stamp(device.modified),
        # A whole second [observed: amplify-js#12171].
        "DeviceLastAuthenticatedDate": float(int(device.authenticated)),
    }


async def _tracked(world: World, access_token: str | None) -> Access:
    """Return the caller, in a pool that tracks devices.

    The model does not require the token; the operation does.
    """
    if access_token is None:
        raise errors.missing_parameter("AccessToken")
    access = await authorize(world, access_token)
    devices.tracking(access.pool)
    return access


def _user(world: World, pool: Pool, username: str, missing: type[errors.ApiError] = errors.UserNotFound) -> User:
    devices.tracking(pool)
    user = names.find_for_admin(world.store, pool, username)
    if user is None:
        raise missing("User does not exist.").because("auth.user-unknown")
    return user


@operation("ConfirmDevice")
async def confirm_device(
    world: World,
    *,
    caller: Caller,
    access_token: str,
    device_key: str,
    device_secret_verifier_config: Mapping[str, str] | None = None,
    device_name: str | None = None,
) -> Mapping[str, Any]:
    """Remember a device; require its secret, although the model does not.

    Without a secret the device could never prove itself.
    """
    access = await _tracked(world, access_token)
    secret = device_secret_verifier_config or {}
    for member in ("PasswordVerifier", "Salt"):
        if not secret.get(member):
            raise errors.missing_parameter(f"DeviceSecretVerifierConfig.{member}")
    ask = devices.confirm(
        world,
        access,
        device_key,
        name=device_name or "",
        verifier=secret["PasswordVerifier"],
        salt=secret["Salt"],
        ip=caller.ip,
    )
    return {"UserConfirmationNecessary": ask}


@operation("GetDevice")
async def get_device(world: World, *, device_key: str, access_token: str | None = None) -> Mapping[str, Any]:
    access = await _tracked(world, access_token)
    device = devices.find(world, access.user, device_key)
    if not device.remembered:
        # "information about a remembered device" [docs: GetDevice; observed: aws-amplify/aws-sdk-android].
        raise errors.device_not_found()
    return {"Device": _shape(device, device.attributes())}


@operation("AdminGetDevice")
async def admin_get_device(
    world: World, *, caller: Caller, user_pool_id: str, username: str, device_key: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    # The operation models no UserNotFoundException.
    user = _user(world, pool, username, errors.ResourceNotFound)
    device = devices.find(world, user, device_key)
    return {"Device": _shape(device, device.admin_attributes(pool, user.username))}


@operation("ListDevices")
async def list_devices(
    world: World, *, access_token: str, limit: int | None = None, pagination_token: str | None = None
) -> Mapping[str, Any]:
    access = await _tracked(world, access_token)
    request, user = f"ListDevices:{access.user.key}", access.user
    # The remembered ones [observed: amplify-js#12171, amazon-cognito-identity-js#199].
    remembered = attrgetter("remembered")
    page = page_of(world.store.devices, "user", user.key, request, limit, pagination_token, remembered)
    shown = [_shape(device, device.attributes()) for device in page.items]
    return {"Devices": shown, "PaginationToken": page.token}


@operation("AdminListDevices")
async def admin_list_devices(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    limit: int | None = None,
    pagination_token: str | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    # The operation models no UserNotFoundException.
    user = _user(world, pool, username, errors.ResourceNotFound)
    page = page_of(world.store.devices, "user", user.key, f"AdminListDevices:{user.key}", limit, pagination_token)
    shown = [_shape(device, device.admin_attributes(pool, user.username)) for device in page.items]
    return {"Devices": shown, "PaginationToken": page.token}


@operation("ForgetDevice")
async def forget_device(world: World, *, device_key: str, access_token: str | None = None) -> None:
    access = await _tracked(world, access_token)
    await devices.forget(world, devices.find(world, access.user, device_key))


@operation("AdminForgetDevice")
async def admin_forget_device(
    world: World, *, caller: Caller, user_pool_id: str, username: str, device_key: str
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    await devices.forget(world, devices.find(world, _user(world, pool, username), device_key))


def _remember(world: World, user: User, device_key: str, status: str | None) -> None:
    if status is None:
        raise errors.missing_parameter("DeviceRememberedStatus")
    devices.remember(world, devices.find(world, user, device_key), status == REMEMBERED)


@operation("UpdateDeviceStatus")
async def update_device_status(
    world: World, *, access_token: str, device_key: str, device_remembered_status: str | None = None
) -> None:
    access = await _tracked(world, access_token)
    _remember(world, access.user, device_key, device_remembered_status)


@operation("AdminUpdateDeviceStatus")
async def admin_update_device_status(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    device_key: str,
    device_remembered_status: str | None = None,
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    _remember(world, _user(world, pool, username), device_key, device_remembered_status)
