"""The outcome of a case as it is going to be published: structured, in no language yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.cases.commands import Term
from app.cases.models import Case
from app.cases.queries_talk import remedies
from app.committee import queries as committee
from app.committee.models import Decision, Panel
from app.core import ids
from app.notices.facts import NoticeKind, NoticeLanguage
from app.organisations.models import PartyKind
from workflows.procedure.act import Act
from workflows.procedure.clocks import end_of_civil_day
from workflows.procedure.issues import Question
from workflows.procedure.leaks import Hint, Leak, Marks, leaks, redacted
from workflows.procedure.states import CaseState
from workflows.procedure.voting import Choice
from workflows.regulation import book

BANDS = ((0, "none"), (10_000, "to_100"), (50_000, "to_500"), (200_000, "to_2000"), (1_000_000, "to_10000"))
ABOVE = "above_10000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One remedy: of which kind, how much in minor units, by whom and until when; `note` in the writer's words."""

    kind: str
    party_kind: PartyKind | None
    amount_minor: int | None
    currency: str
    due_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """How the panel voted on one question: seats, votes by choice, members who stood aside."""

    question: Question
    seats: int
    recused: int
    counts: Mapping[Choice, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a decision or a settlement says. The texts that people typed are in `written_in`."""

    kind: NoticeKind
    result: str
    round: int = 1
    year: int = 0
    serial: int = 0
    clauses: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()
    written_in: NoticeLanguage = NoticeLanguage.SIMPLIFIED
    facts_found: tuple[str, ...] = ()
    reasons: str = ""
    dissent: str = ""
    votes: tuple[Voted, ...] = ()
    review_until: datetime | None = None

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
                due_at=each.due_at, note=each.note or "",
            )
            for each in agreed
        ),
    )  # fmt: skip


def _decision(case: Case, decision: Decision) -> Outcome:
    if decision.number is None or decision.signed_at is None:
        raise ValueError("A decision is published once it is signed.")
    year, serial = map(int, re.findall(r"\d+", decision.number))
    panel = committee.panel_of(case, round_=decision.round)
    return Outcome(
        kind=NoticeKind.DECISION, round=decision.round, year=year, serial=serial, result=decision.outcome.value,
        clauses=tuple(dict.fromkeys(decision.clauses)), written_in=NoticeLanguage(decision.language),
        owed=tuple(_ordered(case, Term.model_validate(term), decision.signed_at) for term in decision.terms),
        facts_found=tuple(decision.facts_found), reasons=decision.reasons, dissent=decision.dissent or "",
        votes=_votes(panel) if panel else (),
        review_until=_review_ends(case, decision.signed_at) if decision.round == 1 else None,
    )  # fmt: skip


def _ordered(case: Case, term: Term, signed_at: datetime) -> Owed:
    return Owed(
        kind=term.kind, party_kind=PartyKind(term.party_kind) if term.party_kind else case.responsible_kind,
        amount_minor=term.amount.amount_minor if term.amount else None,
        currency=term.amount.currency if term.amount else case.currency,
        due_at=signed_at + timedelta(days=term.days), note=term.note,
    )  # fmt: skip


def _votes(panel: Panel) -> tuple[Voted, ...]:
    recused = sum(seat.left_because == "conflict" for seat in panel.seats)
    return tuple(
        Voted(question=ruling.issue.question, seats=panel.size, recused=recused, counts=ruling.tally.counts)
        for ruling in committee.rulings(panel)
    )


def _review_ends(case: Case, signed_at: datetime) -> datetime:
    days = book.current().figure("review_window", on=case.law_as_of).value
    return end_of_civil_day(signed_at, days, case.time_zone)


# --- the leak gate -------------------------------------------------------------------------------------------------


def marks_of(case: Case) -> Marks:
    """Return what would tell who the parties of the case are."""
    people = [name for party in case.parties for name in (party.name, party.on_behalf_of) if name]
    companies = [party.respondent_named for party in case.parties if party.respondent_named]
    numbers = [party.phone for party in case.parties if party.phone]
    if case.respondent:
        companies.append(case.respondent.name)
        numbers += [case.respondent.phone] if case.respondent.phone else []
    order = (case.order_facts or {}).get("id")
    return Marks(
        consumer=tuple(people), respondent=tuple(companies), numbers=(*numbers, *([str(order)] if order else []))
    )


def typed(outcome: Outcome) -> dict[str, str]:
    """Return the texts that people typed and the public would read, by their JSON pointer.

    Notes to the terms of a settlement are the parties' own and not published.
    """
    texts = {f"/facts_found/{n}": text for n, text in enumerate(outcome.facts_found)}
    texts |= {"/reasons": outcome.reasons, "/dissent": outcome.dissent}
    if outcome.kind is NoticeKind.DECISION:
        texts |= {f"/terms/{n}/note": owed.note for n, owed in enumerate(outcome.owed)}
    return {pointer: text for pointer, text in texts.items() if text}


def leaking(outcome: Outcome, marks: Marks) -> dict[str, list[Leak]]:
    """Return the leaks of each typed text that has any, by its JSON pointer."""
    found = {pointer: leaks(text, marks) for pointer, text in typed(outcome).items()}
    return {pointer: each for pointer, each in found.items() if each}


def for_the_public(outcome: Outcome, marks: Marks, words: Mapping[Hint, str]) -> Outcome:
    """Return the outcome as the public reads it: leaks replaced by `words`, no notes of the parties."""

    def clean(text: str) -> str:
        return redacted(text, marks, words)

    ours = outcome.kind is NoticeKind.DECISION
    return replace(
        outcome,
        facts_found=tuple(map(clean, outcome.facts_found)),
        reasons=clean(outcome.reasons),
        dissent=clean(outcome.dissent),
        owed=tuple(replace(each, note=clean(each.note) if ours else "") for each in outcome.owed),
    )
