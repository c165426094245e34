"""Who can be drawn: terms, ties, expertise, load."""

from datetime import timedelta

from app.cases.service import advance
from app.committee.commands import KeepMember
from app.committee.service_pool import keep
from app.organisations.models import Organisation
from tests.committee.factories import a_case_before_the_committee, a_pool, panel_of, secretary
from tests.factories import a_case, an_act, an_organisation, saved, sign_in
from workflows.procedure.panel import Candidate, draw, within_load
from workflows.procedure.states import Action, CaseState


def about(user, **changes):
    fields = {"user_id": user.id, "expertise": [], "ties": []} | changes
    return keep(KeepMember(**fields))


def drawn_from(make):
    """Refer a case to a pool that `make` has had a hand in; returns the candidates and the panel."""

    def refer():
        shop = an_organisation()
        pool = a_pool(chairs=1, members=6)
        case = a_case(CaseState.MEDIATION, respondent=shop)
        made = make(pool, shop)
        advance(case, Action.REFER, act=an_act())
        return case, made

    case, made = saved(refer)
    panel = panel_of(case)
    return {each["id"]: each for each in panel.draws[0].candidates}, panel, made


def test_a_term_that_is_over_or_not_begun_keeps_a_member_out(app):
    today = an_act().at.date()

    def make(pool, shop):
        about(pool[1], serves_until=today - timedelta(days=2))
        about(pool[2], serves_from=today + timedelta(days=2))
        about(pool[3], serves_from=today - timedelta(days=2), serves_until=today + timedelta(days=2))
        return pool[1].id, pool[2].id, pool[3].id

    candidates, _, (over, early, serving) = drawn_from(make)

    assert not {over, early} & set(candidates)
    assert serving in candidates


def test_a_tie_to_the_company_keeps_a_member_out(app):
    def make(pool, shop: Organisation):
        about(pool[1], ties=[shop.id])
        return pool[1].id

    candidates, _, tied = drawn_from(make)

    assert tied not in candidates


def test_a_seat_is_kept_for_who_knows_the_kind_of_problem(app):
    def make(pool, shop):
        about(pool[4], expertise=["return_refusal"])
        about(pool[5], expertise=["system_fault"])
        return pool[4].id

    candidates, panel, expert = drawn_from(make)

    assert panel.live_seats[1].user_id == expert
    assert [who for who, each in candidates.items() if each["expert"]] == [expert]


def test_the_expert_seat_goes_to_anybody_where_no_expert_is_left():
    able = [Candidate(1, True, False), Candidate(2, False, True), Candidate(3, False, True, expert=True)]

    assert draw("seed", able, places=[1, 2], experts=1) == {1: 1, 2: 3}
    assert draw("seed", able, places=[2], taken=[3], experts=1) == {2: 2}


def test_who_has_enough_to_do_is_drawn_only_where_the_seats_could_not_be_filled_otherwise():
    able = [Candidate(1, True, False), *(Candidate(n, False, True) for n in (2, 3, 4))]

    assert [each.user_id for each in within_load(able, {2: 8, 3: 7}, most=8, size=3)] == [1, 3, 4]
    assert [each.user_id for each in within_load(able, {2: 8, 3: 8}, most=8, size=3)] == [1, 2, 3, 4]


def test_the_secretary_keeps_the_pool_on_a_page(client, app):
    saved(a_case_before_the_committee)
    company = saved(an_organisation)
    sign_in(client, secretary())
    page = client.get("/committee/members").text
    address = page.partition('href="/committee/members/')[2].partition('"')[0]
    fields = {"serves_from": "2026-01-01", "serves_until": "2027-12-31", "expertise": ["system_fault"]}

    wrong = client.post(f"/committee/members/{address}", data=fields | {"serves_until": "2025-12-31"})
    right = client.post(f"/committee/members/{address}", data=fields | {"ties": [str(company.id)]})

    assert (wrong.status_code, right.status_code) == (422, 303)
    shown = client.get("/committee/members").text
    assert "2026-01-01" in shown
    assert company.name in shown
