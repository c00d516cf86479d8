"""Make a user of the pool from an identity provider's claims.

Rules without a tag follow [docs: cognito-user-pools-specifying-attribute-mapping]. The same rules hold for OIDC, social
and SAML providers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote_plus

from msgspec import Struct, field
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.attributes import VERIFIABLE, VERIFIED_FLAGS
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import EXTERNAL_PROVIDER, User

_LONGEST_NAME = 128  # [model: UsernameType], which takes no white space either


class External(Struct, frozen=True, gc=False):
    """Hold a person as a provider has authenticated them.

    `provider` is its name, `subject` its id of them (sub, id, user_id, NameID). `claims` are by the provider's own
    names, with JSON's values. `raw` is `attributes` in the event of the InboundFederation trigger. `nonce` is the one
    that was made for an OIDC or social provider.
    """

    provider: str
    subject: str
    claims: Mapping[str, Any]
    raw: Mapping[str, Any] = field(default_factory=dict)
    nonce: str | None = None


def username(pool: Pool, provider: Provider, subject: str) -> str:
    """Return the name of the user that a provider's sign-in makes.

    All of it is in lower case where case does not matter.
    """
    return pool.fold(f"{provider.name}_{subject}")


def text_of(value: Any) -> str:
    """Return a claim as an attribute holds it.

    Several values are one text `[a,b]`, each form-encoded.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        # Java's form-encoding of all but letters, digits and . - * _
        # [docs: cognito-user-pools-specifying-attribute-mapping].
        return f"[{','.join(quote_plus(text_of(one), safe='*').replace('~', '%7E') for one in value)}]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def texts(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return claims as texts; a null is left out."""
    return {name: text_of(value) for name, value in claims.items() if value is not None}


def mapped(pool: Pool, client: Client, provider: Provider, claims: Mapping[str, str]) -> dict[str, str]:
    """Return the pool's attributes that AttributeMapping makes of the claims.

    Blank ones are to be removed. An attribute that the client cannot write is left out without an error. A flag
    (`email_verified`) is true only for `true`. It follows its address where that is writable: clients cannot name it.
    It is about the address that comes with it, and never verifies an address from elsewhere.
    """
    found = {}
    for name, claim in provider.mapping.items():
        if name != "username" and claim in claims and _writable(pool, client, name):
            value = claims[claim]
            found[name] = str(value.strip().lower() == "true").lower() if name in VERIFIED_FLAGS else value
    alone = [flag for flag in VERIFIED_FLAGS if flag in found and not found.get(flag.removesuffix("_verified"))]
    return {name: value for name, value in found.items() if name not in alone}


def _writable(pool: Pool, client: Client, name: str) -> bool:
    spec = pool.attribute(name)
    if spec is None or spec.developer_only:
        return False
    return client.write_attributes is None or name.removesuffix("_verified") in client.write_attributes


def added(pool: Pool, client: Client, claims: Mapping[str, str]) -> dict[str, str]:
    """Return the custom attributes that the InboundFederation function returns.

    The example in the documentation returns some [docs: user-pool-lambda-inbound-federation].
    """
    return {
        name: value for name, value in claims.items() if name.startswith("custom:") and _writable(pool, client, name)
    }


def new_user(pool: Pool, name: str, sub: str, attributes: Mapping[str, str], now: float) -> User:
    """Make the user of a first sign-in by a provider.

    Addresses are unverified unless the mapping says otherwise. `now` is epoch seconds.

    Raises:
        InvalidParameter: a required attribute is missing [observed: aws-samples/aws-amplify-oidc-federation#2], a value
            does not fit, or no operation could take the name.
    """
    if len(name) > _LONGEST_NAME or not name.isprintable() or any(c.isspace() for c in name):
        # [own wording]
        raise errors.InvalidParameter("The provider's subject does not make a user name.").because(
            "federation.attributes"
        )
    given = {attribute: value for attribute, value in attributes.items() if value}
    missing = rules.missing_required(pool.schema, given)
    if missing:
        raise errors.InvalidParameter(f"attributes required: [{', '.join(missing)}]").because(
            "federation.attributes", setting="AttributeMapping", value=missing
        )
    _check_values(pool, given)
    flags = {f"{address}_verified": "false" for address in VERIFIABLE if address in given}
    user = User(
        pool.id,
        sub,
        name,
        pool.fold(name),
        created=now,
        modified=now,
        status=EXTERNAL_PROVIDER,
        attributes=rules.shared(_without_stray_flags({**flags, **given}).items()),
        federated=True,
    )
    return names.with_aliases(pool, user)


def updated(pool: Pool, user: User, attributes: Mapping[str, str], now: float) -> User:
    """Return the user with the provider's present claims.

    Only values that change are written. An address that stays keeps its verification; one that changes loses it unless
    the mapping verifies it.

    Raises:
        InvalidParameter: a value does not fit or was sent for an immutable attribute, whatever its value is.
    """
    # An immutable attribute is an error whenever it is sent, even unchanged
    # [docs: cognito-user-pools-specifying-attribute-mapping].
    rules.check_update(pool.schema, {name: value for name, value in attributes.items() if name not in VERIFIED_FLAGS})
    _check_values(pool, attributes)
    removed = [name for name, value in attributes.items() if not value and name in pool.username_attributes]
    if removed:
        raise errors.InvalidParameter("".join(f"user.{name}: The attribute is required\n" for name in removed)).because(
            "federation.attributes", setting="AttributeMapping"
        )
    changes: dict[str, str | None] = {name: value for name, value in attributes.items() if value != user.get(name)}
    for address in VERIFIABLE:
        if address in changes:
            flag = f"{address}_verified"
            changes[flag] = attributes.get(flag, "false") if changes[address] else None
    changed = user.with_attributes(_without_stray_flags({**dict(user.attributes), **changes}).items())
    waiting = tuple(pair for pair in user.pending_attributes if pair[0] not in changes)
    changed = replace(changed, pending_attributes=waiting)
    return user if changed == user else names.with_aliases(pool, replace(changed, modified=now))


def _without_stray_flags(values: Mapping[str, str | None]) -> dict[str, Any]:
    """Remove a flag that has no address."""
    stray = [f"{address}_verified" for address in VERIFIABLE if not values.get(address)]
    return {name: None if name in stray else value for name, value in values.items() if value or name not in stray}


def _check_values(pool: Pool, attributes: Mapping[str, str]) -> None:
    rules.check_format(attributes)
    found = rules.problems(pool.schema, attributes)
    if found:
        raise errors.InvalidParameter(
            "Invalid user attributes: " + "".join(f"{n}: {text}\n" for n, text in found)
        ).because("federation.attributes", setting="AttributeMapping")


def already_there(name: str) -> errors.InvalidParameter:
    """Make the error for a user name that is taken.

    It also comes where a PreSignUp function has just linked the identity [observed: amplify-flutter#1716]. The next
    sign-in finds that link.
    """
    return errors.InvalidParameter(f"Already found an entry for username {name}").because(
        "federation.user-exists", value=name
    )


def linked_in_other_case() -> errors.InvalidParameter:
    """Make the error for a link that differs from the subject in case alone.

    Such links come from the lower-case user name of a PreSignUp event [assumed]. The text is
    [observed: service-workbench-on-aws#605].
    """
    return errors.InvalidParameter("Invalid ProviderName/Username combination. Please check again").because(
        "federation.user-exists"
    )


def missing_links(provider: Provider, attributes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """List (attribute, value) by which an administrator may have made a link.

    The linked user has not signed in since.
    """
    return [(name, attributes[name]) for name in provider.mapping if attributes.get(name)]
