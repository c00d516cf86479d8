"""The refusal of users who do not exist or are disabled."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.users.user import CONFIRMED, User
from cognito_emulator.domain.users.user_checks import require_enabled, require_user

USER = User("us-east-1_a", "sub", "ann", "ann", 0, 0, CONFIRMED)
DISABLED = replace(USER, enabled=False)


def test_an_enabled_user_is_returned() -> None:
    assert require_enabled(USER) is USER
    assert require_user(USER) is USER


def test_a_disabled_user_exists() -> None:
    assert require_user(DISABLED) is DISABLED
    with pytest.raises(errors.NotAuthorized, match=r"^User is disabled\.$"):
        require_enabled(DISABLED)


def test_an_unknown_user_is_refused_in_the_words_of_the_operation() -> None:
    with pytest.raises(errors.UserNotFound, match=r"^User does not exist\.$"):
        require_user(None)
    with pytest.raises(errors.UserNotFound, match=r"^User does not exist\.$"):
        require_enabled(None)
    with pytest.raises(errors.UserNotFound, match=r"^Username/client id combination not found\.$"):
        require_enabled(None, errors.username_client_not_found)
