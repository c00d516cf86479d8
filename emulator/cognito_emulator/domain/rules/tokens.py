"""State the rules of tokens."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "tokens.refresh-unknown",
        "No sign-in of the client's pool has that refresh token.",
        "docs: token-endpoint",
        "Send the refresh token as it was received; a reset of the emulator forgets all tokens.",
    ),
    Rule(
        "tokens.refresh-other-client",
        "The refresh token was issued to another app client.",
        "docs: token-endpoint",
        "Send it by the client of the sign-in.",
    ),
    Rule(
        "tokens.refresh-revoked",
        "The refresh token was revoked: by RevokeToken, a global sign-out, or with its device.",
        "docs: revocation-endpoint",
        "Sign in again.",
    ),
    Rule(
        "tokens.refresh-expired",
        "The refresh token has expired by the emulator's clock.",
        "docs: UserPoolClientType",
        "Sign in again, raise RefreshTokenValidity, or look at GET /_emulator/clock.",
    ),
    Rule(
        "tokens.refresh-rotated",
        "Rotation has replaced the refresh token, and its grace period is over.",
        "docs: token-endpoint",
        "Send the newest refresh token, or raise RetryGracePeriodSeconds.",
    ),
    Rule(
        "tokens.refresh-other-device",
        "A refresh token of a device is valid with the key of that device alone.",
        "docs: amazon-cognito-user-pools-device-tracking",
        "Send DEVICE_KEY of a device that is confirmed.",
    ),
    Rule(
        "tokens.rotation-flow",
        "REFRESH_TOKEN_AUTH is excluded where refresh tokens rotate.",
        "docs: UserPoolClientType",
        "Use GetTokensFromRefreshToken.",
    ),
    Rule(
        "tokens.revocation-off",
        "The app client has token revocation turned off.",
        "docs: revocation-endpoint",
        "UpdateUserPoolClient with EnableTokenRevocation true.",
    ),
    Rule(
        "tokens.not-a-refresh-token",
        "Only refresh tokens can be revoked.",
        "docs: revocation-endpoint",
        "Send the refresh token; its access tokens are revoked with it.",
    ),
    Rule(
        "tokens.access-not-ours",
        "The token is no access token of a pool here.",
        "docs: amazon-cognito-user-pools-using-the-access-token",
        "Send AccessToken, not IdToken, of this emulator; a reset forgets the pools of tokens.",
    ),
    Rule(
        "tokens.access-signature",
        "The token is not signed by a key of its pool.",
        "docs: amazon-cognito-user-pools-using-the-access-token",
        "Send the token as it was received.",
    ),
    Rule(
        "tokens.access-expired",
        "The access token has expired by the emulator's clock.",
        "docs: UserPoolClientType",
        "Refresh it, raise AccessTokenValidity, or look at GET /_emulator/clock.",
    ),
    Rule(
        "tokens.access-revoked",
        "The sign-in of the token was ended: revoked, signed out everywhere, or its user deleted.",
        "docs: revocation-endpoint",
        "Sign in again.",
    ),
    Rule(
        "tokens.access-scope",
        "The operations of the API need a token with the scope aws.cognito.signin.user.admin.",
        "docs: amazon-cognito-user-pools-using-the-access-token",
        "Request that scope at /oauth2/authorize, or sign in by the API.",
    ),
    Rule(
        "tokens.access-other-client",
        "The access token is of another app client.",
        "docs: cognito-user-pools-step-up-authentication",
        "Send a token of the client that calls.",
    ),
    Rule(
        "tokens.exchanged",
        "The token that is exchanged is not valid: unknown, wrongly signed, expired or revoked.",
        "docs: GetDerivedToken",
        "Send a valid token of the pool or of its provider.",
    ),
    Rule(
        "tokens.session-unknown",
        "The user has no such session.",
        "docs: RevokeUserSession",
        "The list of sessions names them.",
    ),
    Rule(
        "tokens.session-current",
        "The session of the call's own token is not revoked by this operation.",
        "docs: RevokeUserSession",
        "GlobalSignOut or RevokeToken ends it.",
    ),
    Rule(
        "tokens.tracking-off",
        "The pool does not track sessions.",
        "docs: managing-user-sessions",
        "Turn session tracking on in the pool.",
    ),
)
