"""Hold the outcomes of a sign-in's step.

`operations` turn them into members of the API, and `oauth.pages` into pages.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.tokens.issued import Tokens


class PendingChallenge(Struct, frozen=True, gc=False):
    """A challenge that the client is to answer.

    `session` is None where a secret block among the `parameters` identifies the sign-in. `available` are the first
    factors among which the user may choose.
    """

    name: str
    parameters: Mapping[str, str]
    session: str | None = None
    available: tuple[str, ...] = ()


class Complete(Struct, frozen=True, gc=False):
    """A sign-in on the pages in which everything is proved.

    `flows.hosted.authorize.finish` ends it.
    """

    attempt: Attempt


Outcome = PendingChallenge | Tokens | Complete
