"""Exhibits: numbered, kept once, handed out only to those who may see the case and always for saving."""

from io import BytesIO

import pytest

from app.cases import queries as cases
from app.core.db import transaction
from app.core.uploads import COUNT_LIMIT, take
from app.evidence import queries, service
from app.evidence.showing import face
from tests.evidence.files import PDF, a_photo
from tests.factories import a_case, a_person, acting, an_organisation, complaining, saved, sign_in
from tests.intake.complaints import file
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.states import CaseState


def upload(content: bytes | None = None, name: str = "photo.jpg"):
    return take(name, BytesIO(content or a_photo()))


def added(case, act, *files):
    with transaction():
        return service.add(cases.case_to_work(case.id), files, act=act)


def test_exhibits_are_numbered_in_the_case_and_written_into_its_history(app):
    case = saved(a_case)

    added(case, complaining(case), upload(), upload(PDF, "receipt.pdf"))
    added(case, acting(saved(a_person, Role.MEDIATOR)), upload(b"a note", "note.txt"))

    exhibits = queries.of_case(case)
    assert [(e.number, e.side, e.filename) for e in exhibits] == [
        (1, "consumer", "photo.jpg"), (2, "consumer", "receipt.pdf"), (3, "desk", "note.txt"),
    ]  # fmt: skip
    history = cases.events(cases.case_to_work(case.id), complaining(case).actor)
    assert [e.detail["exhibits"] for e in history if e.action == "add_evidence"] == [[1, 2], [3]]


def test_the_same_file_from_the_same_side_is_one_exhibit(app):
    case = saved(a_case)
    added(case, complaining(case), upload(PDF, "a.pdf"), upload(PDF, "b.pdf"))

    assert added(case, complaining(case), upload(PDF, "c.pdf")) == []
    assert [each.filename for each in queries.of_case(case)] == ["a.pdf"]


def test_more_files_than_a_side_may_add_are_refused(app):
    case = saved(a_case)
    many = [upload(f"page {n}".encode(), "page.txt") for n in range(COUNT_LIMIT + 1)]

    with pytest.raises(Invalid, match="too_many_files"):
        added(case, complaining(case), *many)
    assert queries.of_case(case) == []


def test_a_party_that_was_not_asked_adds_nothing(app):
    case = saved(a_case)
    respondent = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)

    with pytest.raises(NotPermitted):
        added(case, acting(respondent), upload())


def test_files_that_come_with_a_complaint_are_its_first_exhibits(app, count_queries):
    files = [upload(), upload(PDF, "receipt.pdf")]
    with count_queries() as statements:
        case = file(evidence=files).case

    assert [(e.number, e.side, e.filename) for e in queries.of_case(case)] == [
        (1, "consumer", "photo.jpg"), (2, "consumer", "receipt.pdf"),
    ]  # fmt: skip
    assert len(statements) <= 20


@pytest.fixture
def exhibit(app):
    """A photograph of the consumer's, in a case that the respondent was asked about."""
    case = saved(a_case, CaseState.ANSWERING)
    return added(case, complaining(case), upload())[0], case


def respondent_of(organisation_id):
    return saved(a_person, Role.RESPONDENT, organisation_id=organisation_id)


def test_staff_get_the_original_for_saving(client, exhibit):
    evidence, _case = exhibit
    sign_in(client, saved(a_person, Role.MEDIATOR))

    answer = client.get(f"/evidence/{evidence.id}", buffered=True)

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=photo.jpg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert b"Telephone" in answer.data


def test_the_respondent_gets_the_picture_without_its_place(client, exhibit):
    evidence, case = exhibit
    sign_in(client, respondent_of(case.respondent_id))

    answer = client.get(f"/evidence/{evidence.id}", buffered=True)

    assert answer.status_code == 200
    assert b"Telephone" not in answer.data
    assert client.get(f"/evidence/{evidence.id}/picture", buffered=True).headers["Content-Type"] == "image/jpeg"


def test_a_foreign_exhibit_does_not_exist(client, exhibit):
    evidence, _case = exhibit
    sign_in(client, respondent_of(saved(an_organisation).id))

    for path in (f"/evidence/{evidence.id}", f"/evidence/{evidence.id}/picture", "/evidence/99999"):
        assert client.get(path, buffered=True).status_code == 404


def test_without_signing_in_there_is_nothing(client, exhibit):
    evidence, _case = exhibit

    assert client.get(f"/evidence/{evidence.id}", buffered=True).status_code == 303


def test_a_page_in_disguise_is_only_ever_saved(client, app):
    case = saved(a_case)
    polyglot = upload(b"GIF89a/*<html><script>alert(document.domain)</script></html>*/", "page.html")
    evidence = added(case, complaining(case), polyglot)[0]
    sign_in(client, saved(a_person, Role.MEDIATOR))

    answer = client.get(f"/evidence/{evidence.id}", buffered=True)

    assert answer.headers["Content-Disposition"] == "attachment; filename=page.html.gif"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_picture_that_may_hold_a_place_is_not_handed_to_the_other_side(client, app):
    case = saved(a_case, CaseState.ANSWERING)
    evidence = added(case, complaining(case), upload(b"GIF89a broken"))[0]
    respondent = respondent_of(case.respondent_id)
    sign_in(client, respondent)

    assert client.get(f"/evidence/{evidence.id}", buffered=True).status_code == 404
    with app.test_request_context():
        assert face(queries.of_case(case)[0], respondent.actor())["url"] is None
