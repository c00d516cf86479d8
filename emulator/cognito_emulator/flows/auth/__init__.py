"""Sign-in: the entry, its challenges, sessions, factors, passkeys, step-up."""
