"""Risk configuration of threat protection, for a pool or one of its app clients: checked, completed and shown here.

What it does at sign-in and sign-up is `domain.threats.threat`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors

EVENTS = ("SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP")
_CIDR = re.compile(r"[0-9A-Fa-f:.]+/[0-9]{1,3}")


class RiskConfiguration(Struct, frozen=True, gc=False):
    """What was set for the pool (`client_id` None) or for a client; its key is (pool_id, client_id).

    `settings` are the three wire members that were sent; `modified` is epoch seconds.
    """

    pool_id: str
    client_id: str | None
    settings: Mapping[str, Any]
    modified: float

    @property
    def key(self) -> tuple[str, str | None]:
        return self.pool_id, self.client_id


def completed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The three blocks as they are stored: an EventFilter that is left out means every event (API reference).

    Raises:
        InvalidParameter: the words are ours.
    """
    made = dict(settings)
    compromised = made.get("CompromisedCredentialsRiskConfiguration")
    if compromised is not None and not compromised.get("EventFilter"):
        made["CompromisedCredentialsRiskConfiguration"] = {**compromised, "EventFilter": list(EVENTS)}
    exceptions = made.get("RiskExceptionConfiguration")
    for name, ranges in (exceptions or {}).items():
        for text in ranges:
            _check_range(name, text)
    return made


def _check_range(name: str, text: str) -> None:
    """CIDR notation (API reference): an address and the length of its prefix."""
    try:
        if _CIDR.fullmatch(text) is None:
            raise ValueError(text)  # Python takes masks and zones too
        ip_network(text, strict=False)
    except ValueError:
        raise errors.InvalidParameter(f"{name} has an invalid CIDR range: {text}") from None
