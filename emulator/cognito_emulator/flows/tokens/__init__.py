"""Tokens: issue, refresh, exchange, revoke, and access by an access token."""
