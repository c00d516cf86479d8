"""Replicas of user pools: the same pool in a second Region.

[docs: user-pool-multi-region]

    CreateUserPoolReplica          UpdateUserPoolReplica
    --------> CREATING --> INACTIVE <---------> ACTIVE
                              |
                              | DeleteUserPoolReplica
                              v
                           DELETING --> gone

A replica shares the pool's id, users, app clients, keys and issuer. Its own are the settings named in `REGIONAL`, the
sender of threat protection's notices, its log export and its prefix domain. Its Region has a part of the operations
only. Before it is made and once it is being deleted, the pool does not exist there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import pool_settings, pool_tags
from cognito_emulator.domain.pools.pool import Pool

CREATING = "CREATING"
INACTIVE = "INACTIVE"
ACTIVE = "ACTIVE"
DELETING = "DELETING"
# The seconds that CREATING and DELETING last [assumed]. They are few, but enough to show a caller who does not wait for
# the status.
SETTLING = 1.0
MAX_REPLICAS = 1  # [docs: user-pool-multi-region]
FEATURE = "Multi-Region Replication"  # the name in FeatureUnavailableInTierException [own wording]

# Pool settings that each Region has for itself. They begin at their defaults: the resources that they name (SES and
# SNS, functions) belong to a Region, and AWS requests their configuration once the replica exists.
REGIONAL = ("EmailConfiguration", "LambdaConfig", "SmsConfiguration", "UserPoolTags")
# Members of NotifyConfiguration in the risk configuration [docs: SetRiskConfiguration].
SENDER = ("From", "SourceArn")

# The two lists of operations, without AWS WAF's [docs: user-pool-multi-region]. DeleteUserPoolReplica is in the first,
# but its own page says "must be called from the primary Region" [docs: DeleteUserPoolReplica], and wins.
WHILE_INACTIVE = frozenset(
    {
        "AdminGetDevice", "AdminGetUser", "AdminListDevices", "AdminListGroupsForUser", "AdminListUserAuthEvents",
        "CreateUserPoolDomain", "DeleteUserPoolDomain", "DescribeIdentityProvider", "DescribeManagedLoginBranding",
        "DescribeManagedLoginBrandingByClient", "DescribeResourceServer", "DescribeRiskConfiguration", "DescribeTerms",
        "DescribeUserPool", "DescribeUserPoolClient", "DescribeUserPoolDomain", "GetGroup",
        "GetLogDeliveryConfiguration", "GetSigningCertificate", "GetUICustomization", "GetUserPoolMfaConfig",
        "ListGroups", "ListIdentityProviders", "ListResourceServers", "ListTagsForResource", "ListTerms",
        "ListUserPoolClientSecrets", "ListUserPoolClients", "ListUserPoolReplicas", "ListUserPools", "ListUsers",
        "ListUsersInGroup", "SetLogDeliveryConfiguration", "SetRiskConfiguration", "SetUserPoolMfaConfig",
        "TagResource", "UntagResource", "UpdateUserPool", "UpdateUserPoolDomain", "UpdateUserPoolReplica",
    }
)  # fmt: skip
WHILE_ACTIVE = WHILE_INACTIVE | {
    "AdminInitiateAuth", "AdminRespondToAuthChallenge", "AdminUpdateAuthEventFeedback", "AdminUserGlobalSignOut",
    "GetDevice", "GetIdentityProviderByIdentifier", "GetTokensFromRefreshToken", "GetUser", "GetUserAuthFactors",
    "GlobalSignOut", "InitiateAuth", "ListDevices", "ListWebAuthnCredentials", "RespondToAuthChallenge", "RevokeToken",
    "UpdateAuthEventFeedback",
}  # fmt: skip

# Newer than the lists; they do not model the refusal, as the others of their kind do [assumed].
UNLISTED = frozenset({"DescribeCIMDPolicy", "ListCIMDPolicies", "ListClientMetadataURLs"})

# Refused there too, but their models lack OperationNotEnabledException.
_WITHOUT_THE_ERROR = frozenset(
    {
        "AddUserPoolClientSecret", "CreateIdentityProvider", "DeleteIdentityProvider", "DeleteUserPoolClientSecret",
        "GetIdentityProviderByIdentifier", "UpdateIdentityProvider",
    }
)  # fmt: skip

_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}")
_SHARED_KEY = re.compile(r"arn:aws[a-z-]*:kms:[^:]*:[^:]*:key/mrk-.+")


class Replica(Struct, frozen=True, gc=False):
    """A secondary replica of a pool; its key is (pool_id, region).

    `phase` is the status as it was set at `since`; `status` returns the present one. `settings` are the `REGIONAL`
    members of the wire, `senders` the `SENDER` members of NotifyConfiguration by app client ("": the pool's own).
    Times are epoch seconds.
    """

    pool_id: str
    account: str
    region: str
    created: float
    modified: float
    phase: str
    since: float
    settings: Mapping[str, Any]
    senders: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.region

    @property
    def arn(self) -> str:
        return f"arn:aws:cognito-idp:{self.region}:{self.account}:userpool/{self.pool_id}"

    def status(self, now: float) -> str | None:
        """Return the status at that time; None once it has been deleted."""
        if now - self.since < SETTLING:
            return self.phase
        return {CREATING: INACTIVE, DELETING: None}.get(self.phase, self.phase)

    def serves(self, now: float) -> bool:
        """Return whether the pool exists in this Region."""
        return self.status(now) in (INACTIVE, ACTIVE)


def new(pool: Pool, region: str, now: float, tags: Mapping[str, str]) -> Replica:
    """Make a replica of `pool` in another Region, with tags of its own.

    Raises:
        FeatureUnavailableInTier, InvalidParameter, UserPoolTagging
    """
    check_replicable(pool)
    if region == pool.region or _REGION.fullmatch(region) is None:
        # Whether AWS has such a Region is not looked up [own wording].
        raise errors.InvalidParameter(
            f"A replica of user pool {pool.id} cannot be created in Region {region}."
        ).because("pools.replica-region", setting="RegionName", value=region)
    settings = {
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "LambdaConfig": {},
        "UserPoolTags": pool_tags.checked(tags),
    }
    return Replica(pool.id, pool.account, region, now, now, CREATING, now, MappingProxyType(settings))


def check_replicable(pool: Pool) -> None:
    """Refuse replicas of a pool without the requirements.

    The pool has to keep them while it has replicas [docs: user-pool-multi-region]. Whether the key is in the replica's
    Region is not checked: there is no KMS here. The updated issuer is recommended, not required.

    Raises:
        FeatureUnavailableInTier
        InvalidParameter: no multi-Region customer managed key [own wording].
    """
    if pool.tier == "LITE":
        raise errors.unavailable_in_tier(pool.tier, FEATURE)
    key = pool.settings.get("KeyConfiguration", {}).get("KmsKeyArn", "")
    if _SHARED_KEY.fullmatch(key) is None:
        raise errors.InvalidParameter(
            "Multi-Region replication requires a user pool with a multi-Region customer managed key."
        ).because("pools.replica-key", setting="KeyConfiguration.KmsKeyArn", value=key)


def check_operation(operation: str, status: str | None) -> None:
    """Refuse what a replica of that status does not do in its Region.

    Raises:
        OperationNotEnabled: [own wording]
        InvalidParameter: for operations that do not model that [own wording].
    """
    if operation in (WHILE_ACTIVE if status == ACTIVE else WHILE_INACTIVE) or operation in UNLISTED:
        return
    if operation in _WITHOUT_THE_ERROR:
        text = not_enabled(operation).message
        raise errors.InvalidParameter(text).because("pools.replica-not-here", value=operation)
    raise not_enabled(operation)


def not_enabled(what: str) -> errors.OperationNotEnabled:
    """Make the error for a secondary Region [own wording]."""
    return errors.OperationNotEnabled(f"{what} is not enabled in a secondary Region of the user pool.").because(
        "pools.replica-not-here", value=what
    )


def check_status(replica: Replica, now: float, wanted: tuple[str, ...]) -> None:
    """Refuse a change that the replica's status does not allow [own wording].

    Raises:
        InvalidParameter
    """
    status = replica.status(now)
    if status not in wanted:
        raise errors.InvalidParameter(
            f"The replica in Region {replica.region} is {status}; it must be {' or '.join(wanted)}."
        ).because("pools.replica-state", value=status)


def view(pool: Pool, replica: Replica) -> Pool:
    """Return the pool as its replica's Region shows it.

    It is for reading: the store refuses it (see `regional_part`).
    """
    settings = {**shared_settings(pool), **replica.settings}
    modified = max(pool.modified, replica.modified)
    seen = replace(pool, region=replica.region, created=replica.created, modified=modified)
    return pool_settings.typed(replace(seen, settings=MappingProxyType(settings)))


def shared_settings(pool: Pool) -> dict[str, Any]:
    """Return the settings that all Regions of the pool have in common."""
    return {name: value for name, value in pool.settings.items() if name not in REGIONAL}


def check_shared(seen: Pool, changed: Pool) -> None:
    """Refuse to change shared settings in a secondary Region.

    "global settings ... required to match existing values" [docs: UpdateUserPool]. `seen` is the pool as the Region
    shows it, `changed` as the request would make it.

    Raises:
        InvalidParameter: [own wording]
    """
    old, new = shared_settings(seen), shared_settings(changed)
    differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if seen.name != changed.name:
        differing.add("PoolName")
    if seen.mfa != changed.mfa:
        differing.add("MfaConfiguration")
    if differing:
        raise errors.InvalidParameter(
            f"These settings can be changed in the primary Region only: {', '.join(sorted(differing))}"
        ).because("pools.replica-settings", value=sorted(differing))


def regional_part(replica: Replica, changed: Pool) -> Replica:
    """Return `replica` with the regional settings of a changed `view`."""
    settings = {name: changed.settings[name] for name in REGIONAL if name in changed.settings}
    return replace(replica, settings=MappingProxyType(settings), modified=changed.modified)


# --- the sender of threat protection's notices -----------------------------------------------------------------


def with_sender(replica: Replica, client_id: str | None, old: Mapping[str, Any], new: Mapping[str, Any]) -> Replica:
    """Return `replica` after SetRiskConfiguration in its Region.

    `old` and `new` are the three blocks, shared and requested.

    Raises:
        InvalidParameter: more than the sender would change [own wording].
    """
    if _without_sender(old) != _without_sender(new):
        raise errors.InvalidParameter(
            "In a secondary Region only SourceArn and From of NotifyConfiguration can be changed."
        ).because("pools.replica-settings")
    notify = _notify(new)
    sender = {name: notify[name] for name in SENDER if name in notify}
    return replace(replica, senders=MappingProxyType({**replica.senders, client_id or "": sender}))


def risk_seen(replica: Replica, client_id: str | None, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the three blocks as the replica's Region shows them.

    Without a sender of its own it has the pool's.
    """
    sender = replica.senders.get(client_id or "")
    if not sender or not _notify(settings):
        return settings
    bare = _without_sender(settings)
    takeover = bare["AccountTakeoverRiskConfiguration"]
    notify = {**takeover["NotifyConfiguration"], **sender}
    return {**bare, "AccountTakeoverRiskConfiguration": {**takeover, "NotifyConfiguration": notify}}


def _notify(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = settings.get("AccountTakeoverRiskConfiguration", {}).get("NotifyConfiguration", {})
    return found


def _without_sender(settings: Mapping[str, Any]) -> dict[str, Any]:
    notify = _notify(settings)
    if not notify:
        return dict(settings)
    bare = {name: value for name, value in notify.items() if name not in SENDER}
    takeover = {**settings["AccountTakeoverRiskConfiguration"], "NotifyConfiguration": bare}
    return {**settings, "AccountTakeoverRiskConfiguration": takeover}
