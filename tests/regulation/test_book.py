"""The shipped rulebook answers, and a mistake in the data is refused with file, entry and reason."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from workflows.regulation import book
from workflows.regulation.errors import NotInForce, NotInRulebook, RulebookError

RULES = book.current()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(book.DATA, tmp_path / "rules")


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def append(folder: Path, name: str, entry: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(entry)


def test_the_rulebook_is_read_once():
    assert book.current() is RULES


def test_every_clause_speaks_three_languages_and_stands_under_a_heading():
    headings = {part.number for part in RULES.parts()}

    for clause in RULES.clauses():
        assert clause.part in headings
        for language in book.LANGUAGES:
            assert clause.title.in_(language)
            assert clause.text.in_(language).endswith(("。", ".", "."))


def test_clauses_stand_in_the_order_of_the_regulation():
    numbers = [clause.number for clause in RULES.clauses()]

    assert numbers[:3] == ["1.2.1", "1.2.2", "1.2.3"]
    assert numbers.index("2.1.7.5") < numbers.index("2.2.1") < numbers.index("2.2.1.1") < numbers.index("3.1.1")


@pytest.mark.parametrize("number", ["9.9.9", "", "2.1.6", "２.1.6.1"])
def test_a_clause_that_does_not_exist_is_refused(number: str):
    with pytest.raises(NotInRulebook):
        RULES.clause(number)


def test_a_day_before_the_regulation_has_no_figures():
    with pytest.raises(NotInForce):
        RULES.figure("resolution", on=date(1999, 12, 31))


def test_figures_know_how_they_count():
    assert RULES.figure("emergency_start").length == timedelta(hours=2)
    assert RULES.figure("resolution").length == timedelta(days=7)
    assert RULES.figure("warnings").fractions == (0.5, 0.75, 0.9)
    with pytest.raises(ValueError, match="civil_day"):
        _ = RULES.figure("no_reason_return").length
    with pytest.raises(ValueError, match="hour"):
        _ = RULES.figure("emergency_start").fractions
    with pytest.raises(ValueError):
        _ = RULES.figure("warnings").value


def test_a_penalty_beyond_the_table_is_the_last_one():
    breach = RULES.breach("return_refused")

    assert breach.step(1).measure == "warning"
    assert breach.step(99) == breach.steps[-1]
    with pytest.raises(ValueError):
        breach.step(0)


def test_goods_are_found_by_their_other_names_too():
    fresh, fruit = RULES.category("生鮮"), RULES.category(" Fruit ")

    assert fresh is not None
    assert fresh is fruit
    assert RULES.category("garden_gnomes") is None
    assert RULES.category(None) is None


def test_every_anomaly_has_plans_and_a_party_but_other():
    for anomaly in RULES.anomalies:
        assert RULES.plans_for(anomaly.key)
        assert (RULES.responsible(anomaly.key) is None) == (anomaly.key == "other")


def test_a_new_figure_holds_from_its_day_and_the_old_one_before(folder: Path):
    append(
        folder,
        "figures.toml",
        '\n[[figure]]\nkey = "no_reason_return"\nclause = "2.1.6.1"\nvalue = 15\nunit = "civil_day"\n'
        'in_force_from = 2027-01-01\nnote.zh-Hant = "新"\nnote.zh-Hans = "新"\nnote.en = "new"\n',
    )

    rules = book.load(folder)

    assert rules.figure("no_reason_return", on=date(2026, 12, 31)).value == 7
    assert rules.figure("no_reason_return", on=date(2027, 1, 1)).value == 15
    assert [figure.key for figure in rules.figures].count("no_reason_return") == 1
    assert rules.version != RULES.version


def test_a_list_of_something_else_than_tables_is_refused(folder: Path):
    (folder / "figures.toml").write_text("figure = [1]\n", encoding="utf-8")

    with pytest.raises(RulebookError, match=r"figures\.toml, figure: must be written as \[\[figure\]\]"):
        book.load(folder)


def test_a_comment_does_not_make_a_new_version(folder: Path):
    append(folder, "figures.toml", "\n# a comment\n")

    assert book.load(folder).version == RULES.version


@pytest.mark.parametrize(
    ("name", "old", "new", "entry", "reason"),
    [
        ("figures.toml", "own = true", "own = true\ncolour = 1", "figure", "unknown key 'colour'"),
        ("figures.toml", 'note.en = "How soon', 'note.fr = "How soon', "figure", "no text in en"),
        ("figures.toml", "value = 2\n", "value = 0\n", "emergency_start", "from 1 to 10000"),
        ("figures.toml", "value = 2\n", "value = true\n", "emergency_start", "whole number"),
        ("figures.toml", "value = 10\nunit", "value = 101\nunit", "hold_cap", "from 1 to 100"),
        ("figures.toml", "[50, 75, 90]", "[75, 50, 90]", "warnings", "rise"),
        ("figures.toml", "[50, 75, 90]", "[25, 50, 75, 90]", "warnings", "more of them than desks"),
        ("figures.toml", 'unit = "hour"', 'unit = "fortnight"', "figure", "not one of"),
        ("figures.toml", 'key = "voting"', 'key = "Voting!"', "Voting!", "not a key"),
        ("figures.toml", 'key = "voting"', 'key = "vote"', "the file", "no 'voting'"),
        ("figures.toml", 'key = "voting"', 'key = "review"', "review", "stands there twice"),
        ("figures.toml", 'clause = "2.1.3.3"', 'clause = "2.1.3.9"', "hold_cap", "does not exist"),
        ("figures.toml", 'clause = "2.1.3.3"', 'clause = "two"', "hold_cap", "not the number of a clause"),
        ("figures.toml", "value = 4\nunit", "value = 5\nunit", "voting", "resolution limit"),
        ("figures.toml", 'key = "quorum"\nclause = "3.3.2"\nvalue = 3', 'key = "quorum"\nclause = "3.3.2"\nvalue = 5',
         "quorum", "larger than the panel"),
        ("figures.toml", 'key = "panel_size"\nclause = "3.3.2"\nvalue = 3',
         'key = "panel_size"\nclause = "3.3.2"\nvalue = 4', "panel_size", "even"),
        ("figures.toml", "in_force_from = 2000-01-01", "in_force_from = 2000-01-01T00:00:00", "the file", "a date"),
        ("figures.toml", "in_force_from = 2000-01-01", "", "figure emergency_start", "a date"),
        ("figures.toml", "own = true", "in_force_until = 1999-01-01", "figure", "before it begins"),
        ("figures.toml", "[[figure]]", "[figure]\n[[figure]]", "the file", "cannot be read as TOML"),
        ("liability.toml", 'responsible = "merchant"', 'responsible = "nobody"', "product_info_error", "'nobody'"),
        ("liability.toml", 'anomaly = "system_fault"', 'anomaly = "other"', "system_fault", "no responsible party"),
        ("liability.toml", 'anomaly = "return_refusal"', 'anomaly = "system_fault"', "system_fault", "twice"),
        ("anomalies.toml", 'name.zh-Hant = "其他"', 'name.zh-Hant = " "', "anomaly other", "no text in zh-Hant"),
        ("plans.toml", 'anomalies = ["other"]', 'anomalies = ["else"]', "person_on_duty", "'else'"),
        ("plans.toml", 'anomalies = ["other"]', 'anomalies = []', "other", "no emergency plan"),
        ("categories.toml", '"grocery"', '"grocery", "apparel"', "apparel", "twice"),
        ("categories.toml", '"grocery"', '"grocery", "grocery"', "food", "twice"),
        ("categories.toml", 'no_reason_return = "no"', 'no_reason_return = "never"', "category", "not one of"),
        ("remedies.toml", "money = true", 'money = "yes"', "refund", "true or false"),
        ("remedies.toml", 'anomalies = ["', 'anomalies = ["nothing", "', "refund", "'nothing'"),
        ("usual_remedies.toml", "least_percent = 10\n", "least_percent = 90\n", "product_info_error", "down to"),
        ("usual_remedies.toml", 'remedy = "refund"', 'remedy = "hug"', "system_fault_refund", "'hug'"),
        ("importance.toml", 'cues = ["danger", "emergency"]', "", "danger", "names no anomaly"),
        ("importance.toml", '"danger", "emergency"', '"anger"', "danger", "unknown 'anger'"),
        ("penalties.toml", 'measure = "warning"', 'measure = "prison"', "performance_overdue", "not one of"),
        ("penalties.toml", 'offends = ["2.2.2"]', 'offends = ["7.7"]', "performance_overdue", "'7.7'"),
        ("explanations.toml", "{held} was withheld", "{hold} was withheld", "explanation", "in each language"),
        ("explanations.toml", "{lacking}", "{", "explanation", "'text'"),
        ("explanations.toml", "{lacking}", "{}", "explanation", "without a name"),
        ("explanations.toml", 'key = "missing_facts"', 'key = "x"\nclause2 = 1', "explanation", "unknown key"),
        ("terms.toml", 'key = "consumer"', 'key = "merchant"', "merchant", "twice"),
        ("absolute_wording.toml", '"\\\\bbest\\\\b', '"(\\\\bbest\\\\b', "wording en", "not a pattern"),
        ("clauses/2_1_stages.toml", 'automation = "not_automated"', 'automation = "checked"', "2.1.1.3", "'reason'"),
        ("clauses/2_1_stages.toml", 'number = "2.1.7"\n', 'number = "2.1.8"\n', "2.1.7.1", "heading 2.1.7"),
        ("clauses/2_1_stages.toml", 'number = "2.1.6.2"', 'number = "2.1.6.1"', "2.1.6.1", "twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_file_entry_and_reason(
    folder: Path, name: str, old: str, new: str, entry: str, reason: str
):
    rewrite(folder, name, old, new)

    with pytest.raises(RulebookError) as refusal:
        book.load(folder)

    assert refusal.value.file in (name, name.partition("/")[0] + "/")
    assert entry in refusal.value.entry
    assert reason in refusal.value.reason


def test_the_table_names_nobody_for_other(folder: Path):
    append(folder, "liability.toml", '\n[[liability]]\nanomaly = "other"\nresponsible = "merchant"\nclause = "2.2.2"\n')

    with pytest.raises(RulebookError, match="no party follows"):
        book.load(folder)


def test_overlapping_periods_are_refused(folder: Path):
    rewrite(folder, "liability.toml", 'clause = "2.2.2.1"', 'clause = "2.2.2.1"\nin_force_until = 2026-12-31')
    append(
        folder,
        "liability.toml",
        '\n[[liability]]\nanomaly = "system_fault"\nresponsible = "merchant"\nclause = "2.2.2.1"\n'
        "in_force_from = 2026-06-01\n",
    )

    with pytest.raises(RulebookError, match="overlap from 2026-06-01"):
        book.load(folder)


def test_a_missing_file_and_one_that_is_not_toml_are_refused(folder: Path):
    (folder / "plans.toml").unlink()
    with pytest.raises(RulebookError, match=r"plans\.toml, the file: is missing"):
        book.load(folder)

    (folder / "plans.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RulebookError, match="cannot be read as TOML"):
        book.load(folder)
