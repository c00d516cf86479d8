"""`/forgotPassword` and `/confirmforgotPassword`: a new password by a code."""

from __future__ import annotations

from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.threats.auth_event import FORGOT_PASSWORD
from cognito_emulator.domain.users import names
from cognito_emulator.flows.threats.auth_events import recorded
from cognito_emulator.flows.users import passwords
from cognito_emulator.oauth.pages import sign_in
from cognito_emulator.oauth.pages.field_errors import collect
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.page_request import Visit
from cognito_emulator.oauth.pages.wording import name_field, rules_of
from cognito_emulator.ports.journal import note_refusal

FORGOT, RESET = "/forgotPassword", "/confirmforgotPassword"
STEP = "recover"


async def show(visit: Visit) -> Response:
    return _form(visit, visit.parameter("login_hint"), None)


def _form(visit: Visit, username: str, error: errors.ApiError | None) -> Response:
    field = name_field(visit.texts, visit.pool, username, visit.country("username"))
    return visit.page(
        "ask.html",
        leaves=False,
        title=visit.texts("forgot.title"),
        lead=visit.texts("forgot.lead", name=field.label),
        graphic="password",
        error=error,
        action=visit.url(FORGOT),
        field=field,
        submit_label=visit.texts("forgot.submit"),
        back_url=visit.url("/login"),
    )


async def send(visit: Visit) -> Response:
    username = visit.field("username").strip()
    world, pool = visit.world, visit.pool
    if not username:
        return _form(visit, "", errors.missing_parameter("USERNAME"))
    user = names.find(world.store, pool, username)
    try:
        with recorded(world, pool, user, FORGOT_PASSWORD, visit.origin):
            sent = await passwords.forgot(world, pool, visit.client, username, visit.caller)
    except errors.ApiError as error:
        note_refusal(error)
        return _form(visit, username, error)
    facts = {"to": sent["Destination"], "attribute": sent["AttributeName"]}
    return visit.go(RESET, PageData(STEP, username, facts=facts))


async def show_reset(visit: Visit) -> Response:
    return _reset_form(visit, sign_in.under_way(visit, STEP), None)


def _reset_form(visit: Visit, data: PageData, error: errors.ApiError | None) -> Response:
    t = visit.texts
    return visit.page(
        "new_password.html",
        leaves=False,
        title=t("reset.title"),
        lead=t(f"reset.{data.facts['attribute']}", to=data.facts["to"]),
        graphic="sms" if data.facts["attribute"] == "phone_number" else "email",
        error=error,
        also=_also_wrong(visit) if error else (),
        action=visit.url(RESET),
        with_code=True,
        username=data.username,
        rules=rules_of(t, visit.pool.password_policy, visit.field("password") or None),
        back_url=visit.url("/login"),
        inbox_of=data.username,
    )


def _also_wrong(visit: Visit) -> list[errors.ApiError]:
    """Return what else is wrong with a refused form for a new password."""
    policy = visit.pool.password_policy
    return collect(
        lambda: _check_code(visit), lambda: policy.check(visit.field("password")), visit.check_repeated_password
    )


def _check_code(visit: Visit) -> None:
    if not visit.field("code").strip():
        raise errors.wrong_code()


async def send_reset(visit: Visit) -> Response:
    data = sign_in.under_way(visit, STEP)
    code, password = visit.field("code").strip(), visit.field("password")
    try:
        visit.check_repeated_password()
        _check_code(visit)
        await passwords.confirm(
            visit.world, visit.pool, visit.client, data.username, code=code, typed=password, caller=visit.caller
        )
    except errors.ApiError as error:
        note_refusal(error)
        return _reset_form(visit, data, error)
    return visit.go("/login", PageData("notice", data.username, facts={"notice": "login.changed"}))
