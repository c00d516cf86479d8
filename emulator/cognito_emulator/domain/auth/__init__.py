"""Signing in: what comes next, sessions, first factors, MFA, SRP, passkeys, step-up."""
