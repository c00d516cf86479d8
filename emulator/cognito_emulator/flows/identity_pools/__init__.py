"""Identity pools: identities, logins of providers, credentials and tokens."""
