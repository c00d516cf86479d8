"""The ledger of operations as the guide shows it."""

from __future__ import annotations

import pytest

from cognito_emulator import operations
from cognito_emulator.wire import ledger
from cognito_emulator.wire.ledger import GENERAL, markdown, rows, summary

operations.load()


def test_every_operation_has_its_line() -> None:
    lines = markdown().splitlines()
    for row in rows():
        found = [line for line in lines if line.startswith(f"| {row['operation']} | {row['state']} |")]
        assert found, row["operation"]
        ends = f"| {', '.join(row['ignored'])} | {row['simplified']} |"
        assert any(line.endswith(ends) for line in found)


def test_what_is_simplified_is_told_in_a_line() -> None:
    told = [row["simplified"] for row in rows() if row["simplified"]]
    assert told
    for text in (*told, *GENERAL):
        assert text[0].isupper() or text[0] == "`"
        assert text.endswith(".")
        assert len(text) <= 160
        assert "|" not in text
        assert "\n" not in text
    assert all(f"- {line}\n" in markdown() for line in GENERAL)


def test_what_is_not_written_is_not_simplified() -> None:
    assert all(not row["simplified"] for row in rows() if row["state"] == "not implemented")


def test_the_summary_counts_them_all() -> None:
    counts = [int(word) for word in summary().replace(":", "").split() if word.isdecimal()]
    assert counts[0] == sum(counts[1:]) == len(rows()) >= 164


def test_what_the_installed_botocore_lacks_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "is_installed", lambda service, name: name != "ListTerms")
    assert {row["operation"] for row in rows() if row["state"] == "needs a newer botocore"} == {"ListTerms"}
    assert "| ListTerms | needs a newer botocore |" in markdown()
    assert " 1 need a newer botocore, " in summary()
