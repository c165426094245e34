"""The outcome of a case as it is going to be published: structured, in no language yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from app.cases.commands import Term
from app.cases.models import Case
from app.cases.queries_talk import remedies
from app.cases.terms import stored
from app.committee import queries as committee
from app.committee.commands import DraftDecision
from app.committee.models import Decision, Panel
from app.committee.queries import Ruling
from app.core import ids
from app.evidence import queries as evidence
from app.mediation.queries_record import record_of
from app.notices.facts import NoticeKind, NoticeLanguage
from app.organisations.models import PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import end_of_civil_day
from workflows.procedure.issues import IssueKind, Question, sent_back
from workflows.procedure.panel import is_review
from workflows.procedure.states import CaseState
from workflows.procedure.voting import Choice
from workflows.regulation import book

BANDS = ((0, "none"), (10_000, "to_100"), (50_000, "to_500"), (200_000, "to_2000"), (1_000_000, "to_10000"))
ABOVE = "above_10000"


class Owed(Struct, frozen=True, kw_only=True):
    """One remedy: of which kind, how much in minor units, by whom and until when; `note` in the writer's words."""

    kind: str
    party_kind: PartyKind | None
    amount_minor: int | None
    currency: str
    due_at: datetime
    note: str = ""
    freight_by: str | None = None


class Voted(Struct, frozen=True, kw_only=True):
    """How the panel voted on one question: seats, votes by choice, members who stood aside."""

    question: Question
    seats: int
    recused: int
    counts: Mapping[Choice, int]


class Shown(Struct, frozen=True, kw_only=True):
    """An exhibit that was before the panel: its number in the case, who added it, the file and its SHA-256."""

    number: int
    side: str
    file: str
    sha256: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What a decision or a settlement says. The texts that people typed are in `written_in`.

    `liable` are kinds of parties, each with the clause by which the panel found it liable; `signed` tells of each side
    when and how it signed the settlement record, None where it has not. A decision on review tells what becomes of the
    one that it reviewed (`fate` of `reviewed`, a number), and who decides anew where it goes back (`back_to`).
    """

    kind: NoticeKind
    result: str
    round: int = 1
    year: int = 0
    serial: int = 0
    clauses: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()
    written_in: NoticeLanguage = NoticeLanguage.SIMPLIFIED
    facts_found: tuple[str, ...] = ()
    exhibits: tuple[Shown, ...] = ()
    liable: tuple[tuple[str, str], ...] = ()
    reasons: str = ""
    dissent: str = ""
    dissent_ruling: str = ""
    reviewed: str = ""
    fate: str = ""
    back_to: str = ""
    votes: tuple[Voted, ...] = ()
    review_until: datetime | None = None
    signed: tuple[tuple[str, datetime | None, str], ...] = ()

    @property
    def number(self) -> str:
        """The number as addresses and programs write it: D2026-12, S2026-7."""
        return f"{'D' if self.kind is NoticeKind.DECISION else 'S'}{self.year}-{self.serial}"

    @property
    def amount_band(self) -> str:
        """The band of all sums together, a key of `amount_band`."""
        total = sum(each.amount_minor or 0 for each in self.owed)
        return next((band for most, band in BANDS if total <= most), ABOVE)


def unpublished(case: Case, published: Collection[tuple[NoticeKind, int]]) -> list[Outcome]:
    """Return what the case has come to and nobody has published yet, oldest first."""
    if case.state is CaseState.SETTLED and (NoticeKind.SETTLEMENT, 1) not in published:
        return [_settlement(case)]
    return [
        _decision(case, decision)
        for decision in committee.decisions(case)
        if (NoticeKind.DECISION, decision.round) not in published
    ]


def numbered(case: Case, outcome: Outcome, act: Act) -> Outcome:
    """Return the outcome with its number: a decision has it from its signing, a settlement is given the next one."""
    if outcome.serial:
        return outcome
    year = act.at.astimezone(ZoneInfo(case.time_zone)).year
    return replace(outcome, year=year, serial=ids.next_serial(f"settlement-{year}"))


def _settlement(case: Case) -> Outcome:
    responsible = book.current().responsible(case.anomaly or "other", on=case.law_as_of)
    agreed = (each for each in remedies(case) if each.source == "settlement" and each.status != "void")
    return Outcome(
        kind=NoticeKind.SETTLEMENT, result="settled",
        clauses=(responsible.clause,) if responsible else (),
        owed=tuple(
            Owed(
                kind=each.kind, party_kind=each.party_kind, amount_minor=each.amount_minor, currency=each.currency,
                due_at=each.due_at, note=each.note or "", freight_by=each.freight_by,
            )
            for each in agreed
        ),
        signed=tuple(_signed(case)),
    )  # fmt: skip


def _signed(case: Case) -> Iterator[tuple[str, datetime | None, str]]:
    record = record_of(case, SYSTEM)
    for side in ("consumer", "respondent") if record else ():
        mine = record.signature_of(side) if record else None
        yield side, mine.at if mine else None, mine.method if mine else ""


def _decision(case: Case, decision: Decision) -> Outcome:
    if decision.number is None or decision.signed_at is None:
        raise ValueError("A decision is published once it is signed.")
    year, serial = map(int, re.findall(r"\d+", decision.number))
    panel = committee.panel_of(case, round_=decision.round)
    rulings = committee.rulings(panel) if panel else ()
    return Outcome(
        kind=NoticeKind.DECISION, round=decision.round, year=year, serial=serial, result=decision.outcome.value,
        clauses=tuple(dict.fromkeys(decision.clauses)), written_in=NoticeLanguage(decision.language),
        owed=tuple(_ordered(case, Term.model_validate(term), decision.signed_at) for term in decision.terms),
        facts_found=tuple(decision.facts_found), reasons=decision.reasons,
        exhibits=_exhibits(case, panel.closed_at if panel and panel.closed_at else decision.signed_at),
        dissent="" if decision.dissent_ruling == "keep" else decision.dissent or "",
        dissent_ruling=decision.dissent_ruling or "",
        review_until=_review_ends(case, decision.round, decision.signed_at),
        **_voted(panel, rulings), **_reviewing(case, decision.round, decision.outcome, decision.terms),
    )  # fmt: skip


def drafted(case: Case, panel: Panel, draft: DraftDecision, at: datetime) -> Outcome:
    """Return a draft as the outcome that it would be if it were signed at `at`; it has no number yet."""
    rulings = committee.rulings(panel)
    return Outcome(
        kind=NoticeKind.DECISION, round=panel.round, result=draft.outcome, clauses=tuple(draft.clauses),
        written_in=NoticeLanguage(case.language), owed=tuple(_ordered(case, term, at) for term in draft.terms),
        facts_found=tuple(draft.facts_found), reasons=draft.reasons, dissent=draft.dissent,
        exhibits=_exhibits(case, panel.closed_at or at),
        review_until=_review_ends(case, panel.round, at),
        **_voted(panel, rulings), **_reviewing(case, panel.round, draft.outcome, stored(draft.terms)),
    )  # fmt: skip


def _ordered(case: Case, term: Term, signed_at: datetime) -> Owed:
    return Owed(
        kind=term.kind, party_kind=PartyKind(term.party_kind) if term.party_kind else case.responsible_kind,
        amount_minor=term.amount.amount_minor if term.amount else None,
        currency=term.amount.currency if term.amount else case.currency,
        due_at=signed_at + timedelta(days=term.days), note=term.note, freight_by=term.freight_by,
    )  # fmt: skip


def _exhibits(case: Case, closed_at: datetime) -> tuple[Shown, ...]:
    """Return the admitted exhibits that were there when the vote closed, by number."""
    return tuple(
        Shown(number=each.number, side=each.side, file=each.filename, sha256=each.sha256)
        for each in evidence.of_case(case)
        if each.counts and each.added_at <= closed_at
    )


def _reviewing(case: Case, round_: int, outcome: str, terms: list[dict[str, Any]]) -> dict[str, Any]:
    """Return which decision was reviewed and what a review that comes to this makes of it; nothing for any other."""
    first = committee.draft_of(case, round_ - 1) if is_review(round_) else None
    if first is None or first.number is None:
        return {}
    year, serial = re.findall(r"\d+", first.number)
    return {"reviewed": f"D{year}-{serial}", "fate": first.after_review(outcome, terms)}


def _voted(panel: Panel | None, rulings: Sequence[Ruling]) -> dict[str, Any]:
    """Return the votes that the decision rests on, who they find liable, and who decides anew."""
    if panel is None:
        return {}
    recused, counted = sum(seat.left_because == "conflict" for seat in panel.seats), committee.rests_on(rulings)
    return {
        "votes": tuple(
            Voted(question=ruling.issue.question, seats=panel.size, recused=recused, counts=ruling.tally.counts)
            for ruling in counted
        ),
        "liable": tuple(_liable(counted)),
        "back_to": sent_back([(ruling.issue.kind, ruling.tally.result) for ruling in counted]),
    }


def _liable(rulings: Sequence[Ruling]) -> Iterator[tuple[str, str]]:
    """Yield who was found liable, by the vote on that very issue."""
    for ruling in rulings:
        issue = ruling.issue
        if issue.kind is IssueKind.LIABILITY and issue.party and ruling.tally.result in (Choice.UPHOLD, Choice.PARTLY):
            yield issue.party, issue.clause


def _review_ends(case: Case, round_: int, signed_at: datetime) -> datetime | None:
    """Return until when a review can be asked for; None for a decision that was made on one."""
    if is_review(round_):
        return None
    days = book.current().figure("review_window", on=case.law_as_of).value
    return end_of_civil_day(signed_at, days, case.time_zone)
