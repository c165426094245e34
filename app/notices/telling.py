"""What a notice of one act says: the particulars of that act, as the record has them, in the words of one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.cases.commands import Term
from app.cases.models import Case, CaseEvent
from app.cases.queries import effects
from app.cases.terms import restored, sought_terms
from app.committee import queries as committee
from app.committee.models import PanelSeat
from app.core import site
from app.mediation import queries as mediation
from app.notices import phrasing
from app.notices.facts import NoticeLanguage, Particular, Promise, Remedy, Rule, Table
from app.notices.freezing import party_roles
from app.notices.receipts import account
from app.notices.wording import words
from workflows.procedure.authority import Actor, Audience, audiences_seen
from workflows.procedure.clocks import ClockKind
from workflows.procedure.names import name
from workflows.regulation import book

Said = dict[str, Any]


class Story(Struct, frozen=True):
    """What is told, to whom, in which language: an entry of a case's history (none: how things stand at `at`)."""

    case: Case
    event: CaseEvent | None
    at: datetime
    reader: Actor
    language: NoticeLanguage

    @property
    def detail(self) -> dict[str, Any]:
        return self.event.detail if self.event else {}

    def w(self, key: str, **fields: object) -> str:
        return words(key, self.language, **fields)

    def moment(self, instant: datetime) -> str:
        return phrasing.moment(instant, self.language, ZoneInfo(self.case.time_zone))

    def until(self, instant: datetime) -> str:
        return phrasing.deadline(instant, self.language, ZoneInfo(self.case.time_zone))

    def day(self, instant: datetime) -> str:
        return phrasing.day(instant, self.language, ZoneInfo(self.case.time_zone))

    def particulars(self, **told: str | None) -> tuple[Particular, ...]:
        """Return what is known, each under its name, in the order given."""
        return tuple(Particular(name=self.w(f"particular.{key}"), text=text) for key, text in told.items() if text)

    def promised(self, kind: ClockKind) -> tuple[Promise, ...]:
        """Return until when the clock runs that the act started."""
        started = [clock for clock in self.case.clocks if clock.kind is kind and clock.started_at == self.at]
        what = name("clock", kind, self.language)
        return tuple(Promise(what=what, due_at=clock.due_at, clause=clock.clause) for clock in started[-1:])


def rule(case: Case, clause: str, language: NoticeLanguage) -> Rule:
    """Return a clause as it stood for the case."""
    return Rule(clause=clause, text=book.current().clause(clause, on=case.law_as_of).text.in_(language))


def the_case(story: Story) -> dict[str, str | None]:
    """Return the particulars of the case itself."""
    case, language = story.case, story.language
    amount = phrasing.money(case.amount_minor, case.currency, language) if case.amount_minor else None
    return {
        "anomaly": book.current().anomaly(case.anomaly or "other").name.in_(language),
        "received": story.moment(case.received_at),
        "order": str((case.order_facts or {}).get("id") or ""),
        "amount": amount,
    }


def emergency(story: Story) -> Said | None:
    """Emergency handling has begun. Source: clauses 2.2.3.2, 2.2.3.3."""
    if not (key := story.detail.get("plan")):
        return None
    plan = book.current().plan(key, on=story.case.law_as_of)
    told = {"plan": plan.name.in_(story.language), "started": story.moment(story.at), "note": story.detail.get("note")}
    return {
        "particulars": story.particulars(**told),
        "steps": tuple(step.in_(story.language) for step in plan.steps),
        "clauses": ("2.2.3.2", plan.clause),
    }


def request_to_answer(story: Story) -> Said:
    """The responsible organisation is asked to answer. Source: clauses 2.2.2, 2.1.7.1."""
    case = story.case
    responsible = book.current().responsible(case.anomaly or "other", on=case.law_as_of)
    return {
        "particulars": story.particulars(**the_case(story)),
        "remedies": tuple(replace(_remedy(story, term), party="") for term in sought_terms(case)),
        "promises": story.promised(ClockKind.RESPONDENT_ANSWER),
        "steps": tuple(story.w(f"choice.{key}") for key in ("agree", "offer", "refuse", "not_ours", "silence")),
        "clauses": (responsible.clause if responsible else "2.2.2", "2.1.7.1"),
    }  # fmt: skip


def breach(story: Story) -> Said | None:
    """A time limit was not kept. Source: the clause of the clock."""
    wanted = (story.detail.get("kind"), story.detail.get("generation"))
    clock = next((each for each in story.case.clocks if (each.kind.value, each.generation) == wanted), None)
    if clock is None:
        return None
    told = account(story.case, clock, effects(story.case), story.language, at=story.at)
    return {"clocks": (told,), "clauses": (clock.clause,), "notes": (story.w("next.breach"),)}


def offer(story: Story) -> Said | None:
    """Terms are on the table. Source: clause 2.2.4.3."""
    found = mediation.offer(story.case, story.detail.get("offer") or 0, story.reader)
    if found is None:
        return None
    until = story.until(found.lapses_at)
    told = {"maker": name("maker", found.by, story.language), "until": until, "note": found.note}
    return {
        "particulars": story.particulars(**told),
        "remedies": tuple(_remedy(story, term) for term in restored(found.terms)),
        "notes": (story.w("consent.how", until=until), story.w("consent.silence"), story.w("consent.wall")),
        "clauses": (),
    }


def _remedy(story: Story, term: Term) -> Remedy:
    text = book.current().remedy_kind(term.kind).name.in_(story.language)
    if term.freight_by:
        bearer = name("freight", term.freight_by, story.language)
        text = story.w("remedy.noted", remedy=text, note=bearer)
    if term.note:
        text = story.w("remedy.noted", remedy=text, note=term.note)
    party = party_roles(story.case, story.language).respondent
    if term.party_kind and term.party_kind != story.case.responsible_kind:
        party = book.current().party_kind(term.party_kind).name.in_(story.language)
    amount = term.amount
    return Remedy(
        text=text, party=party, amount_minor=amount.amount_minor if amount else None,
        currency=amount.currency if amount else "CNY", within_days=term.days,
    )  # fmt: skip


def referral(story: Story) -> Said:
    """The case goes to the committee. Source: clause 3.3.2."""
    by_itself = story.detail.get("by_itself")
    because = story.w("because.time", day=story.day(story.at)) if by_itself else story.w("because.desk")
    panel = committee.panel_of(story.case, round_=1)
    closes = story.until(panel.closes_at) if panel else None
    return {
        "particulars": story.particulars(**the_case(story), because=because, closes=closes),
        "clauses": ("3.3.2", "2.2.4.3"),
        "notes": (story.w("next.referral"),),
    }


def panel(story: Story) -> Said | None:
    """Who decides, as they were drawn. Source: clause 3.3.2."""
    drawn = committee.panel_of(story.case, opened_at=story.at)
    if drawn is None or not drawn.seats:  # the seed of the draw comes with the log's next checkpoint
        return None
    first = {seat.place: seat for seat in reversed(drawn.seats)}
    head = tuple(story.w(f"member.{key}") for key in ("seat", "name", "office"))
    told = {
        "seats": story.w("seats.quorum", size=drawn.size, quorum=drawn.quorum),
        "seed": drawn.draws[0].seed,
        "closes": story.until(drawn.closes_at),
    }
    rows = tuple(_seats(story, [first[place] for place in sorted(first)]))
    return {
        "tables": (Table(caption="", head=head, rows=rows, shape="members"),),
        "particulars": story.particulars(**told),
        "clauses": ("3.3.2",),
        "notes": (story.w("next.panel", phone=site.settings().help_phone),),
    }


def _seats(story: Story, seats: list[PanelSeat]) -> Iterator[tuple[str, str, str]]:
    for seat in seats:
        office = story.w("member.chair") if seat.is_chair else story.w("member.member")
        yield str(seat.place), seat.user.name, office


def review(story: Story) -> Said:
    """Other members look at a decision again. Source: clause 2.2.4.3."""
    grounds = "\n".join(name("ground", each, story.language) for each in story.detail.get("grounds", ()))
    side = name("side", story.event.side, story.language) if story.event else None
    return {
        "particulars": story.particulars(asked_by=side, grounds=grounds),
        "promises": story.promised(ClockKind.REVIEW),
        "clauses": ("2.2.4.3",),
        "notes": (story.w("next.review"),),
    }  # fmt: skip


def closing(story: Story) -> Said:
    """The case is closed, and why; what the desk explained to the consumer is the consumer's. Source: 2.2.4.4."""
    reasons = {"withdraw": "withdrawn", "confirm_performance": "performed", "proof_stood": "performed"}
    event = story.event
    reason = reasons.get(event.action, story.detail.get("reason", "")) if event else ""
    why = [story.w("sentence", text=name("close_reason", reason, story.language))]
    if Audience.CONSUMER in audiences_seen(story.reader) and (explanation := story.detail.get("explanation")):
        why.append(explanation)
    return {
        "outcome": tuple(why),
        "clauses": (event.clause if event else "2.2.4.4",),
        "notes": (story.w("next.closing", phone=site.settings().help_phone),),
    }
