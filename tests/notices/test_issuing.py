"""Printing what was published: kept by its hash, the same after a crash, small, complete in three languages."""

import hashlib
import io

import pikepdf
import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.outbox import OutboxRow
from app.core.storage import store
from app.notices import queries, service
from app.notices.facts import NoticeLanguage
from app.notices.models import OF_AN_OUTCOME, Edition, NoticeStatus
from app.notices.render import RenderFailed
from tests.factories import a_person, saved, sign_in
from tests.notices.cases import FACTS, REASONS, a_decided_case, a_settled_case, published
from tests.notices.test_text import squeezed, text_of
from workflows.jobs import tasks
from workflows.procedure.authority import Role


@pytest.fixture
def job(app, press, monkeypatch):
    """The job that prints, in this test's application and on the one warm press."""
    monkeypatch.setattr(service, "render", press.render)
    monkeypatch.setattr(tasks, "application", lambda: app)
    return tasks.issue_notice


@pytest.fixture(params=[a_settled_case, a_decided_case], ids=["settlement", "decision"])
def entry(app, request):
    return saved(published, saved(request.param))


def test_every_edition_is_printed_and_kept_by_its_hash(job, entry):
    for notice in entry.notices:
        job(notice.id)

    for notice in queries.by_number(entry.number).notices:
        pdf = store().read(notice.pdf_ref)
        assert (notice.status, notice.pdf_size) == (NoticeStatus.ISSUED, len(pdf))
        assert len(pdf) <= 150_000
        with pikepdf.open(io.BytesIO(pdf)) as document:
            fonts = [font for page in document.pages for font in page.resources.Font.values()]
            assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


@pytest.mark.parametrize("language", NoticeLanguage)
@pytest.mark.parametrize("edition", OF_AN_OUTCOME)
def test_its_text_comes_out_with_number_code_and_what_was_decided(job, app, edition, language):
    entry = saved(published, saved(a_decided_case))
    notice = queries.edition_of(entry, edition, language)

    job(notice.id)

    text = squeezed(text_of(store().read(queries.notice(notice.id).pdf_ref)))
    facts = notice.facts
    said = [facts.number, *FACTS, REASONS, *facts.outcome, *facts.notes, *(r.text for r in facts.rules)]
    assert all(squeezed(each) in text for each in said)
    assert entry.code in text
    assert ("林小雨" in text) == (edition is Edition.PARTY)


def test_printing_twice_keeps_one_file(job, entry):
    notice = entry.notices[0]

    job(notice.id)
    first = queries.notice(notice.id).issued_at
    job(notice.id)

    assert queries.notice(notice.id).issued_at == first


def test_killed_between_printing_and_writing_it_down_the_next_try_repairs_it(job, entry, monkeypatch):
    notice = entry.notices[0]

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(service, "issue", killed)
        with pytest.raises(KeyboardInterrupt):
            job(notice.id)
    assert queries.notice(notice.id).status is NoticeStatus.PENDING

    job(notice.id)

    repaired = queries.notice(notice.id)
    assert repaired.status is NoticeStatus.ISSUED
    assert hashlib.sha256(store().read(repaired.pdf_ref)).hexdigest() == repaired.pdf_sha256


def test_what_cannot_be_printed_is_told_to_staff_and_tried_again(job, entry, monkeypatch):
    notice = entry.notices[0]

    def broken(facts, proof):
        raise RenderFailed("missing_glyphs", "𡨥")

    with monkeypatch.context() as patch:
        patch.setattr(service, "render", broken)
        with pytest.raises(RenderFailed):
            job(notice.id)
        job(notice.id)  # the second failure is the last: it waits for a person
    assert [each.reason for each in queries.unprinted(clock.now())] == ["missing_glyphs: 𡨥"]

    job(notice.id)

    assert queries.unprinted(clock.now()) == []
    assert queries.notice(notice.id).status is NoticeStatus.ISSUED


def test_the_outbox_brings_every_notice_to_the_press(job, app, entry, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)

    for row_id in [row.id for row in session().scalars(select(OutboxRow)) if "notice_id" in row.payload]:
        tasks.deliver(row_id)
    session().rollback()  # the job wrote in a session of its own

    assert {notice.status for notice in queries.by_number(entry.number).notices} == {NoticeStatus.ISSUED}


def test_staff_see_what_waits_too_long_and_have_it_printed_again(job, client, entry, time):
    time.go(minutes=11)
    sign_in(client, saved(a_person, Role.LEAD))
    notice_id = entry.notices[0].id

    page = client.get("/outcomes")
    done = client.post(f"/outcomes/notices/{notice_id}/again")
    job(notice_id)
    refused = client.post(f"/outcomes/notices/{notice_id}/again")

    assert page.text.count("/again") == 6
    assert (done.status_code, refused.status_code) == (303, 422)
