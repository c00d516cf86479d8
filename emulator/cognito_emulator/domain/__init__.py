"""Pure rules of Cognito: no HTTP, no await, no clock, no randomness.

Time and ids come as arguments.
"""
