"""The rulebook as pictures in Mermaid's notation: who answers for what, and the way of a case."""

from collections.abc import Iterable
from datetime import date

from workflows.regulation.rulebook import Rulebook

Arrow = tuple[str, str, str]  # from, what is done, to


def liability(book: Rulebook, language: str, on: date | None = None) -> str:
    """Return a flow chart from each anomaly to its responsible party and its emergency plans.

    Source: clauses 2.2.2 and 2.2.3.3.
    """
    lines = ["flowchart LR"]
    for anomaly in book.anomalies.on(on):
        lines.append(f"  {anomaly.key}[{_quoted(anomaly.name.in_(language))}]")
        row = book.responsible(anomaly.key, on)
        if row:
            party = book.party_kind(row.party_kind, on)
            lines.append(f"  {anomaly.key} -->|{row.clause}| {party.key}([{_quoted(party.name.in_(language))}])")
        for plan in book.plans_for(anomaly.key, on):
            lines.append(f"  {anomaly.key} -.->|{plan.clause}| {plan.key}{{{{{_quoted(plan.name.in_(language))}}}}}")
    return "\n".join(lines) + "\n"


def way_of_a_case(arrows: Iterable[Arrow], start: str) -> str:
    """Return a state chart from the arrows of the table of steps; several acts between two states share one arrow."""
    acts: dict[tuple[str, str], list[str]] = {}
    for source, act, target in arrows:
        told = acts.setdefault((source, target), [])
        if act not in told:
            told.append(act)
    lines = ["stateDiagram-v2", f"  [*] --> {start}"]
    lines += [f"  {source} --> {target}: {', '.join(told)}" for (source, target), told in acts.items()]
    return "\n".join(lines) + "\n"


def _quoted(words: str) -> str:
    return '"' + words.replace('"', "#quot;") + '"'
