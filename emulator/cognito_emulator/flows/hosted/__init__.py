"""Hosted login: authorization, browser sessions, dynamic registration, logout."""
