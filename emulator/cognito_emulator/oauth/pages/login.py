"""`/login`, the sign-in page: the first page after /oauth2/authorize."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.messaging.message import invited_name
from cognito_emulator.domain.metrics import AUTHENTICATION
from cognito_emulator.domain.users.user import User
from cognito_emulator.oauth.pages import marks, sign_in, theme
from cognito_emulator.oauth.pages.page_data import FAILED, LIFETIME, NOTICE
from cognito_emulator.oauth.pages.page_request import StartOver, Visit
from cognito_emulator.oauth.pages.wording import name_field, name_key
from cognito_emulator.ports.journal import note_refusal

_LABELS = {"LoginWithAmazon": "Amazon", "SignInWithApple": "Apple"}


async def show(visit: Visit) -> Response:
    """Show the sign-in form, or the user who is signed in.

    A signed-in user may have to prove more.
    """
    data = visit.data
    told = data is not None and data.step in (NOTICE, FAILED)
    if told:
        visit.forget()
    # Otherwise the values stay: a browser that came here by Back goes on by Forward.
    if not told and visit.user is not None and visit.fits_session:
        return _signed_in(visit, visit.user, "signed_in")
    if not told and visit.user is not None and visit.to_step_up is not None and not visit.fits_session:
        return _signed_in(visit, visit.user, "step_up")
    notice = data.facts["notice"] if data is not None and data.step == NOTICE else None
    failed = data is not None and data.step == FAILED
    error = f"{visit.texts('error.wrong')}. {visit.texts('error.again')}" if failed else None
    if visit.asked.unavailable and not failed:
        error = visit.texts("error.option")
    return _form(visit, visit.parameter("login_hint"), error, notice=visit.texts(notice) if notice else None)


def _signed_in(visit: Visit, user: User, kind: str) -> Response:
    """Show the user who is signed in.

    A form begins a step-up: it may send a code, and a link must never send one.
    """
    return visit.page(
        "signed_in.html",
        title=visit.texts(f"{kind}.title"),
        lead=visit.texts(f"{kind}.lead"),
        graphic="person",
        name=invited_name(visit.pool, user),
        continue_url=visit.url("/oauth2/authorize"),
        action=visit.url("/login") if kind == "step_up" else None,
        # Signs out first, then redirects to this page [docs: logout-endpoint].
        other_url=visit.url("/logout"),
    )


async def send(visit: Visit) -> Response:
    username = visit.field("username").strip()
    if visit.field("idp_domain"):
        return _corporate(visit, visit.field("idp_domain"))
    parameters = {"PASSWORD": visit.field("password")} if "password" in visit.form else {}
    if not visit.has_local_users:
        return _form(visit, "", None)
    if _is_stale(visit):
        raise StartOver
    visit.world.metrics.call(AUTHENTICATION)
    try:
        if visit.field("step_up"):
            return await sign_in.step_up(visit)
        if not username or (parameters and not parameters["PASSWORD"]):
            raise errors.wrong_credentials().because("auth.password-empty")
        return await sign_in.begin(visit, username, parameters)
    except errors.UserNotConfirmed as error:
        note_refusal(error)
        visit.world.metrics.sign_in(visit.pool.id, visit.client.id, success=False)
        return _form(visit, username, error) if visit.classic else sign_in.to_confirm(visit, username)
    except errors.ApiError as error:
        note_refusal(error)
        visit.world.metrics.sign_in(visit.pool.id, visit.client.id, success=False)
        return _form(visit, username, error)


def _is_stale(visit: Visit) -> bool:
    """Return whether the form was shown more than five minutes ago.

    [docs: cognito-user-pools-managed-login]. Scripts that send a form of their own do not say when that was.
    """
    began = visit.field("began")
    if not began:
        return False
    return not (began.isascii() and began.isdigit() and visit.world.clock.now() - int(began[:15]) < LIFETIME)


def _form(visit: Visit, username: str, error: errors.ApiError | str | None, **more: Any) -> Response:
    providers, search = _providers(visit)
    t = visit.texts
    classic_key = {"name.email": "email", "name.phone_number": "phone_number"}.get(name_key(visit.pool), "username")
    local = visit.has_local_users
    buttons = [_button(visit, provider) for provider in providers]
    return visit.page(
        "login_classic.html" if visit.classic else "login.html",
        title=t(f"login.classic.{classic_key}") if visit.classic and local else t("login.title"),
        lead=None if visit.classic else t("login.lead"),
        error=error,
        action=visit.url("/login"),
        ask="username" if sign_in.by_choice(visit) else "both",
        began=int(visit.world.clock.now()),
        name_field=name_field(t, visit.pool, username, visit.country("username")),
        local_users=local,
        providers=buttons,
        social=[button for button in buttons if button["social"]],
        corporate=[button for button in buttons if not button["social"]],
        domain_search=search,
        idp_domain=visit.field("idp_domain"),
        federated_first=_federated_first(visit),
        recovery_url=visit.recovery_url if local else None,
        signup_url=visit.url("/signup") if local and not visit.pool.admin_create_only else None,
        **more,
    )


def _providers(visit: Visit) -> tuple[list[Provider], bool]:
    """Return the providers with a button, and whether there is an email field.

    The field for an email address selects among SAML providers. The classic pages have it if all of these have
    identifiers and there is more than one [docs: cognito-user-pools-managing-saml-idp-naming].
    """
    supported = visit.client.settings.get("SupportedIdentityProviders") or []
    found = [visit.world.store.providers.get((visit.pool.id, name)) for name in supported]
    providers = _ordered(visit, [provider for provider in found if provider is not None])
    saml = [provider for provider in providers if provider.type == "SAML"]
    if visit.classic and len(saml) > 1 and all(provider.identifiers for provider in saml):
        return [provider for provider in providers if provider.type != "SAML"], True
    return providers, False


def _ordered(visit: Visit, providers: list[Provider]) -> list[Provider]:
    """Return the providers in the style's order.

    Those that it names come first.
    """
    order = theme.find(visit.look.settings, "categories.auth.federation.order")
    names = [entry for entry in order if isinstance(entry, str)] if isinstance(order, list) else []
    return sorted(providers, key=lambda one: names.index(one.name) if one.name in names else len(names))


def _federated_first(visit: Visit) -> bool:
    """Return whether providers come first, by the style's authMethodOrder.

    On the classic pages they do.
    """
    order = theme.find(visit.look.settings, "categories.auth.authMethodOrder")
    rows = order[0] if isinstance(order, list) and order and isinstance(order[0], list) else []
    types = [row.get("type") for row in rows if isinstance(row, dict)]
    return types[:1] != ["USERNAME_PASSWORD"]


def _button(visit: Visit, provider: Provider) -> dict[str, Any]:
    label = _LABELS.get(provider.name, provider.name)
    return {
        "name": provider.name,
        "label": label,
        "letter": label[:1].upper(),
        "mark": marks.mark_of(provider),
        "social": provider.type not in ("SAML", "OIDC"),
        "icon": visit.look.provider_icon(provider.name),
        "url": visit.authorize_url(identity_provider=provider.name),
    }


def _corporate(visit: Visit, typed: str) -> Response:
    """Redirect to the provider that has the address's domain as an identifier."""
    identifier = typed.rpartition("@")[2].strip().lower()
    provider = visit.world.store.providers.find("identifier", (visit.pool.id, identifier))
    if provider is None or provider.name not in visit.client.providers:
        return _form(visit, "", visit.texts("login.no_provider"))
    return visit.leave(visit.authorize_url(identity_provider=provider.name, login_hint=typed))
