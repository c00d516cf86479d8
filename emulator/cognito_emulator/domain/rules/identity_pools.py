"""State the rules of identity pools, identity providers and threat protection."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule("identity.pool-unknown", "This emulator has no such identity pool.", "docs: GetCredentialsForIdentity"),
    Rule("identity.unknown", "There is no such identity.", "docs: GetCredentialsForIdentity", "GetId makes one."),
    Rule(
        "identity.no-guests",
        "The identity pool has no unauthenticated identities.",
        "docs: CreateIdentityPool",
        "Send Logins, or AllowUnauthenticatedIdentities true.",
    ),
    Rule(
        "identity.forbidden",
        "The identity has logins, and the call names none of them.",
        "docs: GetCredentialsForIdentity",
        "Send Logins of the identity.",
    ),
    Rule(
        "identity.logins-differ",
        "The logins are not those of the identity.",
        "docs: GetCredentialsForIdentity",
        "Send one of its logins at least.",
    ),
    Rule(
        "identity.provider-unsupported",
        "The login's provider or app client is not one of the identity pool's.",
        "docs: amazon-cognito-integrating-user-pools-with-identity-pools",
        "Add it to CognitoIdentityProviders or SupportedLoginProviders.",
    ),
    Rule(
        "identity.token",
        "The login token is not valid.",
        "docs: amazon-cognito-integrating-user-pools-with-identity-pools",
        "Send an ID token that has not expired, under its provider's name.",
    ),
    Rule(
        "identity.roles",
        "The identity pool has no role that fits.",
        "docs: role-based-access-control",
        "SetIdentityPoolRoles.",
    ),
    Rule(
        "identity.ambiguous-role", "No rule decides the role, and AmbiguousRoleResolution is Deny.", "docs: RoleMapping"
    ),
    Rule("identity.role-forbidden", "The role cannot be used here.", "docs: GetCredentialsForIdentity"),
    Rule("identity.login-conflict", "The identity is linked to another login of that provider.", "our own reading"),
    Rule("identity.exists", "An identity pool has that ID already.", "our own reading"),
    Rule("identity.settings", "The identity pool's settings do not fit.", "docs: CreateIdentityPool"),
    Rule("identity.login-provider", "The description of the login provider cannot be used.", "our own reading"),
    Rule(
        "identity.role-mapping",
        "The role mapping is not complete, or there are two for one provider.",
        "docs: RoleMapping",
    ),
    Rule(
        "identity.basic-flow",
        "The identity pool has no basic (classic) flow, or has role mappings, which it excludes.",
        "docs: authentication-flow",
        "GetCredentialsForIdentity, or AllowClassicFlow true.",
    ),
    Rule(
        "identity.outside",
        "A server outside of the emulator has refused or not answered.",
        "our own reading",
        "Its address is in the settings.",
    ),
    Rule(
        "identity.developer-provider",
        "The developer provider is not the identity pool's.",
        "docs: developer-authenticated-identities",
        "Set DeveloperProviderName.",
    ),
    Rule("identity.developer-user", "There is no such developer user.", "docs: developer-authenticated-identities"),
    Rule(
        "identity.developer-user-registered",
        "The developer user has an identity already.",
        "docs: developer-authenticated-identities",
    ),
    Rule(
        "identity.no-principal-tags",
        "The provider has no mapping of principal tags.",
        "docs: attributes-for-access-control",
    ),
    Rule(
        "federation.provider",
        "The identity provider has refused the sign-in, or its answer cannot be used.",
        "docs: cognito-user-pools-identity-federation",
        "The error_description has the cause.",
    ),
    Rule("federation.provider-unknown", "The pool has no such identity provider.", "docs: CreateIdentityProvider"),
    Rule(
        "federation.provider-exists",
        "The pool has that identity provider already.",
        "docs: CreateIdentityProvider",
        "UpdateIdentityProvider changes it.",
    ),
    Rule(
        "federation.state",
        "The browser returns from a provider without a sign-in that it began here.",
        "docs: federation-endpoints",
        "Begin at /oauth2/authorize, in one browser, and return within five minutes.",
    ),
    Rule(
        "federation.attributes",
        "The provider's claims, as they are mapped, do not make a user of this pool.",
        "docs: cognito-user-pools-specifying-attribute-mapping",
        "Map each required attribute; mutable false stops the second sign-in.",
    ),
    Rule(
        "federation.user-exists",
        "A user of that name is there already, and is another one.",
        "docs: cognito-user-pools-identity-federation",
        "Delete or link the user (AdminLinkProviderForUser).",
    ),
    Rule("federation.settings", "The settings do not fit the kind of provider.", "docs: CreateIdentityProvider"),
    Rule(
        "federation.metadata",
        "The provider's metadata cannot be retrieved or used.",
        "docs: cognito-user-pools-managing-saml-idp",
        "MetadataURL or MetadataFile, with the certificate that signs.",
    ),
    Rule(
        "federation.link",
        "The two users cannot be linked like this.",
        "docs: AdminLinkProviderForUser",
        "SourceUser is the provider's, DestinationUser one of the pool's.",
    ),
    Rule("threats.log-settings", "The settings of log delivery do not fit one another.", "docs: LogConfigurationType"),
    Rule("threats.address-range", "The range is no CIDR range.", "docs: RiskExceptionConfigurationType"),
    Rule(
        "threats.not-enabled",
        "The pool has no threat protection.",
        "docs: UserPoolAddOnsType",
        "UserPoolAddOns AdvancedSecurityMode AUDIT or ENFORCED, on the plan PLUS.",
    ),
    Rule("threats.event-unknown", "The user has no such event.", "docs: AdminListUserAuthEvents"),
    Rule("threats.feedback-token", "The token of the feedback is not valid.", "docs: UpdateAuthEventFeedback"),
)
