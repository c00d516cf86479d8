"""State the rules of domains, pages and branding."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "hosted.domain-taken",
        "The domain is another pool's.",
        "docs: managed-login-endpoints",
        "Choose another prefix.",
    ),
    Rule(
        "hosted.domain-second",
        "A pool has one prefix domain and one custom domain.",
        "docs: managed-login-endpoints",
        "DeleteUserPoolDomain first.",
    ),
    Rule(
        "hosted.domain-name",
        "The domain's name does not have the form.",
        "docs: cognito-user-pools-add-custom-domain",
        "Small letters, digits and hyphens for a prefix; a subdomain for a custom domain.",
    ),
    Rule("hosted.domain-reserved", "A prefix cannot contain aws, amazon or cognito.", "docs: managed-login-endpoints"),
    Rule(
        "hosted.domain-certificate", "A custom domain needs a certificate of us-east-1.", "docs: CustomDomainConfigType"
    ),
    Rule(
        "hosted.domain-version",
        "A domain has the classic pages (1) or managed login (2).",
        "docs: CreateManagedLoginBranding",
    ),
    Rule("hosted.domain-routing", "Routing does not fit the domain.", "docs: RoutingType"),
    Rule("hosted.domain-unknown", "No pool has that domain.", "docs: managed-login-endpoints", "CreateUserPoolDomain."),
    Rule(
        "hosted.domain-kind",
        "A custom domain and a prefix do not become one another.",
        "docs: cognito-user-pools-add-custom-domain",
        "Delete it and create the other.",
    ),
    Rule(
        "hosted.branding-settings",
        "The settings of the style cannot be used.",
        "docs: managed-login-brandingeditor",
        "Send Settings or UseCognitoProvidedValues, not both.",
    ),
    Rule(
        "hosted.branding-assets",
        "An image is of the wrong kind, or there are too many.",
        "docs: managed-login-brandingeditor",
    ),
    Rule("hosted.branding-unknown", "There is no such style.", "docs: CreateManagedLoginBranding"),
    Rule(
        "hosted.branding-exists",
        "The app client has a style already.",
        "docs: CreateManagedLoginBranding",
        "UpdateManagedLoginBranding changes it.",
    ),
    Rule(
        "hosted.classic-css",
        "The style sheet may have the customizable classes only.",
        "docs: hosted-ui-classic-branding",
    ),
    Rule("hosted.classic-image", "The logo must be a PNG or JPEG.", "docs: hosted-ui-classic-branding"),
    Rule("hosted.classic-size", "Style sheet and logo are too large together.", "docs: hosted-ui-classic-branding"),
    Rule("hosted.terms-links", "Terms need a link.", "docs: CreateTerms"),
    Rule("hosted.terms-unknown", "There are no such terms.", "docs: CreateTerms"),
    Rule("hosted.terms-exist", "The app client has these terms already.", "docs: CreateTerms"),
    Rule(
        "hosted.page-unsupported",
        "The pages do not have this challenge.",
        "docs: cognito-user-pools-managed-login",
        "Sign in by the API.",
    ),
    Rule("hosted.passwords-differ", "The two passwords of the form differ.", "our own reading"),
)
