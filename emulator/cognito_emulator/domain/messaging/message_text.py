"""The texts of messages: the pool's own or the service's, with placeholders.

    {####}        the code, or the temporary password
    {username}    in invitations
    {##text##}    the link that confirms a sign-up, where the pool verifies e-mail addresses by link

[docs: cognito-user-pool-settings-message-customizations]
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors

EMAIL = "EMAIL"
SMS = "SMS"

CODE_PLACE = "{####}"
USERNAME_PLACE = "{username}"
LINK_PLACE = "{##Click Here##}"

# AWS's texts for a pool without its own, trailing blanks included [assumed].
CODE_SUBJECT = "Your verification code"
CODE_BODY = "Your verification code is {####}. "
LINK_SUBJECT = "Your verification link"
LINK_BODY = "Please click the link below to verify your email address. {##Verify Email##} "
MFA_SUBJECT = "Your authentication code"
MFA_BODY = "Your authentication code is {####}. "
INVITATION_SUBJECT = "Your temporary password"
INVITATION_BODY = "Your username is {username} and temporary password is {####}. "
# For users without a temporary password [docs: how-to-create-user-accounts]; the subject is ours [own wording].
WELCOME_SUBJECT = "Your account"
WELCOME_BODY = "Your username is {username}."

_LONGEST = {"emailBody": 20_000, "emailSubject": 140, "smsMessage": 140}  # [docs: MessageTemplateType]
_SHORTEST = {"emailBody": 6, "emailSubject": 1, "smsMessage": 6}
_PATTERN = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"
_BLANKS = " \t\n\v\f\r"
_PLACES = re.compile(r"(\{####\}|\{username\})")


class Text(Struct, frozen=True, gc=False):
    """A message; `subject` is empty in an SMS."""

    subject: str
    body: str


def code_text(settings: Mapping[str, Any], medium: str, *, mfa: bool, link: bool = False) -> Text:
    """Return the message that carries a code, by the pool's settings.

    They are members of CreateUserPool and SetUserPoolMfaConfig. VerificationMessageTemplate and the older top-level
    members are the same setting; the template wins. `link` requests the e-mail with a link.
    """
    template = settings.get("VerificationMessageTemplate") or {}
    if medium == SMS:
        own = settings.get("SmsAuthenticationMessage") if mfa else None
        own = own if mfa else template.get("SmsMessage") or settings.get("SmsVerificationMessage")
        return Text("", str(own or (MFA_BODY if mfa else CODE_BODY)))
    if mfa:
        own = settings.get("EmailMfaConfiguration") or {}
        return Text(str(own.get("Subject") or MFA_SUBJECT), str(own.get("Message") or MFA_BODY))
    if link:
        subject, body = template.get("EmailSubjectByLink"), template.get("EmailMessageByLink")
        return Text(str(subject or LINK_SUBJECT), str(body or LINK_BODY))
    body = template.get("EmailMessage") or settings.get("EmailVerificationMessage")
    subject = template.get("EmailSubject") or settings.get("EmailVerificationSubject")
    return Text(str(subject or CODE_SUBJECT), str(body or CODE_BODY))


def invitation_text(settings: Mapping[str, Any], medium: str, *, password: bool) -> Text:
    """Write AdminCreateUser's message, by InviteMessageTemplate.

    A user without a temporary password gets a fixed text: a template always has a placeholder for a password.
    """
    own = (settings.get("AdminCreateUserConfig") or {}).get("InviteMessageTemplate") or {}
    if not password:
        text = Text(WELCOME_SUBJECT, WELCOME_BODY)
    else:
        body = own.get("SMSMessage" if medium == SMS else "EmailMessage") or INVITATION_BODY
        text = Text(str(own.get("EmailSubject") or INVITATION_SUBJECT), str(body))
    return replace(text, subject="") if medium == SMS else text


def link_of(base: str, client_id: str, username: str, code: str) -> str:
    """Make the link that confirms a sign-up.

    `base` is the URL of the pool's domain.
    """
    query = urlencode({"client_id": client_id, "user_name": username, "confirmation_code": code})
    return f"{base}/confirmUser/?{query}"


def filled(text: Text, *, code: str | None, username: str | None, link: str | None) -> Text:
    """Return `text` with values for its placeholders.

    All are replaced at once, so that no value is read as a placeholder. One without a value stays as it is.
    """
    values = {}
    if code is not None:
        values[CODE_PLACE] = code
    if username is not None:
        values[USERNAME_PLACE] = username
    if link is None:
        return Text(_put_in(text.subject, values), _put_in(text.body, values))
    subject = "".join(part if words is None else words for part, words in _links(text.subject, values))
    body = "".join(
        part if words is None else f'<a href="{link}" target="_blank">{words}</a>'
        for part, words in _links(text.body, values)
    )
    return Text(subject, body)


def _links(text: str, values: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Yield parts of `text` with values for placeholders.

    A part is `(text, None)`, or `("", words)` for a link of these words.
    """
    while (place := _link_in(text)) is not None:
        start, end = place
        yield _put_in(text[:start], values), None
        yield "", text[start + 3 : end - 3]
        text = text[end:]
    yield _put_in(text, values), None


def _put_in(text: str, values: Mapping[str, str]) -> str:
    return "".join([values.get(part, part) for part in _parts(text)]) if "{" in text else text


@lru_cache(maxsize=32)
def _parts(text: str) -> tuple[str, ...]:
    """Split a text at its placeholders, which are parts too.

    A pool sends the same text again and again.
    """
    return tuple(_PLACES.split(text))


def _link_in(text: str) -> tuple[int, int] | None:
    """Return the beginning and end of the first `{##…##}`; `{####}` is none."""
    start = text.find("{##")
    while text.startswith(CODE_PLACE, start) and start >= 0:
        start = text.find("{##", start + len(CODE_PLACE))
    end = text.find("##}", start + 3) if start >= 0 else -1
    return None if end < 0 else (start, end + 3)


def escaped(password: str) -> str:
    """Escape a temporary password for custom senders.

    HTML's reserved characters are escaped [docs: user-pool-lambda-custom-sender-triggers]; an apostrophe is not.
    """
    return html.escape(password, quote=False).replace('"', "&quot;")


def check_custom(text: Text, medium: str, *, link: bool, username: bool, code: bool = True) -> None:
    """Refuse a message that a CustomMessage function returned.

    `username` and `code` say whether they have to be in it.

    Raises:
        InvalidParameter: too long or too short, without the placeholder for the code, or other characters than letters,
            marks, digits, punctuation, symbols and blanks [observed: aws-lambda-go#330, amplify-js#6917].
        InvalidLambdaResponse: no placeholder for the user name [own wording].
    """
    name = "smsMessage" if medium == SMS else "emailBody"
    _check_length(name, text.body)
    if medium == EMAIL:
        _check_length("emailSubject", text.subject)
    has_code = not code or CODE_PLACE in text.body or (link and _link_in(text.body) is not None)
    if not has_code or not _is_plain(text.body):
        problem = f"Member must satisfy regular expression pattern: {_PATTERN}"
        raise errors.InvalidParameter(_constraint(name, text.body, problem)).because("messages.placeholder")
    if username and USERNAME_PLACE not in text.body:
        raise errors.InvalidLambdaResponse(
            "The message of an invitation must contain the username placeholder."
        ).because("messages.placeholder")


def _check_length(name: str, value: str) -> None:
    if len(value) < _SHORTEST[name]:
        problem = f"Member must have length greater than or equal to {_SHORTEST[name]}"
    elif len(value) > _LONGEST[name]:
        problem = f"Member must have length less than or equal to {_LONGEST[name]}"
    else:
        return
    raise errors.InvalidParameter(_constraint(name, value, problem)).because("messages.placeholder")


def _constraint(name: str, value: str, problem: str) -> str:
    return f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: {problem}"


def _is_plain(text: str) -> bool:
    return all(unicodedata.category(character)[0] in "LMSNP" or character in _BLANKS for character in text)
