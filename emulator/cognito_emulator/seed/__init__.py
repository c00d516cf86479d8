"""Seeds: the initial contents of an emulator, in the API's own member names.

    seed = parse_files(["seed.yaml"])     # every mistake with file, line and path
    await apply(world, seed)              # all or nothing

A block is validated against the input of its operation, and created by a call of that operation. There is no second
schema. Beside the API's members there are nested blocks: MfaConfig, Clients, Groups, Users, Attributes and
MFAPreference. There are also values that AWS would generate or find: Id, ClientId, ClientSecret, Sub, Password,
Confirmed, Enabled, TOTPSecret, CompromisedPasswords, Risks. Further lists of a pool are in `seed.parts`, what users
have become in `seed.user_state`. Identity pools have IdentityPoolId, the members of
SetIdentityPoolRoles, and PrincipalTagMaps. ProvisionedLimits are the account's request rates. OpenIDConnectProviders,
SAMLProviders and LoginProviders are the providers that identity pools may trust.

    read_yaml, read_json   text -> nodes: every scalar text, with its line
    coercion, allowed_keys nodes -> members, typed by the model's shapes
    pools, parts, replicas, users, user_state, identity_pools, login_providers, limits, parse
                           members -> a Seed, with the checks between blocks
    applying, calls, making_users, ids, fixups, user_fixups   a Seed -> operations
    preparing              the operations that both call, imported before
    export, export_users, export_replicas, plain   a world -> the seed that makes it again
    schema, schema_shapes  the forms of the blocks -> the JSON Schema, for editors
    export_state, state    what no block carries: dates, and rows that no operation of a seed makes
    built_in, built_in_records   the built-in seed without all this: its records
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cognito_emulator.seed.applying import apply, check_files
    from cognito_emulator.seed.model import Seed
    from cognito_emulator.seed.parse import parse_default, parse_files, parse_mapping, parse_text, seed_files
    from cognito_emulator.seed.problems import Mistake, SeedError

__all__ = [
    "Mistake", "Seed", "SeedError", "apply", "check_files",
    "parse_default", "parse_files", "parse_mapping", "parse_text", "seed_files",
]  # fmt: skip
_MODULES = {
    "apply": "applying",
    "check_files": "applying",
    "Seed": "model",
    "Mistake": "problems",
    "SeedError": "problems",
}


def __getattr__(name: str) -> Any:
    """Import what is named when it is used.

    A start with the built-in seed needs none of it.
    """
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'parse')}"), name)
