"""The ledger of operations as the README shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cognito_emulator import operations
from cognito_emulator.wire import ledger, registry
from cognito_emulator.wire.ledger import BEGIN, END, GENERAL, between_markers, markdown, rows, summary
from tests.contract.written_for import written_for

README = Path(__file__).resolve().parents[2] / "README.md"
operations.load()


def test_the_readme_shows_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the operations that this version was written for. `cognito-emulator operations --markdown` writes it anew."""
    monkeypatch.setattr(ledger, "is_installed", lambda service, name: True)
    monkeypatch.setattr(
        registry, "known_names", lambda of: sorted(name for service, name in written_for() if service == of)
    )
    section = between_markers(README.read_text("utf-8")) if README.exists() else None
    if section is None or not section.strip():
        pytest.skip(f"README.md has nothing between {BEGIN} and {END} yet")
    assert section == markdown()


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


def test_between_markers() -> None:
    assert between_markers(f"a\n{BEGIN}\n\nb\n\nc\n{END}\nd") == "b\n\nc\n"
    assert between_markers("a") is None
    assert between_markers(f"a {BEGIN} b") is None
