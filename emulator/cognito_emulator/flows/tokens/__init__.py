"""Tokens: issue, refresh, exchange, revoke, and what an access token opens."""
