"""User pools: the record, and the typed view of its settings that rules read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from cognito_emulator.domain.pools.attributes import AttributeSpec, Schema
from cognito_emulator.domain.pools.password_policy import PasswordPolicy
from cognito_emulator.domain.pools.sign_in_policy import PasskeySettings, passkey_settings


class MfaSettings(Struct, frozen=True, gc=False):
    """MfaConfiguration and the factors switched on by SetUserPoolMfaConfig."""

    mode: str = "OFF"
    sms: bool = False
    totp: bool = False
    email: bool = False


class DeviceSettings(Struct, frozen=True, gc=False):
    """DeviceConfiguration.

    They are ChallengeRequiredOnNewDevice and DeviceOnlyRememberedOnUserPrompt.
    """

    replaces_mfa: bool = False
    opt_in: bool = False


class Pool(Struct, frozen=True, gc=False):
    """A user pool.

    `settings` holds the wire members that Describe shows; the other fields are the ones that rules read. `schema` is
    the whole attribute schema; `created` and `modified` are epoch seconds.
    """

    id: str
    account: str
    region: str
    name: str
    created: float
    modified: float
    settings: Mapping[str, Any]
    schema: Schema
    password_policy: PasswordPolicy = field(default_factory=PasswordPolicy)
    mfa: MfaSettings = field(default_factory=MfaSettings)
    devices: DeviceSettings | None = None  # None: devices are not tracked
    alias_attributes: frozenset[str] = frozenset()
    username_attributes: frozenset[str] = frozenset()
    auto_verified: frozenset[str] = frozenset()
    verify_before_update: frozenset[str] = frozenset()
    case_sensitive: bool = True
    admin_create_only: bool = False
    tier: str = "ESSENTIALS"
    # (attribute, ...) in order of priority; None is the legacy behaviour: phone first, then e-mail.
    recovery: tuple[str, ...] | None = None
    issuer: str = "ORIGINAL"  # IssuerConfiguration: ORIGINAL or UPDATED
    tracks_sessions: bool = False
    max_sessions: int = 20
    first_factors: frozenset[str] = frozenset({"PASSWORD"})
    protection: str = "OFF"  # threat protection (AdvancedSecurityMode): OFF, AUDIT or ENFORCED
    custom_protection: str = "OFF"  # the same in custom authentication (CustomAuthMode)

    @property
    def arn(self) -> str:
        return f"arn:aws:cognito-idp:{self.region}:{self.account}:userpool/{self.id}"

    @property
    def primary_region(self) -> str:
        """The Region that the pool was made in, and that is in its issuer."""
        return self.id.partition("_")[0]

    @property
    def is_replica(self) -> bool:
        """Whether this is the pool in a secondary Region (`domain.pools.replica.view`)."""
        return self.region != self.primary_region

    @property
    def away(self) -> str | None:
        """The secondary Region that shows the pool; None for the pool itself.

        Keys that are kept across an `await` name it beside the pool's id, or the app client's.
        """
        return self.region if self.is_replica else None

    @property
    def records_events(self) -> bool:
        """Whether threat protection is on, in any mode."""
        return self.protection != "OFF" or self.custom_protection != "OFF"

    @property
    def srp_name(self) -> str:
        """The part of the id after the region: the pool's name in SRP."""
        return self.id.split("_", 1)[1]

    @property
    def has_sms(self) -> bool:
        return bool(self.settings.get("SmsConfiguration"))

    @property
    def passkeys(self) -> PasskeySettings:
        return passkey_settings(self.settings)

    def attribute(self, name: str) -> AttributeSpec | None:
        return self.schema.get(name)

    def fold(self, name: str) -> str:
        """Return a name as this pool compares it (UsernameConfiguration).

        The name is a user name, an e-mail address or a preferred_username.
        """
        if self.case_sensitive:
            return name
        folded = name.lower()
        return name if folded == name else folded  # the same text is kept once: there may be many users
