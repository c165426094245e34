"""The whole dossier: all that the record of a case holds and its reader may see, on paper. Source: clause 3.1.4."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.cases import queries
from app.cases.models_talk import Remedy
from app.cases.queries_talk import messages, remedies
from app.evidence import queries as evidence
from app.notices import phrasing
from app.notices.facts import Table
from app.notices.receipts import account
from app.notices.telling import Story, the_case
from workflows.procedure.authority import sees_offers
from workflows.procedure.clocks import TIMERS
from workflows.procedure.names import name
from workflows.regulation import book

MOST = 500
"""Rows of one list on paper: the press has ten seconds and half a gigabyte for the whole dossier."""
Rows = Iterable[tuple[str, ...]]


def dossier(story: Story) -> dict[str, Any]:
    """Return the particulars of the case, then what happened, was said and shown, what the rules say, what is owed.

    Each list is read the way its reader reads it on the screen, so nothing stands here that they may not see.
    """
    case, language = story.case, story.language
    effects = queries.effects(case)
    tables = (
        _table(story, "history", ("when", "who", "what", "clause"), _history(story)),
        _table(story, "messages", ("when", "who", "text"), _messages(story)),
        _table(story, "exhibits", ("number", "file", "who", "digest"), _exhibits(story)),
        _table(story, "findings", ("clause", "verdict", "text"), _findings(story)),
        _table(story, "owed", ("number", "what", "amount", "due", "status"), _owed(story)),
    )
    return {
        "particulars": story.particulars(
            **the_case(story), state=name("state", case.state, language),
        ),
        "tables": tuple(table for table in tables if table.rows),
        "clocks": tuple(
            account(case, clock, effects, language, at=story.at) for clock in case.clocks if clock.kind not in TIMERS
        ),
    }  # fmt: skip


def _table(story: Story, key: str, head: tuple[str, ...], rows: Rows) -> Table:
    """Return a list with its newest MOST rows; its caption tells how many older ones stand on the screen only."""
    found, caption = tuple(rows), story.w(f"dossier.{key}")
    if len(found) > MOST:
        caption = story.w("dossier.shortened", caption=caption, n=len(found) - MOST)
    names = tuple(story.w(f"column.{each}") for each in head)
    return Table(caption=caption, head=names, rows=found[-MOST:], shape=key)


def _history(story: Story) -> Rows:
    for event in queries.events(story.case, story.reader):
        what = name("action", event.action, story.language)
        if event.from_state is not event.to_state:
            what = f"{what} → {name('state', event.to_state, story.language)}"
        yield story.moment(event.at), name("side", event.side, story.language), what, event.clause


def _messages(story: Story) -> Rows:
    for message in messages(story.case, story.reader):
        yield story.moment(message.at), name("side", message.side, story.language), message.body


def _exhibits(story: Story) -> Rows:
    """Yield the exhibits; of one that was not admitted, that it is there and why it does not count."""
    for exhibit in evidence.of_case(story.case):
        copy, who = evidence.copy_for(exhibit, story.reader), name("side", exhibit.side, story.language)
        if not exhibit.counts:
            words = f"{name('standing', 'excluded', story.language)}: {exhibit.standing_reason}"
            yield str(exhibit.number), words, who, exhibit.digest_of(copy[0]) if copy else "—"
        elif copy:
            yield str(exhibit.number), copy[1], who, exhibit.digest_of(copy[0])


def _findings(story: Story) -> Rows:
    for found in queries.findings(story.case):
        verdict = name("verdict", found.verdict, story.language)
        yield found.clause, verdict, found.explanation.get(story.language, "")


def _owed(story: Story) -> Rows:
    for remedy in remedies(story.case):
        if remedy.source == "decision" or sees_offers(story.reader):
            yield _owed_row(story, remedy)


def _owed_row(story: Story, remedy: Remedy) -> tuple[str, ...]:
    amount = phrasing.money(remedy.amount_minor, remedy.currency, story.language) if remedy.amount_minor else "—"
    kind = book.current().remedy_kind(remedy.kind).name.in_(story.language)
    status = name("remedy_status", remedy.status, story.language)
    return str(remedy.n), kind, amount, story.until(remedy.due_at), status
