"""Real, unmodified clients against the emulator."""
