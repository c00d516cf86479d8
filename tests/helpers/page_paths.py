"""The paths of the pages of the hosted login."""

from __future__ import annotations

from cognito_emulator.routes import ROUTES

_FOLDERS = ("oauth.pages.", "oauth.confirm_user:")
PATHS = frozenset(row.path for row in ROUTES if row.handler.startswith(_FOLDERS) and "{" not in row.path)
