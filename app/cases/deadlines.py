"""The clocks of a case explained from its record, and compared with the rows. Source: clause 2.2.4.3, 3.1.4."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from app.cases.models import FAR, Case, CaseEvent, ClockEffect
from app.cases.queries import effects, events
from workflows.procedure.authority import SYSTEM
from workflows.procedure.recompute import Account, Difference, Entry, differences, nearest_end, recompute
from workflows.regulation import book

EVERYTHING = 1_000_000


class Explanation(Struct, frozen=True):
    """Every clock of a case with its account, and where rows and record disagree."""

    accounts: list[Account]
    differences: list[Difference]
    due_at_differs: bool

    @property
    def sound(self) -> bool:
        return not self.differences and not self.due_at_differs


def explained(case: Case) -> Explanation:
    """Return the accounts of the case's clocks, worked out from its history and the figures in force for it."""
    rules = book.current()
    history = [entry_of(event) for event in events(case, SYSTEM, limit=EVERYTHING)]
    accounts = recompute(history, rules, on=case.law_as_of)
    done: dict[int, list[ClockEffect]] = defaultdict(list)
    for effect in effects(case):
        done[effect.clock_id].append(effect)
    stored = [(clock, done[clock.id]) for clock in case.clocks]
    return Explanation(
        accounts,
        differences(accounts, stored, rules, on=case.law_as_of),
        due_at_differs=case.due_at != (nearest_end(accounts) or FAR),
    )


def entry_of(event: CaseEvent) -> Entry:
    """Return the entry of the history as the procedure reads it."""
    return Entry(
        event.seq, event.at, event.action, event.branch, event.from_state, event.to_state, event.side, event.detail
    )
