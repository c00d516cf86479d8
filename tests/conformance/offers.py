"""What another emulator does not offer: the operations and endpoints that it declares out of scope.

A scenario that fails at one of them is counted apart: no emulator has to have everything.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.run import Result

# How each project says it:
# moto          its documentation lists what is implemented, made from the methods of these classes
#               [docs: docs.getmoto.org/en/latest/docs/services/cognito-idp.html]
# ministack     answers `InvalidAction` for what it does not have
# cognito-local answers `Unsupported`; its README lists what it has
_MOTO = """
from moto.cognitoidentity.responses import CognitoIdentityResponse
from moto.cognitoidp.responses import CognitoIdpResponse
print(*(name for made in (CognitoIdpResponse, CognitoIdentityResponse) for name in vars(made)))
"""
# Answers of an address at which there is nothing.
_NOTHING = (404, 405, 501)


@dataclass(frozen=True)
class Offer:
    """What a project lists, where its answers do not tell: operations (None: they tell), and whether it has pages."""

    operations: frozenset[str] | None = None
    has_pages: bool = True


def of_moto(python: Path) -> Offer:
    """Return what the moto offers that this Python has; nothing of it lies at the addresses of a pool's domain."""
    done = subprocess.run([str(python), "-c", _MOTO], capture_output=True, text=True, check=True)
    return Offer(frozenset(name.replace("_", "") for name in done.stdout.split()), has_pages=False)


def counted(result: Result, offer: Offer) -> str:
    """Return the outcome of a scenario: what failed at something that is not offered is no failure."""
    if result.outcome != "failed" or not result.recording.steps:
        return result.outcome
    last = result.recording.steps[-1]
    if " " not in last.call:  # an operation
        missing = last.error is not None and offer.operations is not None and last.call.lower() not in offer.operations
    elif not offer.has_pages and "/.well-known/" not in last.call:
        missing = True
    else:
        missing = isinstance(last.answer, dict) and last.answer.get("status") in _NOTHING
    return "not offered" if missing else "failed"
