"""Request rates of an account in a region, by category of operations (developer guide, "Quotas").

Kept and shown; requests are not counted here, so that a test suite may be as fast as it can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.domain import errors

# Requests per second that are free, of the categories that may be changed.
DEFAULTS = {
    "UserAuthentication": 120,
    "UserCreation": 50,
    "UserFederation": 25,
    "UserRead": 120,
    "UserToken": 120,
    "UserResourceRead": 50,
}
# The most that an account may ask for is an agreement with AWS; here it is ten times what is free.
_MAX_FACTOR = 10


@dataclass(frozen=True, slots=True)
class ProvisionedLimit:
    """A rate that was changed; its key is (account, region, category). `value` is requests per second."""

    account: str
    region: str
    category: str
    value: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.account, self.region, self.category


def category_of(attributes: Mapping[str, str]) -> str:
    """The category that Attributes name.

    Raises:
        InvalidParameter: none, or other attributes too.
        ResourceNotFound: no category whose rate can be changed. Both texts are ours.
    """
    if set(attributes) != {"Category"}:
        raise errors.InvalidParameter("Attributes must have Category and nothing else.")
    category = attributes["Category"]
    if category not in DEFAULTS:
        raise errors.ResourceNotFound(f"Limit {category} does not exist or is not adjustable.")
    return category


def check_value(category: str, value: int, *, managed_login: bool) -> None:
    """`value` must be between the default and the account's maximum (API reference).

    `managed_login`: the account has a pool with managed login in the region, and then two of the categories
    are fixed; how AWS says so is not documented.

    Raises:
        InvalidParameter, ServiceQuotaExceeded: the words are ours.
    """
    if managed_login and category in ("UserAuthentication", "UserFederation"):
        raise errors.InvalidParameter(f"{category} cannot be adjusted for user pools with managed login.")
    default = DEFAULTS[category]
    if value < default:
        raise errors.InvalidParameter(f"RequestedLimitValue must be at least the default limit {default}.")
    if value > default * _MAX_FACTOR:
        raise errors.ServiceQuotaExceeded(f"RequestedLimitValue exceeds the account limit {default * _MAX_FACTOR}.")
