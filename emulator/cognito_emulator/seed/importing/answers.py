"""Answers of Amazon Cognito's API, in the JSON that the AWS CLI prints.

They are those of `describe-user-pool`, `get-user-pool-mfa-config`, `list-users`, `list-groups` and their kin. An answer
is known by its members. `pull` uses the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.seed.importing import blocks, ids
from cognito_emulator.seed.importing.blocks import ALL_CLIENTS
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.pool_draft import PoolDraft
from cognito_emulator.seed.importing.shaping import members_of, shaped
from cognito_emulator.seed.importing.user_drafts import epoch
from cognito_emulator.seed.importing.values import list_of, mapping_of, mappings_of, word_of
from cognito_emulator.seed.problems import Place
from cognito_emulator.wire.model import IDENTITY

Answer = Mapping[str, Any]
_FACTORS_WITHOUT_SECRET = ("SMS_MFA", "EMAIL_OTP")
_DOUBLED = ("SmsVerificationMessage", "EmailVerificationMessage", "EmailVerificationSubject")
# In this order, so that what names no pool finds the only one.
_FIRST = ("UserPool", "UserPoolClient", "DomainDescription", "IdentityProvider")


def is_answer(found: Mapping[str, Any]) -> bool:
    """Return whether this is an answer of the API that a seed can hold."""
    return _reader(found) is not None


def rank(found: Mapping[str, Any]) -> int:
    """Return where an answer comes among the others."""
    return next((number for number, name in enumerate(_FIRST) if name in found), len(_FIRST))


def add_answer(draft: Draft, place: Place, answer: Answer) -> None:
    """Add what an answer says to the draft."""
    reader = _reader(answer)
    if reader is not None:
        reader(draft, place, answer)


def _reader(found: Mapping[str, Any]) -> Callable[[Draft, Place, Answer], None] | None:
    for name, reader in _READERS.items():
        if isinstance(found.get(name), list if name in _LISTS else Mapping):
            return reader
    if "MfaConfiguration" in found and "UserPoolId" not in found:
        return _mfa
    if {"Username", "UserAttributes"} <= found.keys():
        return _user
    if {"IdentityPoolId", "IdentityPoolName"} <= found.keys():
        return _identity_pool
    if {"IdentityPoolId", "IdentityProviderName"} <= found.keys():
        return _tags
    if "IdentityPoolId" in found and found.keys() & {"Roles", "RoleMappings"}:
        return _roles
    return None


def _fit(operation: str, values: Mapping[str, Any], *without: str) -> dict[str, Any]:
    """Return the members of an operation in an answer.

    An answer has others too: dates, states, what AWS counts. They say nothing about how to create the thing.
    """
    known = {name: shape for name, shape in members_of(operation).items() if name not in ("UserPoolId", *without)}
    return shaped({name: values[name] for name in values if name in known}, known, lambda *_: None)


def _pool_of(draft: Draft, place: Place, values: Mapping[str, Any], what: str) -> PoolDraft | None:
    pool_id = word_of(values.get("UserPoolId"))
    return blocks.find_pool(draft, place, pool_id) if pool_id else draft.only_pool(place, what)


def described_pool(draft: Draft, place: Place, described: Mapping[str, Any], pool_id: str) -> PoolDraft:
    """Add a pool from its description."""
    members = _fit("CreateUserPool", {**described, "PoolName": described.get("Name", "")}, "Schema", *_left(described))
    schema = [_attribute(one) for one in mappings_of(described.get("SchemaAttributes"))]
    members["Schema"] = [one for one in schema if one]
    if not members["Schema"]:
        del members["Schema"]
    members.get("AdminCreateUserConfig", {}).pop("UnusedAccountValidityDays", None)  # in the password policy
    pool = draft.pool(place, pool_id)
    pool.settle(place, members)
    if word_of(described.get("Domain")):
        pool.add("Domains", {"Domain": described["Domain"]})
    if described.get("CustomDomain"):
        draft.leave_out(place, f"the domain {described['CustomDomain']}, unless describe-user-pool-domain is given too")
    return pool


def _left(described: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the members that say again what the template of messages says."""
    return _DOUBLED if described.get("VerificationMessageTemplate") else ()


def _attribute(described: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an attribute of the schema; None for a standard one as every pool has it."""
    shape = members_of("CreateUserPool")["Schema"].element
    assert shape is not None  # noqa: S101 - a list's
    entry = shaped(described, shape, lambda *_: None)
    name = str(entry.get("Name", ""))
    standard = STANDARD.get(name)
    if standard is not None:
        usual = standard.describe()
        if all(entry.get(key, usual[key]) == usual[key] for key in ("Required", "Mutable", "AttributeDataType")):
            constraints = {key for key in entry if key.endswith("Constraints")}
            if all(entry[key] == usual.get(key, entry[key]) for key in constraints):
                return None
    entry["Name"] = name.removeprefix("dev:").removeprefix("custom:")
    return entry


def _user_pool(draft: Draft, place: Place, answer: Answer) -> None:
    described = answer["UserPool"]
    pool_id = word_of(described.get("Id"))
    if not ids.is_pool_id(pool_id):
        draft.notes.add(place, "the user pool has no Id in AWS's form")
        return
    described_pool(draft, place, described, pool_id)


def _client(draft: Draft, place: Place, answer: Answer) -> None:
    described = answer["UserPoolClient"]
    add_client(draft, place, described, word_of(described.get("ClientSecret")))


def add_client(draft: Draft, place: Place, described: Mapping[str, Any], secret: str) -> None:
    """Add an app client from its description."""
    pool = _pool_of(draft, place, described, "the app client")
    client_id = word_of(described.get("ClientId"))
    if pool is None or not client_id:
        return
    members = _fit("CreateUserPoolClient", described, "ClientSecret")
    pool.add_client(client_id, members, secret or None)


def _mfa(draft: Draft, place: Place, answer: Answer) -> None:
    pool = draft.only_pool(place, "the MFA settings")
    if pool is not None:
        set_mfa(pool, answer)


def set_mfa(pool: PoolDraft, answer: Answer) -> None:
    """Set the MFA settings of a pool from GetUserPoolMfaConfig's answer."""
    pool.set_mfa(_fit("SetUserPoolMfaConfig", answer))


def _users(draft: Draft, place: Place, answer: Answer) -> None:
    pool = draft.only_pool(place, "the users")
    for number, one in enumerate(answer["Users"]):
        if pool is not None and isinstance(one, Mapping):
            add_user(pool, place.key("Users", place.line).item(number, 0), one)


def _one_user(draft: Draft, place: Place, answer: Answer) -> None:
    _users(draft, place, {"Users": [answer["User"]]})


def _user(draft: Draft, place: Place, answer: Answer) -> None:
    _users(draft, place, {"Users": [answer]})


def add_user(pool: PoolDraft, place: Place, described: Mapping[str, Any]) -> None:
    """Add a user from an answer, without a password."""
    listed = mappings_of(described.get("Attributes") or described.get("UserAttributes"))
    attributes = {word_of(one.get("Name")): str(one.get("Value") or "") for one in listed}
    settings: dict[str, Any] = {
        "UserStatus": word_of(described.get("UserStatus")) or None,
        "Enabled": False if str(described.get("Enabled", True)).lower() == "false" else None,
        "UserCreateDate": epoch(described.get("UserCreateDate")),
        "UserLastModifiedDate": epoch(described.get("UserLastModifiedDate")),
    }
    factors = list_of(described.get("UserMFASettingList"))
    if "SOFTWARE_TOKEN_MFA" in factors:
        pool.draft.leave_out(place, "the authenticator, whose secret no answer has; the user sets one up again")
    carried = [name for name in _FACTORS_WITHOUT_SECRET if name in factors]
    if carried:
        settings["UserMFASettingList"] = carried
        if described.get("PreferredMfaSetting") in carried:
            settings["PreferredMfaSetting"] = described["PreferredMfaSetting"]
    if mappings_of(described.get("MFAOptions")):
        pool.draft.leave_out(place, "MFA by SMS, here as MFAOptions; admin-get-user says it as UserMFASettingList")
    pool.users.add(place, word_of(described.get("Username")), attributes, **settings)


def _listed(name: str, section: str, operation: str, what: str) -> Callable[[Draft, Place, Answer], None]:
    """Return a reader of one thing, or of a list of it."""

    def read(draft: Draft, place: Place, answer: Answer) -> None:
        found = answer[name]
        for one in found if isinstance(found, list) else [found]:
            pool = _pool_of(draft, place, one, what) if isinstance(one, Mapping) else None
            if pool is not None:
                pool.add(section, part(operation, one))

    return read


def part(operation: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of one of a pool's lists from its description."""
    block = _fit(operation, described)
    if block.get("ClientId") == ALL_CLIENTS:
        block.pop("ClientId")
    if operation == "CreateManagedLoginBranding" and block.get("Settings") is not None:
        block.pop("UseCognitoProvidedValues", None)
    return block


def _domain(draft: Draft, place: Place, answer: Answer) -> None:
    described = answer["DomainDescription"]
    pool = _pool_of(draft, place, described, "the domain") if described else None
    if pool is not None:
        add_domain(pool, described)


def add_domain(pool: PoolDraft, described: Mapping[str, Any]) -> None:
    """Add a domain from its description, in place of what the pool says about it."""
    pool.replace("Domains", "Domain", part("CreateUserPoolDomain", described))


def _provider(draft: Draft, place: Place, answer: Answer) -> None:
    described = answer["IdentityProvider"]
    pool = _pool_of(draft, place, described, "the identity provider")
    if pool is not None:
        add_provider(pool, place, described)


def add_provider(pool: PoolDraft, place: Place, described: Mapping[str, Any]) -> None:
    """Add an identity provider from its description."""
    members = _fit("CreateIdentityProvider", described)
    details = mapping_of(members.get("ProviderDetails"))
    members["ProviderDetails"] = {name: value for name, value in details.items() if name not in _COMPUTED}
    pool.add_provider(place, members)


_COMPUTED = ("ActiveEncryptionCertificate", "SLORedirectBindingURI", "SSORedirectBindingURI")


def _identity_pool(draft: Draft, _: Place, answer: Answer) -> None:
    block = shaped(answer, members_of("CreateIdentityPool", IDENTITY), lambda *_: None)
    draft.identity_pool(str(answer["IdentityPoolId"])).update(block)


def _roles(draft: Draft, place: Place, answer: Answer) -> None:
    pool_id, source = str(answer["IdentityPoolId"]), blocks.Source(draft, place, {})
    blocks.set_roles(source, pool_id, answer.get("Roles"), answer.get("RoleMappings"))


def _tags(draft: Draft, place: Place, answer: Answer) -> None:
    values = {name: answer[name] for name in ("IdentityProviderName", "UseDefaults", "PrincipalTags") if name in answer}
    blocks.add_tag_map(blocks.Source(draft, place, values), str(answer["IdentityPoolId"]))


def _unread(draft: Draft, place: Place, _: Answer) -> None:
    draft.leave_out(place, "a list of names alone; give the answers that describe each of them")


_LISTS = ("UserPoolClients", "UserPools", "Providers", "IdentityPools", "ResourceServers", "Groups", "Users")
_READERS: Mapping[str, Callable[[Draft, Place, Answer], None]] = {
    "UserPool": _user_pool,
    "UserPoolClient": _client,
    "UserPoolClients": _unread,
    "UserPools": _unread,
    "Providers": _unread,
    "IdentityPools": _unread,
    "DomainDescription": _domain,
    "IdentityProvider": _provider,
    "ResourceServer": _listed("ResourceServer", "ResourceServers", "CreateResourceServer", "the resource server"),
    "ResourceServers": _listed("ResourceServers", "ResourceServers", "CreateResourceServer", "the resource servers"),
    "Group": _listed("Group", "Groups", "CreateGroup", "the group"),
    "Groups": _listed("Groups", "Groups", "CreateGroup", "the groups"),
    "RiskConfiguration": _listed(
        "RiskConfiguration", "RiskConfigurations", "SetRiskConfiguration", "the risk configuration"
    ),
    "UICustomization": _listed("UICustomization", "UICustomizations", "SetUICustomization", "the UI customization"),
    "LogDeliveryConfiguration": _listed(
        "LogDeliveryConfiguration", "LogDeliveryConfigurations", "SetLogDeliveryConfiguration", "the log delivery"
    ),
    "ManagedLoginBranding": _listed(
        "ManagedLoginBranding", "ManagedLoginBrandings", "CreateManagedLoginBranding", "the branding"
    ),
    "Terms": _listed("Terms", "Terms", "CreateTerms", "the terms"),
    "Users": _users,
    "User": _one_user,
}
