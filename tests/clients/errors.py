"""What refuses a client, and in which words: one table for all JavaScript clients."""

from __future__ import annotations

from typing import Any

from tests.clients import expected
from tests.helpers.build import DEVELOPER, PASSWORD, give_totp, refused, setup, sign_in, user
from tests.helpers.functions import Event, Functions, arn
from tests.helpers.harness import Running

Calls = list[list[Any]]
Row = tuple[str, Calls, str, str]
OTHER, WEAK = "Other-horse-77", "no-digits-At-all"
NOBODY = "Username/client id combination not found."
LIMIT = "Attempt limit exceeded, please try after some time."
SPENT = "Invalid code provided, please request a code again."
WRONG_CODE = "Invalid verification code provided, please try again."
UNKNOWN = "custom:none: Attribute does not exist in the schema.\n"
TOO_LONG = (
    "1 validation error detected: Value at 'username' failed to satisfy constraint: "
    "Member must have length less than or equal to 128"
)


def before_sign_up(event: Event) -> None:
    """PreSignUp that fails for one name and answers rubbish for another."""
    if event["userName"] == "refused":
        raise ValueError("not today")
    if event["userName"] == "rubbish":
        event["response"]["autoConfirmUser"] = "maybe"


class Town:
    """A pool whose users are each in a different trouble."""

    def __init__(self, running: Running, idp: Any) -> None:
        self.running, self.idp = running, idp
        functions = Functions(running, PreSignUp=before_sign_up)
        self.made = setup(
            running,
            AliasAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            LambdaConfig={**functions.config, "PostConfirmation": arn("nowhere")},
            EmailConfiguration=DEVELOPER,
        )
        factors = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}
        running.call("SetUserPoolMfaConfig", UserPoolId=self.made.pool, **factors)
        self.secretive = self.client(GenerateSecret=True)
        self.srp_only = self.client(ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
        self.people()

    def client(self, **members: Any) -> str:
        made = self.running.call("CreateUserPoolClient", UserPoolId=self.made.pool, ClientName="other", **members)
        return str(made["UserPoolClient"]["ClientId"])

    def people(self) -> None:
        """First those whose codes are a day old when the clients come."""
        for name in ("ann", "locked", "asked"):
            self.confirmed(name)
        self.signs_up("late")
        self.idp.forgot_password(ClientId=self.made.client, Username="ann")
        self.confirmed("tess", mail="false")
        give_totp(self.running, self.idp, self.made, "tess")
        self.running.world.clock.advance(86_401)
        for name in ("una", "dup", "pat"):
            self.signs_up(name, "ann@example.com" if name == "dup" else None)
        for name in ("rita", "dina", "code"):
            self.confirmed(name)
        self.running.call("AdminResetUserPassword", UserPoolId=self.made.pool, Username="rita")
        self.running.call("AdminDisableUser", UserPoolId=self.made.pool, Username="dina")
        self.confirmed("nora", mail="false")
        user(self.running, self.made.pool, "fred", "Temporary-7", permanent=False)
        self.idp.forgot_password(ClientId=self.made.client, Username="code")
        for _ in range(5):
            self.idp.forgot_password(ClientId=self.made.client, Username="asked")
        self.lock("locked")

    def confirmed(self, name: str, mail: str = "true") -> None:
        user(self.running, self.made.pool, name, email=f"{name}@example.com", email_verified=mail)

    def signs_up(self, name: str, mail: str | None = None) -> None:
        email = {"Name": "email", "Value": mail or f"{name}@example.com"}
        self.idp.sign_up(ClientId=self.made.client, Username=name, Password=PASSWORD, UserAttributes=[email])

    def lock(self, name: str) -> None:
        """Ten wrong passwords, each after the lock of the one before: 32 seconds."""
        for failure in range(1, 11):
            with refused("NotAuthorizedException", "Incorrect username or password."):
                sign_in(self.idp, self.made, name, OTHER)
            if failure < 10:
                self.running.world.clock.advance(2 ** max(0, failure - 4))

    def code(self, name: str) -> str:
        sent = [one.code for one in self.running.world.outbox.all() if one.user == name]
        return str(sent[-1])

    def signed_in(self, *calls: list[Any]) -> Calls:
        return [["signIn", "ann", PASSWORD], *calls]


def rows(town: Town) -> list[Row]:
    """Name, calls of which the last is refused, the error's name, its message."""
    una, dup = town.code("una"), town.code("dup")
    other = f"{(int(una) + 1) % 1_000_000:06}"
    lost = f"{(int(town.code('code')) + 1) % 1_000_000:06}"
    not_authorized, invalid = "NotAuthorizedException", "InvalidParameterException"
    conform = "InvalidPasswordException"
    return [
        ("unknown user", [["signIn", "nobody", PASSWORD]], "UserNotFoundException", "User does not exist."),
        ("wrong password", [["signIn", "ann", OTHER]], not_authorized, "Incorrect username or password."),
        ("locked", [["signIn", "locked", PASSWORD]], not_authorized, "Password attempts exceeded"),
        ("disabled", [["signIn", "dina", PASSWORD]], not_authorized, "User is disabled."),
        ("unconfirmed", [["signIn", "una", PASSWORD]], "UserNotConfirmedException", "User is not confirmed."),
        (
            "to be reset",
            [["signIn", "rita", PASSWORD]],
            "PasswordResetRequiredException",
            "Password reset required for the user",
        ),
        (
            "unknown client",
            [["client", "a" * 26], ["signIn", "ann", PASSWORD]],
            "ResourceNotFoundException",
            f"User pool client {'a' * 26} does not exist.",
        ),
        (
            "client with a secret",
            [["client", town.secretive], ["signIn", "ann", PASSWORD]],
            not_authorized,
            f"Client {town.secretive} is configured with secret but SECRET_HASH was not received",
        ),
        (
            "flow not enabled",
            [["client", town.srp_only], ["signIn", "ann", PASSWORD]],
            invalid,
            "USER_PASSWORD_AUTH flow not enabled for this client",
        ),
        ("user exists", [["signUp", "ann", PASSWORD]], "UsernameExistsException", "User already exists"),
        (
            "short password",
            [["signUp", "new", "short"]],
            conform,
            "Password did not conform with policy: Password not long enough",
        ),
        (
            "an alias for a name",
            [["signUp", "new@example.com", PASSWORD]],
            invalid,
            "Username cannot be of email format, since user pool is configured for email alias.",
        ),
        (
            "no e-mail address",
            [["signUp", "new", PASSWORD, {"email": "nowhere"}]],
            invalid,
            "Invalid email address format.",
        ),
        (
            "unknown attribute",
            [["signUp", "new", PASSWORD, {"custom:none": "x"}]],
            invalid,
            f"Attributes did not conform to the schema: {UNKNOWN}",
        ),
        (
            "forbidden attribute",
            [["signUp", "new", PASSWORD, {"email": "new@example.com", "email_verified": "true"}]],
            not_authorized,
            "A client attempted to write unauthorized attribute",
        ),
        ("too long a name", [["signUp", "n" * 129, PASSWORD]], invalid, TOO_LONG),
        (
            "function refuses",
            [["signUp", "refused", PASSWORD]],
            "UserLambdaValidationException",
            "PreSignUp failed with error not today.",
        ),
        (
            "function answers rubbish",
            [["signUp", "rubbish", PASSWORD]],
            "InvalidLambdaResponseException",
            "Unrecognizable lambda output",
        ),
        ("wrong code", [["confirmSignUp", "una", other]], "CodeMismatchException", WRONG_CODE),
        ("expired code", [["confirmSignUp", "late", town.code("late")]], "ExpiredCodeException", SPENT),
        ("code of nobody", [["confirmSignUp", "nobody", other]], "UserNotFoundException", NOBODY),
        (
            "confirmed already",
            [["confirmSignUp", "ann", other]],
            not_authorized,
            "User cannot be confirmed. Current status is CONFIRMED",
        ),
        (
            "alias taken",
            [["confirmSignUp", "dup", dup]],
            "AliasExistsException",
            "An account with the email already exists.",
        ),
        (
            "function cannot be reached",
            [["confirmSignUp", "pat", town.code("pat")]],
            "UnexpectedLambdaException",
            "PostConfirmation invocation failed due to error ResourceNotFoundException.",
        ),
        ("code for the confirmed", [["resend", "ann"]], invalid, "User is already confirmed."),
        ("too many codes", [["resend", "una"]] * 6, "LimitExceededException", LIMIT),
        ("forgot, nobody", [["forgot", "nobody"]], "UserNotFoundException", NOBODY),
        (
            "forgot, no address",
            [["forgot", "nora"]],
            invalid,
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ),
        (
            "forgot, invited",
            [["forgot", "fred"]],
            not_authorized,
            "User password cannot be reset in the current state.",
        ),
        ("forgot, too often", [["forgot", "asked"]], "LimitExceededException", LIMIT),
        ("recovery, wrong code", [["confirmForgot", "code", lost, OTHER]], "CodeMismatchException", WRONG_CODE),
        ("recovery, expired", [["confirmForgot", "ann", town.code("ann"), OTHER]], "ExpiredCodeException", SPENT),
        (
            "recovery, weak password",
            [["confirmForgot", "code", town.code("code"), WEAK]],
            conform,
            "Password does not conform to policy: Password must have numeric characters",
        ),
        (
            "change, wrong password",
            town.signed_in(["change", OTHER, "Third-horse-7"]),
            not_authorized,
            "Incorrect username or password.",
        ),
        (
            "change, weak password",
            town.signed_in(["change", PASSWORD, WEAK]),
            conform,
            "Password does not conform to policy: Password must have numeric characters",
        ),
        (
            "attribute, unknown",
            town.signed_in(["update", {"custom:none": "x"}]),
            invalid,
            f"Invalid user attributes: user.{UNKNOWN}",
        ),
        (
            "attribute, forbidden",
            town.signed_in(["update", {"email_verified": "true"}]),
            not_authorized,
            "A client attempted to write unauthorized attribute",
        ),
        (
            "attribute, no code asked for",
            town.signed_in(["verify", "email", "123456"]),
            "ExpiredCodeException",
            SPENT,
        ),
        (
            "one-time password",
            [["signIn", "tess", PASSWORD], ["answer", "000000"]],
            "CodeMismatchException",
            expected.WRONG_TOTP["message"],
        ),
        (
            "session expired",
            [["signIn", "tess", PASSWORD], ["advance", 181], ["answer", "000000"]],
            not_authorized,
            "Invalid session for the user, session is expired.",
        ),
    ]


def setting(table: list[Row]) -> dict[str, Any]:
    """What the scripts need."""
    return {"rows": [[name, calls] for name, calls, _, _ in table]}


def told(table: list[Row]) -> dict[str, dict[str, str]]:
    """What a client reports that tells all as it is."""
    return {name: expected.refused(error, message) for name, _, error, message in table}
