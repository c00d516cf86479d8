"""Check what the Amplify scripts print."""

from __future__ import annotations

from typing import Any

DONE = {"isSignedIn": True, "nextStep": {"signInStep": "DONE"}}


def asks(step: str, **more: Any) -> dict[str, Any]:
    """The result of a sign-in that needs one more step."""
    return {"isSignedIn": False, "nextStep": {"signInStep": step, **more}}
