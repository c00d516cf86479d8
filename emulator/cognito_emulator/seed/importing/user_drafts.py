"""The users of one pool while they are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.users.user import CONFIRMED, EXTERNAL_PROVIDER, FORCE_CHANGE_PASSWORD, UNCONFIRMED
from cognito_emulator.seed.importing.shaping import squashed
from cognito_emulator.seed.plain import present
from cognito_emulator.seed.problems import Place

if TYPE_CHECKING:
    from cognito_emulator.seed.importing.pool_draft import PoolDraft

_MADE_OF_OTHERS = ("sub", "identities")
_STATES_WITHOUT_PASSWORD = (CONFIRMED, FORCE_CHANGE_PASSWORD)


class UserDrafts:
    """The users by name, with their groups; both may come in any order."""

    def __init__(self, pool: PoolDraft) -> None:
        self._pool = pool
        self._users: dict[str, dict[str, Any]] = {}
        self._groups: dict[str, list[str]] = {}
        self._without_password = 0

    def add(self, place: Place, name: str, attributes: Mapping[str, str], **more: Any) -> None:
        """Add a user, or members to one that is there.

        `more` are keys of a seed's user: Password, TemporaryPassword, UserStatus, Enabled.
        """
        if not name:
            self._pool.draft.notes.add(place, "the user has no user name")
            return
        user = self._users.setdefault(name, {"Username": name})
        if attributes.get("sub"):
            user["Sub"] = attributes["sub"].lower()
        if attributes.get("identities"):
            user |= _federated(attributes["identities"])
        own = {key: value for key, value in attributes.items() if key not in _MADE_OF_OTHERS and value is not None}
        if own:
            user["Attributes"] = own
        user |= present(more)

    def join(self, name: str, group: str) -> None:
        """Put a user into a group."""
        groups = self._groups.setdefault(name, [])
        if group not in groups:
            groups.append(group)

    def blocks(self, groups: Collection[str | None]) -> list[dict[str, Any]]:
        """Return the users' blocks."""
        draft, place = self._pool.draft, self._pool.place
        made = [self._block(user) for user in self._users.values()]
        for block in made:
            joined = self._groups.pop(str(block["Username"]), []) or self._groups.pop(block.pop("_known", ""), [])
            block.pop("_known", None)
            missing = [group for group in joined if group not in groups]
            if missing:
                draft.leave_out(place, f"groups of {block['Username']} that are not there: {', '.join(missing)}")
            if len(missing) < len(joined):
                block["Groups"] = [group for group in joined if group in groups]
        for name, joined in self._groups.items():
            draft.leave_out(place, f"the member {name} of {', '.join(joined)}: there is no such user")
        if self._without_password:
            count = self._without_password
            draft.leave_out(
                place,
                f"the passwords of {count} {'user' if count == 1 else 'users'}, which no source has. --password gives "
                "one to all; without it they are FORCE_CHANGE_PASSWORD, with one that is not known",
            )
        return made

    def _block(self, user: Mapping[str, Any]) -> dict[str, Any]:
        """Return a user's block: with a password where one is known or given."""
        block = dict(user)
        known = block["Username"]
        if self._pool.username_attributes and not block.get("Federated") and not _is_address(known):
            block |= {"Username": self._address(block) or known, "_known": known}
        if "Password" in block and block.get("UserStatus") == UNCONFIRMED:
            block["Confirmed"] = False
        if "Password" in block or "TemporaryPassword" in block:
            block.pop("UserStatus", None)
            return block
        if block.get("Federated"):
            block["UserStatus"] = EXTERNAL_PROVIDER
            return block
        status, password = block.get("UserStatus", FORCE_CHANGE_PASSWORD), self._pool.draft.options.password
        if password is not None:
            block["Password"] = password
            block.pop("UserStatus", None)
            if status == UNCONFIRMED:
                block["Confirmed"] = False
            return block
        self._without_password += 1
        if status in _STATES_WITHOUT_PASSWORD:
            block.pop("UserStatus", None)
        return block

    def _address(self, block: Mapping[str, Any]) -> str | None:
        attributes = block.get("Attributes", {})
        found = (attributes.get(name) for name in self._pool.username_attributes)
        return next((value for value in found if value), None)


def _is_address(name: str) -> bool:
    return "@" in name or name.startswith("+")


def _federated(text: str) -> dict[str, Any]:
    """Return the links of a user to providers, from the attribute `identities`."""
    try:
        listed = strict_json.decode(text)
    except (ValueError, RecursionError):
        return {}
    links = [_link(one) for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    return {"Federated": True, "Identities": links} if links else {}


def _link(one: Mapping[str, Any]) -> dict[str, Any]:
    given = {squashed(str(name)): value for name, value in one.items()}
    user_id = str(given.get("userid", ""))
    created = given.get("datecreated")
    return present(
        {
            "ProviderName": str(given.get("providername", "")),
            "ProviderAttributeName": "Cognito_Subject",
            "ProviderAttributeValue": user_id,
            "UserId": user_id,
            "ProviderType": str(given.get("providertype", "")),
            "Issuer": given.get("issuer") or None,
            "Primary": str(given.get("primary", "false")).lower() == "true",
            "DateCreated": int(str(created)) / 1000 if str(created).isdigit() else None,
        }
    )


def epoch(value: Any) -> float | None:
    """Return epoch seconds of a time as the AWS CLI, boto3 or a file writes it."""
    if isinstance(value, datetime):
        return value.timestamp()
    word = str(value or "")
    try:
        return float(word)
    except ValueError:
        pass
    try:
        made = datetime.fromisoformat(word.replace("Z", "+00:00"))
    except ValueError:
        return None
    return made.timestamp() if made.tzinfo else None
