"""Sign-in: next step, sessions, first factors, MFA, SRP, passkeys, step-up."""
