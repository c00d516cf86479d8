"""Every rule that can refuse a call, by its id.

Ids have the form `area.what`. Raise sites name them as literals (domain.reasons), so that an id leads to them.
"""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.domain.reasons import Rule
from cognito_emulator.domain.rules import (
    api,
    clients,
    factors,
    hosted,
    identity_pools,
    messages,
    oauth,
    pools,
    sign_in,
    tokens,
    users,
)

_ROOMS = (sign_in, factors, tokens, oauth, clients, pools, hosted, users, messages, api, identity_pools)

RULES: Mapping[str, Rule] = {rule.id: rule for room in _ROOMS for rule in room.RULES}
