"""The committee's pages: who gets which, what they show and what they keep to themselves, at how many queries."""

import pytest

from app.cases.queries import case_to_work
from app.cases.service import advance
from app.committee import queries
from app.core.db import session, transaction
from tests.committee.factories import (
    a_case_before_the_committee,
    bring_to_vote,
    decide,
    declare,
    draft,
    panel_of,
    seated,
    secretary,
    sign,
    to_a_decision,
    vote,
)
from tests.factories import PASSWORD, a_person, an_act, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState

SECRET = "ZX-only-in-a-sealed-vote"
MOST = 12


def page(number, name=""):
    return f"/committee/{number}" + (f"/{name}" if name else "")


def ballot(case, **changes):
    fields = {}
    for place, _issue in enumerate(panel_of(case).issues):
        fields |= {f"issues-{place}-choice": "uphold", f"issues-{place}-reason": "The goods were sound."}
    return fields | changes


def draft_fields(**changes):
    return {
        "facts": "The return was asked for in time.\nThe goods were sound.", "clauses": ["2.2.2.5"],
        "reasons": "No reason was given.", "terms-0-kind": "refund", "terms-0-amount": "199.00", "terms-0-days": "7",
        **{f"terms-{n}-kind": "" for n in (1, 2, 3)},
    } | changes  # fmt: skip


def signature(**changes):
    statements = ["dossier_read", "matches_vote", "no_interest", "names_nobody"]
    return {"statements": statements, "password": PASSWORD} | changes


def test_the_whole_way_by_pages(case, signed_in):
    people = seated(case)
    browsers = [signed_in(user) for user in people]
    for browser in browsers:
        assert browser.get(page(case.number)).location.endswith("/recuse")
        assert browser.post(page(case.number, "recuse"), data={"interest": "none"}).status_code == 303
        assert browser.get(page(case.number)).status_code == 200
        assert browser.post(page(case.number, "vote"), data=ballot(case)).status_code == 303
    clerk = signed_in(secretary())
    assert clerk.get(page(case.number, "notice")).status_code == 200
    assert clerk.post(page(case.number, "notice"), data=draft_fields()).status_code == 303
    assert browsers[0].get(page(case.number, "sign")).status_code == 200
    assert browsers[0].post(page(case.number, "sign"), data=signature()).status_code == 303

    shown = browsers[0].get(page(case.number, "result")).text

    assert case_to_work(case.id).state is CaseState.DECIDED
    assert "〔2026〕1" in shown


def test_a_recused_members_page_is_gone(case, signed_in):
    member = seated(case)[1]
    browser = signed_in(member)

    answer = browser.post(page(case.number, "recuse"), data={"interest": "conflict", "reason": "My brother."})

    assert answer.status_code == 303
    for name in ("", "vote", "result", "recuse"):
        assert browser.get(page(case.number, name)).status_code == 404
    assert case.number not in browser.get("/committee").text


def test_the_reason_for_standing_aside_is_asked_for_and_the_answer_kept(case, signed_in):
    browser = signed_in(seated(case)[1])

    answer = browser.post(page(case.number, "recuse"), data={"interest": "conflict"})

    assert answer.status_code == 422
    assert "Give a reason" in answer.text
    assert 'value="conflict" checked' in answer.text


def test_before_declaring_the_page_tells_the_parties_and_not_the_story(case, signed_in):
    shown = signed_in(seated(case)[1]).get(page(case.number, "recuse")).text

    assert "林小雨" in shown
    assert case_to_work(case.id).narrative not in shown


def test_sealed_votes_are_on_no_page_of_anybody(case, signed_in):
    chair, member, _ = bring_to_vote(case)
    browser = signed_in(chair)
    reasons = {f"issues-{n}-reason": SECRET for n in range(2)}
    assert browser.post(page(case.number, "vote"), data=ballot(case, **reasons)).status_code == 303

    for user in (member, secretary(), saved(a_person, Role.SUPERVISOR), saved(a_person, Role.LEAD)):
        reader = signed_in(user)
        for address in (page(case.number), page(case.number, "result"), page(case.number, "vote"),
                        page(case.number, "notice"), "/committee", f"/desk/cases/{case.number}?tab=log",
                        f"/api/v1/cases/{case.number}/events"):  # fmt: skip
            assert SECRET not in reader.get(address, follow_redirects=True).text


def test_a_vote_can_be_changed_and_begins_with_what_was_said(case, signed_in):
    chair, *_ = bring_to_vote(case)
    browser = signed_in(chair)
    browser.post(page(case.number, "vote"), data=ballot(case, **{"issues-0-reason": SECRET}))

    shown = browser.get(page(case.number, "vote")).text

    assert SECRET in shown
    assert 'value="abstain"' not in shown


def test_a_vote_without_reasons_is_refused_with_every_answer_kept(case, signed_in):
    member = bring_to_vote(case)[1]

    answer = signed_in(member).post(page(case.number, "vote"), data=ballot(case, **{"issues-1-reason": " "}))

    assert answer.status_code == 422
    assert "Give your reasons." in answer.text
    assert "The goods were sound." in answer.text
    assert queries.voters(panel_of(case)) == set()


def test_the_tally_is_shown_with_reasons_and_dissent_once_the_vote_has_closed(case, signed_in):
    chair, dissenter, third = bring_to_vote(case)
    vote(case, chair)
    vote(case, dissenter, "reject")
    vote(case, third)

    shown = signed_in(secretary()).get(page(case.number, "result")).text

    assert "Because of 2.2.2.5." in shown
    assert "Dissent" in shown


def test_a_draft_begins_with_what_was_granted_and_says_what_the_chair_minded(case, signed_in):
    chair, *_ = decide(case)
    clerk = signed_in(secretary())
    assert 'value="199.00"' in clerk.get(page(case.number, "notice")).text
    clerk.post(page(case.number, "notice"), data=draft_fields())

    answer = signed_in(chair).post(page(case.number, "return"), data={"note": "The day is missing."})

    assert answer.status_code == 303
    shown = clerk.get(page(case.number, "notice")).text
    assert "The day is missing." in shown
    assert "The return was asked for in time." in shown


def test_a_draft_against_the_vote_is_refused_beside_its_field(case, signed_in):
    decide(case)

    answer = signed_in(secretary()).post(page(case.number, "notice"), data=draft_fields(**{"terms-0-amount": "50"}))

    assert answer.status_code == 422
    assert "This is not the amount that the panel granted in full." in answer.text
    assert "No reason was given." in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"password": "wrong"}, "The password is wrong"), ({"statements": ["dossier_read"]}, "Tick every statement")],
)
def test_signing_is_refused_beside_what_is_missing(case, signed_in, changes, words):
    chair, *_ = decide(case)
    draft(case)

    answer = signed_in(chair).post(page(case.number, "sign"), data=signature(**changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text


def test_the_dossier_shows_both_sides_and_no_offer(app, signed_in):
    def make():
        from app.mediation.models import Answer

        case = a_case_before_the_committee()
        for position, text in (("offer", "We would pay 88 yuan."), ("refuse", "The tag was cut off.")):
            session().add(
                Answer(case_id=case.id, organisation_id=case.respondent_id, position=position, text=text,
                       clause="2.1.6.2", at=an_act().at, late=False)
            )  # fmt: skip
        return case

    case = saved(make)
    bring_to_vote(case)

    for user in (seated(case)[1], secretary(), saved(a_person, Role.SUPERVISOR)):
        shown = signed_in(user).get(page(case.number)).text
        assert "The tag was cut off." in shown
        assert case.narrative in shown
        assert "88 yuan" not in shown


def test_the_pool_shows_the_load_to_the_secretary_only(case, signed_in):
    member = seated(case)[1]

    assert person_row(signed_in(secretary()).get("/committee/members").text, member.name) == ["1", "1"]
    assert signed_in(member).get("/committee/members").status_code == 403


def person_row(text, name):
    import re

    row = text[text.index(f">{name}<") :]
    return re.findall(r'class="num"[^>]*>(\d+)<', row[: row.index("</tr>")])


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.OPERATOR, Role.LEAD, Role.ADMIN])
def test_others_do_not_get_in(case, signed_in, role):
    reader = signed_in(saved(a_person, role))

    for name in ("", "recuse", "vote", "result", "notice", "sign"):
        assert reader.get(page(case.number, name)).status_code == 403


def test_a_member_who_was_not_drawn_finds_nothing(case, signed_in):
    outsider = next(u for u in [saved(a_person, Role.MEMBER), saved(a_person, Role.CHAIR)])
    reader = signed_in(outsider)

    for name in ("", "recuse", "vote", "result"):
        assert reader.get(page(case.number, name)).status_code == 404


def test_a_supervisor_reads_everything_and_changes_nothing(case, signed_in):
    decide(case)
    reader = signed_in(saved(a_person, Role.SUPERVISOR))

    for name in ("", "result"):
        assert reader.get(page(case.number, name)).status_code == 200
    for name in ("recuse", "vote", "notice", "sign", "return"):
        assert reader.post(page(case.number, name), data={}).status_code == 403


def another_round(case):
    """Ask for a review, so that the dossier has all there is to show."""
    from app.committee.commands import RequestReview
    from tests.committee.factories import take
    from tests.factories import complaining

    to_a_decision(case)
    take(case, Action.REQUEST_REVIEW, RequestReview(grounds=["wrong_fact"], text="It came later."), complaining(case))


@pytest.mark.parametrize("name", ["index", "dossier", "vote", "result"])
def test_pages_keep_to_their_queries(app, signed_in, count_queries, name):
    case = saved(a_case_before_the_committee, chairs=2, members=8)
    for _ in range(3):
        saved(another_case)
    another_round(case)
    chair, *_ = bring_to_vote(case)
    vote(case, chair)
    reader = signed_in(secretary() if name in ("index", "result") else chair)
    address = "/committee" if name == "index" else page(case.number, "" if name == "dossier" else name)
    reader.get(address)

    with count_queries() as seen:
        assert reader.get(address).status_code == 200

    assert len(seen) <= MOST, "\n".join(seen)


def another_case():
    from tests.factories import a_case

    case = a_case(CaseState.MEDIATION)
    advance(case, Action.REFER, act=an_act())
    return case


@pytest.mark.parametrize("name", ["notice", "sign"])
def test_pages_of_drafting_keep_to_their_queries(case, signed_in, count_queries, name):
    chair, *_ = decide(case)
    draft(case)
    reader = signed_in(secretary() if name == "notice" else chair)
    if name == "notice":
        with transaction():
            queries.draft_of(case, 1).returned_at = an_act().at

    address = page(case.number, name)
    with count_queries() as seen:
        assert reader.get(address).status_code == 200

    assert len(seen) <= MOST, "\n".join(seen)


def test_who_voted_sees_that_it_waits_and_the_rest_what_they_have_to_do(case, signed_in):
    chair, member, _ = seated(case)
    assert "To declare" in signed_in(member).get("/committee").text
    for user in (chair, member):
        declare(case, user)
    assert "To read and vote" in signed_in(member).get("/committee").text
    vote(case, member)
    assert "With others" in signed_in(member).get("/committee").text


def test_after_the_vote_the_secretary_drafts_and_then_the_chair_signs(case, signed_in):
    chair, *_ = decide(case)
    assert "To draft" in signed_in(secretary()).get("/committee").text
    draft(case)
    assert "To sign" in signed_in(chair).get("/committee").text
    sign(case, chair)
    assert "To publish" in signed_in(chair).get("/committee").text


def test_two_secretaries_who_draft_at_once_lose_nothing(case, signed_in):
    decide(case)
    clerk = signed_in(secretary())
    seen = str(case_to_work(case.id).version)
    draft(case, reasons="What the other one wrote.")

    answer = clerk.post(page(case.number, "notice"), data=draft_fields(seen=seen, reasons="What I wrote."))

    assert answer.status_code == 409
    assert "What I wrote." in answer.text
    assert "What the other one wrote." in answer.text
    again = draft_fields(seen=str(case_to_work(case.id).version), reasons="What I wrote.")
    assert clerk.post(page(case.number, "notice"), data=again).status_code == 303


def test_a_signed_decision_leads_to_the_one_page_on_which_outcomes_are_published(case, signed_in):
    to_a_decision(case)
    clerk = signed_in(secretary())
    publishing = f"/outcomes/{case.number}"
    assert publishing in clerk.get(page(case.number, "result")).text
    assert publishing in clerk.get("/committee").text
    seen = str(case_to_work(case.id).version)

    answer = clerk.post(f"{publishing}/publish", data={"seen": seen})

    assert answer.status_code == 303
    assert case_to_work(case.id).state is CaseState.PERFORMING
    assert queries.decision_of(case).published_at == an_act().at


def test_what_would_name_a_party_is_told_before_it_is_published(case, signed_in):
    decide(case)
    draft(case, reasons="林小雨 was right.")
    sign(case, seated(case)[0])
    clerk = signed_in(secretary())

    refused = clerk.post(f"/outcomes/{case.number}/publish", data={})

    assert refused.status_code == 422
    assert "林小雨" in refused.text
    assert clerk.post(f"/outcomes/{case.number}/publish", data={"redact": "y"}).status_code == 303


def test_the_draft_is_shown_on_paper_with_what_would_stop_its_publication_and_nothing_is_saved(case, signed_in):
    decide(case)
    clerk = signed_in(secretary())
    before = case_to_work(case.id).version

    shown = clerk.post(page(case.number, "notice"), data=draft_fields(reasons="林小雨 was right.", preview="1"))

    assert shown.status_code == 200
    sheet = shown.text[shown.text.index('class="sheet"') :]
    assert "林小雨 was right." in sheet
    assert "<mark>林小雨</mark>" in shown.text
    assert case_to_work(case.id).version == before
    assert queries.draft_of(case, 1) is None
