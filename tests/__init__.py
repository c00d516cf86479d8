"""The tests. A failed `assert` of a helper is explained as one of a test is."""

import pytest

pytest.register_assert_rewrite("tests.helpers")
