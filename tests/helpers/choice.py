"""Choice-based sign-in: its pool, and a choice."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import SMS, Setup, setup
from tests.helpers.harness import Running
from tests.helpers.sign_in import begin

CODES = ["EMAIL_OTP", "SMS_OTP"]


def policies(*factors: str) -> dict[str, Any]:
    return {"SignInPolicy": {"AllowedFirstAuthFactors": list(factors)}}


def with_choice(running: Running, *factors: str, client: dict[str, Any] | None = None, **pool: Any) -> Setup:
    """A pool with these first factors (PASSWORD and both codes) and a client with USER_AUTH."""
    allowed = policies(*(factors or ("PASSWORD", *CODES)))
    flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
    members = {"ExplicitAuthFlows": flows, **(client or {})}
    return setup(running, members, Policies=allowed, SmsConfiguration=SMS, **pool)


def choose(idp: Any, at: Setup, username: str = "ann", **parameters: str) -> Any:
    return begin(idp, at, "USER_AUTH", USERNAME=username, **at.hashed(username), **parameters)


def last_code(running: Running) -> str:
    return running.world.outbox.all()[-1].code or ""


def signed_in(answer: Any) -> bool:
    return "AccessToken" in answer.get("AuthenticationResult", {})


def offered(answer: Any) -> list[str]:
    assert answer["ChallengeName"] == "SELECT_CHALLENGE"
    assert answer["Session"]
    found: list[str] = answer["AvailableChallenges"]
    return found


HIDING: dict[str, Any] = {"PreventUserExistenceErrors": "ENABLED"}
