from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.messaging import message_text
from cognito_emulator.domain.messaging.message_text import (
    Text,
    check_custom,
    code_text,
    filled,
    invitation_text,
    link_of,
)

CODE = Text("Your verification code", "Your verification code is {####}. ")
PATTERN = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"


def fill(text: Text, code: str | None = "1", username: str | None = None, link: str | None = None) -> Text:
    return filled(text, code=code, username=username, link=link)


def test_default_texts() -> None:
    assert code_text({}, "EMAIL", mfa=False) == CODE
    assert code_text({}, "SMS", mfa=False) == Text("", CODE.body)
    assert code_text({}, "SMS", mfa=True) == Text("", "Your authentication code is {####}. ")
    assert code_text({}, "EMAIL", mfa=True) == Text("Your authentication code", "Your authentication code is {####}. ")
    assert code_text({}, "EMAIL", mfa=False, link=True) == Text(
        "Your verification link", "Please click the link below to verify your email address. {##Verify Email##} "
    )


def test_texts_of_the_pool() -> None:
    template = {
        "EmailMessage": "m {####} {####}", "EmailSubject": "s", "SmsMessage": "t {####}",
        "EmailMessageByLink": "l {##go##}", "EmailSubjectByLink": "ls",
    }  # fmt: skip
    settings: dict[str, Any] = {
        "VerificationMessageTemplate": template,
        "SmsAuthenticationMessage": "a {####}",
        "EmailMfaConfiguration": {"Message": "e {####}", "Subject": "es"},
    }
    assert code_text(settings, "EMAIL", mfa=False) == Text("s", "m {####} {####}")
    assert code_text(settings, "EMAIL", mfa=False, link=True) == Text("ls", "l {##go##}")
    assert code_text(settings, "SMS", mfa=False) == Text("", "t {####}")
    assert code_text(settings, "SMS", mfa=True) == Text("", "a {####}")
    assert code_text(settings, "EMAIL", mfa=True) == Text("es", "e {####}")


def test_older_members_are_the_same_setting() -> None:
    settings = {
        "EmailVerificationMessage": "m {####}",
        "EmailVerificationSubject": "s",
        "SmsVerificationMessage": "t {####}",
    }
    assert code_text(settings, "EMAIL", mfa=False) == Text("s", "m {####}")
    assert code_text(settings, "SMS", mfa=False) == Text("", "t {####}")


def test_invitations() -> None:
    text = invitation_text({}, "EMAIL", password=True)
    assert text == Text("Your temporary password", "Your username is {username} and temporary password is {####}. ")
    assert invitation_text({}, "SMS", password=True) == Text("", text.body)
    template = {"EmailMessage": "{username}:{####}", "EmailSubject": "s", "SMSMessage": "{####}/{username}"}
    settings = {"AdminCreateUserConfig": {"InviteMessageTemplate": template}}
    assert invitation_text(settings, "EMAIL", password=True) == Text("s", "{username}:{####}")
    assert invitation_text(settings, "SMS", password=True) == Text("", "{####}/{username}")
    assert invitation_text(settings, "SMS", password=False) == Text("", "Your username is {username}.")


def test_values_are_put_in_everywhere_and_never_read_as_places() -> None:
    text = Text("{####} {username}", "{username}/{####}/{username}")
    assert fill(text, "{username}", "{####}") == Text("{username} {####}", "{####}/{username}/{####}")
    assert fill(text, None, None) == text


def test_links_become_html() -> None:
    link = link_of("https://d", "c", "a b&c", "123456")
    assert link == "https://d/confirmUser/?client_id=c&user_name=a+b%26c&confirmation_code=123456"
    text = Text("{##Go##}", "a {##Verify Email##} b {##here##} {####}")
    anchor = f'<a href="{link}" target="_blank">'
    assert fill(text, "1", link=link) == Text("Go", f"a {anchor}Verify Email</a> b {anchor}here</a> 1")
    assert fill(text, "1").body == "a {##Verify Email##} b {##here##} 1"


@pytest.mark.parametrize("body", ["{##", "{##a", "{####} {##"])
def test_half_a_link_is_none(body: str) -> None:
    assert fill(Text("", body), "{####}", link="https://d").body == body


def test_many_half_links_take_no_time() -> None:
    body = "{##" * 6000
    assert fill(Text("", body), link="https://d").body == body


@pytest.mark.parametrize(
    ("medium", "body", "subject", "problem"),
    [
        ("EMAIL", "no place here", "s", f"at 'emailBody' failed to satisfy constraint: Member must satisfy regular "
         f"expression pattern: {PATTERN}"),
        ("EMAIL", "\x00 {####}", "s", f"at 'emailBody' failed to satisfy constraint: Member must satisfy regular "
         f"expression pattern: {PATTERN}"),
        ("SMS", "no place here", "", f"at 'smsMessage' failed to satisfy constraint: Member must satisfy regular "
         f"expression pattern: {PATTERN}"),
        ("EMAIL", "", "s", "at 'emailBody' failed to satisfy constraint: Member must have length greater than or "
         "equal to 6"),
        ("EMAIL", "{####}" + "x" * 20_000, "s", "at 'emailBody' failed to satisfy constraint: Member must have length "
         "less than or equal to 20000"),
        ("SMS", "{####}" + "x" * 135, "", "at 'smsMessage' failed to satisfy constraint: Member must have length less "
         "than or equal to 140"),
        ("EMAIL", "{####}", "s" * 141, "at 'emailSubject' failed to satisfy constraint: Member must have length less "
         "than or equal to 140"),
    ],
)  # fmt: skip
def test_what_a_function_must_not_write(medium: str, body: str, subject: str, problem: str) -> None:
    with pytest.raises(errors.InvalidParameter) as refused:
        check_custom(Text(subject, body), medium, link=False, username=False)
    value = subject if "emailSubject" in problem else body
    assert refused.value.message == f"1 validation error detected: Value '{value}' {problem}"


def test_what_a_function_may_write() -> None:
    check_custom(Text("s" * 140, "{####}" + "é☂\n" * 6664), "EMAIL", link=False, username=False)
    check_custom(Text("", "{####}" + "x" * 134), "SMS", link=False, username=False)
    check_custom(Text("s", "press {##here##}"), "EMAIL", link=True, username=False)
    check_custom(Text("s", "{username}"), "EMAIL", link=False, username=True, code=False)
    with pytest.raises(errors.InvalidParameter):
        check_custom(Text("s", "press {##here##}"), "EMAIL", link=False, username=False)


def test_an_invitation_needs_the_user_name() -> None:
    with pytest.raises(errors.InvalidLambdaResponse) as refused:
        check_custom(Text("s", "your password: {####}"), "EMAIL", link=False, username=True)
    assert refused.value.message == "The message of an invitation must contain the username placeholder."


def test_passwords_are_escaped_for_custom_senders() -> None:
    assert message_text.escaped("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;'"
