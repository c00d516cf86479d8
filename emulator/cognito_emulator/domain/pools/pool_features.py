"""Authentication levels, client registration, keys and issuer of a pool.

They are checked, completed and shown here. Their effects are in the registration endpoint, in tokens and in step-up
sign-in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors

DEFAULT_LEVELS = {f"Level{level}": f"urn:cognito:loa:{level}" for level in range(1, 5)}
_REGISTRATION = {
    # "Omitting EnableStatus in a configuration turns it on" [docs: DcrConfigurationType].
    "EnableStatus": "Enabled",
    "OpenDcrEnabled": False,
    "AuthenticatedGrantTypes": ["code", "client_credentials"],
    "OpenDcrGrantTypes": ["code"],
}


def levels(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return AcrConfiguration with defaults for the levels that are not named.

    Raises:
        InvalidParameter: two levels have the same value, defaults included [docs: AcrLevelConfigType; own wording].
    """
    values = {name: given.get(name, {}).get("AcrValue", default) for name, default in DEFAULT_LEVELS.items()}
    if len(set(values.values())) < len(values):
        raise errors.InvalidParameter("The AcrValue of each level in AcrConfiguration must be unique.").because(
            "pools.acr", setting="AcrConfiguration", value=values
        )
    return {name: {"AcrValue": value} for name, value in values.items()}


def registration(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return DcrConfiguration with defaults; `implicit` has no effect."""
    return {**_REGISTRATION, **given}


def check_key(given: Mapping[str, Any], region: str) -> None:
    """Check KeyConfiguration.

    "only with a KMS key ARN, not an alias", "in the same AWS Region as your user pool"
    [docs: data-protection; own wording]. Without an ARN "AWS managed keys are used" [docs: KeyConfigurationType].

    Raises:
        InvalidParameter
    """
    if "KmsKeyArn" not in given:
        return
    if re.fullmatch(rf"arn:aws[a-z-]*:kms:{re.escape(region)}:[0-9]{{12}}:key/.+", given["KmsKeyArn"]) is None:
        raise errors.InvalidParameter(
            f"KmsKeyArn must be the ARN of a KMS key, not of an alias, in Region {region}."
        ).because("pools.key", setting="KeyConfiguration.KmsKeyArn", value=given["KmsKeyArn"])


def default_tier(given: Mapping[str, Any]) -> str:
    """Return the tier of a new pool that names none.

    Threat protection makes it PLUS [docs: UserPoolAddOnsType].
    """
    add_ons = given.get("UserPoolAddOns", {})
    modes = (
        add_ons.get("AdvancedSecurityMode"),
        add_ons.get("AdvancedSecurityAdditionalFlows", {}).get("CustomAuthMode"),
    )
    return "ESSENTIALS" if all(mode in (None, "OFF") for mode in modes) else "PLUS"


def needing_a_higher_tier(settings: Mapping[str, Any]) -> list[str]:
    """List the features of these settings that LITE does not have."""
    found = []
    if settings.get("AcrConfiguration", levels({})) != levels({}):
        found.append("ACR Configuration")
    if settings.get("DcrConfiguration", {}).get("EnableStatus") == "Enabled":
        found.append("Dynamic Client Registration")
    return found
