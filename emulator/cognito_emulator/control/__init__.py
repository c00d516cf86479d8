"""`/_emulator`: health, messages, clock, reset and seed, for developers and tests.

None of it exists on AWS.
"""
