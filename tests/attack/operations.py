"""Requests for the operations of both services: mostly good, about what exists, and spoiled in one place or several."""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cognito_emulator.wire.model import SERVICES, OperationModel, Shape, service_model
from tests.attack import values
from tests.attack.line import Reply
from tests.attack.shot import Header, Shot, request
from tests.attack.values import Pairs
from tests.contract.drawing import KINDS, Drawer, Paths
from tests.contract.playground import CODE, NEW_PASSWORD, Playground, Subject
from tests.helpers.authenticator import Authenticator, b64, unb64
from tests.helpers.build import PASSWORD
from tests.helpers.harness import ACCOUNT, REGION

MODELS = [
    model
    for service in SERVICES
    for name in service_model(service).names
    if (model := service_model(service).operation(name)) is not None
]
BY_NAME = {model.name: model for model in MODELS}
# Members of answers that are good for members of requests by another name.
_OTHER_NAMES = {"Id": "UserPoolId", "SecretCode": "SoftwareTokenMfaCode", "IdToken": "Token", "Arn": "ResourceArn"}
_KEPT = 12
# Operations with that in their names need a pool of that kind.
_POOLS = {
    "WebAuthn": "passkeys", "Replica": "replicated", "Import": "hosted", "Provider": "hosted", "Domain": "hosted",
    "Branding": "hosted", "Terms": "hosted", "UICustomization": "hosted",
}  # fmt: skip
# The ways in are the longest.
_SIGN_IN = [
    BY_NAME[name] for name in ("InitiateAuth", "AdminInitiateAuth", "SignUp", "ForgotPassword", "StartUserImportJob")
]


class Live:
    """What answers have told: values by the member that had them."""

    def __init__(self) -> None:
        self.values: dict[str, deque[Any]] = {}

    def learn(self, value: Any) -> None:
        if isinstance(value, list):
            for item in value[:3]:
                self.learn(item)
        elif isinstance(value, dict):
            for name, item in value.items():
                if isinstance(item, (dict, list)):
                    self.learn(item)
                elif isinstance(item, str) and item:
                    self.add(name, item)

    def add(self, name: str, value: Any) -> None:
        for known in (name, _OTHER_NAMES.get(name)):
            if known is not None:
                self.values.setdefault(known, deque(maxlen=_KEPT)).append(value)

    def of(self, name: str, rng: Random) -> Any:
        """A value that fits the member, or any at all; None before there is one."""
        known = self.values.get(name)
        if known is None and self.values and rng.random() < 0.1:
            known = self.values[rng.choice(list(self.values))]
        return rng.choice(known) if known else None


@dataclass(frozen=True)
class Quick(Drawer):
    """The drawer of the contract's tests, by plain random numbers, with what answers have told among the values."""

    live: Live = field(default_factory=Live)

    def _chance(self, percent: int) -> bool:
        return bool(self.draw.random() * 100 < percent)

    def _of(self, values: Sequence[Any]) -> Any:
        return self.draw.choice(values)

    def _integer(self, least: int, most: int) -> int:
        return int(self.draw.randint(least, max(least, most)))

    def _subject(self) -> Subject:
        """For what needs a pool of its own kind, one of that kind."""
        kind = next((kind for word, kind in _POOLS.items() if word in self.model.name), None)
        if kind in self.ground.subjects and self._chance(80):
            return self._of(self.ground.subjects[kind])  # type: ignore[no-any-return]
        if self.model.name not in KINDS and self._chance(30):
            return self._of(self.ground.subjects["confirmed"][-3:])  # type: ignore[no-any-return]
        return super()._subject()

    def _member(self, name: str, shape: Shape, subject: Subject, paths: Paths, path: str) -> Any:
        if shape.type == "string" and self._chance(5):
            found = self.live.of(name, self.draw)
            if found is not None:
                return found
        return super()._member(name, shape, subject, paths, path)


@dataclass
class Operations:
    """Draws requests for all operations."""

    ground: Playground
    rng: Random
    live: Live = field(default_factory=Live)
    next: tuple[str, dict[str, Any]] | None = None

    def draw(self) -> Shot:
        model, value = self._wanted()
        for _ in range(self.rng.choice((0, 0, 0, 0, 1, 1, 1, 4))):
            self._spoil(value, model.input)
        return Shot("operation", model.name, request("POST", "/", self._headers(model), self._text(value)))

    def _wanted(self) -> tuple[OperationModel, dict[str, Any]]:
        """What goes on from the last answer, or anything."""
        if self.next is not None and self.rng.random() < 0.5:
            (name, value), self.next = self.next, None
            return BY_NAME[name], copy.deepcopy(value)
        model = self.rng.choice(MODELS if self.rng.random() < 0.85 else _SIGN_IN)
        if model.name.startswith("Delete"):  # what is gone is of no more use
            model = self.rng.choice(MODELS)
        value = Quick(self.ground, model, self.rng, live=self.live).request()
        if "Session" in model.input.members and self.rng.random() < 0.3:
            value["Session"] = self.live.of("Session", self.rng) or value.get("Session")
        # What is spoiled must not be the playground's own.
        return model, copy.deepcopy(value)

    def learn(self, reply: Reply) -> None:
        if reply.status != 200:
            return
        answer = json.loads(reply.body)
        self.live.learn(answer)
        if "ChallengeName" in answer and "Session" in answer:
            self.next = "RespondToAuthChallenge", self._answered(answer)
        elif "CredentialCreationOptions" in answer and self.tokens:
            self.next = (
                "CompleteWebAuthnRegistration",
                {
                    "AccessToken": self.rng.choice(self.tokens),
                    "Credential": self._credential(answer["CredentialCreationOptions"]),
                },
            )

    def _answered(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The right answer to a challenge, as far as it can be known."""
        name, told = answer["ChallengeName"], answer.get("ChallengeParameters", {})
        clients = [one.values["ClientId"][0] for found in self.ground.subjects.values() for one in found if one.flows]
        username = told.get("USER_ID_FOR_SRP") or told.get("USERNAME") or "ann"
        given = {"USERNAME": username, "ANSWER": CODE, "NEW_PASSWORD": NEW_PASSWORD, "PASSWORD": PASSWORD}
        given |= {f"{kind}_CODE": CODE for kind in ("SMS_MFA", "EMAIL_OTP", "SMS_OTP", "SOFTWARE_TOKEN_MFA")}
        if name.startswith("SELECT"):
            given["ANSWER"] = self.rng.choice(("SMS_MFA", "SOFTWARE_TOKEN_MFA", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"))
        if "CREDENTIAL_REQUEST_OPTIONS" in told:
            options = json.loads(told["CREDENTIAL_REQUEST_OPTIONS"])
            given["CREDENTIAL"] = json.dumps(self._spoiled(Authenticator().get(options)))
        client = self.rng.choice(clients)
        return {"ClientId": client, "ChallengeName": name, "Session": answer["Session"], "ChallengeResponses": given}

    def _credential(self, options: dict[str, Any]) -> dict[str, Any]:
        return self._spoiled(Authenticator(signed=self.rng.random() < 0.3).create(options))

    def _spoiled(self, credential: dict[str, Any]) -> dict[str, Any]:
        """A passkey's answer, mostly with something in it that no authenticator says."""
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            holder, key = self.rng.choice(list(values.holders(credential)))
            if isinstance(holder[key], str) and holder[key] and self.rng.random() < 0.6:
                raw = bytearray(unb64(holder[key]) if len(holder[key]) > 30 else holder[key].encode())
                for _ in range(self.rng.randint(1, 3)):
                    raw[self.rng.randrange(len(raw))] = self.rng.randrange(256)
                holder[key] = b64(bytes(raw))
            else:
                holder[key] = self.rng.choice(("", None, 1, [], {}, "x", True, 2**70, "\u00e9", "A" * 9_000))
        return credential

    @property
    def tokens(self) -> list[str]:
        """Access tokens of those who may register passkeys."""
        known = self.ground.subjects.get("passkeys", [])
        return [token for one in known for token in one.values["AccessToken"]]

    def _spoil(self, value: dict[str, Any], shape: Shape) -> None:
        found = list(values.places(value, shape))
        kind = self.rng.random()
        if kind < 0.08 or not found:
            value[self.rng.choice(("Unknown", "userPoolId", "", "__type", "UserPoolId ", *shape.members))] = self._odd()
            return
        container, key, inner = self.rng.choice(found)
        if inner.type == "list" and self.rng.random() < 0.1:
            container[key] = values.many(self.rng)
            return
        if kind < 0.40:
            container[key] = values.on_the_bound(inner, self.rng)
        elif kind < 0.55:
            container[key] = self.live.of(str(key), self.rng) or self._odd()
        elif kind < 0.62 and isinstance(container, dict):
            container.pop(key)
        elif kind < 0.70 and isinstance(container[key], str):
            at = self.rng.randint(0, len(container[key]))
            container[key] = container[key][:at] + self.rng.choice(values.TEXTS) + container[key][at:]
        else:
            container[key] = self._odd()

    def _odd(self) -> Any:
        return values.any_json(self.rng)

    def _text(self, value: dict[str, Any]) -> bytes:
        """The body; sometimes with a name that comes twice, in another encoding, or cut off."""
        kind = self.rng.random()
        if kind < 0.02:
            return values.write(self._odd()).encode()
        written: Any = value
        if kind < 0.05 and value:
            name = self.rng.choice(list(value))
            written = Pairs([*value.items(), (name, self._odd())])
        text = values.write(written)
        if kind < 0.06:
            text = text[: self.rng.randint(0, len(text))]
        elif kind < 0.07:
            text += self.rng.choice((text, "x", "\x00", "]", "}", ",", " " * 10_000))
        elif kind < 0.08:
            return text.encode(self.rng.choice(("utf-16", "utf-32", "utf-8-sig")))
        elif kind < 0.09:
            return text.encode() + self.rng.choice((b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\x00"))
        return text.encode()

    def _headers(self, model: OperationModel) -> list[Header]:
        service, name, region, access = model.service, model.name, REGION, "AKID"
        kind = self.rng.random()
        if kind < 0.02:
            region = self.rng.choice(("eu-west-1", "us-west-2", "", "x", "\u00e9", "US-EAST-1"))
        elif kind < 0.03:
            access = self.rng.choice(("111122223333", ACCOUNT, "", "0", "\u0660" * 12))
        elif kind < 0.04:
            service = self.rng.choice(("cognito-identity", "cognito-idp", "kms", ""))  # type: ignore[arg-type]
        elif kind < 0.05:
            name = self.rng.choice(("", "X", name.lower(), f"{name} ", f"{name}.{name}", "\u00e9", "a" * 5_000))
        credential = f"Credential={access}/20260905/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        authorization = f"AWS4-HMAC-SHA256 {credential}"
        if self.rng.random() < 0.02:
            authorization = self.rng.choice(("", "AWS4-HMAC-SHA256", "Bearer x", "Credential=", "Basic Og==", "\xff"))
        prefix = service_model(model.service).target_prefix
        headers: list[Header] = [
            ("host", f"localhost:{self.rng.choice((9229, 80))}"),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", f"{prefix}.{name}"),
        ]
        if model.signed or self.rng.random() < 0.1:
            headers.append(("authorization", authorization))
        return headers
