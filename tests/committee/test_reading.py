"""Reading before voting: receipts for exhibits, and what changed since a member read the dossier."""

import io

import pytest

from app.cases import queries as cases
from app.cases.models import CaseEvent, Finding
from app.committee import queries
from app.committee.commands import ReadDossier
from app.committee.models import ExhibitReading
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.core.uploads import take as taken
from app.evidence import service as evidence
from tests.committee.factories import a_case_before_the_committee, bring_to_vote, declare, panel_of, seated, take, vote
from tests.factories import acting, an_act, complaining, saved, sign_in
from workflows.procedure.errors import Invalid, StepNotAllowed
from workflows.procedure.reading import changes
from workflows.procedure.states import Action


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


def add_exhibit(case, name="receipt.txt", content=b"Paid 199.00"):
    with transaction():
        [added] = evidence.add(
            cases.case_to_work(case.id), [taken(name, io.BytesIO(content))], act=complaining(case)
        )  # fmt: skip
        return added.id


def refusal(case, user):
    with pytest.raises(Invalid) as refused:
        vote(case, user)
    return refused.value.code


def opens(app, user, exhibit):
    browser = app.test_client()
    sign_in(browser, user)
    answer = browser.get(f"/evidence/{exhibit}")
    answer.close()
    return browser


def test_nobody_votes_before_every_exhibit_was_opened_and_the_receipt_stays(app, case):
    exhibit = add_exhibit(case)
    member, other = bring_to_vote(case)[1:]
    assert refusal(case, member) == "exhibits_unopened"

    opens(app, member, exhibit)
    vote(case, member)

    assert refusal(case, other) == "exhibits_unopened"
    [receipt] = session().query(ExhibitReading).all()
    assert (receipt.user_id, receipt.exhibit_id) == (member.id, exhibit)


def test_a_receipt_is_only_for_who_sits_and_has_declared(app, case):
    from tests.factories import a_person
    from workflows.procedure.authority import Role

    exhibit = add_exhibit(case)
    for user in (seated(case)[1], saved(a_person, Role.MEDIATOR)):
        opens(app, user, exhibit)

    assert session().query(ExhibitReading).count() == 0


def test_over_the_api_too_fetching_an_exhibit_opens_it(app, client, case):
    from app.accounts.service import give_token

    add_exhibit(case)
    member = bring_to_vote(case)[1]
    headers = {"Authorization": f"Bearer {saved(give_token, member, 'test', act=an_act())}"}
    votes = {"votes": [{"issue": n, "choice": "uphold", "reason": "So."} for n in (1, 2)]}
    address = f"/api/v1/cases/{case.number}"

    assert client.post(f"{address}/actions/vote", json=votes, headers=headers).status_code == 422
    client.get(f"{address}/evidence/1", headers=headers).close()
    assert client.post(f"{address}/actions/vote", json=votes, headers=headers).status_code == 200


def test_what_is_new_is_shown_told_and_has_to_be_read_before_voting(app, case):
    member = bring_to_vote(case)[1]
    exhibit = add_exhibit(case, "late.txt")
    browser = opens(app, member, exhibit)
    assert refusal(case, member) == "dossier_changed"

    for page in ("", "/vote"):
        assert "What changed since you read the dossier" in browser.get(f"/committee/{case.number}{page}").text
    letters = [each for each in session().query(OutboundMessage) if each.address == member.email]
    assert any("dossier changed" in each.body for each in letters)

    take(case, Action.READ_DOSSIER, ReadDossier(), acting(member))
    vote(case, member)

    assert queries.voters(panel_of(case)) == {member.id}
    events = session().query(CaseEvent).filter_by(case_id=case.id, action=Action.READ_DOSSIER).all()
    assert [each.detail["parts"] for each in events] == [["exhibit/1"]]


def test_a_finding_that_turned_over_is_a_change(case):
    with transaction():
        row = Finding(
            case_id=case.id, clause="2.1.6.1", verdict="breach", liable="merchant", explanation={}, facts={},
            limit={}, found_at=an_act().at,
        )  # fmt: skip
        session().add(row)
    member = seated(case)[1]
    declare(case, member)
    with transaction():
        session().get(Finding, row.id).verdict = "kept"

    assert refusal(case, member) == "dossier_changed"


def test_a_word_about_an_older_state_is_not_taken(case):
    member = bring_to_vote(case)[1]
    add_exhibit(case, "late.txt")

    with pytest.raises(Invalid):
        take(case, Action.READ_DOSSIER, ReadDossier(mark="0" * 16), acting(member))
    take(case, Action.READ_DOSSIER, ReadDossier(), acting(member))
    with pytest.raises(StepNotAllowed):
        take(case, Action.READ_DOSSIER, ReadDossier(), acting(member))


def test_a_difference_names_what_is_new_gone_and_changed():
    found = changes({"exhibit/1": "a", "finding/2.1": "breach"}, {"finding/2.1": "kept", "exhibit/2": "b"})

    assert [(each.kind, each.name, each.how) for each in found] == [
        ("exhibit", "1", "removed"), ("exhibit", "2", "added"), ("finding", "2.1", "changed"),
    ]  # fmt: skip
