"""The one table of routes: path, methods, handler, and who may call it.

The AWS JSON API (`POST /` and `POST /<region>`) is not in it: `app` answers it before it looks here. A handler is
named, not imported: the first request for it imports its module (`routing`). So an emulator that only answers the API
starts without the pages, and without Starlette.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct


class Audience(Enum):
    """Who may call a route."""

    ANYONE = 1  # scripts of every origin: answers carry CORS headers, and OPTIONS is answered
    BROWSERS = 2  # a browser that is sent there: no CORS, scripts of other origins must not read the answer
    DEVELOPERS = 3  # the control API: no CORS, and `control.guard` before it


class Row(Struct, frozen=True):
    """One route; `handler` is `module:function` below this package.

    A page has a second one for its form, `send`.
    """

    path: str
    handler: str
    methods: tuple[str, ...] = ("GET",)
    audience: Audience = Audience.ANYONE
    send: str = ""


def _browser(path: str, handler: str, *methods: str) -> Row:
    return Row(path, handler, methods or ("GET",), Audience.BROWSERS)


def _page(path: str, module: str, show: str = "show", send: str = "send") -> Row:
    names = (f"oauth.pages.{module}:{name}" for name in (show, send))
    return Row(path, next(names), ("GET", "POST"), Audience.BROWSERS, next(names))


def _control(path: str, handler: str, method: str = "GET") -> Row:
    return Row(path, f"control.{handler}", (method,), Audience.DEVELOPERS)


def _screen(path: str, handler: str, *, has_forms: bool = True) -> tuple[Row, ...]:
    """Return the rows of a page of the console.

    They are `show` of its module, or the function named, and `send` for its forms.
    """
    module, _, show = handler.partition(":")
    shown = Row(path, f"console.{module}:{show or 'show'}", ("GET",), Audience.DEVELOPERS)
    sent = Row(path, f"console.{module}:{f'send_{show}' if show else 'send'}", ("POST",), Audience.DEVELOPERS)
    return (shown, sent) if has_forms else (shown,)


_CONSOLE = "/_emulator/console"
_POOL = f"{_CONSOLE}/pools/{{pool_id}}"
_MOCK = "/_emulator/idp/{pool_id}/{provider:path}"

# In this order: the first row that fits a path and a method answers.
ROUTES: Sequence[Row] = (
    # Keys and discovery: of identity pools (first, since the next path fits theirs too), of user pools, and at custom
    # domains and AWS's host of identity pools.
    Row("/cognito-identity/.well-known/openid-configuration", "oauth.identity_issuer:identity_configuration"),
    Row("/cognito-identity/.well-known/jwks_uri", "oauth.identity_issuer:identity_jwks"),
    Row("/{pool_id}/.well-known/jwks.json", "oauth.discovery:jwks"),
    Row("/{pool_id}/.well-known/openid-configuration", "oauth.discovery:openid_configuration"),
    Row("/.well-known/openid-configuration", "oauth.domain_discovery:openid_configuration"),
    Row("/.well-known/jwks_uri", "oauth.identity_issuer:jwks_at_host"),
    # What apps call. `/authorize` and `/token` are older names [docs: cognito-user-pools-managed-login;
    # observed: awslabs/cognito-at-edge].
    Row("/oauth2/token", "oauth.token:token", ("POST",)),
    Row("/token", "oauth.token:token", ("POST",)),
    Row("/oauth2/revoke", "oauth.revoke:revoke", ("POST",)),
    Row("/oauth2/userInfo", "oauth.userinfo:userinfo"),
    Row("/oauth2/register", "oauth.register:register", ("POST",)),
    Row("/{pool_id}/oauth2/register", "oauth.register:register", ("POST",)),
    Row("/{pool_id}/{client_id}/{version}/assets/images/image.jpg", "oauth.classic_logo:image"),
    Row("/_import/{job_id}", "control.imports:upload", ("PUT",)),
    # Where browsers are sent.
    _browser("/oauth2/authorize", "oauth.authorize:authorize"),
    _browser("/authorize", "oauth.authorize:authorize"),
    _browser("/logout", "oauth.logout:logout"),
    _browser("/oauth2/idpresponse", "oauth.federation:idpresponse", "GET", "POST"),
    _browser("/saml2/idpresponse", "oauth.saml:idpresponse", "POST"),
    _browser("/saml2/logout", "oauth.saml:signed_out", "POST"),
    _browser("/confirmUser", "oauth.confirm_user:confirm_user"),
    _browser("/confirmUser/", "oauth.confirm_user:confirm_user"),
    _browser("/authEventFeedback", "oauth.feedback:feedback"),
    # The pages of the hosted login, their other spellings [docs: cognito-user-pools-managed-login], and their files.
    _page("/login", "login"),
    _page("/signup", "sign_up"),
    _page("/confirm", "sign_up", "show_confirm", "send_confirm"),
    _page("/resendcode", "sign_up", "show_resend", "resend"),
    _page("/forgotPassword", "recovery"),
    _page("/confirmforgotPassword", "recovery", "show_reset", "send_reset"),
    _page("/passkeys/add", "passkeys"),
    _page("/mfa/code", "sign_in"),
    _page("/mfa/choose", "sign_in"),
    _page("/mfa/setup", "mfa_setup"),
    _page("/newpassword", "sign_in"),
    _page("/login/choose", "sign_in"),
    _page("/login/password", "sign_in"),
    _page("/login/passkey", "sign_in"),
    _browser("/oauth2/login", "oauth.pages.endpoint:to_login"),
    _browser("/confirmForgotPassword", "oauth.pages.endpoint:to_reset"),
    _browser("/error", "oauth.pages.error_pages:show"),
    _browser("/_pages/theme/{client_id}.css", "oauth.pages.assets:theme"),
    _browser("/_pages/classic/{client_id}.css", "oauth.pages.assets:theme"),
    _browser("/_pages/image/{style}/{number:int}", "oauth.pages.assets:image"),
    _browser("/_pages/{name}", "oauth.pages.assets:static"),
    # The mock of identity providers: pages, although beside the control API.
    _browser(f"{_MOCK}/saml", "oauth.mock_idp:saml", "GET", "POST"),
    _browser(f"{_MOCK}/.well-known/openid-configuration", "oauth.mock_idp:configuration"),
    _browser(f"{_MOCK}/jwks", "oauth.mock_idp:jwks"),
    _browser(f"{_MOCK}/authorize", "oauth.mock_idp:authorize", "GET", "POST"),
    _browser(f"{_MOCK}/token", "oauth.mock_idp:token", "GET", "POST"),
    _browser(f"{_MOCK}/userinfo", "oauth.mock_idp:userinfo", "GET", "POST"),
    # What existing scripts probe at the root.
    Row("/", "control.health:front_page"),
    _browser("/_localstack/health", "control.health:localstack_health"),
    _browser("/_localstack/init", "control.health:localstack_init"),
    _browser("/_localstack/init/{stage}", "control.health:localstack_stage"),
    _browser("/health", "control.health:health"),
    _browser("/__admin/health", "control.health:health"),
    # The control API.
    _control("/_aws/ses", "ses:list_mails"),
    _control("/_aws/ses", "ses:delete_mails", "DELETE"),
    _control("/_emulator/health", "health:health"),
    _control("/_emulator/ready", "health:ready"),
    _control("/_emulator/info", "health:info"),
    _control("/_emulator/public-url", "public_url:get_public_url"),
    _control("/_emulator/public-url", "public_url:put_public_url", "PUT"),
    _control("/_emulator/messages", "messages:list_messages"),
    _control("/_emulator/messages", "messages:clear_messages", "DELETE"),
    _control("/_emulator/messages/latest", "messages:latest_message"),
    _control("/_emulator/config", "configs:list_kinds"),
    _control("/_emulator/config/{kind}", "configs:show"),
    _control("/_emulator/clock", "clock:get_clock"),
    _control("/_emulator/clock", "clock:put_clock", "PUT"),
    _control("/_emulator/imports/{job_id}", "imports:show_log"),
    _control("/_emulator/logins", "logins:make", "POST"),
    _control("/_emulator/logs", "logs:list_logs"),
    _control("/_emulator/logs", "logs:clear_logs", "DELETE"),
    _control("/_emulator/idp", "idp:list_all"),
    _control("/_emulator/idp/{pool_id}/{provider:path}", "idp:show"),
    _control("/_emulator/idp/{pool_id}/{provider:path}", "idp:choose", "POST"),
    _control("/_emulator/risks", "risks:list_risks"),
    _control("/_emulator/risks", "risks:put_risk", "PUT"),
    _control("/_emulator/risks", "risks:delete_risks", "DELETE"),
    _control("/_emulator/compromised", "risks:list_compromised"),
    _control("/_emulator/compromised", "risks:put_compromised", "PUT"),
    _control("/_emulator/compromised", "risks:delete_compromised", "DELETE"),
    _control("/_emulator/places", "risks:list_places"),
    _control("/_emulator/places", "risks:put_place", "PUT"),
    _control("/_emulator/places", "risks:delete_places", "DELETE"),
    _control("/_emulator/requests", "requests:list_requests"),
    _control("/_emulator/requests", "requests:clear_requests", "DELETE"),
    _control("/_emulator/requests/count", "requests:count_requests", "POST"),
    _control("/_emulator/requests/{request_id}", "requests:show_request"),
    _control("/_emulator/requests/{request_id}/rewind", "requests:rewind", "POST"),
    _control("/_emulator/events", "events:stream"),
    _control("/_emulator/tokens", "tokens:make_tokens", "POST"),
    _control("/_emulator/tokens/expire", "tokens:expire_tokens", "POST"),
    _control("/_emulator/pools/{pool_id}/keys/rotate", "tokens:rotate_keys", "POST"),
    _control("/_emulator/users/{pool_id}/{user}/authorization-code", "tokens:make_code", "POST"),
    _control("/_emulator/users/{pool_id}/{user}/totp", "factors:get_totp"),
    _control("/_emulator/users/{pool_id}/{user}/totp", "factors:put_totp", "PUT"),
    _control("/_emulator/users/{pool_id}/{user}/passkey", "factors:make_passkey", "POST"),
    _control("/_emulator/users/{pool_id}/{user}/passkey/assertion", "factors:answer_passkey", "POST"),
    _control("/_emulator/faults", "faults:list_faults"),
    _control("/_emulator/faults", "faults:put_faults", "PUT"),
    _control("/_emulator/faults", "faults:patch_faults", "PATCH"),
    _control("/_emulator/faults", "faults:delete_faults", "DELETE"),
    _control("/_emulator/faults/{fault_id}", "faults:show_fault"),
    _control("/_emulator/faults/{fault_id}", "faults:put_fault", "PUT"),
    _control("/_emulator/faults/{fault_id}", "faults:patch_fault", "PATCH"),
    _control("/_emulator/faults/{fault_id}", "faults:delete_fault", "DELETE"),
    _control("/_localstack/chaos/faults", "chaos:list_rules"),
    _control("/_localstack/chaos/faults", "chaos:post_rules", "POST"),
    _control("/_localstack/chaos/faults", "chaos:patch_rules", "PATCH"),
    _control("/_localstack/chaos/faults", "chaos:delete_rules", "DELETE"),
    _control("/_emulator/metrics", "metrics:show"),
    _control("/_emulator/metrics", "metrics:clear", "DELETE"),
    _control("/_emulator/worlds", "world_routes:list_worlds"),
    _control("/_emulator/worlds/{name}", "world_routes:drop_world", "DELETE"),
    _control("/_emulator/reset", "seeds:reset", "POST"),
    _control("/_emulator/seed", "seeds:post_seed", "POST"),
    _control("/_emulator/seed", "seeds:put_seed", "PUT"),
    _control("/_emulator/schema", "seeds:get_schema"),
    _control("/_emulator/export", "seeds:get_export"),
    _control("/_emulator/snapshots", "snapshots:list_snapshots"),
    _control("/_emulator/snapshots/{name}", "snapshots:download"),
    _control("/_emulator/snapshots/{name}", "snapshots:save", "POST"),
    _control("/_emulator/snapshots/{name}", "snapshots:restore", "PUT"),
    _control("/_emulator/snapshots/{name}", "snapshots:delete", "DELETE"),
    _control("/_emulator/snapshots/{name}/diff/{other}", "snapshots:diff"),
    # The console: pages for developers.
    _browser("/_emulator", "console.home:lead_here"),
    *_screen("/_emulator/", "home"),
    *_screen(f"{_CONSOLE}/static/{{name}}", "files:static", has_forms=False),
    *_screen(f"{_CONSOLE}/find", "find", has_forms=False),
    *_screen(f"{_CONSOLE}/keys", "keys", has_forms=False),
    *_screen(f"{_CONSOLE}/inbox", "inbox"),
    *_screen(f"{_CONSOLE}/inbox/{{message_id}}", "inbox:message", has_forms=False),
    *_screen(f"{_CONSOLE}/inbox/{{message_id}}/body", "inbox:body", has_forms=False),
    *_screen(f"{_CONSOLE}/requests", "requests"),
    *_screen(f"{_CONSOLE}/requests/{{request_id}}", "request"),
    *_screen(f"{_CONSOLE}/tokens", "tokens"),
    *_screen(f"{_CONSOLE}/flows", "walk"),
    *_screen(f"{_CONSOLE}/flows/srp", "srp_walk"),
    *_screen(f"{_CONSOLE}/clock", "clock"),
    *_screen(f"{_CONSOLE}/faults", "faults"),
    *_screen(f"{_CONSOLE}/snapshots", "snapshots"),
    *_screen(f"{_CONSOLE}/api", "explorer:operations", has_forms=False),
    *_screen(f"{_CONSOLE}/api/{{service}}/{{operation}}", "explorer"),
    *_screen("/_emulator/guide", "guide", has_forms=False),
    *_screen("/_emulator/guide/llms.txt", "guide:show_list", has_forms=False),
    *_screen("/_emulator/guide/{page}.md", "guide:show_source", has_forms=False),
    *_screen("/_emulator/guide/{page}", "guide:show_page", has_forms=False),
    *_screen(f"{_POOL}/users", "users"),
    *_screen(f"{_POOL}/users/new", "users:new"),
    *_screen(f"{_POOL}/users/export", "transfer:export", has_forms=False),
    *_screen(f"{_POOL}/users/import", "transfer"),
    *_screen(f"{_POOL}/users/{{sub}}", "user"),
    *_screen(f"{_POOL}/users/{{sub}}/tokens", "user_tokens"),
    *_screen(f"{_POOL}/groups", "groups"),
    *_screen(f"{_POOL}/groups/{{group:path}}", "groups:group"),
    *_screen(f"{_POOL}/clients", "clients"),
    *_screen(f"{_POOL}/clients/{{client_id}}", "clients:client"),
    *_screen(f"{_POOL}/providers", "providers", has_forms=False),
    *_screen(f"{_POOL}/providers/{{provider:path}}", "providers:provider"),
    *_screen(f"{_POOL}/pages", "pages", has_forms=False),
    *_screen(f"{_POOL}/pages/{{client_id}}/preview", "pages:preview", has_forms=False),
    *_screen(f"{_POOL}/triggers", "triggers", has_forms=False),
    *_screen(f"{_POOL}/settings", "pool_settings"),
    *_screen(f"{_POOL}/seed", "pool_seed"),
)

# Below these nothing is for scripts of other origins, whether there is a route or not.
CONTROL = ("/_emulator", "/_aws", "/_localstack/chaos")
_WITHOUT_CORS = frozenset(row.path for row in ROUTES if row.audience is not Audience.ANYONE)
_BELOW_WITHOUT_CORS = (*CONTROL, "/_localstack", "/__admin", "/_pages/")


def has_cors(path: str) -> bool:
    """Tell whether scripts of other origins may read the answers at this path."""
    return path not in _WITHOUT_CORS and not path.startswith(_BELOW_WITHOUT_CORS)


# Where other emulators have what apps and browsers call [docs: LocalStack cognito-idp; observed: floci-io/floci].
_ELSEWHERE = ("/_aws/cognito-idp", "/cognito-idp")
_FOR_APPS = frozenset(
    row.path for row in ROUTES if row.audience is not Audience.DEVELOPERS and not row.path.startswith(("/_", "/{"))
)


def own_path(path: str) -> str | None:
    """Return our path of what another emulator has at `path`, or None."""
    for prefix in _ELSEWHERE:
        if path.startswith(prefix) and (own := path.removeprefix(prefix) or "/") in _FOR_APPS:
            return own
    return None


def is_control(path: str) -> bool:
    """Tell whether a path is the control API's, and not a page of the mock provider."""
    return path.startswith(CONTROL) and not path.startswith("/_emulator/idp/")
