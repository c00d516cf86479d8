"""What threat protection finds about one event (EventRisk)."""

from __future__ import annotations

from msgspec import Struct

# RiskDecision
NO_RISK, ACCOUNT_TAKEOVER, BLOCKED = "NoRisk", "AccountTakeover", "Block"


class Risk(Struct, frozen=True, gc=False):
    """What threat protection finds about an event (EventRisk).

    `decision` is empty while nothing was judged. `level` is Low, Medium or High, or empty where there is no risk.
    `demand` is the action (MFA_IF_CONFIGURED, MFA_REQUIRED) by which this sign-in needs a second factor.
    """

    decision: str = ""
    level: str = ""
    demand: str = ""
    compromised: bool = False


UNJUDGED = Risk()
