"""Identity providers: OIDC, SAML, social; how their attributes become a user's."""
