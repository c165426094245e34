"""A change of the rulebook: proposed by one, judged, approved by another, in force from its day in every process."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from app.accounts.models_watch import EventKind, SecurityEvent
from app.cases.queries import case_to_work
from app.core.db import session, transaction
from app.factory import civil_day
from app.ledger.models import LedgerEntry
from app.rulebook import parcels, queries, service
from app.rulebook.models import Amendment
from tests.factories import a_case, a_person, acting, saved, sign_in
from workflows.procedure import examples
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.regulation import approved, book, shipped
from workflows.regulation.binding import bound
from workflows.regulation.rulebook import Rulebook

DAY = date(2026, 9, 10)
FIGURES = shipped.files()["figures.toml"]


def changed(key: str, was: int, becomes: int) -> str:
    """Return the figures with one of them changed in place."""
    place = FIGURES.index(f'key = "{key}"')
    return FIGURES[:place] + FIGURES[place:].replace(f"value = {was}", f"value = {becomes}", 1)


def with_letters(most: int) -> dict[str, str]:
    """Return the figures with another cap on letters, a figure that no worked example is about."""
    return {"figures.toml": changed("letters_per_hour", 30, most)}


@pytest.fixture(autouse=True)
def own_place(app, tmp_path):
    """A folder of this test's own, so that the next one goes by what is shipped again."""
    approved.use(tmp_path / "rulebook", civil_day)
    yield tmp_path / "rulebook" / approved.NAME
    approved.use(None)


@pytest.fixture
def admins(app):
    return [saved(a_person, Role.ADMIN) for _ in range(2)]


def proposed(by, files=None, since=DAY, deliver=None) -> Amendment:
    act = acting(by)
    ready = service.prepare(files or with_letters(40), since, act=act)
    with transaction():
        row = service.propose(ready, "People write more", act=act)
    if deliver:
        deliver()
    return session().get_one(Amendment, row.id, populate_existing=True)


def decided(row: Amendment, by, *, agreed: bool = True) -> None:
    with transaction():
        service.decide(session().get_one(Amendment, row.id), agreed=agreed, act=acting(by))


def cap(on: date | None = None) -> int:
    return book.current().figure("letters_per_hour", on).value


def test_it_holds_from_its_day_on_and_not_before(admins, deliver, time):
    decided(proposed(admins[0], deliver=deliver), admins[1])

    before, version = cap(), book.current().version
    time.go(days=9)

    assert (before, version) == (30, shipped.rulebook().version)
    assert cap() == 40
    assert book.current().version != version
    assert (cap(date(2026, 9, 9)), cap(DAY)) == (30, 40)


def test_a_case_keeps_the_figures_of_the_day_on_which_it_was_opened(admins, deliver, time):
    case = saved(a_case)
    decided(proposed(admins[0], _with_examples(changed("review_window", 7, 9)), deliver=deliver), admins[1])
    time.go(days=20)

    law = case_to_work(case.id).law_as_of

    assert book.current().figure("review_window", law).value == 7
    assert book.current().figure("review_window").value == 9


def test_who_proposed_it_cannot_approve_it(admins, deliver):
    row = proposed(admins[0], deliver=deliver)

    with pytest.raises(NotPermitted):
        decided(row, admins[0])

    assert queries.approved() == []


def test_only_an_administrator_decides(admins, deliver):
    row = proposed(admins[0], deliver=deliver)

    for agreed in (True, False):
        with pytest.raises(NotPermitted):
            decided(row, saved(a_person, Role.LEAD), agreed=agreed)


def test_it_is_decided_once(admins, deliver):
    row = proposed(admins[0], deliver=deliver)
    decided(row, admins[1], agreed=False)

    with pytest.raises(Invalid, match="already_decided"):
        decided(row, admins[1])


def test_what_rests_on_another_rulebook_is_proposed_anew(admins, deliver):
    first, second = (proposed(admins[0], with_letters(n), deliver=deliver) for n in (40, 50))
    decided(first, admins[1])

    with pytest.raises(Invalid, match="rulebook_moved_on"):
        decided(second, admins[1])


def test_a_day_that_has_begun_somewhere_comes_too_late(admins, deliver, time):
    with pytest.raises(Invalid, match="rulebook_day_begun"):
        service.prepare(with_letters(40), date(2026, 9, 1), act=acting(admins[0]))
    row = proposed(admins[0], deliver=deliver)
    time.go(days=9)

    with pytest.raises(Invalid, match="rulebook_day_over"):
        decided(row, admins[1])


def test_it_waits_until_people_can_see_what_it_alters(admins):
    row = proposed(admins[0])

    with pytest.raises(Invalid, match="rulebook_replaying"):
        decided(row, admins[1])


def test_the_replay_names_the_cases_that_would_be_judged_otherwise(admins, deliver):
    late = {"order": {"received_at": "2026-08-20T10:00:00+08:00", "category": "apparel"},
            "events": [{"type": "return_requested", "at": "2026-08-29T10:00:00+08:00", "kind": "no_reason"},
                       {"type": "return_rejected", "at": "2026-08-30T10:00:00+08:00"}]}  # fmt: skip
    case = saved(a_case, order_facts=late["order"], order_events=late["events"])

    row = proposed(admins[0], _with_examples(changed("no_reason_return", 7, 10)), deliver=deliver)

    assert row.replay["cases"] == row.replay["touched"] == 1
    assert row.replay["changes"][0]["clause"] == "2.1.6.1"
    assert row.replay["changes"][0]["numbers"] == [case.number]


def _with_examples(figures: str) -> dict[str, str]:
    """Return changed figures with the examples that agree with them: those about other figures."""
    head, *rest = shipped.files()["worked_examples.toml"].split("\n\n[[")
    law = bound(shipped.files() | {"figures.toml": figures})
    kept = [each for each in rest if not _disagrees("[[" + each, law)]
    return {"figures.toml": figures, "worked_examples.toml": "\n\n[[".join([head, *kept])}


def _disagrees(example: str, law: Rulebook) -> bool:
    tables = examples._tables({"worked_examples.toml": example})
    return any(list(examples._faults(kind, rows, law)) for kind, rows in tables.items())


def test_every_step_is_known_to_administrators_and_to_the_public_log(admins, deliver):
    decided(proposed(admins[0], deliver=deliver), admins[1])

    kinds = session().scalars(select(SecurityEvent.kind).order_by(SecurityEvent.id)).all()
    logged = session().scalars(select(LedgerEntry.kind).order_by(LedgerEntry.id)).all()

    assert kinds == [EventKind.RULEBOOK_PROPOSED, EventKind.RULEBOOK_APPROVED]
    assert logged.count("rulebook") == 2


def test_a_lost_or_damaged_file_is_mended_from_the_database(admins, deliver, own_place):
    decided(proposed(admins[0], deliver=deliver), admins[1])
    right = own_place.read_bytes()

    for spoil in (lambda: own_place.write_bytes(right[:-100]), own_place.unlink):
        spoil()
        assert approved.fault()
        assert service.put_in_place()
        assert own_place.read_bytes() == right
    assert not service.put_in_place()


def test_a_process_that_begins_refuses_a_damaged_file_and_one_that_runs_goes_on(admins, deliver, own_place, time):
    decided(proposed(admins[0], deliver=deliver), admins[1])
    time.go(days=9)
    assert cap() == 40

    own_place.write_bytes(own_place.read_bytes().replace(b"value = 40", b"value = 90"))
    approved._look_again()
    assert cap() == 40
    approved.use(own_place.parent, civil_day)
    with pytest.raises(book.RulebookError, match="not what was approved"):
        book.current()


def test_the_pages_propose_show_and_decide(client, app, admins, deliver):
    sign_in(client, admins[0])
    sent = (BytesIO(with_letters(40)["figures.toml"].encode()), "figures.toml")
    refused = client.post("/admin/rulebook/propose", data={"since": "2026-09-10", "reason": "x"})
    went = client.post("/admin/rulebook/propose", data={"files": sent, "since": "2026-09-10", "reason": "More letters"})
    assert (refused.status_code, went.status_code) == (422, 303)
    deliver()
    own = client.get(went.location).text
    assert "letters_per_hour" in own
    assert "<del>30</del>" in own
    assert "<ins>40</ins>" in own
    assert client.post(f"{went.location}/decide", data={"answer": "approve"}).status_code == 403

    browser = app.test_client()
    sign_in(browser, admins[1])
    assert went.location in browser.get("/admin/approvals").text
    assert browser.post(f"{went.location}/decide", data={}).status_code == 422
    assert browser.post(f"{went.location}/decide", data={"answer": "approve"}).status_code == 303
    shown = browser.get("/admin/rulebook").text
    assert admins[1].name in shown
    assert "2026-09-10" in shown


def test_what_goes_out_comes_in_again(client, admins):
    sign_in(client, admins[0])

    zipped = client.get("/admin/rulebook/files.zip").data

    assert parcels.opened([("rulebook.zip", BytesIO(zipped))]) == shipped.open_to_change()


def test_the_overview_takes_few_queries_however_many_there_are(client, admins, deliver, count_queries):
    for most in (40, 50, 60):
        decided(proposed(admins[0], with_letters(most), deliver=deliver), admins[1])
    proposed(admins[0], with_letters(70), deliver=deliver)
    sign_in(client, admins[1])

    with count_queries() as seen:
        assert client.get("/admin/rulebook").status_code == 200

    assert len(seen) <= 12


def test_everybody_reads_what_holds_today_and_what_will_hold(client, admins, deliver):
    decided(proposed(admins[0], deliver=deliver), admins[1])

    today = client.get("/en/rules").text
    limits = [client.get(f"/api/v1/rulebook?as_of={day}").json["limits"] for day in ("2026-09-09", "2026-09-10")]

    assert "/en/rules?as_of=2026-09-10" in today
    assert "As in force on 2026-09-10" in client.get("/en/rules?as_of=2026-09-10").text
    assert client.get("/en/rules?as_of=2026-99-99").status_code == 200
    assert [len(each) for each in limits] == [len(shipped.rulebook().figures.versions)] * 2
    assert [next(f["values"] for f in each if f["key"] == "letters_per_hour") for each in limits] == [[30], [40]]
