"""Rules for identity providers beside their details.

They are about names, attribute mappings, identifiers and ACR values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cognito_emulator.domain import errors
from cognito_emulator.domain.federation.provider import SOCIAL, Provider
from cognito_emulator.domain.federation.provider_details import KINDS
from cognito_emulator.domain.pools.pool import Pool

MAX_PROVIDERS = 300  # in a pool [docs: quotas]
# The name of the pool's own users, here and in SupportedIdentityProviders.
_OWN = "cognito"
# A pool decides about these itself.
_NEVER_MAPPED = frozenset({"sub", "identities"})


def check_name(name: str, type_: str) -> None:
    """Refuse a provider's name that does not suit its type.

    Social providers are named as their type, and no other provider is. No provider has the name of the pool's own
    users.

    Raises:
        InvalidParameter: [assumed]
    """
    wrong = name != type_ if type_ in SOCIAL else name in SOCIAL or name.lower() == _OWN
    if wrong:
        raise errors.InvalidParameter(f"Provider {name} cannot be of type {type_}.").because(
            "federation.settings", setting="ProviderType", value=type_
        )


def mapping(pool: Pool, type_: str, sent: Mapping[str, str]) -> dict[str, str]:
    """Return AttributeMapping with AWS's own mapping of username (not for SAML).

    Raises:
        InvalidParameter: an attribute that the pool does not have [observed: aws-cli#9729], or that cannot be set
            [assumed]; username mapped to anything but the subject
            [docs: cognito-user-pools-specifying-attribute-mapping; own wording].
    """
    wrong = [name for name in sent if name != "username" and (name in _NEVER_MAPPED or pool.attribute(name) is None)]
    if wrong:
        raise errors.InvalidParameter(f"AttributeMapping contains invalid mapping: [{', '.join(wrong)}]").because(
            "federation.settings", setting="AttributeMapping", value=wrong
        )
    if type_ == "SAML":
        return dict(sent)
    subject = KINDS[type_].subject
    if sent.get("username", subject) != subject:
        raise errors.InvalidParameter(f"The attribute username must be mapped to {subject} for type {type_}.").because(
            "federation.settings", setting="AttributeMapping", value=subject
        )
    return {**sent, "username": subject}


def identifiers(name: str, sent: Iterable[str], owners: Mapping[str, Provider | None]) -> tuple[str, ...]:
    """Return IdpIdentifiers of the provider `name`, each once.

    `owners` names the provider that has each one already.

    Raises:
        InvalidParameter: another provider has it [own wording].
    """
    for identifier in sent:
        owner = owners.get(identifier)
        if owner is not None and owner.name != name:
            raise errors.InvalidParameter(
                f"The identifier {identifier} belongs to the provider {owner.name} already."
            ).because("federation.settings", setting="IdpIdentifiers", value=identifier)
    return tuple(dict.fromkeys(sent))


def check_acr(type_: str, acr: Mapping[str, str] | None) -> None:
    """Refuse AcrMapping for a provider that is not OIDC.

    [docs: CreateIdentityProvider; own wording]

    Raises:
        InvalidParameter
    """
    if acr and type_ != "OIDC":
        raise errors.InvalidParameter(f"AcrMapping is not supported for providers of type {type_}.").because(
            "federation.settings", setting="AcrMapping"
        )
