"""`flask rulebook` speaks plainly: what is sound, what is wrong and where, what changed, how it looks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.rulebook import rulebook_group
from app.core.db import transaction
from app.factory import civil_day
from app.rulebook import queries, service
from tests.attacks.world import changed, everything
from tests.factories import a_case, a_person, acting, saved
from tests.rulebook.test_amendments import with_letters
from workflows.procedure.authority import Role
from workflows.regulation import approved, book, shipped


@pytest.fixture
def run(built_app):
    def invoke(*arguments: str) -> Result:
        with built_app.app_context():
            return CliRunner().invoke(rulebook_group, arguments)

    return invoke


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(book.DATA, tmp_path / "rules")


def test_the_shipped_rulebook_is_sound(run):
    result = run("check")

    assert result.exit_code == 0
    assert f"Rulebook {book.current().version} is sound: 81 clauses in 3 languages." in result.output
    assert re.search(r"\b[1-9]\d\d worked examples agree\.", result.output)


def test_a_mistake_is_named_with_file_entry_and_reason(run, folder: Path):
    file = folder / "figures.toml"
    file.write_text(
        file.read_text("utf-8").replace('value = 30\nunit = "minute"', 'value = 0\nunit = "minute"'), "utf-8"
    )

    result = run("check", str(folder))

    assert result.exit_code == 1
    assert "figures.toml, figure order_change_window: 'value' is 0, not from 1 to 10000" in result.output


def test_the_difference_to_another_folder_is_told(run, folder: Path):
    file = folder / "figures.toml"
    file.write_text(
        file.read_text("utf-8").replace('value = 30\nunit = "minute"', 'value = 20\nunit = "minute"'), "utf-8"
    )

    result = run("diff", str(folder))

    assert result.exit_code == 0
    assert result.output == "figures.toml: order_change_window, values: 20 → 30\n1 change\n"


def test_the_difference_between_two_days_is_told(run):
    result = run("diff", "--from", "1999-12-31", "--to", "2000-01-01")

    assert "clauses/: 2.1.6.1 added" in result.output


@pytest.mark.parametrize("arguments", [(), ("--from", "2026-01-01")])
def test_a_comparison_with_nothing_is_refused(run, arguments: tuple[str, ...]):
    result = run("diff", *arguments)

    assert result.exit_code == 2
    assert "Name a folder to compare with, or both --from and --to." in result.output


def test_the_diagrams_can_be_drawn(run):
    assert run("diagram", "--language", "zh-Hant").output.startswith('flowchart LR\n  system_fault["系統故障"]')
    assert "committee --> decided: sign_decision" in run("diagram", "--of", "case").output


def test_replay_names_the_cases_that_a_changed_figure_would_alter_and_changes_nothing(app, folder: Path):
    file = folder / "figures.toml"
    text = file.read_text("utf-8")
    head, sep, tail = text.partition('key = "no_reason_return"')
    file.write_text(head + sep + tail.replace("value = 7", "value = 3", 1), "utf-8")
    facts = {
        "order_facts": {
            "category": "apparel", "received_at": "2026-06-01T10:00:00+08:00",
            "goods_intact": True, "packaging_complete": True,
        },
        "order_events": [
            {"type": "return_requested", "at": "2026-06-06T10:00:00+08:00", "actor": "consumer", "kind": "no_reason"},
            {"type": "return_rejected", "at": "2026-06-06T12:00:00+08:00", "actor": "merchant"},
        ],
    }  # fmt: skip
    with transaction():
        case, other = a_case(**facts), a_case()
    before = everything()

    result = CliRunner().invoke(rulebook_group, ["replay", str(folder)])

    assert result.exit_code == 0, result.output
    assert f"2.1.6.1  breach (merchant) → out_of_time: {case.number}" in result.output
    assert other.number not in result.output
    assert "1 of 1 cases" in result.output
    assert changed(before) == set()


def test_replay_needs_to_know_with_what_to_compare(run):
    assert run("replay").exit_code == 2


@pytest.fixture
def own_place(app, tmp_path):
    approved.use(tmp_path / "own", civil_day)
    yield
    approved.use(None)


def test_a_folder_is_proposed_and_the_status_tells_how_it_stands(run, own_place, deliver, tmp_path: Path, time):
    first, second = (saved(a_person, Role.ADMIN) for _ in range(2))
    (tmp_path / "figures.toml").write_text(with_letters(40)["figures.toml"], "utf-8")
    asked = (str(tmp_path / "figures.toml"), "--by", first.email, "--since", "2026-09-10", "--reason", "More letters")

    proposed = run("propose", *asked)
    before = run("status")
    deliver()
    with transaction():
        service.decide(queries.newest()[0], agreed=True, act=acting(second))
    after = run("status")
    time.go(days=9)
    later = run("status")

    assert "figures.toml: letters_per_hour, values: 30 → 40" in proposed.output
    assert f"In force: {shipped.rulebook().version}, as shipped" in before.output
    assert "Waits for another administrator" in before.output
    assert "From 2026-09-10: " in after.output
    assert "since 2026-09-10" in later.output
    assert f"Shipped: {shipped.rulebook().version}, 1 differences" in later.output


@pytest.mark.parametrize(
    ("by", "since", "why"),
    [("nobody@desk.test", "2026-09-10", "Nobody who may sign in"), (None, "2026-09-01", "has begun nowhere")],
)
def test_a_proposal_that_cannot_be_is_told_in_words(run, own_place, tmp_path: Path, by, since, why):
    (tmp_path / "figures.toml").write_text(with_letters(40)["figures.toml"], "utf-8")
    by = by or saved(a_person, Role.ADMIN).email

    result = run("propose", str(tmp_path / "figures.toml"), "--by", by, "--since", since, "--reason", "x")

    assert result.exit_code == 1
    assert why in result.output
