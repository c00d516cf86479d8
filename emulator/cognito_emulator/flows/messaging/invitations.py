"""The mediums by which the invitation of a new user is sent."""

from __future__ import annotations

from collections.abc import Sequence

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.messaging import messages

_MEDIUM = {"SMS": "phone_number", "EMAIL": "email"}


def mediums_for(pool: Pool, user: User, wanted: Sequence[str] | None) -> list[str]:
    """Return the mediums by which the invitation is sent.

    The documented default is SMS [docs: AdminCreateUser]. A user with only an email address is invited by email
    nevertheless, and a user with neither gets no message [assumed].

    Raises:
        InvalidParameter: the user lacks the address of a requested medium
            [observed: rahulpsd18/cognito-backup-restore#25], or the pool can't send by it.
    """
    if wanted:
        mediums = list(dict.fromkeys(wanted))
        if "EMAIL" in mediums and not user.get("email"):
            raise errors.InvalidParameter("No email provided but desired delivery medium was Email").because(
                "messages.no-address", value="email"
            )
        if "SMS" in mediums and not user.get("phone_number"):
            raise errors.InvalidParameter("No phone number provided but desired delivery medium was SMS").because(
                "messages.no-address", value="phone_number"
            )
    else:
        mediums = [medium for medium in ("SMS", "EMAIL") if user.get(_MEDIUM[medium])][:1]
    for medium in mediums:
        messages.check_can_send(pool, _MEDIUM[medium])
    return mediums
