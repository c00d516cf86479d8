"""Sign-in in a secondary Region of a pool: which users and challenges it refuses."""

from __future__ import annotations

from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.pools.mfa_factors import SOFTWARE_TOKEN_MFA
from cognito_emulator.domain.pools.replica import not_enabled
from cognito_emulator.domain.users.user import User

# Challenges that a secondary Region cannot take: TOTP, and what writes to the user directory.
_NOT_THERE = frozenset({ChallengeName.SOFTWARE_TOKEN_MFA, ChallengeName.MFA_SETUP, ChallengeName.NEW_PASSWORD_REQUIRED})


def check_challenge(name: str) -> None:
    """Refuse an answer to a challenge that a secondary Region cannot take.

    "TOTP MFA is not supported in secondary replicas" [docs: user-pool-multi-region]. A new password is a change of the
    user directory.

    Raises:
        OperationNotEnabled
    """
    if name in _NOT_THERE:
        raise not_enabled(name)


def check_user(user: User | None) -> None:
    """Refuse the sign-in of a user with TOTP MFA in a secondary Region.

    Such a user "must authenticate when the user pool in the primary Region" answers [docs: user-pool-multi-region].

    Raises:
        OperationNotEnabled: the user has TOTP MFA.
    """
    if user is not None and SOFTWARE_TOKEN_MFA in user.factors.active:
        raise not_enabled(SOFTWARE_TOKEN_MFA)
