"""The table of sign-ins: settings, paths and one walk."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from msgspec.structs import replace

from cognito_emulator.domain.auth.passkey import Attested, Passkey
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import Factors, Totp
from tests.helpers.authenticator import Authenticator, b64, es256
from tests.helpers.build import PASSWORD, SMS, SrpClient, setup, totp, user
from tests.helpers.custom_auth import create, verify
from tests.helpers.functions import Event, Functions
from tests.helpers.harness import Running

ADDRESSES: dict[str, Any] = {"email": "{}@example.com", "phone_number": "+1555123{}"}
SENDER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"}
RECOVERY = {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}
FLOWS = [
    f"ALLOW_{name}"
    for name in ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH")
]
NEW_PASSWORD = "Brand-new-horse-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSKEYS = {"RelyingPartyId": "example.com"}
Result = tuple[str, str]
TOKENS: Result = ("", "")
WRONG: Result = ("NotAuthorizedException", "Incorrect username or password.")
CODE: Result = ("CodeMismatchException", "Invalid code or auth state for the user.")
TOTP_CODE: Result = ("CodeMismatchException", "Invalid code received for user")
INVALID: Result = ("NotAuthorizedException", "Invalid session for the user.")
USED: Result = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
EXPIRED: Result = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
DISABLED: Result = ("NotAuthorizedException", "User is disabled.")
GONE: Result = ("UserNotFoundException", "User does not exist.")


def missing(key: str) -> Result:
    return "InvalidParameterException", f"Missing required parameter {key}"


@dataclass(frozen=True)
class Step:
    """A challenge: what an answer needs, wrong values with what they give, and manners that end otherwise here."""

    challenge: str
    needs: tuple[str, ...] = ()
    wrong: tuple[tuple[str, str, Result], ...] = ()
    differs: dict[str, Result | None] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)

    def expected(self, manner: str) -> Result | None:
        """None: the manner makes no sense here."""
        return self.differs[manner] if manner in self.differs else MANNERS[manner]


# How a challenge is answered, and what comes of it.
MANNERS: dict[str, Result] = {
    "right": TOKENS,
    "replayed": USED,
    "expired": EXPIRED,
    "without session": missing("Session"),
    "with rubbish for a session": INVALID,
    "with another user's session": INVALID,
    "as another user": INVALID,
    "by another client": INVALID,
    "under another name": INVALID,
    "by the other API family": INVALID,
    "disabled meanwhile": DISABLED,
    "deleted meanwhile": GONE,
    "without USERNAME": missing("USERNAME"),
}
_SRP = ("PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP")
_TIMESTAMP: Result = (
    "InvalidParameterException",
    "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
)
SRP_A: Result = (
    "InvalidParameterException",
    "1 validation error detected: Value 'zzz' at 'sRPA' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$",
)
# The secret block identifies an SRP exchange, and every refusal reads like a wrong password.
_BY_BLOCK: dict[str, Result | None] = {
    **dict.fromkeys(("replayed", "expired", "with another user's session", "as another user"), WRONG),
    **dict.fromkeys(("by another client", "by the other API family", "deleted meanwhile"), WRONG),
    **dict.fromkeys(("without session", "with rubbish for a session", "under another name"), None),
}
_SRP_WRONG = (
    ("PASSWORD_CLAIM_SIGNATURE", "AAAA", WRONG),
    ("TIMESTAMP", "Mon Jan 1 00:00:00 UTC 2001", WRONG),
    ("TIMESTAMP", "now", _TIMESTAMP),
)
VERIFIER = Step("PASSWORD_VERIFIER", _SRP, _SRP_WRONG, _BY_BLOCK)
VERIFIER_WITH_SESSION = Step(
    "PASSWORD_VERIFIER",
    _SRP,
    _SRP_WRONG,
    {**_BY_BLOCK, "without session": missing("Session"), "with rubbish for a session": INVALID},
)
NEW = Step(
    "NEW_PASSWORD_REQUIRED",
    ("NEW_PASSWORD",),
    (
        (
            "NEW_PASSWORD",
            "short",
            ("InvalidPasswordException", "Password does not conform to policy: Password not long enough"),
        ),
    ),
)
TOTP = Step("SOFTWARE_TOKEN_MFA", ("SOFTWARE_TOKEN_MFA_CODE",), (("SOFTWARE_TOKEN_MFA_CODE", "000000", TOTP_CODE),))
SELECT_MFA = Step(
    "SELECT_MFA_TYPE",
    ("ANSWER",),
    (("ANSWER", "NONSENSE", ("InvalidParameterException", "Invalid MFA type selected.")),),
    sent={"ANSWER": "SMS_MFA"},
)
SET_UP = Step(
    "MFA_SETUP",
    wrong=(("EMAIL", "", ("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user.")),),
)
PASSWORD_STEP = Step("PASSWORD", ("PASSWORD",), (("PASSWORD", "Wrong-horse-7", WRONG),))
SRP_STEP = Step("PASSWORD_SRP", ("SRP_A",), (("SRP_A", "zzz", SRP_A),))
PASSKEY = Step(
    "WEB_AUTHN",
    ("CREDENTIAL",),
    (
        ("CREDENTIAL", "x", ("InvalidParameterException", "Credential data is not valid")),
        ("CREDENTIAL", '{"id":"x"}', WRONG),
    ),
)
QUESTION = Step("CUSTOM_CHALLENGE", ("ANSWER",), (("ANSWER", "wrong", WRONG),))


def define(event: Event) -> None:
    """One question, after the password if it was begun with; and one try."""
    rounds, response = event["request"]["session"], event["response"]
    names = [item["challengeName"] for item in rounds]
    asked = "CUSTOM_CHALLENGE" in names
    response["issueTokens"] = asked and rounds[-1]["challengeResult"]
    response["failAuthentication"] = asked and not rounds[-1]["challengeResult"]
    if not asked:
        response["challengeName"] = "PASSWORD_VERIFIER" if names == ["SRP_A"] else "CUSTOM_CHALLENGE"


def code(challenge: str) -> Step:
    key = f"{challenge}_CODE"
    return Step(challenge, (key,), ((key, "0", CODE), (key, "00000000", CODE)))


def select(chosen: str, **more: str) -> Step:
    unavailable = ("InvalidParameterException", "Selected challenge is not available")
    return Step(
        "SELECT_CHALLENGE", ("ANSWER",), (("ANSWER", "NONSENSE", unavailable),), sent={"ANSWER": chosen, **more}
    )


@dataclass(frozen=True)
class Way:
    """From the first request to tokens. `needs` are AuthParameters beside USERNAME, `mfa` the pool's configuration."""

    name: str
    flow: str
    needs: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    sent: dict[str, str] = field(default_factory=dict)
    mfa: dict[str, Any] = field(default_factory=dict)
    factors: tuple[str, ...] = ()
    temporary: bool = False
    bare: bool = False  # the user has no addresses


SMS_ON = {"SmsMfaConfiguration": {"SmsConfiguration": SMS}}
TOTP_ON = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
EMAIL_ON: dict[str, Any] = {"EmailMfaConfiguration": {}}
OPTIONAL = {"MfaConfiguration": "OPTIONAL"}
_PASSWORD = ("USER_PASSWORD_AUTH", ("PASSWORD",))
_BOTH = ("SMS_MFA", "SOFTWARE_TOKEN_MFA")
WAYS = (
    Way("password", *_PASSWORD),
    Way("SRP", "USER_SRP_AUTH", ("SRP_A",), (VERIFIER,)),
    Way("temporary password", *_PASSWORD, (NEW,), temporary=True),
    Way("temporary password by SRP", "USER_SRP_AUTH", ("SRP_A",), (VERIFIER, NEW), temporary=True),
    Way("SMS MFA", *_PASSWORD, (code("SMS_MFA"),), mfa={**OPTIONAL, **SMS_ON}, factors=("SMS_MFA",)),
    Way("e-mail MFA", *_PASSWORD, (code("EMAIL_OTP"),), mfa={**OPTIONAL, **EMAIL_ON}, factors=("EMAIL_OTP",)),
    Way("TOTP", *_PASSWORD, (TOTP,), mfa={**OPTIONAL, **TOTP_ON}, factors=("SOFTWARE_TOKEN_MFA",)),
    Way(
        "TOTP after SRP", "USER_SRP_AUTH", ("SRP_A",), (VERIFIER, TOTP), mfa={**OPTIONAL, **TOTP_ON}, factors=_BOTH[1:]
    ),
    Way(
        "choice of MFA", *_PASSWORD, (SELECT_MFA, code("SMS_MFA")), mfa={**OPTIONAL, **SMS_ON, **TOTP_ON}, factors=_BOTH
    ),
    Way(
        "set-up of MFA",
        *_PASSWORD,
        (SET_UP, code("EMAIL_OTP")),
        mfa={"MfaConfiguration": "ON", **EMAIL_ON, **TOTP_ON},
        bare=True,
    ),
    Way("preferred password", "USER_AUTH", ("PASSWORD",), sent={"PREFERRED_CHALLENGE": "PASSWORD"}),
    Way(
        "preferred SRP",
        "USER_AUTH",
        ("SRP_A",),
        (VERIFIER_WITH_SESSION,),
        sent={"PREFERRED_CHALLENGE": "PASSWORD_SRP"},
    ),
    Way("preferred e-mail", "USER_AUTH", (), (code("EMAIL_OTP"),), sent={"PREFERRED_CHALLENGE": "EMAIL_OTP"}),
    Way("preferred SMS", "USER_AUTH", (), (code("SMS_OTP"),), sent={"PREFERRED_CHALLENGE": "SMS_OTP"}),
    Way("preferred passkey", "USER_AUTH", (), (PASSKEY,), sent={"PREFERRED_CHALLENGE": "WEB_AUTHN"}),
    Way("chosen password at once", "USER_AUTH", (), (select("PASSWORD", PASSWORD=PASSWORD),)),
    Way("chosen password", "USER_AUTH", (), (select("PASSWORD"), PASSWORD_STEP)),
    Way("chosen SRP", "USER_AUTH", (), (select("PASSWORD_SRP"), SRP_STEP, VERIFIER_WITH_SESSION)),
    Way("chosen e-mail", "USER_AUTH", (), (select("EMAIL_OTP"), code("EMAIL_OTP"))),
    Way("chosen SMS", "USER_AUTH", (), (select("SMS_OTP"), code("SMS_OTP"))),
    Way("chosen passkey", "USER_AUTH", (), (select("WEB_AUTHN"), PASSKEY)),
    Way(
        "chosen password, TOTP",
        "USER_AUTH",
        (),
        (select("PASSWORD"), PASSWORD_STEP, TOTP),
        mfa={**OPTIONAL, **TOTP_ON},
        factors=_BOTH[1:],
    ),
    Way(
        "a level by password and TOTP",
        "USER_AUTH",
        ("PASSWORD",),
        (TOTP,),
        sent={"PREFERRED_CHALLENGE": "PASSWORD", "TARGET_ACR_VALUES": "urn:cognito:loa:4"},
        mfa={**OPTIONAL, **SMS_ON, **TOTP_ON},
        factors=_BOTH,
    ),
    Way(
        "a level by password and a chosen code",
        "USER_AUTH",
        ("PASSWORD",),
        (select("EMAIL_OTP"), code("EMAIL_OTP")),
        sent={"PREFERRED_CHALLENGE": "PASSWORD", "TARGET_ACR_VALUES": "urn:cognito:loa:4 urn:cognito:loa:3"},
    ),
    Way("custom question", "CUSTOM_AUTH", (), (QUESTION,)),
    Way(
        "custom question after SRP",
        "CUSTOM_AUTH",
        ("SRP_A",),
        (VERIFIER, QUESTION),
        sent={"CHALLENGE_NAME": "SRP_A"},
    ),
    Way(
        "custom question after SRP and TOTP",
        "CUSTOM_AUTH",
        ("SRP_A",),
        (VERIFIER, TOTP, QUESTION),
        sent={"CHALLENGE_NAME": "SRP_A"},
        mfa={**OPTIONAL, **TOTP_ON},
        factors=_BOTH[1:],
    ),
)
CLIENTS: dict[str, dict[str, Any]] = {
    "public": {},
    "secret": {"GenerateSecret": True},
    "hiding": {"PreventUserExistenceErrors": "ENABLED"},
}


class Walk:
    """One user's sign-in by a way, against a pool made for it."""

    def __init__(self, running: Running, idp: Any, way: Way, client: str, family: str) -> None:
        self.running, self.idp, self.way, self.admin = running, idp, way, family == "admin"
        allowed = {"SignInPolicy": {"AllowedFirstAuthFactors": _allowed(way)}}
        pool = {"EmailConfiguration": SENDER, "SmsConfiguration": SMS, "AccountRecoverySetting": RECOVERY}
        if way.flow == "CUSTOM_AUTH":
            pool["LambdaConfig"] = Functions(
                running, DefineAuthChallenge=define, CreateAuthChallenge=create, VerifyAuthChallengeResponse=verify
            ).config
        self.at = setup(running, {"ExplicitAuthFlows": FLOWS, **CLIENTS[client]}, Policies=allowed, **pool)
        configuration = {"MfaConfiguration": "OFF", **way.mfa, "WebAuthnConfiguration": PASSKEYS}
        running.call("SetUserPoolMfaConfig", UserPoolId=self.at.pool, **configuration)
        self.passkeys = {name: Authenticator() for name in ("ann", "bob")}
        self.srp: dict[str, SrpClient] = {}
        for number, name in enumerate(self.passkeys):
            self._make_user(name, 1000 + number)

    def _make_user(self, name: str, number: int) -> None:
        way = self.way
        attributes = {} if way.bare else {key: value.format(f"{number}") for key, value in ADDRESSES.items()}
        user(self.running, self.at.pool, name, permanent=not way.temporary, **attributes)
        self.running.run(self._equip(name))

    async def _equip(self, name: str) -> None:
        """An authenticator app, factors and a passkey, put where the operations would put them."""
        world, made = self.running.world, self.passkeys[name]
        found = names.find(world.store, world.store.pools.get(self.at.pool), name)  # type: ignore[arg-type]
        assert found is not None
        secret = SECRET if "SOFTWARE_TOKEN_MFA" in self.way.factors else None
        changed = replace(found, factors=Factors(frozenset(self.way.factors), None, Totp(secret)))
        key = cbor2.dumps(es256(made.key))
        attested = Attested(made.id, key, 0, str(made.aaguid), True, synced=False, attachment=None, transports=())
        with world.store.write():
            world.store.users.put(changed)
            world.store.passkeys.put(Passkey(self.at.pool, found.sub, b64(made.id), "example.com", 0.0, attested))

    # --- requests --------------------------------------------------------------------------------------

    def first(self, name: str = "ann") -> dict[str, str]:
        """The right AuthParameters."""
        inputs = {"PASSWORD": PASSWORD}
        if "SRP_A" in self.way.needs:
            self.srp[name] = SrpClient(self.at.pool, PASSWORD)
            inputs["SRP_A"] = self.srp[name].public
        return {"USERNAME": name, **self.way.sent, **{key: inputs[key] for key in self.way.needs}, **self.hashed(name)}

    def hashed(self, name: str) -> dict[str, str]:
        return self.at.hashed(name)

    def flow(self) -> str:
        admin = self.admin and self.way.flow == "USER_PASSWORD_AUTH"
        return "ADMIN_USER_PASSWORD_AUTH" if admin else self.way.flow

    def initiate(self, parameters: dict[str, str], client: str = "", flow: str = "") -> Any:
        members: dict[str, Any] = {"ClientId": client or self.at.client, "AuthFlow": flow or self.flow()}
        members["AuthParameters"] = parameters
        if self.admin:
            return self.idp.admin_initiate_auth(UserPoolId=self.at.pool, **members)
        return self.idp.initiate_auth(**members)

    def respond(self, challenge: str, session: str | None, responses: dict[str, str], **other: Any) -> Any:
        members = {"ClientId": other.get("client") or self.at.client, "ChallengeName": challenge}
        members |= {"Session": session} if session else {}
        if other.get("admin", self.admin):
            members["UserPoolId"] = self.at.pool
            return self.idp.admin_respond_to_auth_challenge(**members, ChallengeResponses=responses)
        return self.idp.respond_to_auth_challenge(**members, ChallengeResponses=responses)

    def right(self, step: Step, answer: Any, name: str = "ann") -> dict[str, str]:
        """The right ChallengeResponses to what was just asked."""
        assert answer["ChallengeName"] == step.challenge
        parameters, given = answer.get("ChallengeParameters", {}), dict(step.sent)
        if step.challenge.endswith(("_OTP", "SMS_MFA")):
            given[f"{step.challenge}_CODE"] = self.running.world.outbox.all()[-1].code or ""
        elif step is TOTP:
            given["SOFTWARE_TOKEN_MFA_CODE"] = totp(SECRET, self.running.world.clock.now())
        elif step is NEW:
            given["NEW_PASSWORD"] = NEW_PASSWORD
        elif step is SET_UP:
            given["EMAIL"] = f"{name}@example.com"
        elif step is PASSWORD_STEP:
            given["PASSWORD"] = PASSWORD
        elif step is SRP_STEP:
            self.srp[name] = SrpClient(self.at.pool, PASSWORD)
            given["SRP_A"] = self.srp[name].public
        elif step.challenge == "PASSWORD_VERIFIER":
            given |= self.srp[name].responses(parameters)
        elif step is QUESTION:
            given["ANSWER"] = parameters["question"].replace("number", "answer")
        elif step is PASSKEY:
            options = json.loads(parameters["CREDENTIAL_REQUEST_OPTIONS"])
            given["CREDENTIAL"] = json.dumps(self.passkeys[name].get(options))
        return {**given, "USERNAME": name, **self.hashed(name)}

    def to(self, number: int, name: str = "ann") -> Any:
        """Walk rightly until the challenge of that number is asked; its answer."""
        answer = self.initiate(self.first(name))
        for step in self.way.steps[:number]:
            answer = self.respond(step.challenge, answer.get("Session"), self.right(step, answer, name))
        return answer

    def finish(self, number: int, answer: Any) -> Any:
        for step in self.way.steps[number:]:
            answer = self.respond(step.challenge, answer.get("Session"), self.right(step, answer))
        return answer


def _allowed(way: Way) -> list[str]:
    required = way.mfa.get("MfaConfiguration") == "ON"
    return ["PASSWORD"] if required else ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
