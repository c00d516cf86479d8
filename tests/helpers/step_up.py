"""A session that steps up."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import Factors, Totp
from tests.helpers.build import PASSWORD, totp
from tests.helpers.flow_table import OPTIONAL, SECRET, SMS_ON, TOTP_ON, Walk, Way
from tests.helpers.harness import Running
from tests.helpers.oauth_client import claims

BOTH_ON = {**SMS_ON, **TOTP_ON}
# What was done before, by the first factor preferred and the factors on at that time.
BEFORE: dict[str, tuple[str, tuple[str, ...], list[str]]] = {
    "password": ("PASSWORD", (), ["pwd"]),
    "e-mail code": ("EMAIL_OTP", (), ["email_otp"]),
    "SMS code": ("SMS_OTP", (), ["sms"]),
    "passkey": ("WEB_AUTHN", (), ["swk"]),
    "password, SMS": ("PASSWORD", ("SMS_MFA",), ["pwd", "sms", "mfa"]),
    "password, TOTP": ("PASSWORD", ("SOFTWARE_TOKEN_MFA",), ["pwd", "otp", "mfa"]),
}


class StepUp(Walk):
    """A user with all that there is, whose pool and factors change between a sign-in and the step-up."""

    def __init__(self, running: Running, idp: Any, family: str = "user") -> None:
        super().__init__(running, idp, Way("step-up", "USER_AUTH", ()), "public", family)

    def configure(self, pool: dict[str, Any], factors: tuple[str, ...]) -> None:
        if pool["MfaConfiguration"] == "ON":
            policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}
            kept = self.running.call("DescribeUserPool", UserPoolId=self.at.pool)["UserPool"]
            members = {
                name: kept[name] for name in ("EmailConfiguration", "SmsConfiguration", "AccountRecoverySetting")
            }
            self.running.call("UpdateUserPool", UserPoolId=self.at.pool, Policies=policies, **members)
        self.running.call("SetUserPoolMfaConfig", UserPoolId=self.at.pool, **pool)
        self.running.run(self._switch_on(factors))

    async def _switch_on(self, factors: tuple[str, ...]) -> None:
        world = self.running.world
        found = names.find(world.store, world.store.pools.get(self.at.pool), "ann")  # type: ignore[arg-type]
        assert found is not None
        secret = SECRET if "SOFTWARE_TOKEN_MFA" in factors else None
        with world.store.write():
            world.store.users.put(replace(found, factors=Factors(frozenset(factors), None, Totp(secret))))

    def begin(self, **parameters: str) -> Any:
        return self.initiate({"USERNAME": "ann", **parameters})

    def through(self, answer: Any) -> tuple[list[str], dict[str, Any]]:
        """Answer whatever is asked; the names of what was, and the tokens."""
        asked: list[str] = []
        while "ChallengeName" in answer:
            name = answer["ChallengeName"]
            given = self._answer(name, answer)
            asked.append(given.get("ANSWER", name) if "PASSWORD" in given else name)
            answer = self.respond(name, answer["Session"], {"USERNAME": "ann", **given})
        result: dict[str, Any] = answer["AuthenticationResult"]
        return asked, result

    def _answer(self, name: str, answer: Any) -> dict[str, str]:
        if name == "SELECT_CHALLENGE":
            first = answer["AvailableChallenges"][0]
            return {"ANSWER": "PASSWORD", "PASSWORD": PASSWORD} if first == "PASSWORD_SRP" else {"ANSWER": first}
        if name == "SELECT_MFA_TYPE":
            return {"ANSWER": "SMS_MFA"}
        if name == "SOFTWARE_TOKEN_MFA":
            self.running.world.clock.advance(31)
            return {"SOFTWARE_TOKEN_MFA_CODE": totp(SECRET, self.running.world.clock.now())}
        if name == "WEB_AUTHN":
            options = json.loads(answer["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
            return {"CREDENTIAL": json.dumps(self.passkeys["ann"].get(options))}
        return {f"{name}_CODE": self.running.world.outbox.all()[-1].code or ""}

    def token(self, before: str = "password") -> dict[str, Any]:
        preferred, factors, amr = BEFORE[before]
        self.configure({**OPTIONAL, **BOTH_ON} if factors else {"MfaConfiguration": "OFF"}, factors)
        given = {"PASSWORD": PASSWORD} if preferred == "PASSWORD" else {}
        result = self.through(self.begin(PREFERRED_CHALLENGE=preferred, **given))[1]
        assert claims(result["AccessToken"])["amr"] == amr
        return result
