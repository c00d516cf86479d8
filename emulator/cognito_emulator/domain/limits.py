"""Request rates of an account in a Region, by category [docs: quotas].

Requests are counted only in a category whose rate was set, so that a test suite may be as fast as it can.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cognito_emulator.domain import errors

# Requests per second that are free, of the categories that may be changed.
DEFAULTS = {
    "UserAuthentication": 120,
    "UserCreation": 50,
    "UserFederation": 25,
    "UserRead": 120,
    "UserToken": 120,
    "UserResourceRead": 50,
}
# The operations of those categories. UserFederation has none: it is the answers of identity providers.
_OPERATIONS = {
    "UserAuthentication": ("InitiateAuth", "AdminInitiateAuth", "GetTokensFromRefreshToken"),
    "UserCreation": ("SignUp", "ConfirmSignUp", "AdminCreateUser", "AdminConfirmSignUp"),
    "UserRead": ("AdminGetUser", "AdminGetUserAuthFactors", "GetUser"),
    "UserToken": ("RevokeToken",),
    "UserResourceRead": (
        "AdminGetDevice",
        "AdminListGroupsForUser",
        "AdminListDevices",
        "GetDevice",
        "ListDevices",
        "GetUserAttributeVerificationCode",
        "ResendConfirmationCode",
        "AdminListUserAuthEvents",
    ),
}
_CATEGORIES = {name: category for category, names in _OPERATIONS.items() for name in names}
# Answers to challenges have their own allowance: three times the rate of UserAuthentication. Later ones count there.
_ANSWERS = ("RespondToAuthChallenge", "AdminRespondToAuthChallenge")
_ANSWERS_FACTOR = 3
# The most that an account may request is an agreement with AWS. Here it is ten times the free rate [assumed].
_MAX_FACTOR = 10


class ProvisionedLimit(Struct, frozen=True, gc=False):
    """A rate that was changed; its key is (account, region, category).

    `value` is requests per second.
    """

    account: str
    region: str
    category: str
    value: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.account, self.region, self.category


def category_of(attributes: Mapping[str, str]) -> str:
    """Return the category that Attributes name.

    Raises:
        InvalidParameter: none, or other attributes too [own wording].
        ResourceNotFound: no category whose rate can be changed [own wording].
    """
    if set(attributes) != {"Category"}:
        raise errors.InvalidParameter("Attributes must have Category and nothing else.").because(
            "api.limit-category", setting="Attributes"
        )
    category = attributes["Category"]
    if category not in DEFAULTS:
        raise errors.ResourceNotFound(f"Limit {category} does not exist or is not adjustable.").because(
            "api.limit-category", setting="Category", value=category
        )
    return category


def check_value(category: str, value: int, *, managed_login: bool) -> None:
    """Refuse a rate outside the allowed range [docs: UpdateProvisionedLimit].

    With `managed_login` the account has a pool with managed login in the Region. Two of the categories are fixed then,
    with an error of our own [own wording].

    Raises:
        InvalidParameter, ServiceQuotaExceeded: the value is not allowed [own wording].
    """
    if managed_login and category in ("UserAuthentication", "UserFederation"):
        raise errors.InvalidParameter(f"{category} cannot be adjusted for user pools with managed login.").because(
            "api.limit-category", setting="Category", value=category
        )
    default = DEFAULTS[category]
    if value < default:
        raise errors.InvalidParameter(f"RequestedLimitValue must be at least the default limit {default}.").because(
            "api.limit-value", setting="RequestedLimitValue", value=default
        )
    if value > default * _MAX_FACTOR:
        raise errors.ServiceQuotaExceeded(f"RequestedLimitValue exceeds the account limit {default * _MAX_FACTOR}.")


class Rates:
    """The requests of the current second, by account, Region and category.

    Earlier ones are forgotten.
    """

    def __init__(self) -> None:
        self._second = -1
        self._counts: dict[tuple[str, ...], int] = {}

    def admit(self, operation: str, challenge: object, limits: Mapping[str, int], now: float, *home: str) -> None:
        """Count a request of the account and region `home`.

        Args:
            challenge: ChallengeName, if the request has one.
            limits: the rates that were set there, by category.
            now: epoch seconds.

        Raises:
            TooManyRequests
        """
        category = _CATEGORIES.get(operation)
        if operation in _ANSWERS and challenge != "NEW_PASSWORD_REQUIRED":  # counted as account recovery
            category = "UserAuthentication"
        if category is None or category not in limits:
            return
        if operation in _ANSWERS and self._counted(now, *home, "answers") <= _ANSWERS_FACTOR * limits[category]:
            return
        if self._counted(now, *home, category) > limits[category]:
            raise errors.TooManyRequests("Rate exceeded").because(
                "api.rate", setting="ProvisionedLimit", value=limits[category]
            )

    def _counted(self, now: float, *key: str) -> int:
        if int(now) != self._second:
            self._second, self._counts = int(now), {}
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key]
