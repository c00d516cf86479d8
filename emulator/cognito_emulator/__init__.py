"""Provide cognito-emulator: a local Amazon Cognito that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cognito_emulator.server import Emulator

__all__ = ["Emulator", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Lazy: the command's start and pytest's collection should not pay for what they do not use.
    if name == "Emulator":
        from cognito_emulator.server import Emulator

        return Emulator
    raise AttributeError(name)
