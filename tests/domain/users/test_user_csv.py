"""The columns of a file for user import."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from cognito_emulator.domain.pools import schema
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool_settings import new_pool
from cognito_emulator.domain.users.user_csv import (
    MAX_ROWS,
    BadFile,
    BadRow,
    cells,
    check_columns,
    header,
    lines_of,
    row_of,
)


def test_the_standard_attributes_that_a_file_can_give_are_columns() -> None:
    made_here = {"sub", "identities"}
    assert set(header(STANDARD)) == set(STANDARD) - made_here | {"cognito:mfa_enabled", "cognito:username"}


def test_custom_attributes_stand_before_the_last_two() -> None:
    built = schema.build(
        [
            {"Name": "zoo", "AttributeDataType": "String"},
            {"Name": "email", "AttributeDataType": "String", "Required": True},
            {"Name": "age", "AttributeDataType": "Number"},
            {"Name": "old", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
        ]
    )
    assert header(built)[-4:] == ["custom:zoo", "custom:age", "cognito:mfa_enabled", "cognito:username"]
    assert header(built)[:-4] == header(STANDARD)[:-2]


POOL = new_pool("us-east-1_AbC123dEf", "000000000000", "us-east-1", 0.0, {"PoolName": "p"})
VALUE = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\\"), max_size=20).map(str.strip)


@given(st.lists(VALUE, min_size=1, max_size=8))
def test_values_come_back(values: list[str]) -> None:
    assert cells(",".join(value.replace(",", r"\,") for value in values)) == values


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        lines = lines_of(content)
        check_columns(POOL.schema, cells(lines[0]))
    except BadFile:
        return
    raise AssertionError("no such file has the whole header")


def test_the_most_rows() -> None:
    """The header and empty lines are none (developer guide)."""
    assert len(lines_of(b"header\n" + b"x\n" * MAX_ROWS)) == MAX_ROWS + 2
    with pytest.raises(BadFile, match=f"^The CSV file has more than {MAX_ROWS} rows.$"):
        lines_of(b"header\n" + b"x\n" * (MAX_ROWS + 1))


@given(st.lists(VALUE, min_size=21, max_size=21))
def test_any_row_is_read_or_refused(values: list[str]) -> None:
    columns = header(POOL.schema)
    line = ",".join(value.replace(",", r"\,") for value in values[: len(columns)])
    with pytest.raises(BadRow):  # the pool verifies no address, so no row can be good
        row_of(POOL, columns, line)
