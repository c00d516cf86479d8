"""The challenges of a sign-in as pages, one entry of the table for each.

    EMAIL_OTP, SMS_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA   /mfa/code       a code
    NEW_PASSWORD_REQUIRED                             /newpassword    a password, and attributes that are missing
    SELECT_MFA_TYPE                                   /mfa/choose     one of several factors
    SELECT_CHALLENGE                                  /login/choose   with what to begin
    PASSWORD                                          /login/password
    WEB_AUTHN                                         /login/passkey
    MFA_SETUP                                         /mfa/setup      see `setup`

AWS does not publish the paths of these pages [own wording].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from starlette.responses import Response

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.oauth.pages.field_errors import check_required, collect
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.page_request import Visit
from cognito_emulator.oauth.pages.wording import attribute_field, rules_of

_ICONS: Mapping[str, str] = {
    ChallengeName.EMAIL_OTP: "email",
    ChallengeName.SMS_OTP: "sms",
    ChallengeName.SMS_MFA: "sms",
    ChallengeName.SOFTWARE_TOKEN_MFA: "app",
    ChallengeName.PASSWORD: "password",
    ChallengeName.WEB_AUTHN: "passkey",
}
_KINDS: Mapping[str, str] = {ChallengeName.SOFTWARE_TOKEN_MFA: "totp", ChallengeName.EMAIL_OTP: "email"}
CODE, CHOOSE_FACTOR, NEW_PASSWORD = "/mfa/code", "/mfa/choose", "/newpassword"
CHOOSE, PASSWORD_PAGE, PASSKEY, SETUP = "/login/choose", "/login/password", "/login/passkey", "/mfa/setup"


class Step(Struct, frozen=True):
    """A challenge's page: its path, its view and its ChallengeResponses.

    The view may show an error, if the last answer was refused. The ChallengeResponses come from a form.
    """

    path: str
    show: Callable[[Visit, PageData, ApiError | None], Response]
    responses: Callable[[Visit, PageData], Mapping[str, str]]


def show_code(visit: Visit, data: PageData, error: ApiError | None) -> Response:
    t, facts = visit.texts, data.facts
    kind = _KINDS.get(data.step, "sms")
    device = facts.get("FRIENDLY_DEVICE_NAME")
    if kind == "totp":
        lead = t("mfa.totp.device", name=device) if device else t("mfa.totp.lead")
    else:
        lead = t("mfa.sent", to=facts["CODE_DELIVERY_DESTINATION"]) if "CODE_DELIVERY_DESTINATION" in facts else ""
    return visit.page(
        "code.html",
        title=t(f"mfa.{kind}.title"),
        lead=lead,
        graphic=_ICONS[data.step],
        error=error,
        notice=visit.texts("code.resent") if facts.get("resent") else None,
        action=visit.url(CODE),
        code_label=t("code.label"),
        submit_label=t("login.submit"),
        resend_action=None if kind == "totp" else visit.url(CODE),
        back_url=visit.url("/login"),
        inbox_of=None if kind == "totp" else data.username,
    )


def code_responses(visit: Visit, data: PageData) -> Mapping[str, str]:
    return {f"{data.step}_CODE": visit.field("code").strip()}


def show_new_password(visit: Visit, data: PageData, error: ApiError | None) -> Response:
    missing = strict_json.decode_own(data.facts.get("requiredAttributes", "[]"))
    names = [name.removeprefix("userAttributes.") for name in missing]
    return visit.page(
        "new_password.html",
        title=visit.texts("new_password.title"),
        lead=visit.texts("new_password.lead"),
        graphic="password",
        error=error,
        action=visit.url(NEW_PASSWORD),
        username=data.username,
        also=_also_wrong(visit, names) if error else (),
        fields=[
            attribute_field(visit.texts, name, visit.field(field), visit.country(field))
            for name in names
            for field in [f"requiredAttributes[{name}]"]
        ],
        rules=rules_of(visit.texts, visit.pool.password_policy, visit.field("password") or None),
        back_url=visit.url("/login"),
    )


def _also_wrong(visit: Visit, names: Sequence[str]) -> list[ApiError]:
    """Return what else is wrong with a refused form for a new password."""
    policy = visit.pool.password_policy
    return collect(
        lambda: policy.check(visit.field("password")),
        visit.check_repeated_password,
        *check_required(visit.attributes(), names),
    )


def new_password_responses(visit: Visit, _: PageData) -> Mapping[str, str]:
    visit.check_repeated_password()
    attributes = {f"userAttributes.{name}": value for name, value in visit.attributes().items() if value}
    return {"NEW_PASSWORD": visit.field("password"), **attributes}


def show_factors(visit: Visit, data: PageData, error: ApiError | None) -> Response:
    t = visit.texts
    factors = strict_json.decode_own(data.facts["MFAS_CAN_CHOOSE"])
    return visit.page(
        "choose.html",
        title=t("mfa.choose.title"),
        lead=t("mfa.choose.lead"),
        error=error,
        action=visit.url(CHOOSE_FACTOR),
        options=[{"value": one, "label": t(f"factor.{one}"), "icon": _ICONS[one], "detail": ""} for one in factors],
        back_url=visit.url("/login"),
    )


def choice_responses(visit: Visit, _: PageData) -> Mapping[str, str]:
    return {"ANSWER": visit.field("answer")}


def show_choice(visit: Visit, data: PageData, error: ApiError | None) -> Response:
    """Show the first factors.

    For a user, a password by SRP is the same as a password.
    """
    t = visit.texts
    offered = [one for one in data.facts["available"].split() if one != ChallengeName.PASSWORD_SRP]
    labels = {one: t("factor.EMAIL_CODE" if one == ChallengeName.EMAIL_OTP else f"factor.{one}") for one in offered}
    return visit.page(
        "choose.html",
        title=t("choice.title"),
        lead=t("choice.lead", name=data.username),
        error=error,
        action=visit.url(CHOOSE),
        options=[{"value": one, "label": labels[one], "icon": _ICONS[one], "detail": ""} for one in offered],
        back_url=visit.url("/login"),
    )


def show_password(visit: Visit, data: PageData, error: ApiError | None) -> Response:
    return visit.page(
        "password.html",
        title=visit.texts("password.title"),
        lead=visit.texts("password.lead", name=data.username),
        graphic="password",
        error=error,
        action=visit.url(PASSWORD_PAGE),
        username=data.username,
        recovery_url=visit.recovery_url,
        back_url=visit.url("/login"),
    )


def password_responses(visit: Visit, _: PageData) -> Mapping[str, str]:
    return {"PASSWORD": visit.field("password")}


def show_passkey(visit: Visit, data: PageData, error: ApiError | None) -> Response:
    return visit.page(
        "passkey.html",
        title=visit.texts("passkey.get.title"),
        lead=visit.texts("passkey.get.lead"),
        graphic="passkey",
        error=error,
        action=visit.url(PASSKEY),
        kind="get",
        options=data.facts["CREDENTIAL_REQUEST_OPTIONS"],
        submit_label=visit.texts("passkey.get.title"),
        back_url=visit.url("/login"),
    )


def passkey_responses(visit: Visit, _: PageData) -> Mapping[str, str]:
    return {"CREDENTIAL": visit.field("credential")}


_CODE = Step(CODE, show_code, code_responses)
STEPS: Mapping[str, Step] = {
    ChallengeName.SMS_MFA: _CODE,
    ChallengeName.SOFTWARE_TOKEN_MFA: _CODE,
    ChallengeName.EMAIL_OTP: _CODE,
    ChallengeName.SMS_OTP: _CODE,
    ChallengeName.NEW_PASSWORD_REQUIRED: Step(NEW_PASSWORD, show_new_password, new_password_responses),
    ChallengeName.SELECT_MFA_TYPE: Step(CHOOSE_FACTOR, show_factors, choice_responses),
    ChallengeName.SELECT_CHALLENGE: Step(CHOOSE, show_choice, choice_responses),
    ChallengeName.PASSWORD: Step(PASSWORD_PAGE, show_password, password_responses),
    ChallengeName.WEB_AUTHN: Step(PASSKEY, show_passkey, passkey_responses),
}
PATHS: Mapping[str, str] = {**{name: step.path for name, step in STEPS.items()}, ChallengeName.MFA_SETUP: SETUP}
