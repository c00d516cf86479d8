"""What the pytest plugin adds to the report of a failed test."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.processes

pytest_plugins = "pytester"


def test_a_failed_test_says_why_its_calls_were_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def refused(pool, times=1):
            for _ in range(times):
                try:
                    pool.sign_in("nobody")
                except pool.idp.exceptions.UserNotFoundException:
                    pass

        def test_refused_and_passes(cognito_pool):
            refused(cognito_pool)

        def test_nothing_refused(cognito_pool):
            cognito_pool.add_user("ann", groups=["staff"])
            cognito_pool.add_user("bob", groups=["staff"])
            assert not cognito_pool

        def test_without_fixtures():
            raise ValueError

        def test_wrong_password(cognito_pool):
            cognito_pool.add_user("ann")
            cognito_pool.sign_in("ann", "Password-2")

        def test_many(cognito_pool):
            refused(cognito_pool, 12)
            assert not cognito_pool
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")
    result.assert_outcomes(passed=1, failed=4)
    result.stdout.fnmatch_lines(
        [
            "*_ test_wrong_password _*",
            "*- cognito: refused calls of this test -*",
            "InitiateAuth: NotAuthorizedException: Incorrect username or password.",
            "    auth.password-wrong: *",
            "*_ test_many _*",
            "*- cognito: refused calls of this test -*",
            "(2 earlier ones)",
        ]
    )
    printed = result.stdout.str()
    assert printed.count("refused calls of this test") == 2
    assert printed.count("InitiateAuth: UserNotFoundException: ") == 10
