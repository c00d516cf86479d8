"""Make the claims acr (the level that a sign-in reached) and amr (its methods).

    level 4    a password and a code of an authenticator app
    level 3    a passkey; or a password and a code by SMS or e-mail
    level 2    a code by SMS or e-mail
    level 1    a password

[docs: cognito-user-pools-step-up-authentication] A sign-in by custom challenges alone has neither claim. A remembered
device adds no method.
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
_UNNAMED = levels({})

# The method of an answered challenge; WEB_AUTHN depends on the passkey.
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
    """The two claims of a sign-in; both are empty where no level was reached.

    `acr` is the level's name at the time of the sign-in: it stays when the pool renames its levels. With `federated`
    the claims come from an identity provider.
    """

    acr: str = ""
    amr: tuple[str, ...] = ()
    federated: bool = False

    @property
    def claims(self) -> dict[str, Any]:
        return ({"acr": self.acr} if self.acr else {}) | ({"amr": list(self.amr)} if self.amr else {})

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that a further sign-in need not ask again.

        Methods that an identity provider reported are not among them.
        """
        return () if self.federated else tuple(method for method in self.amr if method in METHODS)


NOTHING = Context()


def level(methods: Iterable[str]) -> int:
    """Return the highest level that the methods satisfy; 0 for none."""
    done = set(methods)
    code = bool(done & {SMS, EMAIL})
    if PASSWORD in done and TOTP in done:
        return 4
    if done & {PLATFORM_KEY, ROAMING_KEY} or (PASSWORD in done and code):
        return 3
    return 2 if code else int(PASSWORD in done)


def passkey_method(attachment: str | None) -> str:
    """Return the method of a passkey.

    A passkey without `attachment` counts as one of the platform [assumed].
    """
    return ROAMING_KEY if attachment == "cross-platform" else PLATFORM_KEY


def methods(credited: Iterable[str], proved: Iterable[str], passkey: str) -> tuple[str, ...]:
    """List all methods of a sign-in, in their order.

    They are those `credited` from an earlier sign-in, then those of the challenges `proved`. `passkey` is the method of
    the passkey, if one was used.
    """
    found = [*credited]
    for challenge in proved:
        method = (passkey or PLATFORM_KEY) if challenge == ChallengeName.WEB_AUTHN else OF_CHALLENGE.get(challenge)
        if method is not None:
            found.append(method)
    return tuple(dict.fromkeys(found))


def context(pool: Pool, done: Iterable[str]) -> Context:
    """Make the claims of a sign-in at the pool itself."""
    found = tuple(done)
    reached = level(found)
    if not reached:
        return NOTHING
    return Context(_name(pool, reached), (*found, SEVERAL) if len(found) > 1 else found)


def names(pool: Pool) -> dict[int, str]:
    """Return the pool's name of each level."""
    return {number: _name(pool, number) for number in LEVELS}


def _name(pool: Pool, number: int) -> str:
    configured = pool.settings.get("AcrConfiguration") or _UNNAMED
    return str(configured[f"Level{number}"]["AcrValue"])


def level_of(pool: Pool, acr: str) -> int:
    """Return the level that has this name in the pool; 0 if none has."""
    return next((number for number, name in names(pool).items() if name == acr), 0)


def requested(pool: Pool, text: str) -> tuple[int, ...]:
    """List the levels in a list of names, in its order.

    Names that no level has are ignored.
    """
    known = (level_of(pool, name) for name in text.split())
    return tuple(dict.fromkeys(number for number in known if number))
