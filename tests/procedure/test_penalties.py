"""What a breach brings, for how long, and that the record alone tells when a penalty bit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.procedure import penalties as rules
from workflows.procedure.clocks import ClockKind
from workflows.procedure.penalties import Happening, PenaltyStatus, Stage, Term, spells, stage
from workflows.procedure.states import Action
from workflows.regulation import book

LAW, ON = book.current(), date(2026, 9, 1)
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def test_every_clock_that_the_table_names_is_one_that_runs():
    named = {clock for breach in LAW.breaches for clock in breach.clocks}

    assert named <= {kind.value for kind in ClockKind}
    assert rules.breach_by_clock(LAW, "performance", ON).key == "performance_overdue"
    assert rules.breach_by_clock(LAW, "respondent_answer", ON).key == "answer_late"
    assert rules.breach_by_clock(LAW, "resolution", ON) is None


def test_a_decision_establishes_each_breach_once_by_the_first_clause():
    found = rules.breaches_by_clauses(LAW, ["2.1.6.1", "2.2.2.5", "2.1.6.4", "2.1.7.1", "1.2.1"], ON)

    assert found == {"return_refused": "2.1.6.1", "freight_charged": "2.1.6.4"}


def test_a_repetition_is_counted_within_the_memory_to_the_very_instant():
    memory = LAW.figure("penalty_memory", ON).length

    assert rules.repetition([], NOON, LAW, ON) == 1
    assert rules.repetition([NOON - memory], NOON, LAW, ON) == 2
    assert rules.repetition([NOON - memory - timedelta(microseconds=1)], NOON, LAW, ON) == 1
    assert rules.repetition([NOON, NOON - DAY, NOON + DAY], NOON, LAW, ON) == 3


@pytest.mark.parametrize(
    ("measure", "days", "until"), [("suspension", 7, 7 * DAY), ("ban", 0, None), ("fine", 0, 365 * DAY)]
)
def test_a_suspension_lasts_its_days_a_ban_for_good_all_else_as_long_as_its_points(measure, days, until):
    term = rules.term(measure, days, NOON, LAW, ON)

    assert term.until == (NOON + until if until else None)
    assert term.points_until == NOON + 365 * DAY


def where(status=PenaltyStatus.PROPOSED, *, at=NOON, answered=False, stayed=False, appealed=False, until=None):
    return stage(status, at=at, hear_by=NOON, answered=answered, stayed=stayed, appealed=appealed, until=until)


def test_nobody_decides_before_the_company_was_heard_or_its_time_is_over():
    assert where() is Stage.HEARING
    assert where(at=NOON + timedelta(microseconds=1)) is Stage.TO_DECIDE
    assert where(answered=True) is Stage.TO_DECIDE
    assert where(answered=True, stayed=True) is Stage.STAYED


def test_what_is_imposed_is_in_force_until_it_ends_or_somebody_examines_it():
    imposed = PenaltyStatus.IN_FORCE

    assert where(imposed) is Stage.IN_FORCE
    assert where(imposed, appealed=True) is Stage.APPEALED
    assert where(imposed, appealed=True, stayed=True) is Stage.STAYED
    assert where(imposed, until=NOON) is Stage.ENDED
    assert where(PenaltyStatus.LIFTED, stayed=True) is Stage.LIFTED


def told(days, action, branch="", until=7, points_until=365):
    """An entry of the record; terms in days from noon."""
    detail = {"until": (NOON + until * DAY).isoformat(), "points_until": (NOON + points_until * DAY).isoformat()}
    return Happening(NOON + days * DAY, action, branch, detail)


A = Action
IMPOSED = (told(0, A.PROPOSE_PENALTY), told(3, A.DECIDE_PENALTY, "imposed", until=10, points_until=368))


def test_the_record_tells_when_a_penalty_bit():
    assert spells(IMPOSED[:1]) == ()
    [spell] = spells(IMPOSED)

    assert spell.term == Term(NOON + 10 * DAY, NOON + 368 * DAY)
    assert not spell.points_run(NOON + 3 * DAY - timedelta(seconds=1))
    assert spell.measure_runs(NOON + 3 * DAY)
    assert not spell.measure_runs(NOON + 10 * DAY)
    assert spell.points_run(NOON + 10 * DAY)
    assert not spell.points_run(NOON + 368 * DAY)


def test_a_review_and_an_appeal_at_once_halt_it_until_both_are_over():
    history = [
        *IMPOSED, told(4, A.APPEAL_PENALTY), told(5, A.STAY_PENALTY), told(6, A.RESUME_PENALTY, until=10),
        told(8, A.RULE_PENALTY, "upheld", until=14, points_until=372),
    ]  # fmt: skip

    first, second = spells(history)

    assert (first.start, first.halted) == (NOON + 3 * DAY, NOON + 4 * DAY)
    assert (second.start, second.halted, second.term.until) == (NOON + 8 * DAY, None, NOON + 14 * DAY)


@pytest.mark.parametrize(
    "end", [told(5, A.RULE_PENALTY, "lifted"), told(5, A.VOID_PENALTY), told(5, A.DECIDE_PENALTY, "dropped")]
)
def test_what_was_lifted_or_is_void_bites_no_more(end):
    history = [*IMPOSED, told(4, A.APPEAL_PENALTY), end, told(6, A.RESUME_PENALTY)]
    if end.action is A.DECIDE_PENALTY:
        history = [IMPOSED[0], end]

    assert not any(spell.points_run(NOON + 7 * DAY) for spell in spells(history))


def test_a_proposal_that_was_stayed_and_resumed_does_not_bite_before_it_is_decided():
    stayed = [IMPOSED[0], told(1, A.STAY_PENALTY), told(2, A.RESUME_PENALTY)]

    assert spells(stayed) == ()
    assert len(spells([*stayed, IMPOSED[1]])) == 1


def test_a_term_that_was_halted_is_moved_as_a_whole():
    assert Term(None, NOON).later(DAY) == Term(None, NOON + DAY)
    assert Term(NOON, NOON + DAY).later(DAY) == Term(NOON + DAY, NOON + 2 * DAY)
