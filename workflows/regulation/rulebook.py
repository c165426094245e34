"""The rulebook as one value: what holds on a day, who answers, how long it takes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from workflows.regulation.entries import (
    Anomaly,
    Breach,
    Category,
    Clause,
    Explanation,
    Figure,
    Importance,
    ImportanceRule,
    Liability,
    Merits,
    Named,
    OrderField,
    Part,
    Period,
    Plan,
    RemedyKind,
    Required,
    Term,
    Wording,
)
from workflows.regulation.errors import NotInForce, NotInRulebook
from workflows.regulation.text import Text3

Entry = TypeVar("Entry", bound=Period)


def _newest(entries: list[Entry], what: str, on: date | None) -> Entry:
    """Return the entry in force on the day, the newest of all without a day. Raises: NotInRulebook."""
    if not entries:
        raise NotInRulebook(f"The rulebook has no {what}.")
    held = [entry for entry in entries if on is None or entry.in_force(on)]
    if not held:
        raise NotInForce(f"The rulebook's {what} is not in force on {on}.")
    return max(held, key=lambda entry: entry.in_force_from)


def _by_name(entries: Iterable[Entry], names: Callable[[Entry], Iterable[str]]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for name in names(entry):
            found.setdefault(name.casefold(), []).append(entry)
    return found


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
    terms: tuple[Term, ...]
    explanations: tuple[Explanation, ...]
    order_fields: tuple[OrderField, ...]
    required: tuple[Required, ...]
    wordings: tuple[Wording, ...]
    merits: tuple[Merits, ...]

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
        goods = self.category(category, on)
        for rule in self.importance_rules:
            if on is not None and not rule.in_force(on):
                continue
            if anomaly in rule.anomalies or any(told[cue] for cue in rule.cues):
                return "important"
            if goods is not None and any(getattr(goods, property_) for property_ in rule.goods):
                return "important"
        return "ordinary"

    def category(self, name: str | None, on: date | None = None) -> Category | None:
        """Return the kind of goods by its key or one of its other names, None if the rulebook does not know it."""
        held = self._categories.get("" if name is None else name.strip().casefold(), [])
        return _newest(held, f"category '{name}'", on) if held else None

    def party_kind(self, key: str) -> Named:
        """Return a kind of party. Raises: NotInRulebook."""
        return _newest([each for each in self.party_kinds if each.key == key], f"party '{key}'", None)

    def remedy_kind(self, key: str) -> RemedyKind:
        """Return a kind of remedy. Raises: NotInRulebook."""
        return _newest([each for each in self.remedy_kinds if each.key == key], f"remedy '{key}'", None)

    def breach(self, key: str, on: date | None = None) -> Breach:
        """Return a kind of breach with its penalties. Source: clause 3.2.3. Raises: NotInRulebook."""
        return _newest([each for each in self.breaches if each.key == key], f"breach '{key}'", on)

    def term(self, key: str) -> Term:
        """Return a word that findings use, a party among them. Raises: KeyError."""
        return self._terms[key]

    def explanation(self, clause: str, key: str) -> Text3:
        """Return the sentence of a finding. Raises: KeyError."""
        return self._explanations[clause, key]

    def order_field(self, name: str, on: date | None = None) -> OrderField | None:
        """Return a field of an order by its key or one of its other names, None if the rulebook does not know it."""
        held = self._order_fields.get(name.strip().casefold(), [])
        return _newest(held, f"order field '{name}'", on) if held else None

    def required_by(self, clause: str, on: date | None = None) -> tuple[Required, ...]:
        """Return what a clause requires: fields of a listing, proof of a request."""
        return tuple(each for each in self.required if each.clause == clause and (on is None or each.in_force(on)))

    @cached_property
    def _clauses(self) -> dict[str, list[Clause]]:
        return _by_name(self.all_clauses, lambda clause: (clause.number,))

    @cached_property
    def _figures(self) -> dict[str, list[Figure]]:
        return _by_name(self.figures, lambda figure: (figure.key,))

    @cached_property
    def _categories(self) -> dict[str, list[Category]]:
        return _by_name(self.categories, lambda each: (each.key, *each.aliases))

    @cached_property
    def _order_fields(self) -> dict[str, list[OrderField]]:
        return _by_name(self.order_fields, lambda each: (each.key, *each.aliases))

    @cached_property
    def _terms(self) -> dict[str, Term]:
        parties = {each.key: Term(key=each.key, name=each.name) for each in self.party_kinds}
        return parties | {each.key: each for each in self.terms}

    @cached_property
    def _explanations(self) -> dict[tuple[str, str], Text3]:
        return {(each.clause, each.key): each.text for each in self.explanations}
