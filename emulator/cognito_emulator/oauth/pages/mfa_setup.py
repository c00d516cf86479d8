"""`/mfa/setup`: the challenge MFA_SETUP, for a user without a second factor.

several factors ► choose ──► authenticator: QR code, code ──► signed in
                    │
                    └─────► telephone or email address ──► SMS_MFA or EMAIL_OTP, the code sent to it
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from msgspec.structs import replace
from starlette.responses import Response

from cognito_emulator.domain import errors, strict_json
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA
from cognito_emulator.flows.auth import mfa_setup
from cognito_emulator.flows.hosted import hosted
from cognito_emulator.oauth.pages import sign_in as signing
from cognito_emulator.oauth.pages.challenges import SETUP
from cognito_emulator.oauth.pages.dial_codes import countries
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.page_request import StartOver, Visit
from cognito_emulator.oauth.pages.wording import Field
from cognito_emulator.ports.journal import note_refusal

_ICONS = {EMAIL_OTP: "email", SMS_MFA: "sms", SOFTWARE_TOKEN_MFA: "app"}
# By the factor: kind of text, ChallengeResponses' member, and what the field is like.
_ADDRESSES: Mapping[str, tuple[str, str, Field]] = {
    SMS_MFA: ("phone", "PHONE_NUMBER", Field("address", "attribute.phone_number", "", "tel", "tel", "tel")),
    EMAIL_OTP: ("email", "EMAIL", Field("address", "attribute.email", "", "email", "email", "email")),
}


def _ways(data: PageData) -> list[str]:
    return [way for way in strict_json.decode_own(data.facts["MFAS_CAN_SETUP"]) if way in _ICONS]


async def show(visit: Visit) -> Response:
    data = signing.under_way(visit, ChallengeName.MFA_SETUP)
    ways = _ways(data)
    if "way" not in data.facts and len(ways) == 1:
        return _take(visit, data, ways[0])
    return _page(visit, data, None)


def _take(visit: Visit, data: PageData, way: str) -> Response:
    """Continue with one factor; an authenticator gets its secret now."""
    facts = {**data.facts, "way": way}
    bearer = data.session
    if way == SOFTWARE_TOKEN_MFA and "secret" not in facts:
        session, pool, _ = mfa_setup.setup_session(visit.world, data.session)
        facts["secret"], bearer = mfa_setup.associate_in_sign_in(visit.world, session, pool)
    return visit.go(SETUP, replace(data, session=bearer, facts=facts))


def _page(visit: Visit, data: PageData, error: errors.ApiError | None) -> Response:
    way = data.facts.get("way")
    if way == SOFTWARE_TOKEN_MFA:
        return _authenticator(visit, data, error)
    if way is not None:
        return _address(visit, way, error)
    return _choose(visit, data, error)


def _choose(visit: Visit, data: PageData, error: errors.ApiError | None) -> Response:
    t = visit.texts
    options = [{"value": way, "label": t(f"factor.{way}"), "icon": _ICONS[way], "detail": ""} for way in _ways(data)]
    return visit.page(
        "choose.html",
        title=t("setup.choose.title"),
        lead=t("setup.choose.lead"),
        error=error,
        action=visit.url(SETUP),
        options=options,
        back_url=visit.url("/login"),
    )


def _authenticator(visit: Visit, data: PageData, error: errors.ApiError | None) -> Response:
    import segno  # needed on this page alone

    t, secret = visit.texts, data.facts["secret"]
    uri = key_uri(visit.pool.name, data.username, secret)
    return visit.page(
        "totp_setup.html",
        title=t("totp.title"),
        lead=t("totp.lead"),
        error=error,
        action=visit.url(SETUP),
        qr=segno.make(uri, micro=False, error="m").svg_data_uri(border=1, scale=4),
        secret=secret,
        spaced=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        device_name=visit.field("deviceName"),
        back_url=visit.url("/login"),
    )


def key_uri(issuer: str, account: str, secret: str) -> str:
    """Return the URI in the QR code for an authenticator app.

    Label and issuer of AWS's own pages are not known [assumed].
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"


def _address(visit: Visit, way: str, error: errors.ApiError | None) -> Response:
    t = visit.texts
    kind, _, field = _ADDRESSES[way]
    sms = way == SMS_MFA
    choices = countries(t.language, visit.country("address")) if sms else []
    return visit.page(
        "ask.html",
        title=t(f"{kind}.title"),
        lead=t(f"{kind}.lead"),
        graphic=_ICONS[way],
        error=error,
        action=visit.url(SETUP),
        field=replace(
            field,
            label=t(field.label),
            value=visit.field("address"),
            hint=t("phone.hint") if sms else "",
            placeholder=t("placeholder.phone_number" if sms else "placeholder.email"),
            countries=choices,
        ),
        submit_label=t("phone.send"),
        back_url=visit.url("/login"),
    )


async def send(visit: Visit) -> Response:
    data = signing.under_way(visit, ChallengeName.MFA_SETUP)
    try:
        return await _answer_challenge(visit, data)
    except errors.ApiError as error:
        note_refusal(error)
        if signing.is_over(error):
            raise StartOver from None
        return _page(visit, data, error)


async def _answer_challenge(visit: Visit, data: PageData) -> Response:
    way, chosen = data.facts.get("way"), visit.field("answer")
    if way is None:
        if chosen not in _ways(data):
            raise errors.InvalidParameter("Invalid MFA type selected.").because("mfa.type-not-offered")
        return _take(visit, data, chosen)
    if way == SOFTWARE_TOKEN_MFA:
        session, pool, user = mfa_setup.setup_session(visit.world, data.session)
        code, name = visit.field("code").strip(), visit.field("deviceName")
        bearer = mfa_setup.verify_in_sign_in(visit.world, session, pool, user, code=code, name=name)
        return await signing.respond(visit, replace(data, session=bearer), ChallengeName.MFA_SETUP, {})
    _, member, _ = _ADDRESSES[way]
    address = visit.field("address").strip()
    if not address:
        raise errors.missing_parameter(member)
    if way == SMS_MFA:
        outcome = await hosted.set_up_phone(visit.world, visit.answer(data, ChallengeName.MFA_SETUP, {}), address)
        return await signing.proceed(visit, data.username, outcome)
    return await signing.respond(visit, data, ChallengeName.MFA_SETUP, {member: address})
