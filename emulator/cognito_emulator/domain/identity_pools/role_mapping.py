"""Which IAM role an identity is given: default roles, roles from the token, rules about its claims.

Developer guide, "Using role-based access control".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools import identity_errors

MAX_RULES = 25  # a provider; the model allows 400, the quota is this
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
        """Whether the claim fits; one that is missing fits nothing, NotEqual included."""
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
    """How the users of one provider get their role; `ambiguous` is AuthenticatedRole or Deny.

    Rules that were sent with the type Token are told again, and not used.
    """

    type: str
    ambiguous: str
    rules: tuple[Rule, ...] = ()


def claim_text(value: Any) -> str:
    """A claim as rules and tags see it. Lists are joined by commas, as the guide has cognito:roles ("a
    comma-separated string"); what else is no text is in JSON's form, as lists in lists are.

    Raises:
        NotAuthorized: it is nested so deeply that it cannot be shown; the words are ours.
    """
    return ",".join(_plain(item) for item in value) if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    except RecursionError:
        raise identity_errors.invalid_token("Its claims are nested too deeply.") from None


def split_role(arn: str) -> tuple[str, str] | None:
    """(account, name) of an IAM role's ARN; None if it is none."""
    found = _ROLE.fullmatch(arn)
    return (found[1], found[2]) if found else None


def check_roles(roles: Iterable[str]) -> None:
    """Refuse what is no role's ARN. Who may pass a role is a matter of IAM policies, which are not evaluated.

    Raises:
        NotAuthorized: as AWS answers to a role's bare name (recorded).
    """
    for role in roles:
        if split_role(role) is None:
            raise identity_errors.role_forbidden(role)


def read_mapping(name: str, wire: Mapping[str, Any]) -> RoleMapping:
    """A RoleMapping of the wire.

    Raises:
        InvalidParameter: a part that the type needs is missing (API reference, RoleMapping), or too many rules
            (quota); the words are ours.
        NotAuthorized: a role that is none.
    """
    ambiguous = wire.get("AmbiguousRoleResolution")
    if ambiguous is None:
        raise errors.InvalidParameter(f"AmbiguousRoleResolution is required for the role mapping of {name}.")
    configuration = wire.get("RulesConfiguration")
    if configuration is None:
        if wire["Type"] == TOKEN:
            return RoleMapping(TOKEN, ambiguous)
        raise errors.InvalidParameter(f"RulesConfiguration is required for the Rules role mapping of {name}.")
    rules = tuple(
        Rule(rule["Claim"], rule["MatchType"], rule["Value"], rule["RoleARN"]) for rule in configuration["Rules"]
    )
    if len(rules) > MAX_RULES:
        raise errors.InvalidParameter(f"The role mapping of {name} can have at most {MAX_RULES} rules.")
    check_roles(rule.role for rule in rules)
    return RoleMapping(wire["Type"], ambiguous, rules)


def mapping_wire(mapping: RoleMapping) -> dict[str, Any]:
    """The RoleMapping as it was sent."""
    wire: dict[str, Any] = {"Type": mapping.type, "AmbiguousRoleResolution": mapping.ambiguous}
    if mapping.rules or mapping.type == RULES:
        rules = [
            {"Claim": rule.claim, "MatchType": rule.match, "Value": rule.value, "RoleARN": rule.role}
            for rule in mapping.rules
        ]
        wire["RulesConfiguration"] = {"Rules": rules}
    return wire


def default_role(roles: Mapping[str, str], kind: str) -> str:
    """The pool's role for `authenticated` or `unauthenticated` identities.

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
    custom: str | None = None,
    assertion: Sequence[str] | None = None,
) -> str:
    """Choose the role of a user who signed in by the provider `name`.

    `name` is `provider:client`, and `claims` are those of the token. `assertion` are the roles that a SAML
    assertion offers: one of them counts without a mapping too, and of several `custom` has to name one
    (developer guide, "Customizing your user role with SAML").

    `custom` is CustomRoleArn: one of the token's roles, or that of a rule that fits; without a mapping the token's
    roles count for nothing, and so it can only be the default role (AWS is silent; the stricter reading).

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
    """(the role if it is clear, all that are offered) by cognito:preferred_role and cognito:roles."""
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
