"""A seed of a real pool, from the answers of read-only operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.seed.importing import answers, ids
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.masking import Masks
from cognito_emulator.seed.importing.pool_draft import PoolDraft
from cognito_emulator.seed.importing.values import mapping_of, mappings_of, texts_of, word_of
from cognito_emulator.seed.problems import Place
from cognito_emulator.wire.model import IDENTITY, IDP, Service

# Names an operation in snake case and its members. None: there is no such thing.
Ask = Callable[..., Mapping[str, Any] | None]
_TOKENS = ("NextToken", "PaginationToken")
_PAGE = 60
_SECRETS = ("client_secret", "private_key")


class Wanted(Struct, frozen=True):
    """What is pulled beside the pools: users, with masks, and real secrets."""

    users: bool = False
    masked: bool = False
    secrets: bool = False


class PoolPuller:
    """Reads one user pool. `ask` may answer None, and note why a part cannot be read."""

    def __init__(self, draft: Draft, ask: Ask, pool_id: str, wanted: Wanted) -> None:
        self._draft = draft
        self._ask = ask
        self._id = pool_id
        self._wanted = wanted
        self._place = Place(pool_id)

    def pull(self) -> None:
        """Add the pool to the draft."""
        answer = self._inside("describe_user_pool")
        if answer is None:
            return
        described = mapping_of(answer["UserPool"])
        pool = answers.described_pool(self._draft, self._place, {**described, "CustomDomain": None}, self._id)
        answers.set_mfa(pool, self._inside("get_user_pool_mfa_config") or {})
        for one in self._each("list_identity_providers", "Providers"):
            self._provider(pool, word_of(one.get("ProviderName")))
        for one in self._each("list_resource_servers", "ResourceServers", 50):
            pool.add("ResourceServers", answers.part("CreateResourceServer", one))
        names = [word_of(one.get("ClientId")) for one in self._each("list_user_pool_clients", "UserPoolClients")]
        for client_id in names:
            self._client(client_id)
        for name in (described.get("Domain"), described.get("CustomDomain")):
            self._domain(pool, word_of(name))
        for one in self._each("list_groups", "Groups"):
            pool.add("Groups", answers.part("CreateGroup", one))
        self._settings(pool, names, has_domain=bool(described.get("Domain") or described.get("CustomDomain")))
        if self._wanted.users:
            self._users(pool)

    def _inside(self, operation: str, **members: Any) -> Mapping[str, Any] | None:
        return self._ask(IDP, operation, UserPoolId=self._id, **members)

    def _each(self, operation: str, name: str, page: int | None = _PAGE, **members: Any) -> Iterator[Mapping[str, Any]]:
        """Yield the items of all pages of a list."""
        limit = {} if page is None else {"Limit" if operation in _LIMITED else "MaxResults": page}
        token: dict[str, str] = {}
        while True:
            answer = self._inside(operation, **limit, **members, **token) or {}
            yield from mappings_of(answer.get(name))
            following = {key: word_of(answer.get(key)) for key in _TOKENS if answer.get(key)}
            if not following or following == token:
                return
            token = following

    def _provider(self, pool: PoolDraft, name: str) -> None:
        answer = self._inside("describe_identity_provider", ProviderName=name)
        if answer is None:
            return
        described = dict(mapping_of(answer["IdentityProvider"]))
        details = mapping_of(described.get("ProviderDetails"))
        if not self._wanted.secrets:
            described["ProviderDetails"] = {
                key: ids.UNKNOWN_SECRET if key in _SECRETS else value for key, value in details.items()
            }
        answers.add_provider(pool, self._place, described)

    def _client(self, client_id: str) -> None:
        answer = self._inside("describe_user_pool_client", ClientId=client_id)
        if answer is None:
            return
        described = mapping_of(answer["UserPoolClient"])
        secret = word_of(described.get("ClientSecret"))
        if secret and not self._wanted.secrets:
            self._draft.remark(self._place, f"the secret of the app client {client_id} is made up; --secrets takes it")
            secret = ids.client_secret(client_id)
        answers.add_client(self._draft, self._place, described, secret)

    def _domain(self, pool: PoolDraft, name: str) -> None:
        answer = self._ask(IDP, "describe_user_pool_domain", Domain=name) if name else None
        described = mapping_of((answer or {}).get("DomainDescription"))
        if described:
            answers.add_domain(pool, described)

    def _settings(self, pool: PoolDraft, clients: list[str], *, has_domain: bool) -> None:
        """Add what a pool and each of its app clients may have once."""
        for client_id in (None, *clients):
            named = {} if client_id is None else {"ClientId": client_id}
            self._one(pool, "describe_risk_configuration", "RiskConfiguration", "SetRiskConfiguration", named)
            if has_domain:
                self._one(pool, "get_ui_customization", "UICustomization", "SetUICustomization", named)
            if client_id is not None:
                self._one(
                    pool,
                    "describe_managed_login_branding_by_client",
                    "ManagedLoginBranding",
                    "CreateManagedLoginBranding",
                    named,
                )
        for one in self._each("list_terms", "Terms"):
            answer = self._inside("describe_terms", TermsId=one.get("TermsId"))
            if answer:
                pool.add("Terms", answers.part("CreateTerms", mapping_of(answer["Terms"])))
        answer = self._inside("get_log_delivery_configuration") or {}
        block = answers.part("SetLogDeliveryConfiguration", mapping_of(answer.get("LogDeliveryConfiguration")))
        if block.get("LogConfigurations"):
            pool.add("LogDeliveryConfigurations", block)

    def _one(self, pool: PoolDraft, ask: str, member: str, operation: str, named: Mapping[str, str]) -> None:
        """Add a setting, if it is the pool's or the app client's own."""
        described = mapping_of((self._inside(ask, **named) or {}).get(member))
        block = answers.part(operation, described)
        own = {name for name in block if name != "ClientId"}
        is_own = described.get("ClientId", "ALL") == named.get("ClientId", "ALL")
        if member == "ManagedLoginBranding":
            block |= dict(named)
            is_own = bool(described)
        if described.get("ImageUrl"):
            self._draft.leave_out(self._place, "the logo of the classic pages, of which AWS shows the address alone")
        if own and is_own:
            pool.add(f"{member}s", block)

    def _users(self, pool: PoolDraft) -> None:
        masks = Masks(self._id) if self._wanted.masked else None
        names: dict[str, str] = {}
        for one in self._each("list_users", "Users", None):
            shown = masks.user(one) if masks else one
            names[word_of(one.get("Username"))] = word_of(shown.get("Username"))
            answers.add_user(pool, self._place, shown)
        for group in self._each("list_groups", "Groups"):
            name = word_of(group.get("GroupName"))
            for one in self._each("list_users_in_group", "Users", _PAGE, GroupName=name):
                member = word_of(one.get("Username"))
                pool.users.join(names.get(member, member), name)


_LIMITED = ("list_groups", "list_users_in_group")


def pull_identity_pool(draft: Draft, ask: Ask, pool_id: str) -> None:
    """Add an identity pool with its roles and principal tags to the draft."""
    service: Service = IDENTITY
    place = Place(pool_id)
    described = ask(service, "describe_identity_pool", IdentityPoolId=pool_id)
    if described is None:
        return
    answers.add_answer(draft, place, described)
    roles = ask(service, "get_identity_pool_roles", IdentityPoolId=pool_id)
    if roles and (roles.get("Roles") or roles.get("RoleMappings")):
        answers.add_answer(draft, place, {**roles, "IdentityPoolId": pool_id})
    names = [word_of(one.get("ProviderName")) for one in mappings_of(described.get("CognitoIdentityProviders"))]
    names += mapping_of(described.get("SupportedLoginProviders"))
    names += texts_of(described.get("OpenIdConnectProviderARNs"))
    for name in dict.fromkeys(names):
        found = ask(service, "get_principal_tag_attribute_map", IdentityPoolId=pool_id, IdentityProviderName=name)
        if found and (found.get("UseDefaults") or found.get("PrincipalTags")):
            named = {"IdentityPoolId": pool_id, "IdentityProviderName": name}
            answers.add_answer(draft, place, {**found, **named})
