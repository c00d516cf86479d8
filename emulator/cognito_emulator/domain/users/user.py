"""Hold users: the record, its parts, and the names by which a user is found."""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern

from msgspec import Struct, field
from msgspec.structs import replace

from cognito_emulator.domain.pools.attributes import is_true, shared
from cognito_emulator.domain.users.imported_hash import ImportedHash

UNCONFIRMED = "UNCONFIRMED"
CONFIRMED = "CONFIRMED"
FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"
RESET_REQUIRED = "RESET_REQUIRED"
EXTERNAL_PROVIDER = "EXTERNAL_PROVIDER"


class Password(Struct, frozen=True, gc=False):
    """A password's salt and SRP's private value x, never the password.

    `verifier` is g^x, calculated at the first SRP sign-in. `expires` (epoch seconds) is set for a temporary one.
    """

    salt: bytes
    x: int
    verifier: int | None = None
    expires: float | None = None


class Lockout(Struct, frozen=True, gc=False):
    """Failed password and MFA attempts since the last success.

    [docs: authentication-flow-things-to-know]
    """

    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Totp(Struct, frozen=True, gc=False):
    """A TOTP secret (base32).

    `pending` waits for VerifySoftwareToken while `secret`, if any, stays in use. `last_step` is the newest time step
    whose code was accepted: a code is valid once.
    """

    secret: str | None = None
    pending: str | None = None
    name: str = ""
    last_step: int = -1


class Factors(Struct, frozen=True, gc=False):
    """MFA preferences: the factors that are on, and the preferred one.

    They are SMS_MFA, SOFTWARE_TOKEN_MFA and EMAIL_OTP. `sms_option` is SMS MFA by the old SetUserSettings. Answers show
    it as MFAOptions and not in UserMFASettingList: clients distinguish the two. `passkey` says that passkeys replace
    MFA (WebAuthnMfaSettings).
    """

    enabled: frozenset[str] = frozenset()
    preferred: str | None = None
    totp: Totp = field(default_factory=Totp)
    sms_option: bool = False
    passkey: bool = False

    @property
    def active(self) -> frozenset[str]:
        """The factors that are on, by either operation."""
        return self.enabled | {"SMS_MFA"} if self.sms_option else self.enabled


NO_LOCKOUT = Lockout()
NO_FACTORS = Factors()


class User(Struct, frozen=True, gc=False):
    """A user of a pool; its key is (pool_id, sub).

    `attributes` are (name, value) pairs in the order in which they were set, `sub` not among them.
    `pending_attributes` are changes that wait for VerifyUserAttribute (AttributesRequireVerificationBeforeUpdate).
    `aliases` are the sign-in names beside the user name: ("email", folded value) and so on; kept true by
    `domain.users.names.with_aliases`, because the table's indexes read them.
    `imported_hash` judges the password until the first right one, which then is kept as `password`: never both.
    `federated` users were made by a provider's sign-in: their addresses are no user names, not even in a pool with
    username attributes, where a local user may have the same one.
    """

    pool_id: str
    sub: str
    username: str
    folded_username: str
    created: float
    modified: float
    status: str
    enabled: bool = True
    attributes: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    pending_attributes: tuple[tuple[str, str], ...] = ()
    password: Password | None = None
    password_history: tuple[Password, ...] = ()
    imported_hash: ImportedHash | None = None
    factors: Factors = NO_FACTORS
    lockout: Lockout = NO_LOCKOUT
    lockouts_away: tuple[tuple[str, Lockout], ...] = ()  # by secondary Region of the pool
    federated: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.sub

    @property
    def has_password(self) -> bool:
        return self.password is not None or self.imported_hash is not None

    def get(self, name: str) -> str | None:
        """Return the value of an attribute; `sub` included."""
        if name == "sub":
            return self.sub
        for known, value in self.attributes:
            if known == name:
                return value
        return None

    def is_verified(self, attribute: str) -> bool:
        """Return whether `email` or `phone_number` is set and verified."""
        return self.get(attribute) is not None and is_true(self.get(f"{attribute}_verified"))

    def all_attributes(self) -> tuple[tuple[str, str], ...]:
        """Return the attributes, `sub` the first of them."""
        return (("sub", self.sub), *self.attributes)

    def with_attributes(self, changes: Iterable[tuple[str, str | None]]) -> User:
        """Return the user with attributes set, or removed where the value is empty.

        None counts as empty. Aliases do not change.
        """
        values = dict(self.attributes)
        for name, value in changes:
            if value:
                values[intern(name)] = value
            else:
                values.pop(name, None)
        return replace(self, attributes=shared(values.items()))
