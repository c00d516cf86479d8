"""Browsers that were sent to an identity provider, until they come back."""

from __future__ import annotations

from msgspec import Struct

from cognito_emulator.domain.hosted.authorization import AuthorizationRequest

REMEMBERED = 3600.0  # seconds for which one that came too late is told from one that was never sent
LIFETIME = 300  # seconds; developer guide, "Using OIDC identity providers": the exchange has to end in five minutes


class Departure(Struct, frozen=True, gc=False):
    """A browser on its way; the key is the hash of `state` (of RelayState, with SAML).

    `browser` is the hash of the cookie that the browser was given, `expires` epoch seconds. `nonce` is what the ID
    token has to repeat, `callback` the redirect URI that the provider was told, `request_id` the ID of an AuthnRequest.
    """

    digest: str
    request: AuthorizationRequest
    provider: str
    browser: str
    expires: float
    nonce: str = ""
    callback: str = ""
    request_id: str = ""


class TooLate(Exception):
    """The browser is back after more than five minutes: to managed login, which says "Something went wrong" [docs:
    cognito-user-pools-oidc-flow, cognito-user-pools-managed-login]."""

    def __init__(self, request: AuthorizationRequest) -> None:
        super().__init__("five minutes are over")
        self.request = request
