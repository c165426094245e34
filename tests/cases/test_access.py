"""The complainant's keys open one case and nothing else."""

from app.cases import access, queries
from app.cases.service import advance, when_entering
from tests.factories import a_case, a_person, acting, link_of, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState


def test_the_private_link_opens_its_case(app):
    case = saved(a_case)
    saved(a_case)

    assert queries.by_link(link_of(case)).number == case.number
    assert queries.by_link(access.access_token(case.number)) is None


def test_the_access_token_makes_its_holder_the_complainant_of_that_case(app):
    case = saved(a_case)

    actor = access.complainant_of_token(access.access_token(case.number))

    assert actor.is_consumer
    assert actor.confirmed
    assert actor.case_id == case.id
    assert access.complainant_of_token(link_of(case)) is None


def test_the_keys_of_two_cases_and_two_purposes_differ(app):
    keys = {make(number) for make in (access.link_token, access.access_token) for number in ("H1", "H2")}

    assert len(keys) == 4
    assert all(len(key) == 22 for key in keys)


def test_a_room_hears_when_a_case_comes_to_its_state(app, monkeypatch):
    from app.cases import service

    monkeypatch.setattr(service, "_when_entering", {})
    heard = []
    when_entering(CaseState.COMMITTEE)(lambda case, act: heard.append((case.number, case.state, act.at)))
    case = saved(a_case, CaseState.MEDIATION)

    act = acting(saved(a_person, Role.MEDIATOR))
    advance(case, Action.ASSIGN, act=act)
    advance(case, Action.REFER, act=act)

    assert heard == [(case.number, CaseState.COMMITTEE, act.at)]
