"""The changes of a pre token generation trigger to tokens.

[docs: user-pool-lambda-pre-token-generation] Claims that cannot be changed are ignored, as documented; an answer of
another form is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.scopes import in_order
from cognito_emulator.domain.users.group import Group, by_precedence, preferred_role

GROUPS = "cognito:groups"
ROLES = "cognito:roles"
PREFERRED_ROLE = "cognito:preferred_role"
_RESERVED_SCOPES = "aws.cognito."
_USER_SCOPE = "aws.cognito.signin.user.admin"
# No token can have these added, changed or suppressed.
_FIXED = frozenset(
    {
        "acr", "amr", "at_hash", "auth_time", "azp", "exp", "iat", "iss", "jti", "nbf", "nonce", "origin_jti", "sub",
        "token_use", "event_id",
    }
)  # fmt: skip
_FIXED_ID = _FIXED | {"aud", "cognito:username", "identities"}
_FIXED_ACCESS = _FIXED | {"client_id", "username", "device_key", "version", "scope"}
# Claims of the ID token that take no lists or objects.
_SIMPLE_ID = frozenset({"phone_number_verified", "email_verified", "updated_at", "address"})


class GroupClaims(Struct, frozen=True, gc=False):
    """groupConfiguration and groupOverrideDetails: groups, and their roles' ARNs."""

    names: Sequence[str] = ()
    roles: Sequence[str] = ()
    preferred: str | None = None


class TokenChanges(Struct, frozen=True, gc=False):
    """Changes to one token; `groups` is None where they stay."""

    add: Mapping[str, Any]
    suppress: frozenset[str]
    groups: GroupClaims | None


class Changes(Struct, frozen=True, gc=False):
    """Changes to a pair of tokens; the scopes are those of the access token."""

    id: TokenChanges
    access: TokenChanges
    add_scopes: Sequence[str] = ()
    suppress_scopes: frozenset[str] = frozenset()


def configuration(groups: Sequence[Group]) -> dict[str, Any]:
    """Return `request.groupConfiguration` of a user in these groups."""
    ranked = by_precedence(groups)
    return {
        "groupsToOverride": [group.name for group in ranked],
        "iamRolesToOverride": [group.role_arn for group in ranked if group.role_arn],
        "preferredRole": preferred_role(groups),
    }


def container(version: int) -> str:
    """Return the one field of the response that an event of that version reads."""
    return "claimsOverrideDetails" if version == 1 else "claimsAndScopeOverrideDetails"


def read(response: Mapping[str, Any], version: int, client_id: str) -> Changes:
    """Read the changes in an answer to an event of that version.

    Raises:
        InvalidLambdaResponse: the answer has another form, or asks for what cannot be.
    """
    # The event's own empty value, returned unchanged, may be a list [docs: user-pool-lambda-pre-token-generation].
    details = _mapping(response.get(container(version)) or {})
    groups = _groups(details["groupOverrideDetails"]) if "groupOverrideDetails" in details else None
    if version == 1:
        changes = TokenChanges(_claims(details, plain=True), frozenset(_texts(details, "claimsToSuppress")), groups)
        return Changes(changes, TokenChanges({}, frozenset(), groups))
    of_id, of_access = (_mapping(details.get(f"{name}TokenGeneration") or {}) for name in ("id", "access"))
    id_claims, access_claims = _claims(of_id, plain=False), _claims(of_access, plain=False)
    if access_claims.get("aud", client_id) != client_id:
        raise errors.InvalidLambdaResponse(
            "The aud claim of an access token must be the ID of the app client."
        ).because("triggers.token-claims")
    if any(isinstance(id_claims.get(name), list | dict) for name in _SIMPLE_ID):
        raise errors.unrecognizable_answer()
    scopes = _texts(of_access, "scopesToAdd")
    if any(not _is_scope(scope) for scope in scopes):
        raise errors.InvalidLambdaResponse(
            "A scope that is added must not be empty, have blanks or be reserved."
        ).because("triggers.token-claims")
    return Changes(
        TokenChanges(id_claims, frozenset(_texts(of_id, "claimsToSuppress")), groups),
        TokenChanges(access_claims, frozenset(_texts(of_access, "claimsToSuppress")), groups),
        scopes,
        frozenset(_texts(of_access, "scopesToSuppress")),
    )


def _is_scope(scope: str) -> bool:
    if scope.startswith(_RESERVED_SCOPES):
        return scope == _USER_SCOPE
    return bool(scope) and not any(character.isspace() for character in scope)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise errors.unrecognizable_answer()
    return value


def _texts(details: Mapping[str, Any], name: str) -> list[str]:
    value = details.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise errors.unrecognizable_answer()
    return value


def _claims(details: Mapping[str, Any], *, plain: bool) -> Mapping[str, Any]:
    """Read claimsToAddOrOverride without nulls.

    The first version of the event allows texts only.
    """
    claims = _mapping(details.get("claimsToAddOrOverride") or {})
    if plain and any(value is not None and not isinstance(value, str) for value in claims.values()):
        raise errors.unrecognizable_answer()
    return {name: value for name, value in claims.items() if value is not None}


def _groups(value: Any) -> GroupClaims:
    """Read groupOverrideDetails: null or empty means no groups at all."""
    details = _mapping(value or {})
    preferred = details.get("preferredRole")
    if preferred is not None and not isinstance(preferred, str):
        raise errors.unrecognizable_answer()
    return GroupClaims(_texts(details, "groupsToOverride"), _texts(details, "iamRolesToOverride"), preferred)


def apply_to_id(claims: dict[str, Any], changes: TokenChanges) -> dict[str, Any]:
    """Apply the changes to the ID token's claims."""
    changed = _with_groups(claims, changes, roles=True)
    changed |= {name: value for name, value in changes.add.items() if _may_change(name, _FIXED_ID)}
    gone = {name for name in changes.suppress if name not in _FIXED_ID}
    if GROUPS in gone:
        gone |= {ROLES, PREFERRED_ROLE}
    return {name: value for name, value in changed.items() if name not in gone}


def apply_to_access(claims: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Apply the changes to the access token's claims, `scope` among them."""
    own = changes.access
    changed = _with_groups(claims, own, roles=False)
    changed |= {name: value for name, value in own.add.items() if _may_change(name, _FIXED_ACCESS)}
    gone = {name for name in own.suppress if name not in _FIXED_ACCESS}
    changed = {name: value for name, value in changed.items() if name not in gone}
    scopes = in_order([*str(claims.get("scope", "")).split(), *changes.add_scopes])
    changed["scope"] = " ".join(scope for scope in scopes if scope not in changes.suppress_scopes)
    return changed


def _may_change(name: str, fixed: frozenset[str]) -> bool:
    """Return whether an answer may change the claim.

    Groups and roles change by groupOverrideDetails only; the prefixes belong to the service.
    """
    return name not in fixed and not name.startswith(("cognito:", "dev:"))


def is_open(name: str) -> bool:
    """Return whether a claim may be changed in a token of either kind."""
    return _may_change(name, _FIXED_ID) or (_may_change(name, _FIXED_ACCESS) and name != "aud")


def _with_groups(claims: dict[str, Any], changes: TokenChanges, *, roles: bool) -> dict[str, Any]:
    """Return the claims with the groups of an override.

    They replace the group claims and keep their order.
    """
    if changes.groups is None:
        return dict(claims)
    rest = {name: value for name, value in claims.items() if name not in (GROUPS, ROLES, PREFERRED_ROLE)}
    if changes.groups.names:
        rest[GROUPS] = list(changes.groups.names)
    if roles and changes.groups.roles:
        rest[ROLES] = list(changes.groups.roles)
    if roles and changes.groups.preferred:
        rest[PREFERRED_ROLE] = changes.groups.preferred
    return rest
