"""The record of an app client from its wire members.

It sets defaults and units, checks permissions, and refuses what does not fit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import client_oauth
from cognito_emulator.domain.clients.client import DEFAULT_FLOWS, Client, Validity
from cognito_emulator.domain.pools.attributes import VERIFIED_FLAGS
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.pool_tags import CUSTOM_ID

_ALL = "ALL"  # SetUICustomization's name for every client
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
DEFAULT_UNITS = {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"}
DEFAULT_REFRESH = 30
DEFAULT_SESSION_MINUTES = 3
_TOKEN_RANGE = range(300, 86400 + 1)
_REFRESH_RANGE = range(3600, 3650 * 86400 + 1)
# `oidc:profile` means these [docs: user-pool-settings-attributes].
OIDC_PROFILE = frozenset({"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username",
                          "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale"})  # fmt: skip


class Known(Struct, frozen=True, gc=False):
    """The scopes and identity providers of the pool that a client may name.

    `saml` are the SAML providers, `starting` those of them that may begin a sign-in (IDPInit).
    """

    scopes: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    saml: frozenset[str] = frozenset()
    starting: frozenset[str] = frozenset()


def custom_id(name: str) -> str | None:
    """Return the client id that a ClientName `_custom_id_:<id>` requests.

    [docs: LocalStack Cognito, "Using Predefined IDs for Pool Creation"]

    Raises:
        InvalidParameter: SetUICustomization has another meaning for that id [own wording].
    """
    prefix, colon, wanted = name.partition(":")
    if prefix != CUSTOM_ID or not colon:
        return None
    if wanted == _ALL:
        raise errors.InvalidParameter(f"{wanted} means all app clients and cannot be the id of one.").because(
            "clients.custom-id", value=wanted
        )
    return wanted


def new_client(
    client_id: str, secret: str | None, pool: Pool, name: str, now: float, *, given: Mapping[str, Any], known: Known
) -> Client:
    """Make an app client of `pool` with these members.

    `now` is in epoch seconds.

    Raises:
        InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist, FeatureUnavailableInTier
    """
    client = Client(client_id, pool.id, name, secret, created=now, modified=now)
    return _settled(client, pool, given, known, "creating")


def updated(client: Client, pool: Pool, now: float, given: Mapping[str, Any], known: Known) -> Client:
    """Return `client` after UpdateUserPoolClient.

    Members that are not sent go back to their defaults; the name stays.

    Raises:
        InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist
    """
    changed = replace(client, name=given.get("ClientName", client.name), modified=now)
    return _settled(changed, pool, given, known, "updating")


def _settled(client: Client, pool: Pool, given: Mapping[str, Any], known: Known, doing: str) -> Client:
    has_secret = bool(client.secrets)
    settings = _completed(given) | client_oauth.checked(given, has_secret=has_secret, custom_scopes=known.scopes)
    if given.get("AnalyticsConfiguration"):
        settings["AnalyticsConfiguration"] = _analytics(given["AnalyticsConfiguration"], pool)
    _check_flows(settings.get("ExplicitAuthFlows", ()))
    if pool.tier == "LITE" and "ALLOW_USER_AUTH" in settings.get("ExplicitAuthFlows", ()):
        # "Must be in the Essentials tier or higher" [docs: InitiateAuth; own wording].
        raise errors.unavailable_in_tier(pool.tier, "Choice-Based Sign-In")
    client_oauth.check_client_token_flow(settings.get("ExplicitAuthFlows", ()), has_secret=has_secret)
    _check_providers(settings.get("SupportedIdentityProviders", ()), pool, known)
    if settings["EnablePropagateAdditionalUserContextData"] and not has_secret:
        # It requires a client secret [docs: UserPoolClientType; own wording].
        raise errors.InvalidParameter(
            "EnablePropagateAdditionalUserContextData requires an app client with a client secret."
        ).because("clients.needs-secret", setting="GenerateSecret", value=has_secret)
    if client.registered and client_oauth.REGISTRATION_SCOPE in settings.get("AllowedOAuthScopes", ()):
        # "They can't hold the aws.cognito/dcr/register scope" [docs: UserPoolClientType; own wording].
        raise errors.InvalidOAuthFlow(
            f"{client_oauth.REGISTRATION_SCOPE} is not for dynamically registered clients."
        ).because("clients.registration-scope", setting="AllowedOAuthScopes", value=settings.get("AllowedOAuthScopes"))
    rotation = settings.get("RefreshTokenRotation", {})
    return replace(
        client,
        settings=MappingProxyType(settings),
        validity=_validity(settings),
        flows=frozenset(settings.get("ExplicitAuthFlows", DEFAULT_FLOWS)),
        read_attributes=_readable(pool, settings.get("ReadAttributes"), doing),
        write_attributes=_writable(pool, settings.get("WriteAttributes"), doing),
        hides_users=settings.get("PreventUserExistenceErrors") == "ENABLED",
        token_revocation=settings["EnableTokenRevocation"],
        scopes=tuple(settings.get("AllowedOAuthScopes", ())),
        barred=given.get("SupportedIdentityProviders") == [],
        rotation=rotation.get("Feature") == "ENABLED",
        rotation_grace=rotation.get("RetryGracePeriodSeconds", 0),
    )


def _analytics(given: Mapping[str, Any], pool: Pool) -> dict[str, Any]:
    """Return AnalyticsConfiguration as Describe shows it.

    With an ARN the role is the service's own [observed: hashicorp/terraform-provider-aws]. The emulator sends nothing
    to Amazon Pinpoint.
    """
    if "ApplicationArn" in given:
        role = f"arn:aws:iam::{pool.account}:role/aws-service-role/cognito-idp.amazonaws.com/{_ANALYTICS_ROLE}"
        return {"UserDataShared": False, **given, "RoleArn": role}
    return dict(given)


_ANALYTICS_ROLE = "AWSServiceRoleForAmazonCognitoIdp"
_LISTS = ("ReadAttributes", "WriteAttributes", "ExplicitAuthFlows", "SupportedIdentityProviders")
_PLAIN = ("AccessTokenValidity", "IdTokenValidity", "PreventUserExistenceErrors")


def _completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that DescribeUserPoolClient shows, with defaults.

    An empty list counts as no list.
    """
    settings: dict[str, Any] = {
        # 0 means "not set" [docs: CreateUserPoolClient].
        "RefreshTokenValidity": given.get("RefreshTokenValidity") or DEFAULT_REFRESH,
        "EnableTokenRevocation": given.get("EnableTokenRevocation", True),
        "EnablePropagateAdditionalUserContextData": given.get("EnablePropagateAdditionalUserContextData", False),
        "AuthSessionValidity": given.get("AuthSessionValidity", DEFAULT_SESSION_MINUTES),
    }
    settings |= {name: given[name] for name in _PLAIN if name in given}
    settings |= {name: list(dict.fromkeys(given[name])) for name in _LISTS if given.get(name)}
    # An empty block where no unit was ever sent [assumed].
    units = given.get("TokenValidityUnits")
    settings["TokenValidityUnits"] = {**DEFAULT_UNITS, **units} if units else {}
    if "RefreshTokenRotation" in given:
        # Answers show the grace period even where none was sent [assumed]; it is 0 then.
        settings["RefreshTokenRotation"] = {"RetryGracePeriodSeconds": 0, **given["RefreshTokenRotation"]}
    return settings


def _validity(settings: Mapping[str, Any]) -> Validity:
    """Return the lifetimes in seconds.

    Without numbers, ID and access tokens last an hour, whatever their unit.
    """
    units = settings["TokenValidityUnits"] or DEFAULT_UNITS

    def seconds(number: int | None, unit: str, default: int, allowed: range) -> int:
        found = default if number is None else number * _UNITS[unit]
        if found not in allowed:
            raise _invalid_range()
        return found

    access = seconds(settings.get("AccessTokenValidity"), units["AccessToken"], 3600, _TOKEN_RANGE)
    id_token = seconds(settings.get("IdTokenValidity"), units["IdToken"], 3600, _TOKEN_RANGE)
    refresh = seconds(settings["RefreshTokenValidity"], units["RefreshToken"], 0, _REFRESH_RANGE)
    if refresh < max(access, id_token):
        raise _invalid_range()
    return Validity(access, id_token, refresh, settings["AuthSessionValidity"] * 60)


def _invalid_range() -> errors.InvalidParameter:
    return errors.InvalidParameter("Invalid range for token validity.").because(
        "clients.token-validity", setting="TokenValidityUnits"
    )


def _check_flows(flows: Iterable[str]) -> None:
    prefixed = {flow.startswith("ALLOW_") for flow in flows}
    if len(prefixed) > 1:
        # Legacy values cannot be combined with others [docs: CreateUserPoolClient; own wording].
        raise errors.InvalidParameter(
            "Legacy values of ExplicitAuthFlows cannot be used together with values that begin with ALLOW_."
        ).because("clients.legacy-flows", setting="ExplicitAuthFlows", value=flows)


def _check_providers(providers: Collection[str], pool: Pool, known: Known) -> None:
    for name in providers:
        if name != "COGNITO" and name not in known.providers:
            raise errors.InvalidParameter(f"The provider {name} does not exist for User Pool {pool.id}.").because(
                "clients.provider-unknown", setting="SupportedIdentityProviders", value=name
            )
    check_mates(providers, known.saml, known.starting)


# --- attribute permissions -----------------------------------------------------------------------------


def _readable(pool: Pool, names: Iterable[str] | None, doing: str) -> frozenset[str] | None:
    if names is None:
        return None
    wanted = _expanded(names)
    if wanted - _known(pool):
        raise errors.InvalidParameter(f"Invalid read attributes specified while {doing} a client").because(
            "clients.attributes", setting="ReadAttributes", value=names
        )
    return wanted


def _writable(pool: Pool, names: Iterable[str] | None, doing: str) -> frozenset[str] | None:
    """Check WriteAttributes.

    Every required attribute has to be in the list. Attributes that users may never write may not.
    """
    if names is None:
        return None
    wanted = _expanded(names)
    required = {name for name, spec in pool.schema.items() if spec.required and name != "sub"}
    if wanted - (_known(pool) - {"sub", *VERIFIED_FLAGS}) or required - wanted:
        raise errors.InvalidParameter(f"Invalid write attributes specified while {doing} a client").because(
            "clients.attributes", setting="WriteAttributes", value=names
        )
    return wanted


def _known(pool: Pool) -> frozenset[str]:
    """List the attributes that a client may have.

    Developer-only attributes are not among them: they are for administrators.
    """
    return frozenset(name for name, spec in pool.schema.items() if not spec.developer_only)


def _expanded(names: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(names)
    return wanted - {"oidc:profile"} | OIDC_PROFILE if "oidc:profile" in wanted else wanted


def check_mates(names: Iterable[str], saml: frozenset[str], starting: frozenset[str]) -> None:
    """Refuse SupportedIdentityProviders that one client cannot have together.

    `saml` are the pool's SAML providers, `starting` those of them with IDPInit.

    Raises:
        InvalidParameter: a provider with IDPInit is beside COGNITO or a provider that is not SAML
            [docs: cognito-user-pools-saml-idp-things-to-know; own wording].
    """
    mine = set(names)
    if mine & starting and mine - saml:
        raise errors.InvalidParameter(
            "SAML providers with IdP-initiated sign-in cannot be combined with providers that are not SAML in an app "
            f"client: {', '.join(sorted(mine - saml))}"
        ).because("clients.idp-initiated", setting="SupportedIdentityProviders", value=names)
