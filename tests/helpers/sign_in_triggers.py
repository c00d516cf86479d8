"""Begin a sign-in with triggers."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import PASSWORD, Setup


def begin(idp: Any, made: Setup, username: str = "ann", password: str = PASSWORD, **members: Any) -> Any:
    parameters = {"USERNAME": username, "PASSWORD": password}
    return idp.initiate_auth(ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters, **members)
