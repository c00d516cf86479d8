"""The whole life of a user through boto3 and the messages API, from an empty server to the user's deletion."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import jwt
import pytest

from tests.helpers.build import SrpClient, refused, totp
from tests.helpers.harness import Running

FIRST, SECOND, THIRD = "Correct-horse-7", "Second-horse-7", "Third-horse-7"
WRONG_PASSWORD = ("NotAuthorizedException", "Incorrect username or password.")
WRONG_CODE = ("CodeMismatchException", "Invalid verification code provided, please try again.")
USED_CODE = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
TOKEN_REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
REFRESH_REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")
MAILED = {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "a***@e***"}
ROLE = "arn:aws:iam::000000000000:role/editors"


class Life:
    """Ann, her pool and her client. Each chapter is one method; what she holds goes on to the next."""

    def __init__(self, running: Running, idp: Any) -> None:
        self.running, self.idp = running, idp
        self.pool = idp.create_user_pool(
            PoolName="people",
            AutoVerifiedAttributes=["email"],
            UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
        )["UserPool"]["Id"]
        totp_on = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
        idp.set_user_pool_mfa_config(UserPoolId=self.pool, MfaConfiguration="OPTIONAL", **totp_on)
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        made = idp.create_user_pool_client(UserPoolId=self.pool, ClientName="app", ExplicitAuthFlows=flows)
        self.client = made["UserPoolClient"]["ClientId"]
        self.tokens: dict[str, Any] = {}
        self.secret = ""

    def code(self, purpose: str) -> str:
        """The newest code of a purpose, as the messages API shows it."""
        query = urlencode({"pool": self.pool, "user": "ann", "type": purpose, "wait": 5})
        with urlopen(f"{self.running.url}/_emulator/messages/latest?{query}") as answer:
            return str(json.load(answer)["code"])

    def wrong(self, code: str) -> str:
        return f"{(int(code) + 1) % 1_000_000:06}"

    def begin(self, password: str) -> dict[str, Any]:
        """The answer to a sign-in by password."""
        parameters = {"USERNAME": "ann", "PASSWORD": password}
        answer: dict[str, Any] = self.idp.initiate_auth(
            ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        return answer

    def sign_in(self, password: str) -> None:
        self.tokens = self.begin(password)["AuthenticationResult"]

    def refresh(self, token: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.idp.initiate_auth(
            ClientId=self.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
        )
        return answer["AuthenticationResult"]  # type: ignore[no-any-return]

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token, verified with the pool's published keys."""
        issuer = f"{self.running.url}/{self.pool}"
        key = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json").get_signing_key_from_jwt(token)
        return dict(
            jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=issuer,
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
            )
        )

    def attributes(self) -> dict[str, str]:
        listed = self.idp.get_user(AccessToken=self.tokens["AccessToken"])["UserAttributes"]
        return {item["Name"]: item["Value"] for item in listed}

    def status(self) -> tuple[str, bool]:
        user = self.idp.admin_get_user(UserPoolId=self.pool, Username="ann")
        return user["UserStatus"], user["Enabled"]

    # The chapters, in order.

    def signs_up(self) -> None:
        newcomer = {"ClientId": self.client, "Username": "ann", "Password": FIRST}
        mail = [{"Name": "email", "Value": "ann@example.com"}]
        made = self.idp.sign_up(**newcomer, UserAttributes=mail)
        assert (made["UserConfirmed"], made["CodeDeliveryDetails"]) == (False, MAILED)
        assert self.status() == ("UNCONFIRMED", True)
        with refused("UsernameExistsException", "User already exists"):
            self.idp.sign_up(**newcomer, UserAttributes=mail)
        with refused("UserNotConfirmedException", "User is not confirmed."):
            self.begin(FIRST)

    def confirms(self) -> None:
        first = self.code("sign-up")
        sent = self.idp.resend_confirmation_code(ClientId=self.client, Username="ann")
        assert sent["CodeDeliveryDetails"] == MAILED
        code = self.code("resend")
        ann = {"ClientId": self.client, "Username": "ann"}
        with refused(*WRONG_CODE):
            self.idp.confirm_sign_up(**ann, ConfirmationCode=self.wrong(code))
        if first != code:  # one in a million
            with refused(*WRONG_CODE):
                self.idp.confirm_sign_up(**ann, ConfirmationCode=first)
        self.idp.confirm_sign_up(**ann, ConfirmationCode=code)
        assert self.status() == ("CONFIRMED", True)
        with refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"):
            self.idp.confirm_sign_up(**ann, ConfirmationCode=code)

    def signs_in(self) -> None:
        with refused(*WRONG_PASSWORD):
            self.begin(SECOND)
        self.sign_in(FIRST)
        answer = self.srp(FIRST)
        assert answer["AuthenticationResult"]["TokenType"] == "Bearer"
        assert answer["ChallengeParameters"] == {}
        with refused(*WRONG_PASSWORD):
            self.srp(SECOND)
        assert self.attributes() == {
            "sub": self.claims(self.tokens["AccessToken"])["sub"],
            "email": "ann@example.com",
            "email_verified": "true",
        }

    def srp(self, password: str) -> dict[str, Any]:
        """The answer to a sign-in by SRP."""
        hers = SrpClient(self.pool, password)
        begun = self.idp.initiate_auth(
            ClientId=self.client, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "ann", "SRP_A": hers.public}
        )
        assert begun["ChallengeName"] == "PASSWORD_VERIFIER"
        answer: dict[str, Any] = self.idp.respond_to_auth_challenge(
            ClientId=self.client,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=hers.responses(begun["ChallengeParameters"]),
        )
        return answer

    def moves_to_another_address(self) -> None:
        token = self.tokens["AccessToken"]
        update = [{"Name": "email", "Value": "anna@example.org"}, {"Name": "name", "Value": "Ann"}]
        sent = self.idp.update_user_attributes(AccessToken=token, UserAttributes=update)
        assert sent["CodeDeliveryDetailsList"] == [MAILED]
        # The pool keeps the address that is verified until the new one is.
        assert self.attributes()["email"] == "ann@example.com"
        assert self.attributes()["name"] == "Ann"
        code = self.code("attribute")
        with refused(*WRONG_CODE):
            self.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=self.wrong(code))
        self.idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
        assert self.attributes()["email"] == "anna@example.org"
        assert self.attributes()["email_verified"] == "true"

    def sets_up_an_authenticator_app(self) -> None:
        token = self.tokens["AccessToken"]
        self.secret = self.idp.associate_software_token(AccessToken=token)["SecretCode"]
        code = totp(self.secret, self.running.world.clock.now())
        with refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
            self.idp.verify_software_token(AccessToken=token, UserCode=self.wrong(code))
        verified = self.idp.verify_software_token(AccessToken=token, UserCode=code)
        assert verified["Status"] == "SUCCESS"
        preferred = {"Enabled": True, "PreferredMfa": True}
        self.idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=preferred)
        user = self.idp.get_user(AccessToken=token)
        assert user["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
        assert user["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
        with refused("ExpiredCodeException", "Your software token has already been used once."):
            self.answer_app(self.begin(FIRST), code)

    def answer_app(self, challenge: dict[str, Any], code: str) -> dict[str, Any]:
        assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        answer: dict[str, Any] = self.idp.respond_to_auth_challenge(
            ClientId=self.client,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code},
        )
        return answer["AuthenticationResult"]  # type: ignore[no-any-return]

    def signs_in_with_it(self) -> None:
        clock = self.running.world.clock
        clock.advance(60)
        challenge = self.srp(FIRST)
        code = totp(self.secret, clock.now())
        with refused("CodeMismatchException", "Invalid code received for user"):
            self.answer_app(challenge, self.wrong(code))
        self.tokens = self.answer_app(challenge, code)
        off = {"Enabled": False}
        self.idp.set_user_mfa_preference(AccessToken=self.tokens["AccessToken"], SoftwareTokenMfaSettings=off)
        assert "AuthenticationResult" in self.begin(FIRST)

    def joins_groups(self) -> None:
        self.idp.create_group(UserPoolId=self.pool, GroupName="editors", Precedence=1, RoleArn=ROLE)
        self.idp.create_group(UserPoolId=self.pool, GroupName="authors", Precedence=2)
        for group in ("authors", "editors"):
            self.idp.admin_add_user_to_group(UserPoolId=self.pool, Username="ann", GroupName=group)
        assert "cognito:groups" not in self.claims(self.tokens["AccessToken"])

    def refreshes(self) -> None:
        before = self.claims(self.tokens["AccessToken"])
        self.running.world.clock.advance(3601)
        with refused("NotAuthorizedException", "Access Token has expired"):
            self.attributes()
        renewed = self.refresh(self.tokens["RefreshToken"])
        assert "RefreshToken" not in renewed
        self.tokens |= renewed
        access, identity = (self.claims(renewed[name]) for name in ("AccessToken", "IdToken"))
        for kept in ("sub", "auth_time", "origin_jti", "event_id"):
            assert access[kept] == identity[kept] == before[kept]
        assert access["iat"] > before["iat"]
        # Tokens say what the user is now.
        assert access["cognito:groups"] == identity["cognito:groups"] == ["editors", "authors"]
        assert identity["cognito:roles"] == [ROLE]
        assert identity["cognito:preferred_role"] == ROLE
        assert (identity["email"], identity["email_verified"]) == ("anna@example.org", True)
        got = self.idp.get_tokens_from_refresh_token(ClientId=self.client, RefreshToken=self.tokens["RefreshToken"])
        assert self.claims(got["AuthenticationResult"]["AccessToken"])["origin_jti"] == before["origin_jti"]

    def revokes(self) -> None:
        revoked = dict(self.tokens)
        self.sign_in(FIRST)
        self.idp.revoke_token(ClientId=self.client, Token=revoked["RefreshToken"])
        with refused(*TOKEN_REVOKED):
            self.idp.get_user(AccessToken=revoked["AccessToken"])
        with refused(*REFRESH_REVOKED):
            self.refresh(revoked["RefreshToken"])
        assert self.attributes()["name"] == "Ann"  # the other sign-in goes on

    def forgets_her_password(self) -> None:
        ann = {"ClientId": self.client, "Username": "ann"}
        assert self.idp.forgot_password(**ann)["CodeDeliveryDetails"] == MAILED
        code = self.code("recovery")
        with refused(*WRONG_CODE):
            self.idp.confirm_forgot_password(**ann, ConfirmationCode=self.wrong(code), Password=SECOND)
        too_short = "Password does not conform to policy: Password not long enough"
        with refused("InvalidPasswordException", too_short):
            self.idp.confirm_forgot_password(**ann, ConfirmationCode=code, Password="Short-7")
        self.idp.confirm_forgot_password(**ann, ConfirmationCode=code, Password=SECOND)
        with refused(*USED_CODE):
            self.idp.confirm_forgot_password(**ann, ConfirmationCode=code, Password=FIRST)
        with refused(*WRONG_PASSWORD):
            self.begin(FIRST)
        self.sign_in(SECOND)

    def changes_it(self) -> None:
        change = {"AccessToken": self.tokens["AccessToken"], "ProposedPassword": THIRD}
        with refused(*WRONG_PASSWORD):
            self.idp.change_password(PreviousPassword=FIRST, **change)
        self.idp.change_password(PreviousPassword=SECOND, **change)
        with refused(*WRONG_PASSWORD):
            self.begin(SECOND)
        self.sign_in(THIRD)

    def is_disabled_and_enabled(self) -> None:
        ann = {"UserPoolId": self.pool, "Username": "ann"}
        self.idp.admin_disable_user(**ann)
        assert self.status() == ("CONFIRMED", False)
        with refused("NotAuthorizedException", "User is disabled."):
            self.begin(THIRD)
        with pytest.raises(self.idp.exceptions.NotAuthorizedException):
            self.attributes()
        with pytest.raises(self.idp.exceptions.NotAuthorizedException):
            self.refresh(self.tokens["RefreshToken"])
        self.idp.admin_enable_user(**ann)
        with refused(*REFRESH_REVOKED):  # what was revoked stays so
            self.refresh(self.tokens["RefreshToken"])
        self.sign_in(THIRD)

    def signs_out_everywhere(self) -> None:
        elsewhere = self.begin(THIRD)["AuthenticationResult"]
        self.idp.global_sign_out(AccessToken=self.tokens["AccessToken"])
        for tokens in (self.tokens, elsewhere):
            with refused(*TOKEN_REVOKED):
                self.idp.get_user(AccessToken=tokens["AccessToken"])
            with refused(*REFRESH_REVOKED):
                self.refresh(tokens["RefreshToken"])
        self.sign_in(THIRD)

    def leaves(self) -> None:
        self.idp.delete_user(AccessToken=self.tokens["AccessToken"])
        with refused("UserNotFoundException", "User does not exist."):
            self.begin(THIRD)
        with refused("UserNotFoundException", "User does not exist."):
            self.status()
        assert self.idp.list_users(UserPoolId=self.pool)["Users"] == []
        assert self.idp.list_users_in_group(UserPoolId=self.pool, GroupName="editors")["Users"] == []


def test_the_life_of_a_user(running: Running, idp: Any) -> None:
    ann = Life(running, idp)
    ann.signs_up()
    ann.confirms()
    ann.signs_in()
    ann.moves_to_another_address()
    ann.sets_up_an_authenticator_app()
    ann.signs_in_with_it()
    ann.joins_groups()
    ann.refreshes()
    ann.revokes()
    ann.forgets_her_password()
    ann.changes_it()
    ann.is_disabled_and_enabled()
    ann.signs_out_everywhere()
    ann.leaves()
