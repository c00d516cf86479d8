"""Scenarios of this area."""
