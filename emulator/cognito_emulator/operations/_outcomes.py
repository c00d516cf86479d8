"""The members in which the API tells what a sign-in or a refresh came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.flows.auth.outcome import Complete, Outcome, PendingChallenge


def sign_in_members(outcome: Outcome) -> Mapping[str, Any]:
    """Return the answer of InitiateAuth, RespondToAuthChallenge and their Admin twins."""
    match outcome:
        case PendingChallenge():
            return challenge_members(outcome)
        case Tokens():
            return {"AuthenticationResult": authentication_result(outcome), "ChallengeParameters": {}}
        case Complete():
            raise AssertionError("a sign-in of the pages is not answered by the API")


def challenge_members(challenge: PendingChallenge) -> Mapping[str, Any]:
    members: dict[str, Any] = {"ChallengeName": str(challenge.name)}
    if challenge.session is not None:
        members["Session"] = challenge.session
    members["ChallengeParameters"] = challenge.parameters
    if challenge.available:
        members["AvailableChallenges"] = [str(name) for name in challenge.available]
    return members


def authentication_result(tokens: Tokens) -> Mapping[str, Any]:
    """Return AuthenticationResult."""
    result: dict[str, Any] = {
        "AccessToken": tokens.access,
        "ExpiresIn": tokens.expires_in,
        "TokenType": "Bearer",
    }
    if tokens.id is not None:
        result["IdToken"] = tokens.id
    if tokens.refresh is not None:
        result["RefreshToken"] = tokens.refresh
    if tokens.new_device is not None:
        result["NewDeviceMetadata"] = {
            "DeviceKey": tokens.new_device.key,
            "DeviceGroupKey": tokens.new_device.group_key,
        }
    return result
