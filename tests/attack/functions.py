"""The Lambda functions of a pool under attack: they answer as they should, fail, or answer anything at all."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from cognito_emulator.python_triggers import set_trigger
from cognito_emulator.world import World
from tests.attack import values
from tests.attack.values import Raw

TRIGGERS = (
    "PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication", "PostAuthentication", "DefineAuthChallenge",
    "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration", "UserMigration", "CustomEmailSender",
    "CustomSMSSender", "InboundFederation",
)  # fmt: skip
_GOOD: dict[str, dict[str, Any]] = {
    "PreSignUp": {"autoConfirmUser": True},
    "DefineAuthChallenge": {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False},
    "CreateAuthChallenge": {"publicChallengeParameters": {"a": "b"}, "privateChallengeParameters": {"answer": "x"}},
    "VerifyAuthChallengeResponse": {"answerCorrect": True},
    "CustomMessage": {"smsMessage": "{####}", "emailMessage": "{####}", "emailSubject": "s"},
    "UserMigration": {"userAttributes": {"email": "m@example.com"}, "finalUserStatus": "CONFIRMED"},
}


class Functions:
    """One handler for all triggers; well-behaved until `wild` is set."""

    def __init__(self) -> None:
        self.rng = Random(0)
        self.wild = False
        self.called: set[str] = set()  # triggers

    def bind(self, world: World, pool: str) -> None:
        for name in TRIGGERS:
            set_trigger(world, pool, name, self.handler, "V2_0" if name == "PreTokenGeneration" else "V1_0")

    @property
    def may_be_refused(self) -> bool:
        """Whether a refusal still has to leave everything as it was: the functions called come before any change. What
        the others are called after stays when they fail (a migrated user, a confirmation), on AWS too."""
        return self.called <= {"PreSignUp", "PreAuthentication"}

    async def handler(self, event: Any, _: Any) -> Any:
        name = next((name for name in TRIGGERS if event["triggerSource"].startswith(name)), "")
        self.called.add(name)
        kind = self.rng.random() if self.wild else 0.0
        if name == "DefineAuthChallenge" and event["request"]["session"] and kind < 0.3:
            event["response"].update({"issueTokens": True, "failAuthentication": False})
            return event
        if kind < 0.5:
            event["response"].update(_GOOD.get(name, {}))
            return event
        if kind < 0.6:
            raise RuntimeError(self.rng.choice(values.TEXTS))
        if kind < 0.75:
            return plain(values.any_json(self.rng))
        if kind < 0.8:
            return {**event, "response": plain(values.any_json(self.rng))}
        response = {**event["response"], **_GOOD.get(name, {})}
        for key in self.rng.sample(list(response), min(len(response), 2)):
            response[key] = plain(values.any_json(self.rng))
        return {**event, "response": response}


def plain(value: Any) -> Any:
    """The value as a function can return it."""
    try:
        return json.loads(value.text) if isinstance(value, Raw) else value
    except (ValueError, RecursionError):
        return value.text
