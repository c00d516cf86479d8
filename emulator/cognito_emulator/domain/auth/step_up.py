"""Choose the requested level of a sign-in and the challenges that reach it.

It is the first requested level that the user can reach with factors already set up
[docs: authentication-flows-selection-sdk]. No factor is set up for it, and the challenges of MFA come as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.challenge_name import ChallengeName


class Within(Struct, frozen=True, gc=False):
    """Hold the challenges that a user can answer.

    `first` are those with which the user may begin, `second` those of MFA.
    """

    first: tuple[ChallengeName, ...]
    second: tuple[str, ...]

    @property
    def methods(self) -> frozenset[str]:
        return frozenset(method(challenge) for challenge in (*self.first, *self.second))


def method(challenge: str) -> str:
    """Return the method that a challenge proves."""
    return acr.PLATFORM_KEY if challenge == ChallengeName.WEB_AUTHN else acr.OF_CHALLENGE[challenge]


def first_reachable_level(targets: Iterable[int], done: Iterable[str], within: Within) -> int:
    """Return the first of the requested levels that can be reached.

    The methods that are `done` already count.

    Raises:
        InvalidParameter: none can.
    """
    best = acr.level({*done, *within.methods})
    for target in targets:
        if best >= target:
            return target
    raise unreachable_level()


def unreachable_level() -> errors.ApiError:
    """Make the error of a level that the user cannot reach.

    The guide says that there is an error, but neither its type nor its text [assumed; own wording].
    """
    return errors.InvalidParameter(
        "The user has no factors to satisfy any of the requested authentication levels."
    ).because("auth.step-up-unreachable")


def useful_methods(target: int, done: Collection[str], within: Within) -> frozenset[str]:
    """Return the methods that help to reach the level.

    Each is in a set of further methods that reaches the level and holds no superfluous one. With nothing `done`, the
    first one has to be a first factor.
    """
    have = frozenset(done)
    first = frozenset(method(challenge) for challenge in within.first)

    def reaches(further: frozenset[str]) -> bool:
        return bool(have or further & first) and acr.level(have | further) >= target

    if reaches(frozenset()):
        return frozenset()
    found: set[str] = set()
    for size in (1, 2):  # no level takes more than two methods
        for some in combinations(sorted(within.methods - have), size):
            further = frozenset(some)
            if reaches(further) and not any(reaches(further - {one}) for one in further):
                found |= further
    return frozenset(found)


def first_challenges(target: int, within: Within) -> tuple[ChallengeName, ...]:
    """Return the challenges with which a sign-in for that level may begin.

    "Users who sign in with a one-time password (OTP) first factor can't add" another
    [docs: authentication-flow-things-to-know]: a code alone has to reach the level.
    """
    wanted = useful_methods(target, (), within)
    fitting = [one for one in within.first if method(one) in wanted]
    return tuple(one for one in fitting if method(one) == acr.PASSWORD or acr.level([method(one)]) >= target)


def possible_first_challenges(targets: Iterable[int], first: Iterable[ChallengeName]) -> tuple[ChallengeName, ...]:
    """Return the challenges with which a sign-in for one of these levels may begin.

    What else the user has does not matter.
    """
    lowest = min(targets)
    return tuple(one for one in first if method(one) == acr.PASSWORD or acr.level([method(one)]) >= lowest)


def remaining_challenges(target: int, done: Collection[str], within: Within, chosen: str) -> Within:
    """Return the challenges that are left, of which one is to be answered next.

    There is none when the level is reached.

    The list is empty when the level is reached. The `chosen` challenge comes before all others. Among the factors of
    MFA, those that give no more than the level come first. "The target can influence which of several enabled MFA
    factors Amazon Cognito prompts for" [docs: authentication-flows-selection-sdk].
    """
    wanted = useful_methods(target, done, within)
    first = tuple(one for one in within.first if method(one) in wanted)
    second = tuple(one for one in within.second if method(one) in wanted)
    if chosen in first:
        return Within(first, ())
    if chosen in second:
        return Within(first, (chosen,))
    exact = tuple(one for one in second if acr.level({*done, method(one)}) == target)
    return Within(first, exact or second)
