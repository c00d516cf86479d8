"""Custom senders: a Python callable, and a handler file with the AWS Encryption SDK as its users write it."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.server import Emulator
from tests.helpers.lambda_process import eventually
from tests.helpers.python_triggers import POOL, SEED
from tests.helpers.readme import ROOT

KEY = "arn:aws:kms:us-east-1:000000000000:key/8a23102c-9b68-4fed-82ce-523c5363539e"
SENDER = f"""
UserPools:
  - PoolName: local
    Id: {POOL}
    AutoVerifiedAttributes: [email]
    LambdaConfig:
      CustomEmailSender: {{LambdaArn: handlers/custom_sender.py:handler, LambdaVersion: V1_0}}
      KMSKeyID: {KEY}
    Clients: [{{ClientName: web, ClientId: web}}]
"""


def test_a_custom_sender_gets_a_key_and_a_code_that_can_be_read() -> None:
    events: list[Any] = []
    with Emulator(seed=SEED) as emulator:
        cognito = emulator.client()
        emulator.trigger("CustomEmailSender", lambda event, context: events.append(event), pool=POOL)
        config = cognito.describe_user_pool(UserPoolId=POOL)["UserPool"]["LambdaConfig"]
        assert config["CustomEmailSender"]["LambdaVersion"] == "V1_0"
        assert config["KMSKeyID"].startswith("arn:aws:kms:us-east-1:000000000000:key/")
        address = [{"Name": "email", "Value": "bob@example.com"}]
        cognito.sign_up(ClientId="web", Username="bob", Password="Password-1", UserAttributes=address)
        emulator.functions_settled()
        assert [event["triggerSource"] for event in events] == ["CustomEmailSender_SignUp"]
        code = emulator.decrypt(events[0]["request"]["code"])
        cognito.confirm_sign_up(ClientId="web", Username="bob", ConfirmationCode=code)
        assert cognito.admin_get_user(UserPoolId=POOL, Username="bob")["UserStatus"] == "CONFIRMED"


@pytest.mark.processes
def test_a_handler_file_opens_the_code_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("KEY_ARN", KEY)
    caplog.set_level(logging.INFO, "emulator.functions")
    shutil.copytree(ROOT / "fixtures" / "triggers" / "handlers", tmp_path / "handlers")
    (tmp_path / "seed.yaml").write_text(SENDER)
    with Emulator(seed=tmp_path / "seed.yaml") as emulator:
        cognito = emulator.client()
        address = [{"Name": "email", "Value": "bob@example.com"}]
        cognito.sign_up(ClientId="web", Username="bob", Password="Password-1", UserAttributes=address)
        emulator.functions_settled()
    told = re.compile(r"custom_sender\.py: To bob@example\.com code \d{6}$", re.MULTILINE)
    assert eventually(lambda: told.search(caplog.text) is not None), caplog.text
