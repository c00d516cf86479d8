"""Refresh tokens."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import Setup


def refresh(idp: Any, at: Setup, token: str, **parameters: Any) -> Any:
    parameters = {"REFRESH_TOKEN": token, **parameters}
    return idp.initiate_auth(ClientId=at.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
