"""Draws requests from the service model, with what exists in the playground among the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from cognito_emulator.wire import honoured
from cognito_emulator.wire.model import OperationModel, Shape
from cognito_emulator.wire.validate import violations
from tests.contract.playground import CODE, NEW_PASSWORD, SECRET, Playground, Subject
from tests.helpers.build import PASSWORD, SMS

Paths = Set[str] | None  # that the operation honours; None if it is not written
Draw = Any  # of hypothesis: draws one value of a strategy

# Operations that need somebody in a certain state.
KINDS: Mapping[str, str] = {
    "AdminConfirmSignUp": "unconfirmed",
    "ConfirmForgotPassword": "recovering",
    "ConfirmSignUp": "unconfirmed",
    "ResendConfirmationCode": "unconfirmed",
    "ConfirmDevice": "pending",
    "VerifySoftwareToken": "pending",
    "VerifyUserAttribute": "verifying",
}
# What is optional in the model and needed in fact.
NEEDED = frozenset(
    {
        "AccessToken", "AuthParameters", "ChallengeResponses", "ClientSecret", "DeveloperUserIdentifier", "Logins",
        "MaxResults", "Password", "PreviousPassword", "SecretHash",
    }
)  # fmt: skip
ATTRIBUTES = [
    [{"Name": "nickname", "Value": "n"}],
    [{"Name": "email", "Value": "new@example.com"}, {"Name": "name", "Value": "Ann"}],
    [{"Name": "birthdate", "Value": "2000-01-01"}],
]
EVERYWHERE: Mapping[str, Sequence[Any]] = {
    "AttributeName": ["email"],
    "AttributesToGet": [["email"], ["sub", "name"]],
    "ClientName": ["client", "other"],
    "Code": [CODE],
    "CognitoIdentityProviders": [
        [{"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_x", "ClientId": "x"}]
    ],
    "ConfirmationCode": [CODE],
    "DeviceSecretVerifierConfig": [{"PasswordVerifier": "AQID", "Salt": "AQID"}],
    "Filter": ['username = "confirmed"', 'email ^= "c"', 'status = "Enabled"', ""],
    "Identifier": ["api"],
    "IdentityPoolTags": [{"k": "v"}],
    "Limit": [1, 10, 60],
    "MaxResults": [1, 10, 60],
    "MessageAction": ["SUPPRESS"],
    "OpenIdConnectProviderARNs": [["arn:aws:iam::000000000000:oidc-provider/example.com"]],
    "Password": [NEW_PASSWORD, PASSWORD],
    "PoolName": ["pool", "other"],
    "Precedence": [0, 7],
    "ProposedPassword": [NEW_PASSWORD],
    "ReadAttributes": [["email", "name"], ["sub"]],
    "CustomAttributes": [[{"Name": "colour", "AttributeDataType": "String"}]],
    "RoleArn": ["arn:aws:iam::000000000000:role/r"],
    "Roles": [{"authenticated": "arn:aws:iam::000000000000:role/r"}, {}],
    "SamlProviderARNs": [["arn:aws:iam::000000000000:saml-provider/Corp"]],
    "SmsConfiguration": [SMS],
    "SSOSession": [{"MaxValidityMinutes": 60}],
    "SupportedLoginProviders": [{"accounts.google.com": "app"}],
    "TagKeys": [["a"], ["b", "c"]],
    "Tags": [{"a": "1"}],
    "TemporaryPassword": [PASSWORD],
    "UserAttributeNames": [["nickname"], ["name", "custom:none"]],
    "UserAttributes": ATTRIBUTES,
    "UserPoolTags": [{"k": "v"}],
    "WriteAttributes": [["email", "name"]],
}
SPECIAL: Mapping[tuple[str, str], Sequence[Any]] = {
    ("AddUserPoolClientSecret", "ClientSecret"): [SECRET],
    ("AdminCreateUser", "Username"): ["fresh@example.com", "fresh"],
    ("AdminUpdateUserAttributes", "UserAttributes"): [*ATTRIBUTES, [{"Name": "email_verified", "Value": "true"}]],
    ("CreateGroup", "GroupName"): ["new", "other"],
    ("CreateResourceServer", "Identifier"): ["new"],
    ("CreateUserPoolClient", "ClientSecret"): [SECRET],
    ("SetUserPoolMfaConfig", "MfaConfiguration"): ["OFF", "OPTIONAL"],
    ("SignUp", "UserAttributes"): ATTRIBUTES,
    ("SignUp", "Username"): ["fresh@example.com", "fresh"],
}
SAMPLES = (
    "a", "user-1", "ann@example.com", "+15551234567", "us-east-1_abcdefghi", "us-east-1:0f-1", "123456", "1", "true",
    "arn:aws:iam::000000000000:role/r", "Level1", "code {####}", "{##Verify##} {####}", "https://example.com/cb",
    "email", "openid", "name", "example-domain", "import-1", "00000000-0000-4000-8000-000000000000", "x" * 30,
    "authenticated", "custom:x", "AAAA", "SYSTEM_AND_MORE", "terms-of-use", "cognito:default",
)  # fmt: skip
JUNK: Sequence[Any] = (
    "",
    " ",
    "nothing",
    "us-east-1_nothing",
    "\u2603",
    "a" * 300,
    0,
    -1,
    2**40,
    1.5,
    True,
    None,
    [],
    {},
    [None],
    {"a": "b"},
)


@dataclass(frozen=True)
class Drawer:
    """Draws the requests of one operation about the playground's people."""

    ground: Playground
    model: OperationModel
    draw: Draw

    def request(self) -> Any:
        """An input: mostly valid and about somebody who fits, sometimes spoiled in one place."""
        subject = self._subject()
        taken = honoured.table().get((self.model.service, self.model.name))
        value = self._structure(self.model.input, subject, taken.paths if taken else None, "")
        self._sign_in(value, subject)
        if self._chance(12) and self.model.input.members:
            self._spoil(value)
        return value

    def _chance(self, percent: int) -> bool:
        return self._integer(0, 99) >= 100 - percent

    def _of(self, values: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(values))

    def _integer(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def _subject(self) -> Subject:
        kind = KINDS.get(self.model.name, "confirmed")
        if "Challenge" in self.model.name:
            kind = self._of(["temporary", "totp"] if self.model.signed else ["confirmed", "temporary", "totp"])
        elif self._chance(10):
            kind = self._of(sorted(self.ground.subjects))
        found: Subject = self._of(self.ground.subjects[kind])
        return found

    # --- values ---------------------------------------------------------------------------------------------

    def _structure(self, shape: Shape, subject: Subject, paths: Paths, path: str) -> dict[str, Any]:
        value = {}
        for name, member in shape.members.items():
            inner = f"{path}.{name}" if path else name
            known = paths is None or inner in paths
            if (known and name in shape.required) or self._is_wanted(name, subject, inner, known=known):
                value[name] = self._member(name, member, subject, paths, inner)
        return value

    def _is_wanted(self, name: str, subject: Subject, path: str, *, known: bool) -> bool:
        top = name == path
        if top and name in NEEDED and (name in EVERYWHERE or subject.values.get(name)):
            return True
        if top and name in ("Session", "SecretHash", "ClientSecret", "NextToken", "PaginationToken"):
            return self._chance(1)
        return self._chance(12 if known else 1)

    def _member(self, name: str, shape: Shape, subject: Subject, paths: Paths, path: str) -> Any:
        known = (
            SPECIAL.get((self.model.name, name))
            or subject.values.get(f"{self.model.name}.{name}")
            or subject.values.get(f"{self.model.service}.{name}")
            or subject.values.get(name)
            or EVERYWHERE.get(name)
        )
        if known and "." not in path:
            return self._of(known)
        return self._value(shape, subject, paths, path)

    def _value(self, shape: Shape, subject: Subject, paths: Paths, path: str) -> Any:
        if shape.document:
            return {}
        if shape.type == "structure":
            return self._structure(shape, subject, paths, path)
        if shape.type == "list" and shape.element is not None:
            count = max(shape.min or 0, self._integer(0, 2))
            return [self._value(shape.element, subject, paths, path) for _ in range(count)]
        if shape.type == "map" and shape.element is not None:
            return {self._of(SAMPLES): self._value(shape.element, subject, paths, path) for _ in range(shape.min or 0)}
        if shape.type == "boolean":
            return self._of((False, True))
        if shape.type == "blob":
            return "AAAA"
        if shape.type == "string":
            return self._text(shape)
        return self._integer(shape.min or 0, min(shape.max or 100, 2**31 - 1))

    def _text(self, shape: Shape) -> str:
        good = shape.enum or [text for text in SAMPLES if not violations(shape, text)] or ["x"]
        return str(self._of(good))

    # --- what belongs together ------------------------------------------------------------------------------

    def _sign_in(self, value: dict[str, Any], subject: Subject) -> None:
        if "AuthFlow" in value and subject.flows:
            flows = [
                (flow, parameters)
                for flow, parameters in subject.flows
                if self.model.name == "AdminInitiateAuth" or not flow.startswith("ADMIN_")
            ]
            value["AuthFlow"], value["AuthParameters"] = self._of(flows)
        challenges = subject.admin_challenges if "UserPoolId" in value else subject.challenges
        if "ChallengeName" in value and challenges:
            value |= self._of(challenges)

    def _spoil(self, value: dict[str, Any]) -> None:
        name = self._of(sorted(self.model.input.members))
        if self._chance(30):
            value.pop(name, None)
        elif self._chance(40):
            strangers = [subject for subjects in self.ground.subjects.values() for subject in subjects]
            known = self._of(strangers).values.get(name)
            value[name] = known[0] if known else self._of(JUNK)
        elif isinstance(value.get(name), dict) and value[name] and self._chance(70):
            value[name] = {**value[name], self._of(sorted(value[name])): self._of(JUNK)}
        else:
            value[name] = self._of(JUNK)
