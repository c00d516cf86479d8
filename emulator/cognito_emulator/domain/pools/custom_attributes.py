"""AddCustomAttributes: new custom and developer attributes for a pool that exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import schema
from cognito_emulator.domain.pools.pool import Pool

MAX_CUSTOM = 50  # a pool; developer guide, "Quotas"


def added(pool: Pool, entries: Iterable[Mapping[str, Any]], now: float) -> Pool:
    """`pool` with these SchemaAttributeType entries at the end of its schema; `now` in epoch seconds.

    An entry never overrides a standard attribute: `email` makes `custom:email` (recorded).

    Raises:
        InvalidParameter
    """
    specs = dict(pool.schema)
    for entry in entries:
        if entry.get("Name") is None:
            # Not required by the model, but an attribute without a name is none (our text).
            raise errors.InvalidParameter("Invalid schema: an attribute has no Name.")
        spec = schema.custom(entry)
        if spec.name in specs:
            raise schema.attribute_exists(spec)
        specs[spec.name] = spec
    if sum(":" in name for name in specs) > MAX_CUSTOM:
        # LimitExceededException is not modelled for this operation.
        raise errors.InvalidParameter(f"The limit of {MAX_CUSTOM} custom attributes per user pool is reached.")
    return replace(pool, schema=MappingProxyType(specs), modified=now)
