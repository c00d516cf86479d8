"""Errors of the endpoints that apps call: `{"error": …, "error_description": …}` (RFC 6749, section 5.2)."""

from __future__ import annotations


class OAuthError(Exception):
    """A refusal. `error` is the code of the standard, `description` is told where there is one.

    All have status 400 (developer guide, "Token endpoint"), but for clients at the revocation endpoint, tokens that
    are not good, and what is not built (501).
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
    """The words are those of the userInfo endpoint (developer guide)."""
    text = "Access token is expired, disabled, or deleted, or the user has globally signed out."
    return OAuthError("invalid_token", text, 401)


def without_openid() -> OAuthError:
    """A token of the API, or a machine's, at userInfo [observed: simov/grant#189]; the code is the other refusal's."""
    return OAuthError("invalid_token", "Access token does not contain openid scope", 401)
