"""Risk configuration of threat protection, for a pool or an app client.

It is checked, completed and shown here. Its effect at sign-in and sign-up is in `domain.threats.threat`.
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
    """The risk configuration of a pool (`client_id` None) or of a client.

    Its key is (pool_id, client_id). `settings` are the three wire members that were sent; `modified` is epoch seconds.
    """

    pool_id: str
    client_id: str | None
    settings: Mapping[str, Any]
    modified: float

    @property
    def key(self) -> tuple[str, str | None]:
        return self.pool_id, self.client_id


def completed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the three blocks as they are stored.

    An EventFilter that is left out means every event [docs: CompromisedCredentialsRiskConfigurationType].

    Raises:
        InvalidParameter: [own wording]
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
    """Refuse a range that is not in CIDR notation.

    It is an address and the length of its prefix [docs: RiskExceptionConfigurationType].
    """
    try:
        if _CIDR.fullmatch(text) is None:
            raise ValueError(text)  # Python accepts masks and zones too
        ip_network(text, strict=False)
    except ValueError:
        raise errors.InvalidParameter(f"{name} has an invalid CIDR range: {text}").because(
            "threats.address-range", setting="RiskExceptionConfiguration"
        ) from None
