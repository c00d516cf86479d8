"""State the rules of app clients."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "clients.secret-hash-missing",
        "The app client has a secret, so each call for a user needs SECRET_HASH.",
        "docs: signing-up-users-in-your-app",
        "Send base64(HMAC-SHA256(client secret, user name + client ID)), or use a client without a secret, as "
        "browsers and mobile apps must.",
    ),
    Rule(
        "clients.secret-hash-wrong",
        "SECRET_HASH does not fit the app client's secret and the user name.",
        "docs: signing-up-users-in-your-app",
        "base64(HMAC-SHA256(client secret, user name + client ID)), with the user name as sent in the call. After "
        "an alias or a refresh that is the real user name.",
    ),
    Rule(
        "clients.secret-hash-unexpected",
        "The app client has no secret, and the call sends SECRET_HASH.",
        "docs: signing-up-users-in-your-app",
        "Leave SECRET_HASH out.",
    ),
    Rule(
        "clients.secret-wrong",
        "The client secret in the call is missing or not one of the app client's.",
        "docs: GetClientToken",
        "Send ClientSecret as DescribeUserPoolClient shows it.",
    ),
    Rule(
        "clients.exists", "An app client has that ID already.", "our own reading", "Choose another ID, or leave it out."
    ),
    Rule("clients.custom-id", "The word cannot be the ID of an app client.", "our own reading"),
    Rule(
        "clients.attributes",
        "The app client can name only attributes that the pool has, and must be able to write required ones.",
        "docs: user-pool-settings-attributes",
    ),
    Rule(
        "clients.callback-missing",
        "The code and implicit flows need a callback URL.",
        "docs: UserPoolClientType",
        "Send CallbackURLs.",
    ),
    Rule(
        "clients.callback-url",
        "A callback or logout URL must be https, http for localhost, or an app's own scheme, without a fragment.",
        "docs: UserPoolClientType",
    ),
    Rule("clients.default-redirect", "DefaultRedirectURI must be one of CallbackURLs.", "docs: UserPoolClientType"),
    Rule(
        "clients.oauth-settings",
        "OAuth needs flows and scopes.",
        "docs: UserPoolClientType",
        "Send AllowedOAuthFlows and AllowedOAuthScopes with AllowedOAuthFlowsUserPoolClient.",
    ),
    Rule(
        "clients.scope-unknown",
        "A scope must be a standard one, or one of a resource server of the pool.",
        "docs: cognito-user-pools-define-resource-servers",
        "CreateResourceServer first; the scope is named identifier/name.",
    ),
    Rule(
        "clients.credentials-grant",
        "client_credentials stands alone, needs a client secret, and has custom scopes only.",
        "docs: UserPoolClientType",
        "GenerateSecret true, AllowedOAuthFlows [client_credentials], scopes of a resource server.",
    ),
    Rule(
        "clients.token-flow",
        "The flow for tokens of a machine stands alone and needs a client secret.",
        "docs: GetClientToken",
    ),
    Rule(
        "clients.token-validity",
        "The validity of a token is outside of its range, or the refresh token ends before the others.",
        "docs: UserPoolClientType",
        "5 minutes to 1 day for access and ID tokens, 60 minutes to 10 years for refresh tokens; mind "
        "TokenValidityUnits.",
    ),
    Rule(
        "clients.legacy-flows",
        "Flows without the prefix ALLOW_ cannot be combined with others.",
        "docs: CreateUserPoolClient",
        "Use the names with ALLOW_.",
    ),
    Rule(
        "clients.needs-secret",
        "The setting needs an app client with a secret.",
        "docs: UserPoolClientType",
        "GenerateSecret true at CreateUserPoolClient.",
    ),
    Rule(
        "clients.provider-unknown",
        "The pool has no such identity provider.",
        "docs: UserPoolClientType",
        "CreateIdentityProvider first; mind upper and lower case.",
    ),
    Rule(
        "clients.provider-off",
        "The app client does not have this identity provider.",
        "docs: UserPoolClientType",
        "Add it to SupportedIdentityProviders.",
    ),
    Rule(
        "clients.idp-initiated",
        "A provider that starts sign-ins itself allows only SAML providers beside it.",
        "docs: cognito-user-pools-saml-idp-things-to-know",
    ),
    Rule("clients.no-secret", "The app client has no secret.", "docs: AddUserPoolClientSecret"),
    Rule("clients.secret-unknown", "The app client has no such secret.", "docs: AddUserPoolClientSecret"),
    Rule(
        "clients.last-secret",
        "An app client with a secret keeps one.",
        "docs: AddUserPoolClientSecret",
        "Add another one first.",
    ),
    Rule(
        "clients.registered-secret",
        "The secrets of a client that registered itself are not managed here.",
        "docs: UserPoolClientType",
    ),
    Rule(
        "clients.registration-scope",
        "A client that registered itself cannot hold the scope to register others.",
        "docs: UserPoolClientType",
    ),
    Rule(
        "clients.registration-off",
        "The pool does not let clients register themselves.",
        "docs: DcrConfigurationType",
        "UpdateUserPool with DcrConfiguration EnableStatus Enabled.",
    ),
    Rule(
        "clients.registration-token",
        "The registration needs a valid initial access token with the scope aws.cognito/dcr/register.",
        "docs: DcrConfigurationType",
        "Get one by client_credentials, or turn OpenDcrEnabled on.",
    ),
    Rule(
        "clients.registration-grants",
        "The grant type is not allowed for clients that register themselves.",
        "docs: DcrConfigurationType",
    ),
    Rule("clients.registration-metadata", "The client's metadata cannot be used.", "RFC 7591 §2"),
    Rule(
        "clients.resource-server-unknown",
        "The pool has no such resource server.",
        "docs: cognito-user-pools-define-resource-servers",
    ),
    Rule(
        "clients.resource-server-exists",
        "The pool has that resource server already.",
        "docs: cognito-user-pools-define-resource-servers",
        "UpdateResourceServer changes it.",
    ),
    Rule(
        "clients.cimd-document",
        "The metadata document of the client's URL cannot be retrieved or used.",
        "docs: cognito-user-pools-client-id-metadata",
    ),
    Rule("clients.cimd-policy-unknown", "The pool has no such policy.", "docs: cognito-user-pools-client-id-metadata"),
    Rule("clients.cimd-not-cached", "The URL has no cached document.", "docs: cognito-user-pools-client-id-metadata"),
)
