"""What two seeds differ in, by path.

Both are created in an emulator of their own and exported, so that defaults and other spellings are no differences.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from cognito_emulator.seed.applying import apply
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.export import export
from cognito_emulator.seed.importing.ids import UNKNOWN_SECRET
from cognito_emulator.seed.model import PoolSeed, Seed
from cognito_emulator.seed.state import SECTION
from cognito_emulator.settings import Settings
from cognito_emulator.world import World

Block = dict[str, Any]
# What is made anew each time, or only proves a password.
_MADE = ("UserCreateDate", "UserLastModifiedDate", "PasswordVerifier", "PasswordHistory", "TermsId",
         "ManagedLoginBrandingId", "SigningKeys", "CreatedAt", "DateCreated")  # fmt: skip
# Compared where both sides know them, and never shown.
_SECRET = ("ClientSecret", "Password", "PasswordHash", "AddedSecrets", "TOTPSecret", "client_secret", "private_key")
# What an item of a list is known by: the first of these that both have.
_NAMES = ("Id", "ClientId", "IdentityPoolId", "Username", "GroupName", "ProviderName", "Identifier", "Domain", "Name",
          "ScopeName", "TermsName", "PoolName", "ClientName", "IdentityPoolName", "Url", "CredentialId", "DeviceKey",
          "IdentityProviderName", "PolicyName", "EventSource")  # fmt: skip
_KEY = "__key__"  # pairs the only pools of both sides
_KEYS = (_KEY, *_NAMES)
_HIDDEN = "***"


class Difference(Struct, frozen=True):
    """One difference: `kind` is added (only the second has it), removed or changed."""

    kind: Literal["added", "removed", "changed"]
    path: str
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        if self.kind == "changed":
            return f"~ {self.path}: {_shown(self.before)} -> {_shown(self.after)}"
        value = self.after if self.kind == "added" else self.before
        sign = "+" if self.kind == "added" else "-"
        return f"{sign} {self.path}" if isinstance(value, dict) else f"{sign} {self.path}: {_shown(value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:200]}…"


def differences(before: Seed, after: Seed, *, users: bool = True) -> list[Difference]:
    """List the differences between two seeds.

    Raises:
        SeedError: one cannot be created.
    """
    first, second = (_settled(seed, users=users) for seed in (before, after))
    for section in ("UserPools", "IdentityPools"):
        _pair_only_ones(first.get(section, []), second.get(section, []))
    return list(_compare("", first, second))


def _pair_only_ones(first: list[Block], second: list[Block]) -> None:
    """Compare the only pool of each side, whatever its id.

    The id is a difference of its own.
    """
    if len(first) == len(second) == 1 and "IdentityPoolId" not in first[0]:
        name = first[0].get("Id") or first[0].get("PoolName")
        for block in (*first, *second):
            block[_KEY] = name


def _settled(seed: Seed, *, users: bool) -> Block:
    """Return what a seed makes, without what is made anew each time."""
    world = World(Settings())
    at_once(apply(world, seed))
    content = export(world)
    content.pop(SECTION, None)  # dates, and what has become of the contents since
    for pool, block in zip(seed.pools, content.get("UserPools", ()), strict=True):
        _forget_made_ids(pool, block)
        if not users:
            block.pop("Users", None)
    for identity_pool, block in zip(seed.identity_pools, content.get("IdentityPools", ()), strict=True):
        if identity_pool.id is None:
            del block["IdentityPoolId"]
    cleaned: Block = _cleaned(content)
    return cleaned


def _forget_made_ids(seed: PoolSeed, block: Block) -> None:
    """Take out the ids and secrets that the seed does not fix; put known passwords in."""
    if seed.id is None:
        del block["Id"]
    made: dict[str, str] = {}
    for client, shown in zip(seed.clients, block.get("Clients", ()), strict=True):
        if client.id is None:
            made[shown.pop("ClientId")] = shown["ClientName"]
        if client.secret is None and "ClientSecret" in shown:
            shown["ClientSecret"] = None
            shown["GenerateSecret"] = True
    for section in ("ManagedLoginBrandings", "UICustomizations", "RiskConfigurations", "Terms"):
        for one in block.get(section, ()):
            if one.get("ClientId") in made:
                one["ClientId"] = made[one["ClientId"]]
    for user, shown in zip(seed.users, block.get("Users", ()), strict=True):
        if user.sub is None:
            shown.pop("Sub", None)
        if user.password is not None:
            shown["Password"] = hashlib.sha256(user.password.text.encode()).hexdigest()


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _cleaned(item) for name, item in value.items() if name not in _MADE}
        return {name: item for name, item in kept.items() if item not in ([], {})}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def _compare(path: str, first: Any, second: Any) -> Iterator[Difference]:
    if isinstance(first, dict) and isinstance(second, dict):
        yield from _compare_mappings(path, first, second)
    elif isinstance(first, list) and isinstance(second, list):
        yield from _compare_lists(path, first, second)
    elif first != second:
        yield Difference("changed", path, first, second)


def _compare_mappings(path: str, first: Block, second: Block) -> Iterator[Difference]:
    for name in dict.fromkeys((*first, *second)):
        at = f"{path}.{name}" if path else name
        if name == _KEY:
            continue
        if name in _SECRET:
            known = (first.get(name), second.get(name))
            if not {None, UNKNOWN_SECRET} & set(map(_word, known)) and known[0] != known[1]:
                yield Difference("changed", at, _HIDDEN, _HIDDEN)
        elif name not in second:
            yield from _only("removed", at, first[name])
        elif name not in first:
            yield from _only("added", at, second[name])
        else:
            yield from _compare(at, first[name], second[name])


def _word(value: Any) -> str | None:
    return value if value is None else str(value)


def _only(kind: Literal["added", "removed"], path: str, value: Any) -> Iterator[Difference]:
    """Yield what one side alone has: each item of a list of blocks."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield _one(kind, f"{path}[{_name_of(item) or number}]", item)
    else:
        yield _one(kind, path, value)


def _one(kind: Literal["added", "removed"], path: str, value: Any) -> Difference:
    return Difference(kind, path, **{"after" if kind == "added" else "before": _without_secrets(value)})


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _HIDDEN if name in _SECRET else _without_secrets(item) for name, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _compare_lists(path: str, first: Sequence[Any], second: Sequence[Any]) -> Iterator[Difference]:
    if not all(isinstance(item, dict) for item in (*first, *second)):
        yield from _compare_values(path, first, second)
        return
    others = _Others(second)
    for number, item in enumerate(first):
        other = others.take(item)
        at = f"{path}[{_name_of(item) or number}]"
        if other is None:
            yield _one("removed", at, item)
        else:
            yield from _compare(at, item, other)
    for number, item in others.left():
        yield _one("added", f"{path}[{_name_of(item) or number}]", item)


class _Others:
    """The items of the second list, each taken once.

    An item is taken by the first name that both have, else by their order.
    """

    def __init__(self, items: Sequence[Block]) -> None:
        self._items = items
        self._taken: set[int] = set()
        self._named: dict[tuple[str, str], list[int]] = {}
        self._unnamed: list[int] = []
        for number in reversed(range(len(items))):
            names = [name for name in _KEYS if name in items[number]]
            for name in names:
                self._named.setdefault((name, str(items[number][name])), []).append(number)
            if not names:
                self._unnamed.append(number)

    def take(self, item: Block) -> Block | None:
        names = [name for name in _KEYS if name in item]
        for candidates in [self._named.get((name, str(item[name])), []) for name in names] or [self._unnamed]:
            while candidates:
                number = candidates.pop()
                if number not in self._taken:
                    self._taken.add(number)
                    return self._items[number]
        return None

    def left(self) -> Iterator[tuple[int, Block]]:
        return ((number, item) for number, item in enumerate(self._items) if number not in self._taken)


def _compare_values(path: str, first: Sequence[Any], second: Sequence[Any]) -> Iterator[Difference]:
    """Compare lists of values, whose order means nothing to the API."""
    texts = [sorted(json.dumps(item, sort_keys=True) for item in items) for items in (first, second)]
    if texts[0] != texts[1]:
        yield Difference("changed", path, list(first), list(second))


def _name_of(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    return str(next((item[name] for name in _KEYS if item.get(name)), ""))
