"""The IAM role of an identity: default roles, roles of the token, rules.

[docs: role-based-access-control]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity_errors

MAX_RULES = 25  # for a provider: the model allows 400, the quota 25 [docs: quotas]
TOKEN, RULES = "Token", "Rules"
DENY = "Deny"
AUTHENTICATED, UNAUTHENTICATED = "authenticated", "unauthenticated"
_ROLE = re.compile(r"arn:aws(?:-[a-z]+)*:iam::(\d{12}):role/(?:[\x21-\x7e]*/)?([\w+=,.@-]{1,64})", re.ASCII)


class Rule(Struct, frozen=True, gc=False):
    """One MappingRule; `match` is Equals, Contains, StartsWith or NotEqual."""

    claim: str
    match: str
    value: str
    role: str

    def matches(self, claims: Mapping[str, Any]) -> bool:
        """Return whether the claim fits; a missing claim fits no rule, not NotEqual."""
        if self.claim not in claims:
            return False
        text = claim_text(claims[self.claim])
        return {
            "Equals": text == self.value,
            "NotEqual": text != self.value,
            "StartsWith": text.startswith(self.value),
            "Contains": self.value in text,
        }[self.match]


class RoleMapping(Struct, frozen=True, gc=False):
    """The choice of a role for the users of one provider.

    `ambiguous` is AuthenticatedRole or Deny. Rules that were sent with the type Token are shown again, and not used.
    """

    type: str
    ambiguous: str
    rules: tuple[Rule, ...] = ()


def claim_text(value: Any) -> str:
    """Return a claim as text for rules and tags.

    Lists are joined by commas: cognito:roles is "a comma-separated string" [docs: role-based-access-control]. Other
    values, and lists in lists, are in JSON's form.

    Raises:
        NotAuthorized: it is nested too deeply [own wording].
    """
    return ",".join(_plain(item) for item in value) if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    except RecursionError:
        raise identity_errors.invalid_token("Its claims are nested too deeply.") from None


@lru_cache(maxsize=256)
def split_role(arn: str) -> tuple[str, str] | None:
    """Return (account, name) of an IAM role's ARN; None if it is none."""
    found = _ROLE.fullmatch(arn)
    return (found[1], found[2]) if found else None


def check_roles(roles: Iterable[str]) -> None:
    """Refuse text that is no role's ARN.

    IAM policies, which say who may pass a role, are not evaluated.

    Raises:
        NotAuthorized: as for a role's bare name [observed: boto3#73].
    """
    for role in roles:
        if split_role(role) is None:
            raise identity_errors.role_forbidden(role)


def read_mapping(name: str, wire: Mapping[str, Any]) -> RoleMapping:
    """Read a RoleMapping of the wire.

    Raises:
        InvalidParameter: a required part is missing, or there are too many rules
            [docs: RoleMapping, quotas; own wording].
        NotAuthorized: a role that is none.
    """
    ambiguous = wire.get("AmbiguousRoleResolution")
    if ambiguous is None:
        raise errors.InvalidParameter(f"AmbiguousRoleResolution is required for the role mapping of {name}.").because(
            "identity.role-mapping", setting="AmbiguousRoleResolution"
        )
    configuration = wire.get("RulesConfiguration")
    if configuration is None:
        if wire["Type"] == TOKEN:
            return RoleMapping(TOKEN, ambiguous)
        raise errors.InvalidParameter(f"RulesConfiguration is required for the Rules role mapping of {name}.").because(
            "identity.role-mapping", setting="RulesConfiguration"
        )
    rules = tuple(
        Rule(rule["Claim"], rule["MatchType"], rule["Value"], rule["RoleARN"]) for rule in configuration["Rules"]
    )
    if len(rules) > MAX_RULES:
        raise errors.InvalidParameter(f"The role mapping of {name} can have at most {MAX_RULES} rules.").because(
            "identity.role-mapping", setting="RulesConfiguration"
        )
    check_roles(rule.role for rule in rules)
    return RoleMapping(wire["Type"], ambiguous, rules)


def mapping_wire(mapping: RoleMapping) -> dict[str, Any]:
    """Return the RoleMapping as it was sent."""
    wire: dict[str, Any] = {"Type": mapping.type, "AmbiguousRoleResolution": mapping.ambiguous}
    if mapping.rules or mapping.type == RULES:
        rules = [
            {"Claim": rule.claim, "MatchType": rule.match, "Value": rule.value, "RoleARN": rule.role}
            for rule in mapping.rules
        ]
        wire["RulesConfiguration"] = {"Rules": rules}
    return wire


def default_role(roles: Mapping[str, str], kind: str) -> str:
    """Return the pool's role for `authenticated` or `unauthenticated` identities.

    Raises:
        InvalidIdentityPoolConfiguration: it has none.
    """
    role = roles.get(kind)
    if role is None:
        raise identity_errors.unusable_roles()
    return role


def choose_role(
    roles: Mapping[str, str],
    name: str,
    mapping: RoleMapping | None,
    claims: Mapping[str, Any],
    *,
    custom: str | None = None,
    assertion: Sequence[str] | None = None,
) -> str:
    """Choose the role of a user who signed in by the provider `name`.

    `name` is `provider:client`, and `claims` are those of the token. `assertion` are the roles that a SAML assertion
    offers: one of them counts without a mapping too, and of several `custom` has to name one
    [docs: saml-identity-provider].

    `custom` is CustomRoleArn: one of the token's roles, or that of a rule that fits. Without a mapping the token's
    roles do not count, so that it can only be the default role [assumed].

    Raises:
        NotAuthorized: `custom` is none of them; or the mapping leads nowhere and denies.
        InvalidIdentityPoolConfiguration: the default role is wanted and there is none.
    """
    if mapping is None:
        if not assertion:
            return _among([default_role(roles, AUTHENTICATED)], custom)
        mapping = RoleMapping(TOKEN, DENY)
    if mapping.type == TOKEN and assertion is not None:
        offered = list(assertion)
        found = offered[0] if len(offered) == 1 else None
    elif mapping.type == TOKEN:
        found, offered = _from_token(claims)
    else:
        offered = [rule.role for rule in mapping.rules if rule.matches(claims)]
        found = offered[0] if offered else None
    if custom is not None:
        return _among(offered, custom)
    if found is not None:
        return found
    if mapping.ambiguous == DENY:
        raise identity_errors.ambiguous_role(name)
    return default_role(roles, AUTHENTICATED)


def _from_token(claims: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    """Return the role if it is clear, and all that the token offers.

    They come from cognito:preferred_role and cognito:roles.
    """
    given = claims.get("cognito:roles")
    offered = [role for role in given if isinstance(role, str)] if isinstance(given, list) else []
    preferred = claims.get("cognito:preferred_role")
    if isinstance(preferred, str):
        return preferred, offered
    return (offered[0] if len(offered) == 1 else None), offered


def _among(offered: list[str], custom: str | None) -> str:
    if custom is not None and custom not in offered:
        raise identity_errors.role_forbidden(custom)
    return custom or offered[0]
