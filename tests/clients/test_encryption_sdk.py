"""Handler files that open the codes of custom senders with the AWS Encryption SDK, unmodified."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from cognito_emulator.ports.handler_process import Handler
from cognito_emulator.ports.lambda_environment import environment
from cognito_emulator.ports.lambda_process import HandlerFunction
from cognito_emulator.ports.triggers import Router
from tests.helpers.harness import Running
from tests.helpers.node import FOLDER, Node

ARN = "arn:aws:lambda:us-east-1:000000000000:function:custom-sender"
KEY = "arn:aws:kms:us-east-1:000000000000:key/8a23102c-9b68-4fed-82ce-523c5363539e"
PYTHON = Path(__file__).parents[2] / "fixtures" / "triggers" / "handlers" / "custom_sender.py"


def opened(running: Running, file: Path, code: str) -> Any:
    """What the handler makes of an event with that code."""
    known = {**environment("custom-sender", "us-east-1", str(file.parent), running.url), "KEY_ARN": KEY, "KEY_ID": KEY}
    function = HandlerFunction(Handler(file, "handler", file.parent), lambda: known)
    router = Router(limit=60)
    router.bind(ARN, function)
    try:
        sealed = running.world.kms.encrypt_code(KEY, code, {"userpool-id": "us-east-1_localpool"})
        return asyncio.run(router.invoke(ARN, {"request": {"code": sealed, "userAttributes": {"email": "a"}}}))
    finally:
        function.stop()


def test_in_python(running: Running) -> None:
    answer = opened(running, PYTHON, "Aa1&lt;ü")
    assert answer["code"] == "Aa1&lt;ü"
    assert answer["context"]["userpool-id"] == "us-east-1_localpool"


def test_in_javascript(running: Running, node: Node) -> None:
    answer = opened(running, FOLDER / "custom_sender.mjs", "982921")
    assert answer["code"] == "982921"
    assert answer["context"]["userpool-id"] == "us-east-1_localpool"
