"""What became of cases like one: published outcomes by name, others only in groups that hide each; and proposals."""

from __future__ import annotations

from app.cases.models import Finding
from app.cases.proposing import proposed
from app.cases.queries import findings
from app.cases.similar import similar
from app.core.clock import now
from app.core.db import session, transaction
from app.notices.models import RegisterEntry
from tests.factories import a_case, a_person, sign_in
from tests.notices.cases import a_decided_case, published
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


def found(case, clause="2.1.6.1", verdict="breach", liable="merchant", **facts):
    texts = {"zh-Hans": "x", "zh-Hant": "x", "en": "x"}
    session().add(
        Finding(
            case_id=case.id, clause=clause, verdict=verdict, liable=liable, explanation=texts, facts=facts, limit={},
            found_at=now(),
        )
    )  # fmt: skip
    session().flush()
    return case


def closed():
    case = a_case(CaseState.MEDIATION)
    case.close_reason, case.state, case.closed_at = "withdrawn", CaseState.CLOSED, now()
    return found(case)


def test_closed_cases_are_told_only_where_five_hide_each_other(app):
    with transaction():
        case = found(a_case())
        for _ in range(4):
            closed()

        assert similar(case, findings(case)).groups == []

        closed()
        [group] = similar(case, findings(case)).groups

    assert (group.ending, group.count) == ("withdrawn", 5)


def test_other_anomalies_and_other_clauses_are_not_alike(app):
    with transaction():
        case = found(a_case(), clause="2.1.6.4")
        for _ in range(6):
            closed()

        assert similar(case, findings(case)).groups == []


def test_a_published_outcome_is_told_with_outcome_and_days_in_two_queries(app, count_queries):
    with transaction():
        entry: RegisterEntry = published(a_decided_case())
        case = found(a_case())
        rules = findings(case)
        session().flush()

    with count_queries() as queries:
        [told] = similar(case, rules).published

    assert told.number == entry.number
    assert len(queries) <= 2


def test_the_desk_sees_who_would_answer_and_what_is_like_it(client):
    with transaction():
        case = found(a_case(CaseState.MEDIATION), "2.1.6.4", owed={"amount_minor": 1200, "currency": "CNY"})
        mediator = a_person(Role.MEDIATOR, language="en")
    sign_in(client, mediator)

    overview = client.get(f"/desk/cases/{case.number}").text
    offer = client.get(f"/desk/cases/{case.number}/offer").text
    like = client.get(f"/desk/cases/{case.number}?tab=similar").text

    for page in (overview, offer):
        assert "A proposal for people to weigh, not a verdict." in page
        assert "12.00" in page
    assert "Nothing like this was published yet." in like


def test_a_proposal_says_when_the_findings_point_elsewhere(app):
    with transaction():
        case = found(a_case(), "2.1.4.1", liable="logistics_company")

        assert proposed(case, findings(case)).liability.why_person == ("findings_name_another",)


def test_a_published_decision_names_those_like_it(app, client):
    with transaction():
        entries = [published(a_decided_case()) for _ in range(2)]

    page = client.get(f"/en/decisions/{entries[0].number}").text

    assert "Similar decisions" in page
    assert entries[1].number in page
