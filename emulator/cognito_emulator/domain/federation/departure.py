"""Browsers that were sent to an identity provider and are not back yet."""

from __future__ import annotations

from msgspec import Struct

from cognito_emulator.domain.hosted.authorization import AuthorizationRequest

REMEMBERED = 3600.0  # seconds for which a late return differs from an unknown one
LIFETIME = 300  # seconds: the exchange has to end in five minutes [docs: cognito-user-pools-oidc-flow]


class Departure(Struct, frozen=True, gc=False):
    """A browser at the provider; the key is the hash of `state`.

    With SAML it is the hash of RelayState. `browser` is the hash of the cookie that the browser was given, `expires`
    epoch seconds. `nonce` is what the ID token has to repeat, `callback` the redirect URI that the provider got,
    `request_id` the ID of an AuthnRequest.
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
    """The browser is back after more than five minutes.

    Managed login says "Something went wrong" [docs: cognito-user-pools-oidc-flow, cognito-user-pools-managed-login].
    """

    def __init__(self, request: AuthorizationRequest) -> None:
        super().__init__("five minutes are over")
        self.request = request
