"""Identity pools: identities, logins, roles, credentials."""
