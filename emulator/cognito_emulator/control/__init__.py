"""`/_emulator`: health, messages, clock, reset, seed. For developers and tests; nothing of it exists on AWS."""
