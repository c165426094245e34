"""Scores and the blacklist from the record, whatever happened; and the command that explains them."""

import random
from datetime import timedelta

import pytest

from app import cli
from app.conduct import queries, standing
from app.core.db import session
from app.core.ids import digest
from tests.conduct.stories import (
    a_late_answer,
    answered,
    appealed,
    decided,
    fresh,
    imposed,
    now,
    ruled,
)
from tests.factories import a_case, a_person, acting, an_organisation, saved
from workflows.procedure.authority import Role
from workflows.procedure.penalties import PenaltyStatus
from workflows.procedure.states import CaseState


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "organisations" not in built_app.cli.commands:
        cli.install(built_app)


def cases(company, n=5):
    for _ in range(n):
        saved(a_case, CaseState.ANSWERING, respondent=company)


def worth(company):
    session().rollback()
    return standing.standing(company.id, now())


@pytest.fixture
def company(app):
    company = saved(an_organisation)
    cases(company)
    return company


def test_a_penalty_takes_from_the_score_and_says_why(company, time):
    assert worth(company).score.value == 100
    penalty = imposed(time, company)

    told = worth(company).score
    assert (told.value, told.grade.key) == (95, "excellent")
    [loss] = told.losses
    assert (loss.sanction.number, loss.sanction.clause, loss.until) == (
        penalty.number, "2.1.7.1", penalty.points_until_at,
    )  # fmt: skip


def test_an_appeal_gives_it_back_and_a_ruling_takes_it_again(company, time):
    penalty = imposed(time, company)
    appealed(penalty)
    assert worth(company).score.value == 100
    ruled(penalty, "upheld")
    assert worth(company).score.value == 95


def test_the_trend_ends_with_the_present_and_shows_when_it_fell(company, time):
    time.go(days=40)
    imposed(time, company)

    trend = worth(company).trend

    assert len(trend) == 12
    assert [each.value for each in trend[-2:]] == [100, 95]
    assert trend[0].value is None  # there were no cases yet


def test_a_score_costs_six_queries_however_many_penalties_there_are(company, time, count_queries):
    for _ in range(3):
        imposed(time, company)
    company_id = company.id
    session().rollback()
    with count_queries() as seen:
        standing.standing(company_id, now())

    assert len(seen) <= 6


def test_twelve_points_put_a_company_on_the_blacklist_until_some_expire(company, time):
    assert standing.blacklist(now()) == []
    for _ in range(5):  # 1 + 2 + 3 + 3 + 3
        last = imposed(time, company)

    [(listed_id, found)] = standing.blacklist(now())
    first = queries.of_company(company.id)[-1]

    assert listed_id == company.id
    assert (found.rule.key, found.since, found.until) == ("points", last.decided_at, None or found.until)
    assert found.until >= first.points_until_at
    time.at = found.until
    assert standing.blacklist(now()) == []


def test_after_any_story_rows_and_record_agree(app, time):
    """Random acts, at random instants: whether a penalty bites follows from its entries as from its row."""
    chance = random.Random(7)
    company = saved(an_organisation)
    lead, other = saved(a_person, Role.LEAD), saved(a_person, Role.LEAD)
    shop = saved(a_person, Role.RESPONDENT, organisation_id=company.id)
    ends = set()
    for _ in range(8):
        penalty = a_late_answer(time, company)
        if chance.random() < 0.5:
            answered(penalty, acting(shop))
        else:
            time.at = penalty.hear_by + timedelta(seconds=1)
        decided(penalty, chance.choice(["imposed", "imposed", "dropped"]), acting(lead))
        if fresh(penalty).status is PenaltyStatus.IN_FORCE and chance.random() < 0.7:
            time.go(hours=chance.randint(0, 100))
            appealed(penalty, acting(shop))
            time.go(hours=chance.randint(0, 100))
            if chance.random() < 0.7:
                ruled(penalty, chance.choice(["upheld", "lifted"]), acting(other))
        ends.add(str(fresh(penalty).stage(now())))
        session().rollback()
        assert standing.astray(company.id, now()) == []

    assert len(ends) >= 3


def test_a_row_that_the_record_does_not_bear_out_is_found(company, time):
    from app.core.db import transaction

    penalty = imposed(time, company)
    with transaction():
        row = fresh_in_transaction(penalty)
        row.status = PenaltyStatus.LIFTED
    session().rollback()

    assert standing.astray(company.id, now()) == [penalty.number]


def fresh_in_transaction(penalty):
    return session().get_one(type(penalty), penalty.id, populate_existing=True)


def test_the_command_explains_every_loss(app, company, time):
    penalty = imposed(time, company)
    session().rollback()

    told = app.test_cli_runner().invoke(args=["organisations", "standing", company.name, "--explain"])

    assert told.exit_code == 0, told.output
    assert "95 (Excellent)" in told.output
    assert f"{penalty.number} answer_late, 2.1.7.1, no decision" in told.output
    assert "agrees with the record" in told.output


def test_the_command_knows_no_stranger(app):
    told = app.test_cli_runner().invoke(args=["organisations", "standing", digest("nobody")])

    assert told.exit_code == 1
