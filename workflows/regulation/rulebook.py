"""The rulebook as one value: what holds on a day, who answers, how long it takes."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from workflows.regulation.entries import (
    Anomaly,
    Breach,
    Category,
    Clause,
    Figure,
    Importance,
    ImportanceRule,
    Liability,
    Named,
    Part,
    Plan,
    RemedyKind,
)
from workflows.regulation.errors import NotInRulebook

Entry = TypeVar("Entry", Anomaly, Breach, Category, Clause, Figure, Liability, Named, Plan, RemedyKind, ImportanceRule)


def _newest(entries: list[Entry], what: str, on: date | None) -> Entry:
    """Return the entry in force on the day, the newest of all without a day. Raises: NotInRulebook."""
    held = [entry for entry in entries if on is None or entry.in_force(on)]
    if not held:
        when = "" if on is None else f" in force on {on}"
        raise NotInRulebook(f"The rulebook has no {what}{when}.")
    return max(held, key=lambda entry: entry.in_force_from)


def _in_order(number: str) -> tuple[int, ...]:
    return tuple(int(piece) for piece in number.split("."))


@dataclass(frozen=True, eq=False)
class Rulebook:
    """One edition of the regulation. `on` is the civil day a case was opened; None means the newest entry."""

    edition: str
    version: str
    headings: tuple[Part, ...]
    all_clauses: tuple[Clause, ...]
    figures: tuple[Figure, ...]
    party_kinds: tuple[Named, ...]
    anomalies: tuple[Anomaly, ...]
    liabilities: tuple[Liability, ...]
    plans: tuple[Plan, ...]
    categories: tuple[Category, ...]
    remedy_kinds: tuple[RemedyKind, ...]
    importance_rules: tuple[ImportanceRule, ...]
    breaches: tuple[Breach, ...]

    def clause(self, number: str, on: date | None = None) -> Clause:
        """Return a clause by its number. Raises: NotInRulebook."""
        return _newest(self._clauses.get(number, []), f"clause {number}", on)

    def clauses(self, on: date | None = None) -> tuple[Clause, ...]:
        """Return all clauses in force, in the regulation's order."""
        numbers = sorted(self._clauses, key=_in_order)
        held = (number for number in numbers if on is None or any(c.in_force(on) for c in self._clauses[number]))
        return tuple(self.clause(number, on) for number in held)

    def parts(self) -> tuple[Part, ...]:
        """Return the headings in the regulation's order, for a table of contents."""
        return tuple(sorted(self.headings, key=lambda part: _in_order(part.number)))

    def figure(self, key: str, on: date | None = None) -> Figure:
        """Return a limit. Raises: NotInRulebook."""
        return _newest(self._figures.get(key, []), f"figure '{key}'", on)

    def anomaly(self, key: str, on: date | None = None) -> Anomaly:
        """Return a type of anomaly. Raises: NotInRulebook."""
        return _newest([each for each in self.anomalies if each.key == key], f"anomaly '{key}'", on)

    def responsible(self, anomaly: str, on: date | None = None) -> Liability | None:
        """Return who answers for an anomaly by the table, None for `other`.

        Source: clause 2.2.2. Raises: NotInRulebook for an unknown anomaly.
        """
        self.anomaly(anomaly, on)
        rows = [row for row in self.liabilities if row.anomaly == anomaly]
        return _newest(rows, f"liability for '{anomaly}'", on) if rows else None

    def plans_for(self, anomaly: str, on: date | None = None) -> tuple[Plan, ...]:
        """Return the emergency plans made ready for an anomaly, in the rulebook's order. Source: clause 2.2.3.3."""
        keys = dict.fromkeys(plan.key for plan in self.plans if on is None or plan.in_force(on))
        newest = (self.plan(key, on) for key in keys)
        return tuple(plan for plan in newest if anomaly in plan.anomalies)

    def plan(self, key: str, on: date | None = None) -> Plan:
        """Return an emergency plan. Raises: NotInRulebook."""
        return _newest([each for each in self.plans if each.key == key], f"plan '{key}'", on)

    def importance(
        self,
        anomaly: str | None,
        *,
        danger: bool = False,
        emergency: bool = False,
        money_at_risk: bool = False,
        category: str | None = None,
        on: date | None = None,
    ) -> Importance:
        """Return whether a matter is important (replied to sooner) or ordinary. Source: clause 2.1.7.1."""
        told = {"danger": danger, "emergency": emergency, "money_at_risk": money_at_risk}
        goods = self.category(category)
        for rule in self.importance_rules:
            if on is not None and not rule.in_force(on):
                continue
            if anomaly in rule.anomalies or any(told[cue] for cue in rule.cues):
                return "important"
            if goods is not None and any(getattr(goods, property_) for property_ in rule.goods):
                return "important"
        return "ordinary"

    def category(self, name: str | None) -> Category | None:
        """Return the kind of goods by its key or one of its other names, None if the rulebook does not know it."""
        return None if name is None else self._categories.get(name.strip().casefold())

    def party_kind(self, key: str) -> Named:
        """Return a kind of party. Raises: NotInRulebook."""
        return _newest([each for each in self.party_kinds if each.key == key], f"party '{key}'", None)

    def remedy_kind(self, key: str) -> RemedyKind:
        """Return a kind of remedy. Raises: NotInRulebook."""
        return _newest([each for each in self.remedy_kinds if each.key == key], f"remedy '{key}'", None)

    def breach(self, key: str, on: date | None = None) -> Breach:
        """Return a kind of breach with its penalties. Source: clause 3.2.3. Raises: NotInRulebook."""
        return _newest([each for each in self.breaches if each.key == key], f"breach '{key}'", on)

    @cached_property
    def _clauses(self) -> dict[str, list[Clause]]:
        found: dict[str, list[Clause]] = {}
        for clause in self.all_clauses:
            found.setdefault(clause.number, []).append(clause)
        return found

    @cached_property
    def _figures(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            found.setdefault(figure.key, []).append(figure)
        return found

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {name.casefold(): each for each in self.categories for name in (each.key, *each.aliases)}
