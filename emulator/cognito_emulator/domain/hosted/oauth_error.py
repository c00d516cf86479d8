"""Errors of the endpoints for apps [RFC 6749 §5.2].

`{"error": …, "error_description": …}`
"""

from __future__ import annotations

from cognito_emulator.domain.reasons import Explained


class OAuthError(Explained):
    """A refusal: `error` is the standard's code, `description` is optional.

    All have status 400 [docs: token-endpoint], except those for clients at the revocation endpoint, invalid tokens, and
    missing parts of the emulator (501).
    """

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    @property
    def body(self) -> dict[str, str]:
        return {"error": self.error} | ({"error_description": self.description} if self.description else {})


def invalid_request(description: str = "") -> OAuthError:
    return OAuthError("invalid_request", description)


def invalid_client(description: str = "", status: int = 400) -> OAuthError:
    return OAuthError("invalid_client", description, status)


def invalid_grant(description: str = "") -> OAuthError:
    return OAuthError("invalid_grant", description)


def unauthorized_client(description: str = "") -> OAuthError:
    return OAuthError("unauthorized_client", description)


def invalid_scope(description: str = "") -> OAuthError:
    return OAuthError("invalid_scope", description)


def invalid_token() -> OAuthError:
    """Refuse a token in the words of the page [docs: userinfo-endpoint]."""
    text = "Access token is expired, disabled, or deleted, or the user has globally signed out."
    return OAuthError("invalid_token", text, 401)


def without_openid() -> OAuthError:
    """Refuse a token without the scope openid at userInfo.

    It is one of the API or of a machine. The text is [observed: simov/grant#189]; the code is that of the other refusal
    [assumed].
    """
    return OAuthError("invalid_token", "Access token does not contain openid scope", 401)
