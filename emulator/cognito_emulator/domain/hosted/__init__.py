"""Hosted login: authorization requests, domains, branding."""
