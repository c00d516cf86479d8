"""By which mediums the invitation of a new user goes."""

from __future__ import annotations

from collections.abc import Sequence

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.messaging import messages

_MEDIUM = {"SMS": "phone_number", "EMAIL": "email"}


def mediums_for(pool: Pool, user: User, wanted: Sequence[str] | None) -> list[str]:
    """By which mediums the invitation goes.

    The documented default is SMS. Users who have an e-mail address alone are invited by e-mail all the same, and
    users without either get no message: both calls succeed on AWS with nothing but a user name (public reports).

    Raises:
        InvalidParameter: a medium was asked for whose address the user lacks (recorded for e-mail), or the pool
            cannot send by it.
    """
    if wanted:
        mediums = list(dict.fromkeys(wanted))
        if "EMAIL" in mediums and not user.get("email"):
            raise errors.InvalidParameter("No email provided but desired delivery medium was Email")
        if "SMS" in mediums and not user.get("phone_number"):
            raise errors.InvalidParameter("No phone number provided but desired delivery medium was SMS")
    else:
        mediums = [medium for medium in ("SMS", "EMAIL") if user.get(_MEDIUM[medium])][:1]
    for medium in mediums:
        messages.check_can_send(pool, _MEDIUM[medium])
    return mediums
