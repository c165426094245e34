"""The settlement wall: what was said and offered in mediation reaches nobody who judges, and nobody outside.

Every address there is, by every reader who must not know, before and after the outcome is published; then everything
that leaves without being asked for: letters, webhooks, papers, openings of the log, the file of a published outcome.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.cases import queries
from app.cases.models import Case
from app.core import clock
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.hooks.models import HookDelivery
from app.ledger.models import LedgerEntry
from app.mediation import queries as mediation
from app.notices.models import Edition, Notice
from app.notices.service import issue
from tests.attacks.test_doors import nothing
from tests.attacks.world import OFFERED, SUMS, World, addresses
from tests.committee.factories import declare, draft, person, sign, vote
from tests.ledger.logs import sealed
from tests.notices.cases import published
from workflows.procedure import authority
from workflows.procedure.authority import SYSTEM

JUDGES = ("secretary", "chair", "member", "drawn")
OUTSIDE = ("nobody", "stranger", "rival", "spare")
MARKS = [OFFERED, *map(str, SUMS), *(f"{each // 100:,}.{each % 100:02d}" for each in SUMS)]


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text or json.dumps(mark)[1:-1] in text]


def leaks(world: World, reader: str, method: str = "GET") -> dict[str, list[str]]:
    """Every address of the judged case at which this reader learns something of the mediation."""
    browser = world.browser(reader)
    found = {}
    for name, address in addresses(world, method, number=world.cases["judged"]):
        if "/c/" in name or "/complain/" in name or name == "/signout":  # the complainant's own link
            continue
        options = nothing(address) if method == "POST" else {}
        told = marks_in(_plain(world.ask(reader, browser, address, method, **options).data))
        if told:
            found[name] = told
    return found


def _plain(data: bytes) -> str:
    """What an answer says; a packed file is opened."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = b"".join(packed.read(name) for name in packed.namelist())
    return data.decode("utf-8", "replace")


def sent_unasked(world: World) -> Iterator[tuple[str, str]]:
    """Yield (what, its words) of everything about the judged case that goes to who must not know, or to anybody."""
    case = _judged(world)
    own = {"lin@example.test", "+8613800138000", "answers@shop.test", world.people["mediator"], world.people["lead"]}
    for letter in [each for each in session().scalars(select(OutboundMessage)) if each.address not in own]:
        yield f"letter to {letter.address}", f"{letter.subject}{letter.body}{letter.attachments}"
    for delivery in session().scalars(select(HookDelivery)):
        yield f"webhook {delivery.id}", json.dumps(delivery.payload, ensure_ascii=False)
    unseen = (Edition.CONSUMER, Edition.RESPONDENT, Edition.DESK, Edition.PARTY)
    papers = select(Notice).where(Notice.case_id == case.id, Notice.edition.not_in(unseen))
    for notice in session().scalars(papers):
        yield f"notice {notice.kind} ({notice.edition})", notice.frozen
    for entry in session().scalars(select(LedgerEntry)):
        yield f"log entry {entry.id}", json.dumps(entry.opening, ensure_ascii=False)


def unasked_leaks(world: World) -> dict[str, list[str]]:
    return {what: told for what, words in sent_unasked(world) if (told := marks_in(words))}


def _judged(world: World) -> Case:
    case = queries.by_number(world.cases["judged"], SYSTEM)
    assert case is not None
    return case


def decide_and_publish(world: World) -> None:
    """Bring the judged case to its published, printed outcome."""
    case = _judged(world)
    people = [person(world.ids[f"user-{name}"]) for name in ("chair", "member", "drawn")]
    declare(case, people[2])
    for member in people:
        vote(case, member)
    draft(case)
    sign(case, people[0])
    with transaction():
        entry = published(_judged(world), redact=True)
        for notice in entry.notices:
            issue(notice.id, b"%PDF-1.7 as if printed", by="Heng", at=clock.now())
        world.ids |= {"register_number": entry.number, "code": entry.code}
    sealed()


def test_the_mediation_was_full_of_marks(world: World):
    """Else the tests below would find nothing because there is nothing."""
    actor = SYSTEM
    told = json.dumps([each.terms for each in mediation.offers(_judged(world), actor)], ensure_ascii=False)

    assert {OFFERED, *(str(each) for each in SUMS[:3])} <= set(marks_in(told))
    assert marks_in(world.ask("mediator", world.browser("mediator"), f"/desk/cases/{world.cases['judged']}").text)


@pytest.mark.parametrize("reader", [*JUDGES, *OUTSIDE])
def test_no_address_tells_what_was_said_in_mediation(world: World, reader: str):
    assert leaks(world, reader) == {}


@pytest.mark.parametrize("reader", JUDGES[:3])
def test_no_refused_act_tells_it_either(world: World, reader: str):
    assert leaks(world, reader, "POST") == {}


def test_nothing_that_leaves_unasked_tells_it(world: World):
    for reader in JUDGES:  # who asks for a paper has it made
        leaks(world, reader)

    assert unasked_leaks(world) == {}


def test_the_published_outcome_tells_nothing_of_it(world: World):
    kept = dict(world.ids)
    decide_and_publish(world)

    assert {reader: leaks(world, reader) for reader in ("chair", "nobody", "rival")} == {
        "chair": {}, "nobody": {}, "rival": {},
    }  # fmt: skip
    assert unasked_leaks(world) == {}
    world.ids.clear()
    world.ids.update(kept)


def _answers_with_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mediation, "REFUSALS", ("refuse", "not_ours", "agree", "offer"))


def _every_message(monkeypatch: pytest.MonkeyPatch) -> None:
    every = frozenset(authority.Audience)
    monkeypatch.setattr("app.cases.queries_talk.audiences_seen", lambda actor: every)


@pytest.mark.parametrize("hole", [_answers_with_offers, _every_message])
def test_a_planted_hole_is_found(world: World, monkeypatch: pytest.MonkeyPatch, hole):
    hole(monkeypatch)

    found = leaks(world, "chair")

    assert found or unasked_leaks(world)
