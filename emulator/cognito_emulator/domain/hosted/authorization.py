"""Authorization requests, and the state that a browser's sign-in leaves.

RFC 6749, section 4; OpenID Connect Core, section 3.

request ── signed in, or an open browser session ─► code (5 minutes, once) ──► tokens
                                              └───► tokens in the fragment (response_type=token)
"""

from __future__ import annotations

import hashlib
from typing import Any, Self
from urllib.parse import quote_plus, urlencode

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.auth.acr import NOTHING, Context
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.reasons import Explained

CODE_LIFETIME = 300  # seconds [docs: authorization-endpoint]
SESSION_LIFETIME = 3600  # seconds from the sign-in, never prolonged [docs: cognito-user-pools-managed-login]
COGNITO = "COGNITO"  # the pool's own users, among identity providers


class AuthorizationRequest(Struct, frozen=True, gc=False):
    """A request that was checked: its parameters fit the client.

    `response_type` is "code" or "token"; `scopes` are those that will be granted. `identity_provider` is a provider's
    name, also where the request named it by `idp_identifier`; `prompt` are its words, `max_age` is in seconds.
    `resource` (RFC 8707) becomes the audience of the access token. `acr_levels` are the levels of acr_values, in their
    order. `unavailable` tells that a provider was named which the client does not have: the sign-in page says so.
    `metadata_url` is the client id that the request named, where it is the URL of a client metadata document.
    """

    pool_id: str
    client_id: str
    redirect_uri: str
    response_type: str
    scopes: tuple[str, ...]
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    identity_provider: str | None = None
    idp_identifier: str | None = None
    login_hint: str | None = None
    lang: str | None = None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    resource: str | None = None
    acr_levels: tuple[int, ...] = ()
    unavailable: bool = False
    metadata_url: str = ""

    @property
    def digest(self) -> str:
        """The request's hash: a sign-in begun for one does not end another."""
        named = [self.pool_id, self.client_id, self.redirect_uri, self.response_type, *self.scopes, repr(self.state)]
        named += [repr(self.nonce), repr(self.code_challenge), repr(self.resource), repr(self.acr_levels)]
        named += [self.metadata_url] if self.metadata_url else []
        return digest("\n".join(named))

    def is_of(self, client: Client) -> bool:
        """Return whether the request is that client's."""
        return (self.client_id, self.metadata_url) == (client.id, client.metadata_url)

    @property
    def scope(self) -> str:
        return " ".join(self.scopes)

    @property
    def parameters(self) -> dict[str, str]:
        """Return the request's query parameters, without the provider and acr_values."""
        named = {
            "client_id": self.metadata_url or self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": self.response_type,
            "scope": self.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.code_challenge,
            "code_challenge_method": self.code_challenge_method,
            "login_hint": self.login_hint,
            "lang": self.lang,
            "prompt": " ".join(sorted(self.prompt)) or None,
            "max_age": None if self.max_age is None else str(self.max_age),
            "resource": self.resource,
        }
        return {name: value for name, value in named.items() if value is not None}

    def with_nonce(self, made: str | None) -> AuthorizationRequest:
        """Return the request with the nonce that was made for a provider.

        Where the app sent no nonce, the ID token has the one made for the provider. Apps that expect none refuse it
        [observed: nextauthjs/next-auth#3403].
        """
        return self if self.nonce is not None else replace(self, nonce=made)


class AuthorizationCode(Struct, frozen=True, gc=False):
    """An authorization code; its key is the hash of the code.

    `auth_time` and `expires` are epoch seconds; `event_id`, `ip` and `agent` are the sign-in's. `session` is its SSO
    session, where sessions are tracked. `context` says how strongly the user has signed in, `provider` where.
    """

    digest: str
    request: AuthorizationRequest
    sub: str
    auth_time: int
    expires: float
    event_id: str = ""
    ip: str = ""
    agent: str = ""
    session: str = ""
    used: bool = False
    context: Context = NOTHING
    provider: str = COGNITO

    @property
    def user_key(self) -> tuple[str, str]:
        return self.request.pool_id, self.sub


class BrowserSession(Struct, frozen=True, gc=False):
    """Hold a browser in which a user is signed in.

    Its key is the hash of the cookie `cognito`.

    `auth_time` is when the user signed in, `expires` when the session ends (both epoch seconds). `provider` is COGNITO
    or the name of the user's identity provider. `session_id` is set where the pool tracks sessions: it is an SSO
    session there. `client_id` is the client of the sign-in; `active`, `ip` and `agent` are those of the session's last
    use. `context` says how strongly the user has signed in.
    """

    digest: str
    pool_id: str
    sub: str
    auth_time: int
    expires: float
    provider: str = COGNITO
    session_id: str = ""
    client_id: str = ""
    active: float = 0.0
    ip: str = ""
    agent: str = ""
    context: Context = NOTHING

    @property
    def created(self) -> float:
        return float(self.auth_time)

    @property
    def user_key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


class AuthorizationRefused(Explained):
    """A refused authorization request: one of the two errors below."""


class RefusedOnPage(AuthorizationRefused):
    """Refuse on a page, without a redirect (status 400).

    The client or the redirect URI cannot be trusted.
    """

    def __init__(self, error: str, client_id: str | None = None, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.client_id = client_id
        self.status = status

    @property
    def location(self) -> str:
        """The path of the error page."""
        query = {"error": self.error} | ({"client_id": self.client_id} if self.client_id else {})
        return f"/error?{urlencode(query)}"


class RefusedByRedirect(AuthorizationRefused):
    """A refusal that the client gets by redirect [RFC 6749 §4.1.2.1].

    The browser goes to `location`.
    """

    def __init__(
        self, redirect_uri: str, error: str, description: str = "", state: str | None = None, *, fragment: bool = False
    ) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        answer = {"error_description": description} if description else {}
        answer |= {"error": error} | ({} if state is None else {"state": state})
        self.location = with_answer(redirect_uri, answer, fragment=fragment)


class ScopeRefused(RefusedByRedirect):
    """A scope that the client does not have.

    The endpoint sends the error to the client. A page that is opened with such a request shows it itself, at `page`
    [observed: python-social-auth/social-app-django#538].
    """

    def __init__(self, client_id: str, refusal: RefusedByRedirect) -> None:
        super().__init__("", refusal.error, refusal.description)
        self.location = refusal.location
        self.page = RefusedOnPage("invalid_scope", client_id)

    def because(self, rule: str, *, setting: str = "", value: Any = None) -> Self:
        self.page.because(rule, setting=setting, value=value)
        return super().because(rule, setting=setting, value=value)


def digest(secret: str) -> str:
    """Return the key of a code or a cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


def with_answer(redirect_uri: str, answer: dict[str, str], *, fragment: bool) -> str:
    """Return the redirect URI with an answer in its query or fragment."""
    text = urlencode(answer, quote_via=quote_plus)
    if fragment:
        return f"{redirect_uri}#{text}"
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{text}"
