"""What changed between two rulebooks, or two days of one, in words."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from workflows.regulation import book, diff

RULES = book.current()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(book.DATA, tmp_path / "rules")


def rewrite(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")


def test_a_rulebook_does_not_differ_from_itself(folder: Path):
    assert diff.between_books(RULES, book.load(folder)) == []


def test_what_was_rewritten_is_told_with_its_value_before_and_after(folder: Path):
    rewrite(folder / "figures.toml", 'value = 30\nunit = "minute"', 'value = 45\nunit = "minute"')
    rewrite(folder / "anomalies.toml", 'name.en = "Something else"', 'name.en = "Anything else"')

    assert [change.words for change in diff.between_books(RULES, book.load(folder))] == [
        "anomalies.toml: other, name: en: Something else → en: Anything else",
        "figures.toml: order_change_window, values: 30 → 45",
    ]


def test_what_is_new_and_what_is_gone_is_told(folder: Path):
    with (folder / "liability.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[liability]]\nanomaly = "system_fault"\nresponsible = "merchant"\n'
                   'clause = "2.2.2.1"\nin_force_from = 2027-01-01\n')  # fmt: skip
    new = book.load(folder)

    assert [change.words for change in diff.between_books(RULES, new)] == [
        "liability.toml: system_fault from 2027-01-01 added"
    ]
    assert [change.words for change in diff.between_books(new, RULES)] == [
        "liability.toml: system_fault from 2027-01-01 removed"
    ]
    assert "liability.toml: system_fault, party_kind: platform → merchant" in [
        change.words for change in diff.between_days(new, date(2026, 12, 31), date(2027, 1, 1))
    ]


def test_a_pattern_is_told_as_it_is_written(folder: Path):
    rewrite(folder / "refusals.toml", '"(?:no|not an?', '"none|(?:no|not an?')

    (change,) = diff.between_books(RULES, book.load(folder))

    assert change.field == "pattern"
    assert change.after.startswith("(?:none|")
