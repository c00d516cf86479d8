"""The web pages that may call signed operations.

They are pages of this machine and its network, and the origins in the settings.

On AWS a page can sign only with credentials of its own. Here any credentials are accepted, so every page that a
developer opens could create pools and read the emulator's contents. Browsers send the Origin of each `POST` of a
page. Operations without credentials are open to every page, as on AWS: apps call them.

A preflight request (OPTIONS) does not name the operation, so the answer is the same for all. The refusal itself has
CORS headers, so that the page's developer can read the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.world import World

_LONGEST = 200


class OriginRefused(ApiError):
    """A page of a foreign origin calls a signed operation [own wording]."""

    code = "AccessDeniedException"
    status = 403


def check(headers: Iterable[tuple[bytes, bytes]], world: World, operation: str) -> None:
    """Refuse a signed operation that a page of a foreign origin calls.

    Other programs send no Origin.

    Raises:
        OriginRefused
    """
    for name, value in headers:
        if name == b"origin":
            origin = value.decode("latin-1")
            if not world.has_origin(origin):
                raise OriginRefused(_text(origin[:_LONGEST], operation)).because(
                    "api.origin", setting="--allow-origin", value=world.settings.allow_origin
                )


def _text(origin: str, operation: str) -> str:
    return (
        f"{operation} is signed with AWS credentials, which the emulator does not check: pages of other origins than "
        f"this machine and its network cannot call it. If the page is yours, start with --allow-origin {origin} "
        f"(or COGNITO_EMULATOR_ALLOW_ORIGIN)."
    )
