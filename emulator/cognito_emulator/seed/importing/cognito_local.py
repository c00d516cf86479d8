"""cognito-local's files: `.cognito/db/clients.json` and `.cognito/db/<pool>.json`.

[observed: jagregory/cognito-local]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.users.user import CONFIRMED, FORCE_CHANGE_PASSWORD
from cognito_emulator.seed.importing import ids
from cognito_emulator.seed.importing.answers import described_pool, part
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.shaping import members_of, shaped
from cognito_emulator.seed.importing.user_drafts import epoch
from cognito_emulator.seed.importing.values import mapping_of, mappings_of, texts_of, word_of
from cognito_emulator.seed.problems import Place

# It checks neither flows nor scopes: an app client of it may do what is listed here.
_FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH"]  # fmt: skip
_DATES = ("CreationDate", "LastModifiedDate", "UserPoolId", "ClientId", "ClientSecret")


def is_pool(found: Mapping[str, Any]) -> bool:
    """Return whether this is the file of a pool."""
    return isinstance(found.get("Options"), Mapping) and isinstance(found.get("Users"), Mapping)


def is_clients(found: Mapping[str, Any]) -> bool:
    """Return whether this is the file of all app clients."""
    clients = found.get("Clients")
    return isinstance(clients, Mapping) and all(
        isinstance(one, Mapping) and "UserPoolId" in one for one in clients.values()
    )


def add_pool(draft: Draft, place: Place, found: Mapping[str, Any]) -> None:
    """Add a pool with its users, passwords and groups."""
    options = found["Options"]
    old = word_of(options.get("Id"))
    pool_id = _pool_id(draft, place, old)
    pool = described_pool(draft, place, options, pool_id)
    for name, group in mapping_of(found.get("Groups")).items():
        if not isinstance(group, Mapping):
            continue
        pool.add("Groups", {"GroupName": name, **part("CreateGroup", group)})
        for member in texts_of(group.get("members")):
            pool.users.join(member, name)
    for name, user in mapping_of(found["Users"]).items():
        if isinstance(user, Mapping):
            _add_user(draft, place.key(name, place.line), user, pool_id)


def _add_user(draft: Draft, place: Place, user: Mapping[str, Any], pool_id: str) -> None:
    listed = mappings_of(user.get("Attributes"))
    attributes = {word_of(one.get("Name")): str(one.get("Value") or "") for one in listed}
    status, password = word_of(user.get("UserStatus")) or CONFIRMED, word_of(user.get("Password"))
    more: dict[str, Any] = {
        "Enabled": False if str(user.get("Enabled", True)) == "false" else None,
        "UserCreateDate": epoch(user.get("UserCreateDate")),
        "UserLastModifiedDate": epoch(user.get("UserLastModifiedDate")),
    }
    if mappings_of(user.get("MFAOptions")):
        draft.leave_out(place, "MFA by SMS of the user")
    if attributes.get("sub", "").count("-") != 4:
        attributes.pop("sub", None)
    if password and status == FORCE_CHANGE_PASSWORD:
        more["TemporaryPassword"] = password
    elif password:
        more |= {"Password": password, "UserStatus": status}
    else:
        more["UserStatus"] = status
    draft.pools[pool_id].users.add(place, word_of(user.get("Username")), attributes, **more)


def add_clients(draft: Draft, place: Place, found: Mapping[str, Any]) -> None:
    """Add the app clients to their pools."""
    for client_id, client in found["Clients"].items():
        at = place.key(f"Clients.{client_id}", place.line)
        if not ids.is_client_id(client_id):
            draft.notes.add(at, "is no id of an app client")
            continue
        known = {name: shape for name, shape in members_of("CreateUserPoolClient").items() if name not in _DATES}
        values = {name: value for name, value in client.items() if name not in _DATES}
        members = shaped(values, known, draft.leaver(at))
        members.setdefault("ExplicitAuthFlows", _FLOWS)
        secret = word_of(client.get("ClientSecret"))
        pool = draft.pool(at, _pool_id(draft, at, word_of(client.get("UserPoolId"))))
        pool.add_client(client_id, members, secret or None)


def _pool_id(draft: Draft, place: Place, old: str) -> str:
    """Return a pool's id in AWS's form.

    That of cognito-local begins with `local_`, which is no Region.
    """
    if ids.is_pool_id(old):
        return old
    new = ids.pool_id(draft.options.region, old.removeprefix("local_"))
    draft.remark(Place(place.file), f"the id {old} is not in AWS's form: here it is {new}")
    return new
