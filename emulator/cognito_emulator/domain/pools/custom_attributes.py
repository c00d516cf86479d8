"""AddCustomAttributes: new custom and developer attributes for a pool that exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import schema
from cognito_emulator.domain.pools.pool import Pool

MAX_CUSTOM = 50  # in a pool [docs: quotas]


def added(pool: Pool, entries: Iterable[Mapping[str, Any]], now: float) -> Pool:
    """Return `pool` with these entries at the end of its schema.

    They are SchemaAttributeType entries; `now` is in epoch seconds. An entry never overrides a standard attribute:
    `email` makes `custom:email` [assumed].

    Raises:
        InvalidParameter
    """
    specs = dict(pool.schema)
    for entry in entries:
        if entry.get("Name") is None:
            # The model does not require it, but an attribute needs a name [own wording].
            raise errors.InvalidParameter("Invalid schema: an attribute has no Name.").because(
                "pools.schema", setting="Schema"
            )
        spec = schema.custom(entry)
        if spec.name in specs:
            raise schema.attribute_exists(spec)
        specs[spec.name] = spec
    if sum(":" in name for name in specs) > MAX_CUSTOM:
        # This operation has no LimitExceededException [model: AddCustomAttributes].
        raise errors.InvalidParameter(f"The limit of {MAX_CUSTOM} custom attributes per user pool is reached.").because(
            "api.quota", setting="Schema"
        )
    return replace(pool, schema=MappingProxyType(specs), modified=now)
