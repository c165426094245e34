"""What nobody may do to votes: read the others' before the close, in any way; alter one afterwards unseen."""

import pytest
from sqlalchemy import select, text

from app.accounts.service import give_token
from app.cases.models import CaseEvent
from app.committee.models import Vote
from app.committee.queries import voters
from app.core.db import session, transaction
from app.ledger.models import LedgerEntry
from tests.committee.factories import a_case_before_the_committee, bring_to_vote, decide, panel_of, secretary, vote
from tests.committee.test_pages import ballot
from tests.factories import a_person, an_act, saved, sign_in
from tests.ledger.logs import sealed
from workflows.procedure.authority import Role
from workflows.procedure.states import Action


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


def test_before_the_close_nobody_learns_how_somebody_voted_whatever_they_open(app, case):
    chair, member, _ = bring_to_vote(case)
    vote(case, member, "reject")
    reason = "Because of 2.2.2.5."
    assert reason in {row.reason for row in session().scalars(select(Vote))}

    for reader in (chair, secretary(), saved(a_person, Role.SUPERVISOR), saved(a_person, Role.LEAD)):
        browser = app.test_client()
        sign_in(browser, reader)
        headers = {"Authorization": f"Bearer {saved(give_token, reader, 'test', act=an_act())}"}
        pages = [browser.get(f"/committee/{case.number}{page}") for page in ("", "/result", "/vote", "/notice")]
        pages += [
            app.test_client().get(f"/api/v1/cases/{case.number}{page}", headers=headers)
            for page in ("", "/events", "/actions")
        ]
        assert not [answer.request.path for answer in pages if reason in answer.text]
    [told] = session().scalars(select(CaseEvent).where(CaseEvent.action == Action.VOTE))
    assert set(told.detail) == {"round", "changed"}


def test_a_vote_that_is_altered_in_the_database_is_found_and_its_entry_named(app, case):
    from app import cli

    if "ledger" not in app.cli.commands:
        cli.install(app)
    decide(case)
    sealed()
    verify = app.test_cli_runner().invoke
    assert verify(args=["ledger", "verify"]).exit_code == 0
    row_id = session().scalars(select(Vote.id).where(Vote.counts).order_by(Vote.id)).first()
    of_vote = select(LedgerEntry.position).where(LedgerEntry.kind == "vote", LedgerEntry.record_id == row_id)
    position = session().scalar(of_vote)
    with transaction():
        session().execute(text("UPDATE votes SET choice = 'reject' WHERE id = :id"), {"id": row_id})

    failed = verify(args=["ledger", "verify"])

    assert failed.exit_code == 1
    assert f"FAIL  entry {position}: vote" in failed.output


def test_a_vote_changed_before_the_close_counts_last_and_both_stand_in_the_log(case):
    member = bring_to_vote(case)[1]
    vote(case, member, "uphold")
    vote(case, member, "reject")

    rows = session().scalars(select(Vote).where(Vote.user_id == member.id).order_by(Vote.id)).all()
    entered = set(session().scalars(select(LedgerEntry.record_id).where(LedgerEntry.kind == "vote")))

    assert {row.choice.value for row in rows if row.counts} == {"reject"}
    assert {row.id for row in rows} == entered
    assert panel_of(case).sealed


def test_who_stood_aside_votes_in_no_other_session_and_with_no_token(app, client, case):
    member = bring_to_vote(case)[1]
    here, there = client, app.test_client()  # each with a context of its own, as on a server
    sign_in(here, member)
    sign_in(there, member)
    token = {"Authorization": f"Bearer {saved(give_token, member, 'test', act=an_act())}"}
    page = f"/committee/{case.number}"
    assert there.get(f"{page}/vote").status_code == 200

    here.post(f"{page}/recuse", data={"interest": "conflict", "reason": "My brother works there."})
    votes = [{"issue": n, "choice": "uphold", "reason": "So."} for n in (1, 2)]
    by_token = app.test_client().post(
        f"/api/v1/cases/{case.number}/actions/vote", json={"votes": votes}, headers=token
    )  # fmt: skip

    assert there.post(f"{page}/vote", data=ballot(case)).status_code == 404
    assert there.get(page).status_code == 404
    assert by_token.status_code in (403, 404)
    assert voters(panel_of(case)) == set()
