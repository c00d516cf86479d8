"""Add seeds to what exists: an existing block is changed by its update operation.

An operation that updates replaces: members that the block leaves out go back to their defaults, as on AWS. What no
operation changes (a pool's schema and sign-in names) stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.seed.model import UserSeed
from cognito_emulator.wire.model import IDP, service_model

Members = Mapping[str, Any]


def of_operation(operation: str, members: Members) -> dict[str, Any]:
    """Return those of the members that the operation has."""
    model = service_model(IDP).operation(operation)
    known = model.input.members if model else {}
    return {name: value for name, value in members.items() if name in known}


def find_user(store: Store, pool: Pool | None, seed: UserSeed) -> User | None:
    """Find the user that the block names, by the sub or by the user name."""
    if pool is None:
        return None
    by_sub = store.users.get((pool.id, seed.sub)) if seed.sub else None
    return by_sub or names.find_for_admin(store, pool, seed.block.members["Username"])


def changing(pool: Pool | None, user: User, attributes: Iterable[Members]) -> list[Members]:
    """Return the attributes of a block that are to be set.

    One that cannot change is left out where the user has its value already.
    """
    fixed = {name for name, spec in pool.schema.items() if not spec.mutable} if pool is not None else set()
    same = {(name, value) for name, value in user.attributes if name in fixed}
    return [one for one in attributes if (one["Name"], one.get("Value")) not in same]


def change_of(store: Store, operation: str, members: Members, client_id: str | None) -> tuple[str, Members] | None:
    """Return the operation that changes what this one would create, with its members.

    It is None where there is nothing to change.
    """
    pool_id = members["UserPoolId"]
    ids: dict[str, str] | None = None
    if operation == "CreateUserPoolClient":
        client = store.clients.get(client_id)
        ids = {"ClientId": client.id} if client is not None and client.pool_id == pool_id else None
    elif operation == "CreateGroup":
        ids = {} if (pool_id, members["GroupName"]) in store.groups else None
    elif operation == "CreateResourceServer":
        ids = {} if (pool_id, members["Identifier"]) in store.resource_servers else None
    elif operation == "CreateIdentityProvider":
        ids = {} if (pool_id, members["ProviderName"]) in store.providers else None
    elif operation == "CreateUserPoolDomain":
        ids = {} if any(one.name == members["Domain"] for one in store.domains.where("pool", pool_id)) else None
    elif operation == "CreateManagedLoginBranding":
        branding = store.brandings.find("client", (pool_id, members["ClientId"]))
        ids = {"ManagedLoginBrandingId": branding.id} if branding is not None else None
    elif operation == "CreateTerms":
        terms = [one for one in store.terms.where("pool", pool_id) if one.client_id == members["ClientId"]]
        ids = next(({"TermsId": one.id} for one in terms if one.name == members["TermsName"]), None)
    elif operation == "CreateCIMDPolicy":
        policies = store.cimd_policies.where("client", members["ClientId"])
        ids = next(({"CIMDPolicyId": one.id} for one in policies if one.name == members["PolicyName"]), None)
    if ids is None:
        return None
    update = operation.replace("Create", "Update", 1)
    return update, of_operation(update, {**members, **ids})
