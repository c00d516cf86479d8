"""The `Users` of a pool: from nodes to users."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from cognito_emulator.seed import allowed_keys, user_state
from cognito_emulator.seed.allowed_keys import FLAG, TEXT, Form, Unique, form, read_block
from cognito_emulator.seed.coercion import Field, fields, items, scalar, text_of, typed
from cognito_emulator.seed.model import Block, UserSeed, Word
from cognito_emulator.seed.nodes import Scalar, Sequence, Table
from cognito_emulator.seed.problems import Notes, Place, did_you_mean
from cognito_emulator.wire.model import Shape
from cognito_emulator.wire.validate import violations

_OWN = ("Sub", "Password", "Confirmed", "Enabled", "Attributes", "Groups", "TOTPSecret", "MFAPreference")
_ALL = (*_OWN, *user_state.SHAPES)


def user_form() -> Form:
    return form("AdminCreateUser", _ALL)


def preference_form() -> Form:
    return form("AdminSetUserMFAPreference", given=("UserPoolId", "Username"))


class UserReader(Struct):
    """Reads the users of one pool, one after the other.

    `fold` is how the pool compares user names; `groups` are the names of its groups, `totp` whether it offers
    authenticators.
    """

    notes: Notes
    groups: Collection[str]
    totp: bool
    fold: Callable[[str], str]
    names: Unique = field(default_factory=lambda: Unique("Username"))
    subs: Unique = field(default_factory=lambda: Unique("Sub"))

    def read(self, block: Field) -> UserSeed | None:
        """Return the user, or None if there is a mistake in it."""
        before = len(self.notes.mistakes)
        parts = read_block(self.notes, block, user_form())
        if parts is None:
            return None
        found, members = parts
        self._attributes(found, members)
        state = user_state.read(self.notes, found)
        user = UserSeed(
            Block(block.place, members),
            sub=self._sub(found.get("Sub")),
            password=self._password(found),
            confirmed=self._flag(found.get("Confirmed")),
            enabled=self._flag(found.get("Enabled")),
            groups=self._groups(found.get("Groups")),
            totp=self._totp(found.get("TOTPSecret"), is_state="UserMFASettingList" in state),
            preference=self._preference(found.get("MFAPreference")),
            state=state,
        )
        if "Username" in members:
            self.names.add(self.notes, found["Username"].place, self.fold(members["Username"]))
        return user if len(self.notes.mistakes) == before else None

    def _flag(self, given: Field | None) -> bool:
        return given is None or scalar(self.notes, FLAG, given) is not False

    def _sub(self, given: Field | None) -> str | None:
        text = checked(self.notes, given, TEXT, allowed_keys.sub_problem)
        if given is not None:
            self.subs.add(self.notes, given.place, text)
        return text

    def _password(self, found: Mapping[str, Field]) -> Word | None:
        given = found.get("Password")
        if given is None:
            if "Confirmed" in found:
                self.notes.add(found["Confirmed"].place, "Confirmed needs Password")
            return None
        text = scalar(self.notes, form("AdminSetUserPassword").shapes["Password"], given)
        return None if text is None else Word(given.place, text)

    def _attributes(self, found: Mapping[str, Field], members: dict[str, Any]) -> None:
        """Turn `Attributes` (a mapping) into UserAttributes.

        Both forms are checked for repeated names.
        """
        short, listed = found.get("Attributes"), found.get("UserAttributes")
        if short is not None and listed is not None:
            self.notes.add(short.place, "write Attributes or UserAttributes, not both")
        elif short is not None:
            members["UserAttributes"] = self._mapped(short)
        elif listed is not None:
            twice = Unique("attribute")
            for place, name in _listed_names(listed):
                twice.add(self.notes, place, name)
                self._no_sub(place, name)

    def _mapped(self, short: Field) -> list[dict[str, Any]]:
        shapes = _attribute_shape().members
        found = []
        for name, value in (fields(self.notes, short, None) or {}).items():
            self._no_sub(value.place, name)
            for text in violations(shapes["Name"], name):
                self.notes.add(value.place, text)
            found.append({"Name": name, "Value": typed(self.notes, shapes["Value"], value)})
        return found

    def _no_sub(self, place: Place, name: str) -> None:
        if name == "sub":
            self.notes.add(place, "a fixed sub is written as Sub beside Username")

    def _groups(self, given: Field | None) -> tuple[Word, ...]:
        if given is None:
            return ()
        twice, words = Unique("group"), []
        for item in items(self.notes, given, "[admins]"):
            name = text_of(self.notes, item)
            if name is None:
                continue
            twice.add(self.notes, item.place, name)
            if name not in self.groups:
                self.notes.add(item.place, f"the pool has no group of that name.{did_you_mean(name, self.groups)}")
            words.append(Word(item.place, name))
        return tuple(words)

    def _totp(self, given: Field | None, *, is_state: bool) -> Word | None:
        text = checked(self.notes, given, TEXT, allowed_keys.totp_problem)
        if given is None:
            return None
        if not self.totp and not is_state:
            where = "MfaConfig: {SoftwareTokenMfaConfiguration: {Enabled: true}}"
            self.notes.add(given.place, f"the pool does not offer authenticators; it needs {where}")
        return None if text is None else Word(given.place, text.rstrip("="))

    def _preference(self, given: Field | None) -> Block | None:
        if given is None:
            return None
        parts = read_block(self.notes, given, preference_form())
        return Block(given.place, parts[1]) if parts else None


def checked(notes: Notes, given: Field | None, shape: Shape, problem: Callable[[str], str | None]) -> str | None:
    """Return the text of one of the emulator's own keys, if it is valid."""
    text = scalar(notes, shape, given) if given else None
    if given is None or text is None:
        return None
    wrong = problem(text)
    if wrong:
        notes.add(given.place, wrong)
        return None
    return str(text)


def _listed_names(listed: Field) -> Iterator[tuple[Place, str]]:
    """Yield the attribute names of a UserAttributes list, as far as it is valid."""
    for number, item in enumerate(listed.node.items if isinstance(listed.node, Sequence) else ()):
        for key, _, value in item.entries if isinstance(item, Table) else ():
            if key == "Name" and isinstance(value, Scalar):
                yield listed.place.item(number, item.line), value.text


def _attribute_shape() -> Shape:
    element = user_form().shapes["UserAttributes"].element
    assert element is not None  # noqa: S101 - the model's own form
    return element
