"""Sign a user in by the API, whatever the pool asks for on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from cognito_emulator.domain import strict_json

if TYPE_CHECKING:
    from cognito_emulator.ports.srp_client import SrpClient

PASSWORD = "Password-1"
Answer = str | Mapping[str, str] | Callable[[Mapping[str, str]], str | Mapping[str, str]]
Answers = Answer | Mapping[str, Answer]

CUSTOM = "CUSTOM_AUTH"
ADMIN = "ADMIN_USER_PASSWORD_AUTH"
# The order in which a sign-in looks for a flow that the app client has.
FLOWS = ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", ADMIN, "USER_AUTH", CUSTOM)
_PASSWORD_FLOWS = ("USER_PASSWORD_AUTH", ADMIN)
# ... and for a first factor.
_FIRST_FACTORS = ("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN")
_PASSWORDS = ("PASSWORD", "PASSWORD_SRP")
_CODE_LENGTH = 6
_MOST_STEPS = 12  # challenges; a function that asks without end is not followed further

# Where the answer to a challenge goes, in ChallengeResponses.
_KEYS = {
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SMS_OTP": "SMS_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SELECT_MFA_TYPE": "ANSWER",
    "SELECT_CHALLENGE": "ANSWER",
    "CUSTOM_CHALLENGE": "ANSWER",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "PASSWORD": "PASSWORD",
    "MFA_SETUP": "EMAIL",
    "WEB_AUTHN": "CREDENTIAL",
}
_SENT = ("SMS_MFA", "EMAIL_OTP", "SMS_OTP")
__tracebackhide__ = True  # a traceback of pytest ends in the test


class SignInFacts(Struct, frozen=True):
    """What decides how a sign-in begins.

    `flows` are those of the app client; `newest` is the number of the newest message.
    """

    flows: tuple[str, ...]
    has_password: bool
    newest: int


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """A confirmed device: what an app keeps of it."""

    key: str
    group_key: str
    password: str = field(repr=False)


class Options(Struct, frozen=True):
    """The options of `CognitoPool.sign_in`."""

    password: str | None = None
    totp: str | None = None
    new_password: str | None = None
    answers: Answers | None = None
    device: RememberedDevice | None = None
    first_factor: str | None = None
    second_factor: str | None = None
    flow: str | None = None

    def answer(self, challenge: str, parameters: Mapping[str, str]) -> Mapping[str, str] | None:
        """Return the test's own ChallengeResponses to a challenge."""
        found: Any = self.answers
        if isinstance(found, Mapping):
            found = found.get(challenge)
        elif challenge != "CUSTOM_CHALLENGE":
            return None
        if callable(found):
            found = found(parameters)
        return {_KEYS.get(challenge, "ANSWER"): found} if isinstance(found, str) else found

    @property
    def is_custom(self) -> bool:
        """Whether there is an answer that only custom authentication asks for."""
        return self.answers is not None and (
            not isinstance(self.answers, Mapping) or "CUSTOM_CHALLENGE" in self.answers
        )


class Helpers(Protocol):
    """What a sign-in needs of its emulator."""

    def call_api(self, idp: Any, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def totp(self, user: str, *, pool: str | None = None) -> str: ...

    def totp_of(self, secret: str) -> str: ...

    def newest_code(self, user: str, pool: str, *, after: int = 0) -> str: ...

    def sign_in_facts(self, user: str, pool: str, client: str) -> SignInFacts: ...

    def answer_passkey(
        self, user: str, options: str | Mapping[str, Any], *, pool: str | None = None, origin: str | None = None
    ) -> str: ...


class Pool(Protocol):
    """The pool, with the app client."""

    @property
    def id(self) -> str: ...

    @property
    def client_id(self) -> str: ...

    @property
    def idp(self) -> Any: ...

    @property
    def emulator(self) -> Helpers: ...

    def secret_hash(self, username: str) -> dict[str, str]: ...


def _srp_client(name: str) -> SrpClient:
    from cognito_emulator.ports.srp_client import SrpClient  # few sign-ins of tests need it

    return SrpClient(name)


class PoolSignIn:
    """One sign-in of a user."""

    def __init__(self, pool: Pool, username: str, options: Options) -> None:
        self._pool = pool
        self._username = username
        self._options = options
        self._password = PASSWORD if options.password is None else options.password
        self._facts = pool.emulator.sign_in_facts(username, pool.id, pool.client_id)
        self._flow = self._choose_flow()

    @cached_property
    def _srp(self) -> SrpClient:
        return _srp_client(self._pool.id.partition("_")[2])

    @cached_property
    def _device_srp(self) -> SrpClient | None:
        return _srp_client(self._options.device.group_key) if self._options.device else None

    def result(self) -> dict[str, Any]:
        """Sign in and return AuthenticationResult.

        Raises:
            botocore.exceptions.ClientError, LookupError: as `CognitoPool.sign_in`.
        """
        answer = self._begin()
        for _ in range(_MOST_STEPS):
            if "AuthenticationResult" in answer:
                break
            answer = self._respond(answer)
        else:
            raise self._lacking(answer["ChallengeName"], f"it did not end after {_MOST_STEPS} challenges")
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    # --- the beginning ---------------------------------------------------------------------------------------

    def _choose_flow(self) -> str:
        options, allowed = self._options, self._facts.flows
        wanted: tuple[str, ...] = FLOWS if self._facts.has_password else ("USER_AUTH", *FLOWS)
        if options.flow is not None:
            wanted = (options.flow,)
        elif options.is_custom:
            wanted = (CUSTOM,)
        elif options.first_factor is not None:
            wanted = ("USER_AUTH",)
        for flow in wanted:
            if flow in allowed:
                return flow
        missing = f"ALLOW_{wanted[0]}"
        raise LookupError(
            f"The sign-in of {self._username!r} needs {missing}: pass client={{'ExplicitAuthFlows': [..., "
            f"{missing!r}]}} where the app client is made."
        )

    def _begin(self) -> Mapping[str, Any]:
        flow, options = self._flow, self._options
        parameters = {"USERNAME": self._username, **self._pool.secret_hash(self._username)}
        if flow in _PASSWORD_FLOWS:
            parameters["PASSWORD"] = self._password
        elif flow == "USER_SRP_AUTH":
            parameters["SRP_A"] = self._srp.public
        elif flow == "USER_AUTH" and options.first_factor:
            parameters |= {"PREFERRED_CHALLENGE": options.first_factor, **self._with_choice(options.first_factor)}
        elif flow == CUSTOM and options.password is not None:
            parameters |= {"CHALLENGE_NAME": "SRP_A", "SRP_A": self._srp.public}
        if options.device is not None:
            parameters["DEVICE_KEY"] = options.device.key
        members = {"ClientId": self._pool.client_id, "AuthFlow": flow, "AuthParameters": parameters}
        if flow == ADMIN:
            return self._call("admin_initiate_auth", {"UserPoolId": self._pool.id, **members})
        return self._call("initiate_auth", members)

    def _call(self, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._pool.emulator.call_api(self._pool.idp, method, members)

    def _with_choice(self, factor: str) -> dict[str, str]:
        """Return what is sent together with the choice of a first factor."""
        if factor == "PASSWORD":
            return {"PASSWORD": self._password}
        return {"SRP_A": self._srp.public} if factor == "PASSWORD_SRP" else {}

    # --- challenges ------------------------------------------------------------------------------------------

    def _respond(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        challenge, parameters = asked["ChallengeName"], asked.get("ChallengeParameters", {})
        session = asked.get("Session")
        responses = self._options.answer(challenge, parameters)
        if responses is None and challenge == "MFA_SETUP":
            session, responses = self._set_up(str(session), parameters), {}
        if responses is None:
            responses = self._answer(challenge, asked, parameters)
        name = str(parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or self._username)
        members = {
            "ClientId": self._pool.client_id,
            "ChallengeName": challenge,
            "ChallengeResponses": {"USERNAME": name, **responses, **self._pool.secret_hash(name)},
            **({"Session": session} if session else {}),
        }
        if self._flow == ADMIN:
            return self._call("admin_respond_to_auth_challenge", {"UserPoolId": self._pool.id, **members})
        return self._call("respond_to_auth_challenge", members)

    def _answer(self, challenge: str, asked: Mapping[str, Any], parameters: Mapping[str, str]) -> Mapping[str, str]:
        """Return the ChallengeResponses that follow from what the emulator knows."""
        emulator, pool = self._pool.emulator, self._pool.id
        if challenge in _SENT:
            return {_KEYS[challenge]: emulator.newest_code(self._username, pool, after=self._facts.newest)}
        match challenge:
            case "SOFTWARE_TOKEN_MFA":
                return {_KEYS[challenge]: self._code()}
            case "SELECT_MFA_TYPE":
                return {"ANSWER": self._second_factor(strict_json.decode(parameters["MFAS_CAN_CHOOSE"]))}
            case "SELECT_CHALLENGE":
                chosen = self._first_factor(asked.get("AvailableChallenges", ()))
                return {"ANSWER": chosen, **self._with_choice(chosen)}
            case "PASSWORD":
                return {"PASSWORD": self._password}
            case "PASSWORD_VERIFIER":
                return self._srp.claim(parameters, parameters["USER_ID_FOR_SRP"], self._password)
            case "WEB_AUTHN":
                return {"CREDENTIAL": self._passkey(parameters)}
            case "DEVICE_SRP_AUTH" | "DEVICE_PASSWORD_VERIFIER":
                return self._device_proof(challenge, parameters)
            case "NEW_PASSWORD_REQUIRED":
                return self._new_password(strict_json.decode(parameters.get("requiredAttributes", "[]")))
            case "CUSTOM_CHALLENGE":
                raise self._lacking(
                    challenge, "pass answers=, a text or a function of the public parameters", parameters
                )
        raise self._lacking(challenge, f"pass answers={{{challenge!r}: {{...}}}}, its ChallengeResponses", parameters)

    def _lacking(self, challenge: str, remedy: str, parameters: Mapping[str, str] | None = None) -> LookupError:
        shown = f" with {dict(parameters)}" if parameters else ""
        return LookupError(f"The sign-in of {self._username!r} asks for {challenge}{shown}; {remedy}.")

    def _code(self) -> str:
        emulator, totp = self._pool.emulator, self._options.totp
        if totp is None:
            return emulator.totp(self._username, pool=self._pool.id)
        return totp if len(totp) == _CODE_LENGTH and totp.isdigit() else emulator.totp_of(totp)

    def _first_factor(self, offered: list[str]) -> str:
        wanted = (self._options.first_factor,) if self._options.first_factor else (*_PASSWORDS, *_FIRST_FACTORS)
        for factor in wanted:
            if factor in offered and (self._facts.has_password or factor not in _PASSWORDS):
                return factor
        raise self._lacking("SELECT_CHALLENGE", f"pass first_factor=, one of {', '.join(offered)}")

    def _second_factor(self, offered: list[str]) -> str:
        if self._options.second_factor in offered:
            return str(self._options.second_factor)
        return "SOFTWARE_TOKEN_MFA" if "SOFTWARE_TOKEN_MFA" in offered else offered[0]

    def _passkey(self, parameters: Mapping[str, str]) -> str:
        options = parameters["CREDENTIAL_REQUEST_OPTIONS"]
        try:
            return self._pool.emulator.answer_passkey(self._username, options, pool=self._pool.id)
        except ValueError:
            raise self._lacking("WEB_AUTHN", "register a passkey with Emulator.add_passkey(user) before") from None

    def _device_proof(self, challenge: str, parameters: Mapping[str, str]) -> dict[str, str]:
        device = self._options.device
        if device is None or self._device_srp is None:
            raise self._lacking(challenge, "pass device=, which remember_device() has returned")
        if challenge == "DEVICE_SRP_AUTH":
            return {"DEVICE_KEY": device.key, "SRP_A": self._device_srp.public}
        return {"DEVICE_KEY": device.key, **self._device_srp.claim(parameters, device.key, device.password)}

    def _new_password(self, required: list[str]) -> dict[str, str]:
        if self._options.new_password is None:
            raise self._lacking("NEW_PASSWORD_REQUIRED", "pass new_password")
        if required:
            shown = {"NEW_PASSWORD": "...", **dict.fromkeys(required, "...")}
            remedy = f"the user lacks attributes: pass answers={{'NEW_PASSWORD_REQUIRED': {shown}}}"
            raise self._lacking("NEW_PASSWORD_REQUIRED", remedy)
        return {"NEW_PASSWORD": self._options.new_password}

    def _set_up(self, session: str, parameters: Mapping[str, str]) -> str:
        """Register an authenticator for MFA_SETUP; return the session that goes on."""
        if "SOFTWARE_TOKEN_MFA" not in parameters.get("MFAS_CAN_SETUP", "SOFTWARE_TOKEN_MFA"):
            raise self._lacking("MFA_SETUP", "pass answers={'MFA_SETUP': 'an e-mail address'}", parameters)
        begun = self._call("associate_software_token", {"Session": session})
        code = self._pool.emulator.totp_of(begun["SecretCode"])
        verified = self._call("verify_software_token", {"Session": begun["Session"], "UserCode": code})
        return str(verified["Session"])
