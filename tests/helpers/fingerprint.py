"""Encode a device fingerprint as AWS's script does."""

from __future__ import annotations

import base64
import json
from typing import Any


def encoded(facts: Any, **outer: Any) -> str:
    payload = json.dumps({"contextData": facts, "username": "ann", "userPoolId": "us-east-1_a", "timestamp": "1"})
    whole = {"payload": payload, "signature": "c2ln", "version": "ANDROID20171114", **outer}
    return base64.b64encode(json.dumps(whole).encode()).decode()
