"""Import what seeds and exports call, before they do.

Their own calls cannot wait (`at_once`).
"""

from __future__ import annotations

import asyncio
from importlib import import_module

from cognito_emulator.seed.model import Seed
from cognito_emulator.wire.model import IDENTITY, IDP
from cognito_emulator.wire.patterns import load_engine
from cognito_emulator.wire.registry import prepare
from cognito_emulator.world import World

_MAKE_USER_POOLS = (
    "AdminAddUserToGroup",
    "AdminCreateUser",
    "AdminDisableUser",
    "AdminSetUserMFAPreference",
    "AdminSetUserPassword",
    "AdminUpdateUserAttributes",
    "CreateCIMDPolicy",
    "CreateGroup",
    "CreateIdentityProvider",
    "CreateManagedLoginBranding",
    "CreateResourceServer",
    "CreateTerms",
    "CreateUserPool",
    "CreateUserPoolClient",
    "CreateUserPoolDomain",
    "CreateUserPoolReplica",
    "DescribeUserPool",
    "SetLogDeliveryConfiguration",
    "SetRiskConfiguration",
    "SetUICustomization",
    "SetUserPoolClientSessionConfiguration",
    "SetUserPoolMfaConfig",
    "SetUserPoolSessionConfiguration",
    "UpdateProvisionedLimit",
    "UpdateUserPool",
    "UpdateUserPoolReplica",
)
_MAKE_IDENTITY_POOLS = (
    "CreateIdentityPool",
    "SetIdentityPoolRoles",
    "SetPrincipalTagAttributeMap",
    "UpdateIdentityPool",
)
_DESCRIBE_USER_POOLS = (
    "DescribeCIMDPolicy",
    "DescribeIdentityProvider",
    "DescribeManagedLoginBranding",
    "DescribeResourceServer",
    "DescribeTerms",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "DescribeUserPoolDomain",
    "GetGroup",
    "GetLogDeliveryConfiguration",
    "GetUserPoolMfaConfig",
    "GetUserPoolSessionConfiguration",
)
_DESCRIBE_IDENTITY_POOLS = ("DescribeIdentityPool", "GetIdentityPoolRoles", "GetPrincipalTagAttributeMap")


async def prepare_seed(seed: Seed) -> None:
    """Import what makes the contents of a seed."""
    await asyncio.to_thread(load_engine)
    if seed.pools or seed.limits:
        await prepare(IDP, *_MAKE_USER_POOLS)
    if seed.identity_pools:
        await prepare(IDENTITY, *_MAKE_IDENTITY_POOLS)


async def prepare_export(world: World) -> None:
    """Import what describes the contents of a world."""
    await asyncio.to_thread(load_engine)
    await asyncio.to_thread(import_module, "cognito_emulator.ports.kms")  # whose keys are counted
    if len(world.store.pools):
        await prepare(IDP, *_DESCRIBE_USER_POOLS)
    if len(world.store.identity_pools):
        await prepare(IDENTITY, *_DESCRIBE_IDENTITY_POOLS)
