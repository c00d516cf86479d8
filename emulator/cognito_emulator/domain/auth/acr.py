"""Make the claims acr (the level that a sign-in reached) and amr (its methods).

    level 4    a password and a code of an authenticator app
    level 3    a passkey; or a password and a code by SMS or e-mail
    level 2    a code by SMS or e-mail
    level 1    a password

Developer guide, "Authentication levels with ACR and AMR claims". A sign-in by custom challenges alone, and what a
remembered device proves, are in no level: the first has neither claim, the second adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.pool_features import levels

PASSWORD, TOTP, SMS, EMAIL = "pwd", "otp", "sms", "email_otp"
PLATFORM_KEY, ROAMING_KEY = "swk", "hwk"
SEVERAL, FEDERATED = "mfa", "fed"
METHODS = (PASSWORD, TOTP, SMS, EMAIL, PLATFORM_KEY, ROAMING_KEY)
LEVELS = (1, 2, 3, 4)

# The method that an answered challenge stands for; WEB_AUTHN depends on the passkey.
OF_CHALLENGE: Mapping[str, str] = {
    ChallengeName.PASSWORD: PASSWORD,
    ChallengeName.PASSWORD_SRP: PASSWORD,
    ChallengeName.PASSWORD_VERIFIER: PASSWORD,
    ChallengeName.SOFTWARE_TOKEN_MFA: TOTP,
    # MFA_SETUP is proved by an authenticator's code alone: after an address comes the challenge of its code.
    ChallengeName.MFA_SETUP: TOTP,
    ChallengeName.SMS_MFA: SMS,
    ChallengeName.SMS_OTP: SMS,
    ChallengeName.EMAIL_OTP: EMAIL,
}


class Context(Struct, frozen=True, gc=False):
    """What the two claims say of a sign-in, for as long as it lasts; both are empty where no level was reached.

    `acr` is the level's name as it was then: it stays when the pool renames its levels. With `federated` an identity
    provider has said so.
    """

    acr: str = ""
    amr: tuple[str, ...] = ()
    federated: bool = False

    @property
    def claims(self) -> dict[str, Any]:
        return ({"acr": self.acr} if self.acr else {}) | ({"amr": list(self.amr)} if self.amr else {})

    @property
    def methods(self) -> tuple[str, ...]:
        """What a further sign-in need not ask again: nothing of what an identity provider has asked."""
        return () if self.federated else tuple(method for method in self.amr if method in METHODS)


NOTHING = Context()


def level(methods: Iterable[str]) -> int:
    """The highest level that the methods satisfy; 0 for none."""
    done = set(methods)
    code = bool(done & {SMS, EMAIL})
    if PASSWORD in done and TOTP in done:
        return 4
    if done & {PLATFORM_KEY, ROAMING_KEY} or (PASSWORD in done and code):
        return 3
    return 2 if code else int(PASSWORD in done)


def passkey_method(attachment: str | None) -> str:
    """The method of a passkey; one of which the client never told where it is counts as the platform's."""
    return ROAMING_KEY if attachment == "cross-platform" else PLATFORM_KEY


def methods(credited: Iterable[str], proved: Iterable[str], passkey: str) -> tuple[str, ...]:
    """All methods of a sign-in, in their order: those `credited` from an earlier one, and of the challenges `proved`.

    `passkey` is the method of the passkey, if one was used.
    """
    of = {**OF_CHALLENGE, ChallengeName.WEB_AUTHN: passkey or PLATFORM_KEY}
    return tuple(dict.fromkeys([*credited, *(of[challenge] for challenge in proved if challenge in of)]))


def context(pool: Pool, done: Iterable[str]) -> Context:
    """The claims of a sign-in at the pool itself."""
    found = tuple(done)
    reached = level(found)
    if not reached:
        return NOTHING
    return Context(names(pool)[reached], (*found, SEVERAL) if len(found) > 1 else found)


def names(pool: Pool) -> dict[int, str]:
    """From level to what the pool calls it."""
    configured = pool.settings.get("AcrConfiguration") or levels({})
    return {number: str(configured[f"Level{number}"]["AcrValue"]) for number in LEVELS}


def level_of(pool: Pool, acr: str) -> int:
    """The level that the pool calls so; 0 for a name that none has (any more)."""
    return next((number for number, name in names(pool).items() if name == acr), 0)


def requested(pool: Pool, text: str) -> tuple[int, ...]:
    """The levels in a list of names, as they stand there; names that no level has are ignored."""
    known = (level_of(pool, name) for name in text.split())
    return tuple(dict.fromkeys(number for number in known if number))
