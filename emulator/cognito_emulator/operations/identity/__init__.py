"""Serve cognito-identity: identity pools, identities, developers' users, roles."""
