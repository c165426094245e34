"""The clocks of a published case, worked out again from its history. Source: clauses 2.2.4.3, 3.1.4.

Left out are the clocks of offers, blind bids and signatures: these acts are not public.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.recompute import Entry, differences, recompute
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

PREFIX = "detail."
NOT_PUBLIC = (ClockKind.OFFER, ClockKind.BIDDING, ClockKind.SIGNING)


def clocks_of(
    account: Mapping[str, Any], acts: Sequence[Mapping[str, Any]], effects: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield each difference between the clocks as they were published and as the record gives them.

    Raises: KeyError or ValueError where something of them is missing.
    """
    on, rules = date.fromisoformat(account["law_as_of"]), book.current()
    history = sorted((_entry(each) for each in acts if each["seq"] <= account["last_seq"]), key=lambda each: each.seq)
    known = [each for each in recompute(history, rules, on=on) if each.kind not in NOT_PUBLIC]
    done: dict[int, list[Any]] = defaultdict(list)
    for effect in effects:
        done[effect["clock_id"]].append(_instants(effect, "due_at", "at"))
    stored = [(_row(each), done[each["id"]]) for each in account["clocks"] if each["kind"] not in NOT_PUBLIC]
    different = False
    for found in differences(known, stored, rules, on=on):
        yield f"clock {found.kind} {found.generation}, {found.what}: {found.stored}, by the record {found.recomputed}"
        different = True
    if different and account.get("rulebook") != rules.version:
        yield f"worked out by rulebook {rules.version}, opened under {account.get('rulebook')}: name it with --rulebook"
    if not known:
        yield "there is no clock in the record"


def _entry(act: Mapping[str, Any]) -> Entry:
    detail = {name.removeprefix(PREFIX): value for name, value in act.items() if name.startswith(PREFIX)}
    source = CaseState(act["from_state"]) if act["from_state"] else None
    return Entry(
        act["seq"], datetime.fromisoformat(act["at"]), Action(act["action"]), act["branch"], source,
        CaseState(act["to_state"]), act["side"], detail,
    )  # fmt: skip


def _row(clock: Mapping[str, Any]) -> Any:
    row = _instants(clock, "started_at", "due_at", "ended_at")
    row.kind, row.status = ClockKind(clock["kind"]), ClockStatus(clock["status"])
    return row


def _instants(values: Mapping[str, Any], *names: str) -> Any:
    read = {name: datetime.fromisoformat(values[name]) if values[name] else None for name in names}
    return SimpleNamespace(**{**values, **read})
