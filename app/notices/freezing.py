"""Freezing: an outcome is put into the words of one language, for its parties or for the public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.cases.models import Case
from app.core import site
from app.core.money import written
from app.notices import phrasing
from app.notices.facts import (
    Ballot,
    NoticeFacts,
    NoticeKind,
    NoticeLanguage,
    Particular,
    Remedy,
    Rule,
    Table,
    VoteCount,
)
from app.notices.gate import Coarse
from app.notices.outcomes import Outcome, Owed, Voted
from app.notices.wording import words
from workflows.procedure.issues import said, wording
from workflows.procedure.leaks import Hint
from workflows.procedure.names import name
from workflows.regulation import book


class Roles(Struct, frozen=True):
    """What the parties are called in a notice."""

    consumer: str
    respondent: str


def public_roles(case: Case, language: NoticeLanguage, category: str | None) -> Roles:
    """Return the parties by their roles: the consumer, the merchant (clothes)."""
    return Roles(words("role.consumer", language), _respondent_role(case, language, category))


def _respondent_role(case: Case, language: NoticeLanguage, category: str | None) -> str:
    if case.responsible_kind is None:
        return words("role.respondent", language)
    party = book.current().party_kind(case.responsible_kind).name.in_(language)
    goods = book.current().category(category, case.law_as_of)
    if goods is None:
        return words("role.party", language, party=party)
    return words("role.party_of", language, party=party, goods=phrasing.inside_a_sentence(goods.name.in_(language)))


def party_roles(case: Case, language: NoticeLanguage) -> Roles:
    """Return the parties by their names, by their roles where a name is not known."""
    public = public_roles(case, language, (case.order_facts or {}).get("category"))
    consumer = next((party.name for party in case.parties if party.role == "complainant"), None)
    return Roles(consumer or public.consumer, case.respondent.name if case.respondent else public.respondent)


def substitutes(case: Case, language: NoticeLanguage) -> dict[Hint, str]:
    """Return what stands in the public edition in the place of a leak."""
    roles = public_roles(case, language, None)
    hidden: dict[Hint, str] = {
        hint: words(f"hidden.{hint}", language) for hint in Hint if hint not in (Hint.CONSUMER, Hint.RESPONDENT)
    }
    return {Hint.CONSUMER: roles.consumer, Hint.RESPONDENT: roles.respondent, **hidden}


def freeze(
    case: Case, outcome: Outcome, *, language: NoticeLanguage, code: str, at: datetime, told: Coarse | None = None
) -> NoticeFacts:
    """Return all that the notice says. Nothing of it is looked up again.

    `told` is what the public may learn of the kind of goods and the sum; None for the parties, who are named. The
    public reads neither the number of the case, nor the day on which it came, nor a sum to the cent.
    """
    public = told is not None
    roles = public_roles(case, language, told.category) if told else party_roles(case, language)
    return NoticeFacts(
        kind=outcome.kind, language=language, organ=site.settings().organ_name[language],
        title=_title(case, outcome, language), case_number="" if public else case.number,
        addressees=() if public else (roles.consumer, roles.respondent), issued_at=at, time_zone=case.time_zone,
        number=written_number(outcome.number, language), seal_label=words(f"seal.{outcome.kind}", language),
        verification_code=code, verify_url=site.absolute(f"/v/{code}"),
        received_at=None if public else case.received_at, complainant=roles.consumer, respondent=roles.respondent,
        anomaly=book.current().anomaly(case.anomaly or "other").name.in_(language),
        facts_found=outcome.facts_found, rules=_rules(case, outcome, language),
        reasons=(outcome.reasons,) if outcome.reasons else (), dissent=(outcome.dissent,) if outcome.dissent else (),
        dissent_ruling=words(f"dissent.{outcome.dissent_ruling}", language) if outcome.dissent_ruling else "",
        original=outcome.written_in if outcome.facts_found and outcome.written_in != language else None,
        outcome=tuple(_outcome(outcome, roles, language, told)),
        remedies=tuple(_remedy(case, each, roles, outcome, language, public=public) for each in outcome.owed),
        ballots=tuple(_ballot(voted, language, public=public) for voted in outcome.votes),
        particulars=() if public else tuple(_signed(case, outcome, roles, language)),
        tables=_exhibits(outcome, language, public=public),
        liable=tuple(_liable(outcome, language)), notes=_review(case, outcome, language),
    )  # fmt: skip


def written_number(number: str, language: NoticeLanguage) -> str:
    """Return a number of the register as the language writes it: D2026-12 is 衡决〔2026〕12号."""
    series = NoticeKind.DECISION if number.startswith("D") else NoticeKind.SETTLEMENT
    year, _, serial = number[1:].partition("-")
    return words(f"number.{series}", language, year=year, serial=serial)


def _title(case: Case, outcome: Outcome, language: NoticeLanguage) -> str:
    if case.anomaly in (None, "other"):
        return words(f"title.{outcome.kind}.other", language)
    return words(f"title.{outcome.kind}", language, anomaly=book.current().anomaly(case.anomaly).name.in_(language))


def _rules(case: Case, outcome: Outcome, language: NoticeLanguage) -> tuple[Rule, ...]:
    law = book.current()
    return tuple(Rule(clause=n, text=law.clause(n, case.law_as_of).text.in_(language)) for n in outcome.clauses)


def _exhibits(outcome: Outcome, language: NoticeLanguage, *, public: bool) -> tuple[Table, ...]:
    """Return the list of exhibits; the public reads how many and whose: the name of a file can tell of somebody."""
    if not outcome.exhibits:
        return ()
    columns = ("number", "who") if public else ("number", "file", "who", "digest")
    cells = [
        {"number": str(each.number), "file": each.file, "who": name("side", each.side, language), "digest": each.sha256}
        for each in outcome.exhibits
    ]
    head = tuple(words(f"column.{column}", language) for column in columns)
    rows = tuple(tuple(row[column] for column in columns) for row in cells)
    return (Table(caption="", head=head, rows=rows, shape="" if public else "exhibits"),)


def _outcome(outcome: Outcome, roles: Roles, language: NoticeLanguage, told: Coarse | None) -> Iterator[str]:
    band = name("amount_band", told.amount_band, language) if told and told.amount_band else None
    decided = outcome.kind is NoticeKind.DECISION
    if decided:
        yield words(f"outcome.{outcome.result}", language, complainant=roles.consumer)
        if outcome.reviewed:
            yield words(f"reviewed.{outcome.fate}", language, number=written_number(outcome.reviewed, language))
    if band and outcome.amount_band != "none":
        yield words("outcome.band_ordered" if decided else "outcome.band", language, band=band)
    if not decided:
        yield words("outcome.agreed", language)
    elif outcome.owed:
        yield words("outcome.owed", language)


def _signed(case: Case, outcome: Outcome, roles: Roles, language: NoticeLanguage) -> Iterator[Particular]:
    """Yield when each side signed the settlement record, and how it was proved that it did."""
    for side, at, method in outcome.signed:
        text = words("signature.none", language)
        if at is not None:
            moment = phrasing.moment(at, language, ZoneInfo(case.time_zone))
            text = words("signature.at", language, moment=moment, method=name("signing_method", method, language))
        yield Particular(name=roles.consumer if side == "consumer" else roles.respondent, text=text)


def _liable(outcome: Outcome, language: NoticeLanguage) -> Iterator[str]:
    for party_kind, clause in outcome.liable:
        party = book.current().party_kind(party_kind).name.in_(language)
        yield words("liable.party", language, party=party[:1].upper() + party[1:], clause=clause)


def _remedy(
    case: Case, owed: Owed, roles: Roles, outcome: Outcome, language: NoticeLanguage, *, public: bool
) -> Remedy:
    text = book.current().remedy_kind(owed.kind).name.in_(language)
    if owed.freight_by:
        text = words("remedy.noted", language, remedy=text, note=name("freight", owed.freight_by, language))
    secret = public and outcome.kind is NoticeKind.SETTLEMENT
    if owed.note and not secret:
        text = words("remedy.noted", language, remedy=text, note=owed.note)
    party = roles.respondent
    if owed.party_kind and owed.party_kind != case.responsible_kind:
        party = book.current().party_kind(owed.party_kind).name.in_(language)
    return Remedy(
        text=text, party=party[:1].upper() + party[1:], amount_minor=None if public else owed.amount_minor,
        currency=owed.currency, due_at=owed.due_at,
    )  # fmt: skip


def _ballot(voted: Voted, language: NoticeLanguage, *, public: bool) -> Ballot:
    question = voted.question
    sum_ = question.amount_minor if not public else None
    amount = written(sum_, question.currency, language) if sum_ else ""
    return Ballot(
        issue=wording(question, language, book.current(), amount), seats=voted.seats,
        voted=sum(voted.counts.values()), recused=voted.recused,
        counts=tuple(
            VoteCount(choice=said(question.kind, choice, language), count=n) for choice, n in voted.counts.items() if n
        ),
    )  # fmt: skip


def _review(case: Case, outcome: Outcome, language: NoticeLanguage) -> tuple[str, ...]:
    if outcome.kind is not NoticeKind.DECISION:
        return ()
    if outcome.back_to:
        return (words(f"review.back_to.{outcome.back_to}", language),)
    if outcome.review_until is None:
        return (words("review.final", language),)
    until = phrasing.deadline(outcome.review_until, language, ZoneInfo(case.time_zone))
    return (words("review.open", language, until=until),)
