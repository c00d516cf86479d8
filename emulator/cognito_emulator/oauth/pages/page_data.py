"""The values that one page of a sign-in leaves for the next.

They are in the cookie `page-data`, never in an address. The cookie is encrypted and signed with a key of this
emulator's own, so a browser can neither read nor make one. It is bound to the address for which it was made. Another
app client's page, or another request's, can't use it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import asdict

from cognito_emulator.domain import strict_json
from cognito_emulator.world import World

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

COOKIE = "page-data"
NOTICE, FAILED = "notice", "failed"  # steps: the message of the sign-in page
# "If your user doesn't complete authentication within five minutes" [docs: cognito-user-pools-managed-login] applies
# after a first factor, whose session may end sooner. A confirmation waits as long as its code is valid.
LIFETIME = 300
LIFETIME_CONFIRM = 86400


class PageData(Struct, frozen=True):
    """The step of a sign-in or sign-up that a browser has reached.

    `step` is the name of the present challenge, or `confirm` or `recover`. `session` is its bearer string, `username`
    the entered name. `facts` are the values that the page shows. `sub` is set when this browser chose that user's
    password.
    """

    step: str
    username: str
    session: str = ""
    sub: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def _key(world: World) -> Fernet:
    from cryptography.fernet import Fernet  # imported late, for a faster start

    return Fernet(base64.urlsafe_b64encode(sha256(b"page-data" + world.secret).digest()))


def _bound_to(query: str) -> str:
    return sha256(query.encode()).hexdigest()[:32]


def seal(world: World, query: str, data: PageData) -> str:
    """Return the cookie's value for the pages at that query string."""
    text = json.dumps({**asdict(data), "query": _bound_to(query)}, separators=(",", ":"))
    now = int(world.clock.now())
    return _key(world).encrypt_at_time(zlib.compress(text.encode()), now).decode()


def unseal(world: World, query: str, value: str | None) -> PageData | None:
    """Return the values in the cookie, if it is valid.

    Returns None if there is none, or it is forged, too old, or made for another request.
    """
    if not value:
        return None
    from cryptography.fernet import InvalidToken

    now, key = int(world.clock.now()), _key(world)
    try:
        text = zlib.decompress(key.decrypt_at_time(value, LIFETIME_CONFIRM, now))
        made = key.extract_timestamp(value)
    except (InvalidToken, ValueError):
        return None
    fields = strict_json.decode_own(text)
    if fields.pop("query") != _bound_to(query):
        return None
    data = PageData(**fields)
    return data if data.step == "confirm" or now - made < LIFETIME else None
