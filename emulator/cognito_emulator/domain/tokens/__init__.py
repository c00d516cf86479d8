"""Tokens: claims, refresh families, user sessions."""
