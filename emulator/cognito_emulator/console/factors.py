"""Show how a user can sign in; an authenticator's secret, QR code, current code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from cognito_emulator.domain.auth import totp
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, User

if TYPE_CHECKING:
    from cognito_emulator.world import World

_WORDS = (("SOFTWARE_TOKEN_MFA", "TOTP"), ("SMS_MFA", "SMS"), ("EMAIL_OTP", "E-mail code"))


class Authenticator(Struct, frozen=True):
    """A user's authenticator; `left` is how many seconds the code lasts."""

    secret: str
    uri: str
    qr: str
    code: str
    left: int
    is_on: bool
    is_pending: bool


def factors_of(world: World, user: User) -> Sequence[str]:
    """Name the factors that a user has."""
    found = []
    if user.status == FORCE_CHANGE_PASSWORD:
        found.append("Temporary password")
    elif user.has_password:
        found.append("Password")
    found += [word for factor, word in _WORDS if factor in user.factors.active]
    if world.store.passkeys.count("user", user.key):
        found.append("Passkey")
    if user.federated:
        found.append("Provider")
    return found


def authenticator_of(pool: Pool, user: User, now: float) -> Authenticator | None:
    """Return the authenticator that a user has, or has begun to set up."""
    kept = user.factors.totp
    secret = kept.secret or kept.pending
    if secret is None:
        return None
    import pyotp  # needed on this page alone
    import segno

    uri = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=pool.name)
    return Authenticator(
        secret=secret,
        uri=uri,
        qr=segno.make(uri, micro=False, error="m").svg_data_uri(border=2, scale=4),
        code=pyotp.TOTP(secret).at(int(now)),
        left=totp.STEP - int(now) % totp.STEP,
        is_on="SOFTWARE_TOKEN_MFA" in user.factors.active,
        is_pending=kept.secret is None,
    )
