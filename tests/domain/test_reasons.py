"""The reasons that errors carry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.authorization import RefusedByRedirect, ScopeRefused
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_grant
from cognito_emulator.domain.reasons import LONGEST, Reason, reason_of


def test_an_error_says_why_and_stays_itself() -> None:
    error = errors.NotAuthorized("No.")
    assert error.because("auth.locked-out", setting="Shoe", value=9) is error
    assert (error.message, reason_of(error)) == ("No.", Reason("auth.locked-out", "Shoe", 9))


def test_a_long_text_is_cut() -> None:
    reason = reason_of(errors.NotAuthorized("No.").because("oauth.client-unknown", value="x" * 5_000_000))
    assert reason is not None
    assert reason.value == "x" * LONGEST + "…"


def test_a_place_knows_better_than_the_maker_of_an_error() -> None:
    assert reason_of(errors.wrong_credentials()) == Reason("auth.credentials")
    assert reason_of(errors.wrong_credentials().because("auth.password-wrong")) == Reason("auth.password-wrong")


def _raised(call: Callable[[], None]) -> Exception:
    with pytest.raises((errors.ApiError, OAuthError)) as raised:
        call()
    return raised.value


def test_a_translation_has_the_reason_of_what_it_translates() -> None:
    def call() -> None:
        try:
            raise errors.NotAuthorized("Refresh Token has expired").because("tokens.refresh-expired")
        except errors.ApiError as error:
            raise invalid_grant(error.message) from None

    error = _raised(call)
    assert isinstance(error, OAuthError)
    assert reason_of(error) == Reason("tokens.refresh-expired")


def test_a_translation_may_have_a_reason_of_its_own() -> None:
    def call() -> None:
        try:
            raise errors.user_not_found()
        except errors.ApiError:
            raise errors.wrong_credentials().because("auth.user-hidden") from None

    assert reason_of(_raised(call)) == Reason("auth.user-hidden")


def test_some_errors_have_one_rule_by_their_code() -> None:
    assert reason_of(errors.TooManyRequests("Rate exceeded")) == Reason("api.rate")
    assert reason_of(errors.InvalidParameter("No.")) is None
    assert reason_of(ValueError("no")) is None


def test_a_refused_scope_has_its_reason_on_the_page_too() -> None:
    refused = ScopeRefused("client", RefusedByRedirect("https://app.example.com", "invalid_scope"))
    assert refused.because("oauth.scope", value=["openid"]) is refused
    assert reason_of(refused.page) == reason_of(refused) == Reason("oauth.scope", "", ["openid"])
