"""Levels of authentication in tokens."""

from __future__ import annotations

from typing import Any

from tests.helpers.oauth_client import claims

Said = tuple[str | None, list[str] | None]
LEVEL = "urn:cognito:loa:{}".format


def said(token: str) -> Said:
    found = claims(token)
    return found.get("acr"), found.get("amr")


def of(result: dict[str, Any]) -> Said:
    """What both tokens say; they have to agree."""
    assert said(result["AccessToken"]) == said(result["IdToken"])
    return said(result["AccessToken"])
