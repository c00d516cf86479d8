"""The link of a verification email.

`GET /confirmUser/?client_id&user_name&confirmation_code` [docs: cognito-user-pool-settings-message-customizations].
The link has no other parameters there; others, such as `redirect_uri`, have no effect.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.users import sign_up
from cognito_emulator.oauth.links import clicked
from cognito_emulator.world import World

CONFIRMED = "Your registration has been confirmed!"
_FAILED = "Your registration could not be confirmed."
_PARAMETERS = ("client_id", "user_name", "confirmation_code")


async def confirm_user(request: Request) -> Response:
    """Confirm the account as ConfirmSignUp does.

    The answer is 400 with the reason where that refuses.
    """
    return await clicked(request, _PARAMETERS, _confirm, _FAILED)


async def _confirm(world: World, values: Mapping[str, str]) -> str:
    """Confirm the account; return the text for the page.

    Raises:
        ApiError: as ConfirmSignUp.
    """
    client_id, username, code = (values[name] for name in _PARAMETERS)
    pool, client = world.client(client_id)
    await sign_up.confirm(world, pool, client, username, code, caller=Caller(client_id), force_alias=False)
    return CONFIRMED
