"""Threat protection: risk configuration, events, notices, exported logs."""
