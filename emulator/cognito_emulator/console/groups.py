"""Groups of a pool, and the members of one."""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.listing import part_of
from cognito_emulator.console.view import View, path_of, user_path
from cognito_emulator.domain.users.group import Group, by_precedence

MOST_MEMBERS = 200


async def _list(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    values = view.query("after")
    part = part_of(by_precedence(store.groups.where("pool", pool.id)), values)
    rows = [(group, path_of(pool, "groups", group.name), _count(view, group)) for group in part.rows]
    return view.page("groups.html", "Groups", "groups", pool, rows=rows, part=part)


def _count(view: View, group: Group) -> int:
    return view.world.store.memberships.count("group", (group.pool_id, group.name))


def _members(view: View) -> dict[str, Any]:
    """Read a group's form as members of CreateGroup and UpdateGroup.

    Raises:
        HTTPException: 400
    """
    members: dict[str, Any] = {"Description": view.field("description")} if view.field("description") else {}
    precedence = view.field("precedence").strip()
    if precedence:
        if not (precedence.isascii() and precedence.isdigit() and len(precedence) < 10):
            raise HTTPException(400, "The precedence must be a whole number, 0 or more.")
        members["Precedence"] = int(precedence)
    if view.field("role"):
        members["RoleArn"] = view.field("role")
    return members


async def _create(view: View) -> Response:
    pool = view.pool()
    await view.call("CreateGroup", pool, GroupName=view.field("name"), **_members(view))
    return view.go(path_of(pool, "groups", view.field("name")), "created")


async def _group(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    view.query()
    group = store.groups.get((pool.id, view.request.path_params["group"]))
    if group is None:
        raise HTTPException(404, "There is no such group (any more).")
    memberships = islice(store.memberships.after("group", group.key), MOST_MEMBERS)
    users = [store.users.get((pool.id, one.sub)) for _, one in memberships]
    rows = [(user, user_path(user)) for user in users if user is not None]
    return view.page("group.html", group.name, "groups", pool, group=group, rows=rows, total=_count(view, group))


async def _change(view: View) -> Response:
    pool, name, do = view.pool(), view.request.path_params["group"], view.field("do")
    if do == "save":
        await view.call("UpdateGroup", pool, GroupName=name, **_members(view))
    elif do == "delete":
        await view.call("DeleteGroup", pool, GroupName=name)
        return view.go(path_of(pool, "groups"), "deleted")
    elif do == "add":
        await view.call("AdminAddUserToGroup", pool, GroupName=name, Username=view.field("user"))
    elif do == "remove":
        await view.call("AdminRemoveUserFromGroup", pool, GroupName=name, Username=view.field("user"))
    else:
        raise HTTPException(400, "'do' must be one of: save, delete, add, remove.")
    return view.go(path_of(pool, "groups", name), "saved")


show, send = screen(_list), form(_create, _list)
group, send_group = screen(_group), form(_change, _group)
