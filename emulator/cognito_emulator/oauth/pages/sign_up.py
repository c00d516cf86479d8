"""`/signup`, `/confirm` and `/resendcode`: a new account and its confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.first_factor import passwordless_sign_up
from cognito_emulator.domain.messaging import message
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import RESEND_CODE
from cognito_emulator.domain.users import names
from cognito_emulator.flows.auth import auto_sign_in
from cognito_emulator.flows.hosted import hosted
from cognito_emulator.flows.threats.auth_events import recorded
from cognito_emulator.flows.users import sign_up as flow
from cognito_emulator.oauth.pages import inbox, sign_in, waiting
from cognito_emulator.oauth.pages.field_errors import check_required, collect
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.page_request import StartOver, Visit
from cognito_emulator.oauth.pages.sign_in import PASSWORD_FLOW
from cognito_emulator.oauth.pages.wording import attribute_field, own_name_field, rules_of, terms_of
from cognito_emulator.ports.journal import note_refusal

SIGNUP, CONFIRM, RESEND = "/signup", sign_in.CONFIRM, "/resendcode"
STEP = sign_in.CONFIRM_STEP


async def show(visit: Visit) -> Response:
    return _form(visit, None)


def _form(visit: Visit, error: errors.ApiError | None, also: Sequence[errors.ApiError] = ()) -> Response:
    t, pool = visit.texts, visit.pool
    given, names_asked = visit.attributes(), asked(pool)
    return visit.page(
        "signup.html",
        title=t("signup.title"),
        lead=t("signup.lead"),
        error=error,
        also=also,
        action=visit.url(SIGNUP),
        name_field=own_name_field(t, pool, visit.field("username"), visit.country("username")),
        fields=[
            attribute_field(t, name, given.get(name, ""), visit.country(f"requiredAttributes[{name}]"))
            for name in names_asked
        ],
        rules=rules_of(t, pool.password_policy, visit.field("password") or None),
        passwordless=sign_in.by_choice(visit) and _can_be_passwordless(visit),
        terms=None if visit.classic else terms_of(visit.world, visit.client, t.language),
        login_url=visit.url("/login"),
        local_hint=local_hint(visit),
    )


def local_hint(visit: Visit) -> str | None:
    """Return why an account that signs up here can't be confirmed by a message.

    It tells what the pool lacks. None if the account can be confirmed, if a PreSignUp function may do it, or where the
    emulator shows no hints of its own.
    """
    if not inbox.is_shown(visit.world, visit.request) or trigger.function_of(visit.pool, "PreSignUp"):
        return None
    gap = message.sign_up_gap(visit.pool, asked(visit.pool))
    return visit.texts(f"local.signup.{gap}") if gap else None


def asked(pool: Pool) -> list[str]:
    """Return the required attributes without the one that is the user name."""
    implied = pool.username_attributes if len(pool.username_attributes) == 1 else frozenset()
    return [name for name, spec in pool.schema.items() if spec.required and name != "sub" and name not in implied]


def _can_be_passwordless(visit: Visit) -> bool:
    """Return whether some address can replace a password."""
    return passwordless_sign_up(visit.pool, visit.client.flows, {"email": "x", "phone_number": "x"})


async def send(visit: Visit) -> Response:
    username = visit.field("username").strip()
    try:
        visit.check_repeated_password()
        answer = await _signed_up(visit, username)
        visit.world.metrics.sign_up(visit.pool.id, visit.client.id, success=True)
    except errors.ApiError as error:
        note_refusal(error)
        visit.world.metrics.sign_up(visit.pool.id, visit.client.id, success=False)
        return _form(visit, error, _also_wrong(visit, username))
    user = visit.world.store.users.get((visit.pool.id, answer["UserSub"]))
    facts = {"session": auto_sign_in.offer(visit.world, visit.client.id, answer, visit.origin) or ""}
    facts["mark"] = hosted.mark(user) if user is not None else ""
    if answer["UserConfirmed"]:
        return await _signed_in(visit, PageData(STEP, username, sub=answer["UserSub"], facts=facts))
    sent = answer.get("CodeDeliveryDetails")
    if sent is not None:
        facts |= {"to": sent["Destination"], "attribute": sent["AttributeName"]}
    elif visit.classic:
        # These pages need automatic verification [docs: cognito-user-pools-managed-login]. The user is created, but
        # can't be confirmed here.
        return _form(visit, errors.UserNotConfirmed("User is not confirmed.").because("auth.user-unconfirmed"))
    return visit.go(CONFIRM, PageData(STEP, username, sub=answer["UserSub"], facts=facts))


def _also_wrong(visit: Visit, username: str) -> list[errors.ApiError]:
    """Return what else is wrong with a refused form."""
    pool, password = visit.pool, visit.field("password")
    given = names.with_implied(pool, username, {}) | visit.attributes()
    return collect(
        lambda: _check_name(pool, username),
        *check_required(given, [*asked(pool), *(name for name in given if name in pool.username_attributes)]),
        lambda: pool.password_policy.check_new_user(password) if password else None,
        visit.check_repeated_password,
    )


def _check_name(pool: Pool, username: str) -> None:
    if not username:
        raise errors.missing_parameter("USERNAME")
    names.check_form(pool, username)


async def _signed_up(visit: Visit, username: str) -> dict[str, Any]:
    registration = flow.SignUpRequest(username, visit.field("password") or None, visit.attributes())
    return await flow.sign_up(visit.world, visit.pool, visit.client, registration, visit.caller)


async def show_confirm(visit: Visit) -> Response:
    data = sign_in.under_way(visit, STEP)
    return _confirm_form(visit, data, None)


def _confirm_form(visit: Visit, data: PageData, error: errors.ApiError | None) -> Response:
    t = visit.texts
    state = waiting.state_of(visit, data)
    return visit.page(
        "code.html",
        title=t("confirm.title"),
        lead=waiting.lead(t, state, data),
        graphic="sms" if data.facts.get("attribute") == "phone_number" else "email",
        error=error,
        notice=t("code.resent") if data.facts.get("resent") and not error else None,
        action=visit.url(CONFIRM),
        ask_code=state != waiting.CLOSED,
        code_label=t("code.label"),
        submit_label=t("confirm.submit"),
        resend_action=visit.url(RESEND) if state != waiting.CLOSED else None,
        back_url=visit.url("/login"),
        inbox_of=data.username,
        local_hint=local_hint(visit) if state == waiting.CLOSED else None,
    )


async def send_confirm(visit: Visit) -> Response:
    data = sign_in.under_way(visit, STEP)
    code = visit.field("code").strip()
    try:
        if not code:
            raise errors.wrong_code()
        await flow.confirm(
            visit.world, visit.pool, visit.client, data.username, code, caller=visit.caller, force_alias=False
        )
    except errors.ApiError as error:
        note_refusal(error)
        return _confirm_form(visit, data, error)
    return await _signed_in(visit, data)


async def _signed_in(visit: Visit, data: PageData) -> Response:
    """Sign the user in after the confirmation, in the browser that signed up.

    [docs: signing-up-users-in-your-app]
    """
    welcome = PageData("notice", data.username, facts={"notice": "login.confirmed"})
    try:
        request = visit.begin(PASSWORD_FLOW, {})
        outcome = await hosted.sign_in_after(visit.world, request, data.sub, data.facts.get("mark", ""))
        if outcome is not None:
            return await sign_in.proceed(visit, data.username, outcome)
        session = auto_sign_in.renew_session(visit.world, visit.client.id, data.facts.get("session"))
        if session:
            return await sign_in.begin(visit, data.username, {}, session)
    except errors.ApiError:
        pass  # the page where the sign-in begins shows its error
    return visit.go("/login", welcome)


async def resend(visit: Visit) -> Response:
    """Answer `POST /resendcode`."""
    data = sign_in.under_way(visit, STEP)
    world, pool = visit.world, visit.pool
    user = names.find(world.store, pool, data.username)
    try:
        with recorded(world, pool, user, RESEND_CODE, visit.origin):
            sent = await flow.resend(world, pool, visit.client, data.username, visit.caller)
    except errors.ApiError as error:
        note_refusal(error)
        return _confirm_form(visit, data, error)
    kept = {name: data.facts[name] for name in ("session", "mark") if name in data.facts}
    facts = {**kept, "to": sent["Destination"], "attribute": sent["AttributeName"], "resent": "1"}
    return visit.go(CONFIRM, PageData(STEP, data.username, sub=data.sub, facts=facts))


async def show_resend(_: Visit) -> Response:
    """Redirect `GET /resendcode`, which is reached from /confirm alone.

    [docs: managed-login-endpoints]
    """
    raise StartOver
