"""A user: what there is of them, and each thing that an administrator can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.factors import authenticator_of, factors_of
from cognito_emulator.console.listing import offered_groups
from cognito_emulator.console.view import View, path_of, user_path
from cognito_emulator.control import messages
from cognito_emulator.control.journal_view import summary, who
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.user import User

MOST_REQUESTS = 300  # the newest ones, in which those that touched the user are looked for
MOST_SHOWN = 12
MOST_LISTED = 200  # devices
_READ_ONLY = ("sub", "identities")


async def _show(view: View) -> Response:
    pool = view.pool()
    user = view.user(pool)
    view.query()
    mine = messages.filter_of(view.world, user=user.username, pool=pool.id)
    sent = list(reversed(await messages.select(view.world, mine)))[:MOST_SHOWN]
    user = view.user(pool)
    store, now = view.world.store, view.world.clock.now()
    groups = [one.group for one in store.memberships.where("user", user.key)]
    families = store.families.newest("user", user.key, MOST_SHOWN)
    offered, devices = offered_groups(view.world, pool), store.devices.newest("user", user.key, MOST_LISTED)
    return view.page(
        "user.html",
        user.username,
        "users",
        pool,
        user=user,
        factors=factors_of(view.world, user),
        attributes=_attributes(user),
        unset=[name for name in pool.schema if user.get(name) is None and name not in _READ_ONLY],
        groups=groups,
        clients=store.clients.where("pool", pool.id)[:200],
        other_groups=None if offered is None else [name for name in offered if name not in groups],
        authenticator=authenticator_of(pool, user, now),
        passkeys=store.passkeys.where("user", user.key),
        devices=list(reversed(devices)),
        more_devices=store.devices.count("user", user.key) - len(devices),
        sessions=[_session(view, family, now) for family in families],
        links=store.identities.where("user", user.key),
        events=store.auth_events.newest("user", user.key, MOST_SHOWN),
        messages=sent,
        requests=_requests(view, pool, user),
    )


def _attributes(user: User) -> Sequence[tuple[str, str, bool]]:
    """Name, value and whether it can be changed."""
    return [(name, value, name not in _READ_ONLY) for name, value in user.all_attributes()]


def _session(view: View, family: RefreshFamily, now: float) -> Mapping[str, Any]:
    client = view.world.store.clients.get(family.client_id)
    state = "revoked" if family.revoked or family.forgotten else "expired" if family.expires <= now else "active"
    return {"family": family, "client": client.name if client else family.client_id, "state": state}


def _requests(view: View, pool: Pool, user: User) -> Sequence[Mapping[str, Any]]:
    """List the newest requests that were about the user, newest first."""
    names = {user.username.lower(), user.sub.lower(), *(value.lower() for _, value in user.aliases)}
    found = []
    for entry in list(reversed(list(view.world.journal)))[:MOST_REQUESTS]:
        about = who(view.world, entry)
        if about.pool in ("", pool.id) and names & {name.lower() for name in about.users}:
            found.append(summary(view.world, entry))
        if len(found) == MOST_SHOWN:
            break
    return found


# --- What can be done ------------------------------------------------------------------------------------------

Act = Callable[[View, Pool, User], Awaitable[str]]


async def _save(view: View, pool: Pool, user: User) -> str:
    """Set the attributes that were changed, and delete those that were emptied."""
    wanted = {
        name.removeprefix("attribute:"): values[-1]
        for name, values in view.fields.items()
        if name.startswith("attribute:")
    }
    if view.field("new-name"):
        wanted[view.field("new-name")] = view.field("new-value")
    known = dict(user.all_attributes())
    changed = [{"Name": name, "Value": value} for name, value in wanted.items() if value and known.get(name) != value]
    emptied = [name for name, value in wanted.items() if not value and name in known]
    if changed:
        await view.call("AdminUpdateUserAttributes", pool, Username=user.username, UserAttributes=changed)
    if emptied:
        await view.call("AdminDeleteUserAttributes", pool, Username=user.username, UserAttributeNames=emptied)
    return "saved"


async def _password(view: View, pool: Pool, user: User) -> str:
    is_permanent = view.field("temporary") == ""
    members = {"Username": user.username, "Password": view.field("password"), "Permanent": is_permanent}
    await view.send("AdminSetUserPassword", members, pool)
    return "saved"


async def _delete(view: View, pool: Pool, user: User) -> str:
    await view.call("AdminDeleteUser", pool, Username=user.username)
    return "deleted"


async def _join(view: View, pool: Pool, user: User) -> str:
    await view.call("AdminAddUserToGroup", pool, Username=user.username, GroupName=view.field("group"))
    return "saved"


async def _leave(view: View, pool: Pool, user: User) -> str:
    await view.call("AdminRemoveUserFromGroup", pool, Username=user.username, GroupName=view.field("group"))
    return "saved"


async def _forget_device(view: View, pool: Pool, user: User) -> str:
    await view.call("AdminForgetDevice", pool, Username=user.username, DeviceKey=view.field("device"))
    return "deleted"


async def _revoke(view: View, pool: Pool, user: User) -> str:
    await view.call("AdminRevokeUserSession", pool, Username=user.username, SessionId=view.field("session"))
    return "done"


async def _unlink(view: View, pool: Pool, _: User) -> str:
    names = {"ProviderName": view.field("provider"), "ProviderAttributeName": view.field("attribute")}
    await view.call("AdminDisableProviderForUser", pool, User={**names, "ProviderAttributeValue": view.field("value")})
    return "deleted"


async def _prefer_totp(view: View, pool: Pool, user: User) -> str:
    is_on = view.field("on") == "1"
    settings = {"Enabled": is_on, "PreferredMfa": is_on}
    await view.call("AdminSetUserMFAPreference", pool, Username=user.username, SoftwareTokenMfaSettings=settings)
    return "saved"


def _simple(operation: str, done: str = "done") -> Act:
    """Make an action that needs the user alone."""

    async def act(view: View, pool: Pool, user: User) -> str:
        await view.call(operation, pool, Username=user.username)
        return done

    return act


ACTS: Mapping[str, Act] = {
    "save": _save,
    "password": _password,
    "delete": _delete,
    "join": _join,
    "leave": _leave,
    "forget-device": _forget_device,
    "revoke": _revoke,
    "unlink": _unlink,
    "totp": _prefer_totp,
    "delete-totp": _simple("AdminDeleteSoftwareToken", "deleted"),
    "confirm": _simple("AdminConfirmSignUp"),
    "enable": _simple("AdminEnableUser"),
    "disable": _simple("AdminDisableUser"),
    "reset": _simple("AdminResetUserPassword", "sent"),
    "sign-out": _simple("AdminUserGlobalSignOut"),
}


async def _act(view: View) -> Response:
    pool = view.pool()
    user = view.user(pool)
    act = ACTS.get(view.field("do"))
    if act is None:
        raise HTTPException(400, f"'do' must be one of: {', '.join(ACTS)}.")
    done = await act(view, pool, user)
    is_gone = user.key not in view.world.store.users
    return view.go(path_of(pool, "users") if is_gone else user_path(user), done)


show, send = screen(_show), form(_act, _show)
