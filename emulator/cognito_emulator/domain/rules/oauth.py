"""State the rules of the OAuth 2.0 endpoints."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule("oauth.parameter-missing", "A required parameter is missing.", "RFC 6749 §5.2", "Send it."),
    Rule("oauth.parameter-repeated", "A parameter must not be sent more than once.", "RFC 6749 §3.1", "Send it once."),
    Rule(
        "oauth.content-type",
        "The body must have the content type and form of the endpoint.",
        "docs: token-endpoint",
        "Content-Type application/x-www-form-urlencoded.",
    ),
    Rule(
        "oauth.authorization-header",
        "The Authorization header cannot be used here.",
        "RFC 6749 §2.3.1",
        "Basic with client ID and secret at the token endpoint, Bearer at userInfo and register.",
    ),
    Rule(
        "oauth.client-unknown",
        "No app client has that ID, at this domain.",
        "docs: authorization-endpoint",
        "Send the ClientId of a client of the domain's pool.",
    ),
    Rule(
        "oauth.credentials-differ",
        "Header and body name different clients or secrets.",
        "RFC 6749 §2.3",
        "Send the credentials once.",
    ),
    Rule(
        "oauth.client-secret",
        "The app client has a secret, and the request has none or another one.",
        "docs: token-endpoint",
        "Send the secret by Basic or client_secret; DescribeUserPoolClient shows it.",
    ),
    Rule(
        "oauth.client-secret-unexpected",
        "The app client has no secret, and the request sends one.",
        "docs: token-endpoint",
        "Send client_id in the body, without a secret.",
    ),
    Rule(
        "oauth.client-off",
        "The app client does not use the OAuth 2.0 flows.",
        "docs: UserPoolClientType",
        "UpdateUserPoolClient with AllowedOAuthFlowsUserPoolClient true.",
    ),
    Rule(
        "oauth.redirect-mismatch",
        "redirect_uri must be one of the client's callback URLs, character by character.",
        "docs: authorization-endpoint",
        "Add the URL to CallbackURLs (LogoutURLs for logout_uri); mind the final slash, the port, and localhost "
        "or 127.0.0.1.",
    ),
    Rule(
        "oauth.redirect-differs",
        "redirect_uri must be the one of the authorization request.",
        "RFC 6749 §4.1.3",
        "Send the same redirect_uri.",
    ),
    Rule("oauth.response-type", "response_type must be code or token.", "docs: authorization-endpoint", "Send code."),
    Rule(
        "oauth.grant-not-enabled",
        "The app client does not have this grant.",
        "docs: UserPoolClientType",
        "Add it to AllowedOAuthFlows: code, implicit, or client_credentials (alone, with a secret).",
    ),
    Rule(
        "oauth.grant-type-unknown",
        "The token endpoint has no such grant.",
        "docs: token-endpoint",
        "authorization_code, refresh_token, client_credentials or token exchange.",
    ),
    Rule(
        "oauth.scope",
        "A requested scope is not one of the client's, or needs openid beside it.",
        "docs: UserPoolClientType",
        "Add the scope to AllowedOAuthScopes; request openid with email, phone and profile.",
    ),
    Rule(
        "oauth.challenge-method",
        "PKCE is possible with S256 only.",
        "docs: authorization-endpoint",
        "code_challenge_method S256.",
    ),
    Rule(
        "oauth.challenge-malformed",
        "code_challenge is missing, or not 43 to 128 characters of the alphabet.",
        "RFC 7636 §4.2",
        "Send BASE64URL(SHA256(code_verifier)) without padding.",
    ),
    Rule(
        "oauth.verifier-missing",
        "The authorization request had a code_challenge, so the code needs its verifier.",
        "RFC 7636 §4.6",
        "Send code_verifier.",
    ),
    Rule(
        "oauth.verifier-wrong",
        "code_verifier does not fit the code_challenge, or there was none.",
        "RFC 7636 §4.6",
        "Send the verifier that the challenge was made of. The code is used up: sign in again.",
    ),
    Rule(
        "oauth.code-unknown",
        "No such code was issued here.",
        "docs: token-endpoint",
        "Send the code as it came in the redirect, decoded once.",
    ),
    Rule(
        "oauth.code-used",
        "A code is valid once, also if the first attempt failed.",
        "docs: token-endpoint",
        "Sign in again. A page that is rendered twice, or a retry, sends a code twice.",
    ),
    Rule(
        "oauth.code-expired",
        "A code is valid for five minutes by the emulator's clock.",
        "docs: authorization-endpoint",
        "Sign in again.",
    ),
    Rule(
        "oauth.code-other-client",
        "The code was issued to another app client.",
        "docs: token-endpoint",
        "Redeem it by the client of the authorization request.",
    ),
    Rule("oauth.code-user-deleted", "The user of the code was deleted.", "our own reading"),
    Rule(
        "oauth.prompt",
        "prompt must be login, none, select_account or consent, and none stands alone.",
        "docs: authorization-endpoint",
    ),
    Rule("oauth.max-age", "max_age must be a number of seconds.", "docs: authorization-endpoint"),
    Rule("oauth.resource", "resource must be an absolute URI without a fragment.", "RFC 8707 §2"),
    Rule(
        "oauth.resource-unknown",
        "No resource server of the pool has that identifier.",
        "docs: cognito-user-pools-define-resource-servers",
        "CreateResourceServer.",
    ),
    Rule(
        "oauth.login-required",
        "The request has prompt none, and no browser session that fits.",
        "docs: authorization-endpoint",
        "Sign in without prompt=none first, in the same browser.",
    ),
    Rule(
        "oauth.openid-missing",
        "userInfo needs an access token with the scope openid.",
        "docs: userinfo-endpoint",
        "Request openid at /oauth2/authorize; tokens of InitiateAuth do not have it.",
    ),
    Rule("oauth.client-metadata", "aws_client_metadata must be a JSON object of texts.", "docs: token-endpoint"),
    Rule(
        "oauth.exchange-parameters",
        "The parameters of the token exchange do not fit one another.",
        "RFC 8693 §2.1",
        "Send actor_token with its type, and either audience or resource.",
    ),
    Rule(
        "oauth.exchange-token-type",
        "The type of the token is missing, or cannot be exchanged.",
        "RFC 8693 §3",
        "urn:ietf:params:oauth:token-type:access_token or id_token.",
    ),
)
