"""Users of a pool: search, page, add, and act on several at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.factors import factors_of
from cognito_emulator.console.listing import offered_groups, place_of
from cognito_emulator.console.seeding import download
from cognito_emulator.console.view import View, path_of, user_path
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.threats.auth_event import PASS, SIGN_IN
from cognito_emulator.domain.users import user_filter
from cognito_emulator.domain.users.user import User

PAGE = 50
STATUSES = ("CONFIRMED", "UNCONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED", "EXTERNAL_PROVIDER", "disabled")
FILTERS = ("q", "status", "group", "after")
_SLICE = 2_000  # users that are looked at before other requests have their turn
_LATEST = 20  # codes and events of a user of which one is the last sign-in, if any is
_FILTER_FORM = re.compile(r'\s*[\w:]+\s*\^?=\s*".*')
_SEARCHED = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username")
# What can be done to several users, and its operation.
BULK: Mapping[str, str] = {
    "enable": "AdminEnableUser",
    "disable": "AdminDisableUser",
    "delete": "AdminDeleteUser",
    "confirm": "AdminConfirmSignUp",
    "reset": "AdminResetUserPassword",
}

EXPORT = "export"


class SignedIn(Struct, frozen=True):
    """A sign-in of a user; `client_id` is empty where it is not known."""

    created: float
    client_id: str = ""


class Shown(Struct, frozen=True):
    """A row of the list."""

    user: User
    path: str
    factors: Sequence[str]
    groups: Sequence[str]
    last: SignedIn | None
    client: str


class Found(Struct, frozen=True):
    """A page of users; `after` is where the next one begins, 0 where there is none."""

    users: Sequence[User]
    after: int


def matcher(view: View, pool: Pool, values: Mapping[str, str]) -> Callable[[User], bool] | None:
    """Return the test for a search; None where all users are wanted.

    Raises:
        InvalidParameter: it looks like Cognito's filter and is none.
        HTTPException: 400 for an unknown status.
    """
    tests: list[Callable[[User], bool]] = []
    text, status, group = (values.get(name, "") for name in ("q", "status", "group"))
    if _FILTER_FORM.fullmatch(text):
        condition = user_filter.parse(text)
        tests += [condition.matches] if condition else []
    elif text:
        tests.append(_containing(text.lower()))
    if status and status not in STATUSES:
        raise HTTPException(400, f"'status' must be one of: {', '.join(STATUSES)}.")
    if status == "disabled":
        tests.append(lambda user: not user.enabled)
    elif status:
        tests.append(lambda user: user.status == status)
    if group:
        tests.append(lambda user: (pool.id, group, user.sub) in view.world.store.memberships)
    return (lambda user: all(test(user) for test in tests)) if tests else None


def _containing(text: str) -> Callable[[User], bool]:
    def accept(user: User) -> bool:
        if text in user.folded_username.lower() or user.sub.startswith(text):
            return True
        return any(name in _SEARCHED and text in value.lower() for name, value in user.attributes)

    return accept


async def search(view: View, pool: Pool, accept: Callable[[User], bool] | None, after: int = 0) -> Found:
    """Return a page of the users that a test accepts, in order of creation.

    Other requests are answered between slices of many users.
    """
    found: list[User] = []
    last = after
    while True:
        looked_at = 0
        for number, user in view.world.store.users.after("pool", pool.id, last):
            if looked_at == _SLICE:
                break
            if accept is None or accept(user):
                if len(found) == PAGE:
                    return Found(found, last)
                found.append(user)
            looked_at, last = looked_at + 1, number
        else:
            return Found(found, 0)
        await view.world.background.give_way()


async def _list(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    values = view.query(*FILTERS)
    after = place_of(values)
    values.pop("after", None)
    refusal = None
    try:
        found = await search(view, pool, matcher(view, pool, values), after)
    except ApiError as error:
        refusal, found = error, Found([], 0)
    return view.page(
        "users.html",
        "Users",
        "users",
        pool,
        values=values,
        rows=[_row(view, user) for user in found.users],
        next=found.after,
        after=after,
        total=store.users.count("pool", pool.id),
        groups=offered_groups(view.world, pool),
        statuses=STATUSES,
        refusal=refusal,
    )


def last_sign_in(store: Store, user: User) -> SignedIn | None:
    """Return the user's newest sign-in, as far as a record of one is left.

    A sign-in on the pages counts from when the user proved who they are, as in AdminListUserAuthEvents, whether or not
    the app ever exchanges its code.
    """
    found = [SignedIn(one.created, one.client_id) for one in store.families.newest("user", user.key, 1)]
    found += [SignedIn(one.created, one.client_id) for one in store.browser_sessions.newest("user", user.key, 1)]
    codes = store.authorization_codes.newest("user", user.key, _LATEST)
    found += [SignedIn(one.auth_time, one.request.client_id) for one in codes]
    events = store.auth_events.newest("user", user.key, _LATEST)
    found += [SignedIn(one.created) for one in events if (one.kind, one.response) == (SIGN_IN, PASS)]
    return max(found, key=lambda one: one.created, default=None)


def _row(view: View, user: User) -> Shown:
    store = view.world.store
    last = last_sign_in(store, user)
    client = store.clients.get(last.client_id) if last else None
    groups = [one.group for one in store.memberships.where("user", user.key)]
    factors = factors_of(view.world, user)
    return Shown(user, user_path(user), factors, groups, last, client.name if client else "")


async def _bulk(view: View) -> Response:
    pool, do = view.pool(), view.field("do")
    chosen = view.fields.get("user", ())
    if do not in (*BULK, EXPORT):
        raise HTTPException(400, f"'do' must be one of: {', '.join((*BULK, EXPORT))}.")
    if not chosen:
        raise HTTPException(400, "No user is chosen.")
    if do == EXPORT:
        return await download(view, pool, chosen)
    users = [view.world.store.users.get((pool.id, sub)) for sub in chosen]
    for user in users:
        if user is not None:
            await view.call(BULK[do], pool, Username=user.username)
    return view.go(path_of(pool, "users"), "done", **view.query(*FILTERS))


async def _new(view: View) -> Response:
    pool = view.pool()
    required = [name for name, one in pool.schema.items() if one.required and name != "sub"]
    usual = [name for name in ("email", "phone_number") if name not in required]
    return view.page("user_new.html", "Add a user", "users", pool, required=required, usual=usual)


async def _add(view: View) -> Response:
    pool, name = view.pool(), view.field("username")
    attributes = [
        {"Name": field.removeprefix("attribute:"), "Value": values[-1].strip()}
        for field, values in view.fields.items()
        if field.startswith("attribute:") and values[-1].strip()
    ]
    given = {one["Name"] for one in attributes}
    for address in ("email", "phone_number"):
        if address in given and view.field("verified"):
            attributes.append({"Name": f"{address}_verified", "Value": "true"})
    members: dict[str, object] = {"Username": name, "UserAttributes": attributes}
    password, is_permanent = view.field("password"), bool(view.field("permanent"))
    if not view.field("invite"):
        members["MessageAction"] = "SUPPRESS"
    if password:
        members["TemporaryPassword"] = password
    made = (await view.send("AdminCreateUser", members, pool))["User"]
    sub = next(one["Value"] for one in made["Attributes"] if one["Name"] == "sub")
    if password and is_permanent:
        await view.call("AdminSetUserPassword", pool, Username=made["Username"], Password=password, Permanent=True)
    group = view.field("group")
    if group:
        await view.call("AdminAddUserToGroup", pool, Username=made["Username"], GroupName=group)
    if view.field("another"):
        return view.go(path_of(pool, "users", "new"), "created")
    return view.go(path_of(pool, "users", sub), "created")


show, send = screen(_list), form(_bulk, _list)
new, send_new = screen(_new), form(_add, _new)
