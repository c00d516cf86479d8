"""Errors of a form by its fields: where a refusal belongs, and how it reads.

Managed login shows sentences, the classic pages the API's own texts. The journal has the API's texts for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.reasons import reason_of
from cognito_emulator.oauth.pages.wording import Texts, attribute_label, name_key

_CODE, _PASSWORD, _AGAIN, _USERNAME, _ADDRESS = "code", "password", "passwordConfirmation", "username", "address"
# The field by the rule that refused. Rules of attributes name theirs.
_BY_RULE: Mapping[str, str] = {
    "codes.wrong": _CODE,
    "codes.expired": _CODE,
    "mfa.code-wrong": _CODE,
    "mfa.totp-wrong": _CODE,
    "mfa.totp-reused": _CODE,
    "hosted.passwords-differ": _AGAIN,
    "users.password-policy": _PASSWORD,
    "users.password-needed": _PASSWORD,
    "users.password-history": _PASSWORD,
    "auth.password-compromised": _PASSWORD,
    "users.username-form": _USERNAME,
    "auth.user-unknown": _USERNAME,
    "users.no-recovery-address": _USERNAME,
    "auth.user-hidden": _CODE,
}
_OF_ATTRIBUTES = frozenset(
    {"users.attribute-format", "users.attribute-schema", "users.attribute-required", "users.exists",
     "users.alias-exists"}
)  # fmt: skip
_PARAMETERS = {"USERNAME": "username", "EMAIL": "email", "PHONE_NUMBER": "phone_number"}
# What a problem of the schema is called in a sentence: text of `domain.pools.attributes` -> key.
_SCHEMA: Sequence[tuple[str, str]] = (
    (r"The attribute is required", "error.required"),
    (r"String must be no shorter than (\S+) characters", "error.too_short"),
    (r"String must be no longer than (\S+) characters", "error.too_long"),
    (r"Attribute value must be a number", "error.number"),
    (r"Number must be no less than (\S+)", "error.number_low"),
    (r"Number must be no greater than (\S+)", "error.number_high"),
    (r"Attribute value must be true or false", "error.boolean"),
    (r"Attribute value must be a date and time", "error.date"),
)
_WRONG = errors.wrong_credentials().message


class Shown(Struct, frozen=True):
    """What a page says about refusals: a banner, and sentences by field."""

    banner: str | None = None
    fields: Mapping[str, str] = {}


class Form(Struct, frozen=True):
    """The form that was refused: the pool, the texts and the names of its fields."""

    pool: Pool
    texts: Texts
    names: frozenset[str]
    classic: bool = False


def explain(form: Form, refusals: Sequence[errors.ApiError]) -> Shown:
    """Return what the page shows.

    The first refusal is the one that the request got.
    """
    located: dict[str, str] = {}
    lost: list[str] = []
    for refusal in refusals:
        for field, text in _sentences(form, refusal):
            if field in form.names:
                located.setdefault(field, text)
            else:
                lost.append(text)
    if not refusals:
        return Shown()
    if form.classic:
        return Shown(refusals[0].message, located)
    texts = [*lost[:1], *located.values()]
    banner = texts[0] if len(texts) == 1 else form.texts("error.several")
    return Shown(lost[0] if lost else banner, located)


def collect(*checks: Callable[[], None]) -> list[errors.ApiError]:
    """Return the refusals of all checks."""
    found = []
    for check in checks:
        try:
            check()
        except errors.ApiError as error:
            found.append(error)
    return found


def check_required(given: Mapping[str, str], names: Sequence[str]) -> list[Callable[[], None]]:
    """Return one check of each attribute that a form asks for."""

    def check(name: str) -> None:
        if not given.get(name):
            raise errors.InvalidParameter("The attribute is required").because("users.attribute-required", value=[name])
        rules.check_format({name: given[name]})

    return [lambda name=name: check(name) for name in names]  # type: ignore[misc]


def _sentences(form: Form, error: errors.ApiError) -> Iterator[tuple[str, str]]:
    """List (field, sentence) of a refusal; the field is empty where none is meant."""
    reason = reason_of(error)
    rule, value = (reason.rule, reason.value) if reason else ("", None)
    if error.message == _WRONG:
        yield _PASSWORD if _PASSWORD in form.names else _USERNAME, _sentence(form, error.message)
        return
    if rule == "api.parameter-missing":
        name = _PARAMETERS.get(str(value), "")
        yield _field_of(form, name), form.texts("error.required", name=_label(form, name))
        return
    if rule == "users.attribute-schema":
        yield from _schema_sentences(form, error.message)
        return
    if rule == "users.attribute-required" and isinstance(value, list):
        for name in value:
            yield _field_of(form, name), form.texts("error.required", name=_label(form, name))
        return
    if rule in _OF_ATTRIBUTES:
        yield _field_of(form, str(value or _USERNAME)), _sentence(form, error.message)
        return
    if rule == "users.password-needed":
        yield _PASSWORD, form.texts("error.required", name=form.texts("password"))
        return
    field = _BY_RULE.get(rule) or (
        _CODE if isinstance(error, errors.EnableSoftwareTokenMfa | errors.CodeMismatch) else ""
    )
    yield field, form.texts("error.policy") if rule == "users.password-policy" else _sentence(form, error.message)


def _sentence(form: Form, message: str) -> str:
    return form.texts.error(message)


def _schema_sentences(form: Form, message: str) -> Iterator[tuple[str, str]]:
    """List (field, sentence) of the lines of an error of the schema."""
    for line in message.partition("schema: ")[2].splitlines():
        name, _, problem = line.partition(": ")
        yield _field_of(form, name), _problem(form, name, problem)


def _problem(form: Form, name: str, problem: str) -> str:
    for pattern, key in _SCHEMA:
        match = re.fullmatch(pattern, problem)
        if match:
            return form.texts(key, name=_label(form, name), count=match.group(1) if match.groups() else "")
    return problem


def _field_of(form: Form, name: str) -> str:
    """Return the form's field for an attribute, or for "username"."""
    fields = [f"requiredAttributes[{name}]"]
    fields += [_ADDRESS] * (name in rules.VERIFIABLE)
    fields += [_USERNAME] * (name == _USERNAME or name in form.pool.username_attributes)
    return next((field for field in fields if field in form.names), "")


def _label(form: Form, name: str) -> str:
    return form.texts(name_key(form.pool)) if name == _USERNAME else attribute_label(form.texts, name)
