"""The events of Lambda triggers in fixtures/triggers, one file for each triggerSource, with made-up ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.helpers.build import Setup

FOLDER = Path(__file__).parents[2] / "fixtures" / "triggers"
POOL, CLIENT = "us-east-1_Example01", "1example2client3id4567890a"
SUB = "a1b2c3d4-5678-4000-8000-0123456789ab"
CODE = "AYADe…"


def recorded(source: str) -> Any:
    """The event in fixtures/triggers/<source>.json."""
    return json.loads((FOLDER / f"{source}.json").read_text(encoding="utf-8"))


def as_recorded(event: Any, made: Setup, sub: str = "") -> Any:
    """`event` with the ids of the fixtures, and without the bytes of an encrypted code."""
    text = json.dumps(event).replace(made.pool, POOL).replace(made.client, CLIENT)
    found = json.loads(text.replace(sub, SUB) if sub else text)
    if str(found["request"].get("code") or "").startswith("AY"):
        found["request"]["code"] = CODE
    return found
