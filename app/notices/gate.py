"""The leak gate: what in an outcome would tell the public who the parties are, and what a person made of each find.

Source: clause 2.2.4.4 (outcomes are published); nobody is to be found by what is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.queries_talk import messages, remedies
from app.committee.queries import reviews_of
from app.core.db import session
from app.evidence import queries as evidence
from app.mediation import queries as mediation
from app.notices.commands import Resolve
from app.notices.facts import NoticeKind
from app.notices.outcomes import ABOVE, BANDS, Outcome
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import civil_month
from workflows.procedure.leaks import Hint, Leak, Marks, leaks, redacted
from workflows.regulation import book

FEW = 5
"""Fewer cases than this that are alike make one of them easy to find."""
PARTIES = ("consumer", "respondent")


def marks_of(case: Case) -> Marks:
    """Return what would tell who the parties of the case are: names, numbers, sums, and their own words."""
    people = [name for party in case.parties for name in (party.name, party.on_behalf_of) if name]
    companies = [party.respondent_named for party in case.parties if party.respondent_named]
    numbers = [number for party in case.parties for number in (party.phone, party.email) if number]
    if case.respondent:
        companies.append(case.respondent.name)
        numbers += [each for each in (case.respondent.phone, case.respondent.email) if each]
    order = (case.order_facts or {}).get("id")
    sums = [case.amount_minor, *(each.amount_minor for each in remedies(case))]
    return Marks(
        consumer=tuple(people), respondent=tuple(companies),
        numbers=(case.number, *numbers, *([str(order)] if order else [])),
        amounts=tuple(dict.fromkeys(each for each in sums if each)), texts=tuple(_own_texts(case)),
    )  # fmt: skip


def _own_texts(case: Case) -> Iterable[str]:
    """Yield what the parties wrote in the case, wherever they wrote it."""
    yield from (case.narrative, case.title)
    yield from (each.body for each in messages(case, SYSTEM) if each.side in PARTIES)
    yield from (each.text for each in mediation.answers(case, SYSTEM) if each.text)
    yield from (each.note for each in mediation.offers(case, SYSTEM) if each.note)
    yield from (each.note for each in evidence.of_case(case) if each.note and each.side in PARTIES)
    yield from (each.text for each in reviews_of(case))


# --- finds ---------------------------------------------------------------------------------------------------------


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


class Resolved(Struct, frozen=True):
    """What a person decided of each word that was found: to publish it all the same, or what stands in its place.

    With `redact`, roles take the place of whatever was not decided.
    """

    words: Mapping[Hint, str]
    decided: Mapping[str, Resolve]
    redact: bool = False

    def opens(self, leak: Leak) -> bool:
        """Return whether nobody has decided yet what becomes of this find."""
        return not self.redact and leak.text not in self.decided

    def instead(self, leak: Leak) -> str:
        """Return what the public reads in the place of the find."""
        decided = self.decided.get(leak.text)
        if decided is None:
            return self.words[leak.hint]
        return leak.text if decided.accepted else decided.instead or self.words[leak.hint]


def for_the_public(outcome: Outcome, marks: Marks, resolved: Resolved) -> Outcome:
    """Return the outcome as the public reads it: what was found resolved, no notes of the parties, no exact sums."""

    def clean(text: str) -> str:
        return redacted(text, marks, resolved.instead)

    ours = outcome.kind is NoticeKind.DECISION
    return replace(
        outcome,
        facts_found=tuple(map(clean, outcome.facts_found)),
        reasons=clean(outcome.reasons),
        dissent=clean(outcome.dissent),
        owed=tuple(replace(each, note=clean(each.note) if ours else "") for each in outcome.owed),
    )


# --- rare cases ----------------------------------------------------------------------------------------------------


class Coarse(Struct, frozen=True):
    """What the public is told of the kind of goods and of the sum, so that FEW cases at least are alike."""

    category: str | None
    amount_band: str | None


def coarse(case: Case, outcome: Outcome) -> Coarse:
    """Return what may be told: the kind of goods is left out first, then the sum.

    Cases are alike that were received in the same month and region (the zone of the case) with goods of the same kind
    and a sum in the same band.
    """
    goods = book.current().category((case.order_facts or {}).get("category"), case.law_as_of)
    category, band = goods.key if goods else None, outcome.amount_band
    if category and _alike(case, category, band) < FEW:
        category = None
    return Coarse(category, band if band == "none" or _alike(case, category, band) >= FEW else None)


def _alike(case: Case, category: str | None, band: str) -> int:
    begins, ends = civil_month(case.received_at, case.time_zone)
    query = select(func.count()).where(
        Case.received_at >= begins, Case.received_at < ends, Case.time_zone == case.time_zone
    )
    if category:
        query = query.where(Case.order_kept["category"].as_string() == category)
    least, most = _limits(band)
    sum_ = func.coalesce(Case.amount_minor, 0)
    query = query.where(sum_ > least) if most is None else query.where(sum_ > least, sum_ <= most)
    return session().scalar(query) or 0


def _limits(band: str) -> tuple[int, int | None]:
    """Return the sums of a band in minor units: above the first, up to the second."""
    least = -1
    for most, key in BANDS:
        if key == band:
            return least, most
        least = most
    assert band == ABOVE
    return least, None
