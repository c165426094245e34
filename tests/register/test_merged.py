"""Two merchants that are one: the old address leads to the other, all counts together, and it can be taken back."""

import pytest
from sqlalchemy import select

from app.conduct.standing import blacklist, scores, standing
from app.core.db import session
from app.organisations import queries
from app.organisations.models import Organisation, OrganisationMerge, PartyKind
from tests.conduct.stories import imposed, now
from tests.factories import a_case, a_person, an_organisation, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

WHY = "The same licence, the same warehouse."


@pytest.fixture
def admin(client, app):
    """Sign an administrator in anew: what happened before may have taken days."""
    zhou = saved(a_person, Role.ADMIN, name="Zhou Ming")

    def enter():
        browser = app.test_client()
        sign_in(browser, session().merge(zhou))
        return browser

    return enter


def cases_of(company, number):
    for _ in range(number):
        saved(a_case, CaseState.ANSWERING, respondent=company)


def merge(admin, old, new, why=WHY):
    return admin().post(f"/admin/organisations/{old.id}/merge", data={"into_id": str(new.id), "merge_reason": why})


def test_the_old_address_leads_to_the_other_and_cases_and_penalties_count_together(admin, app, time):
    old, new = saved(an_organisation, name="旧店"), saved(an_organisation, name="新店")
    penalty = imposed(time, old)
    cases_of(old, 2)
    cases_of(new, 2)
    alone = standing(new.id, now()).score

    assert merge(admin, old, new).status_code == 303
    reader = app.test_client()
    page, moved = reader.get(f"/en/merchants/{new.id}").text, reader.get(f"/en/merchants/{old.id}")
    api = reader.get(f"/api/v1/organisations/{old.id}/standing")

    assert (alone.value, alone.cases) == (None, 2)
    assert scores([new.id], now())[new.id].cases == 5
    assert (moved.status_code, moved.location) == (301, f"/en/merchants/{new.id}")
    assert (api.status_code, api.location) == (301, f"/api/v1/organisations/{new.id}/standing")
    assert penalty.number in page
    assert "旧店" in page
    assert "旧店" not in reader.get("/en/merchants").text
    assert [each.name for each in queries.matching("店")] == ["新店"]
    assert reader.get(f"/api/v1/penalties?organisation_id={new.id}").json["items"][0]["number"] == penalty.number


def test_a_breach_of_the_one_is_a_repetition_for_the_other(admin, time):
    old, new = saved(an_organisation), saved(an_organisation)
    imposed(time, old)
    merge(admin, old, new)

    again = imposed(time, new)

    assert (again.repetition, again.measure) == (2, "points")
    assert not blacklist(now())


def test_a_merge_is_taken_back_for_a_reason_and_both_stay_on_record(admin, app, time):
    old, new = saved(an_organisation, name="旧店"), saved(an_organisation, name="新店")
    merge(admin, old, new)
    shown = admin().get(f"/admin/organisations/{old.id}").text

    unsaid = admin().post(f"/admin/organisations/{old.id}/part", data={"part_reason": ""})
    done = admin().post(f"/admin/organisations/{old.id}/part", data={"part_reason": "Sold again."})
    again = admin().post(f"/admin/organisations/{old.id}/part", data={"part_reason": "Sold again."})

    assert WHY in shown
    assert (unsaid.status_code, done.status_code, again.status_code) == (422, 303, 422)
    kept = session().scalars(select(OrganisationMerge)).one()
    assert (kept.reason, kept.by, kept.undone_because) == (WHY, "Zhou Ming", "Sold again.")
    assert app.test_client().get(f"/en/merchants/{old.id}").status_code == 200
    assert "Sold again." in admin().get(f"/admin/organisations/{old.id}").text


def test_who_has_open_cases_goes_on_with_them(admin, app):
    old, new = saved(an_organisation), saved(an_organisation)
    case = saved(a_case, CaseState.ANSWERING, respondent=old)
    merge(admin, old, new)
    theirs, others = app.test_client(), app.test_client()
    sign_in(theirs, saved(a_person, Role.RESPONDENT, organisation_id=old.id))
    sign_in(others, saved(a_person, Role.RESPONDENT, organisation_id=new.id))

    assert theirs.get(f"/r/cases/{case.number}").status_code == 200
    assert theirs.get("/r/credit").status_code == 200
    assert others.get(f"/r/cases/{case.number}").status_code == 404


@pytest.mark.parametrize("to", ["itself", "another kind", "a merged one", "nobody", "a chain"])
def test_only_two_open_companies_of_one_kind_are_merged(admin, to):
    old, new, third = saved(an_organisation), saved(an_organisation), saved(an_organisation)
    other = {"itself": old, "nobody": None, "a merged one": third, "a chain": new}.get(to)
    if to == "another kind":
        other = saved(an_organisation, PartyKind.LOGISTICS_COMPANY)
    if to == "a merged one":
        merge(admin, third, new)
    if to == "a chain":
        merge(admin, third, old)

    answer = admin().post(
        f"/admin/organisations/{old.id}/merge", data={"into_id": str(other.id if other else 0), "merge_reason": WHY}
    )

    assert answer.status_code == 422
    assert session().get(Organisation, old.id).merged_into_id is None
