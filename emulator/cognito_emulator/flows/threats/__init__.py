"""Threat protection: assessments, events, notices, exported logs."""
