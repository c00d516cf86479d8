"""cognito-identity: identity pools, their identities, developers' own users, and roles."""
