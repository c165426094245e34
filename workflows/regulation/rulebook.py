"""The rulebook as one value: what holds on a day, who answers, how long it takes."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from workflows.regulation.entries import (
    Anomaly,
    Breach,
    Category,
    Clause,
    CreditMethod,
    Explanation,
    Figure,
    Grade,
    Importance,
    ImportanceRule,
    Liability,
    Listing,
    Merits,
    Named,
    OrderField,
    Part,
    Plan,
    Proof,
    RemedyKind,
    Required,
    Sign,
    Term,
    UsualRemedy,
    Wording,
)
from workflows.regulation.shelf import Shelf
from workflows.regulation.text import Text3


def in_order(number: str) -> tuple[int, ...]:
    """Return what sorts numbers of clauses: 2.1.10 after 2.1.9."""
    return tuple(int(piece) for piece in number.split("."))


@dataclass(frozen=True, eq=False)
class Rulebook:
    """One edition of the regulation. `on` is the civil day a case was opened; None means the newest entry.

    A shelf can be looped over: `for anomaly in rulebook.anomalies`.
    """

    edition: str
    version: str
    headings: tuple[Part, ...]
    numbered: Shelf[Clause]
    figures: Shelf[Figure]
    party_kinds: Shelf[Named]
    anomalies: Shelf[Anomaly]
    liabilities: Shelf[Liability]
    plans: Shelf[Plan]
    categories: Shelf[Category]
    remedy_kinds: Shelf[RemedyKind]
    usual_remedies: Shelf[UsualRemedy]
    importance_rules: Shelf[ImportanceRule]
    breaches: Shelf[Breach]
    credit_methods: Shelf[CreditMethod]
    grades: Shelf[Grade]
    listings: Shelf[Listing]
    order_fields: Shelf[OrderField]
    required: Shelf[Required]
    proofs: Shelf[Proof]
    signs: Shelf[Sign]
    wordings: Shelf[Wording]
    merits: Shelf[Merits]
    terms: tuple[Term, ...]
    explanations: tuple[Explanation, ...]

    def clause(self, number: str, on: date | None = None) -> Clause:
        """Return a clause by its number. Raises: NotInRulebook."""
        return self.numbered.get(number, on)

    def clauses(self, on: date | None = None) -> tuple[Clause, ...]:
        """Return all clauses in force, in the regulation's order, as people read them. Source: clause 2.4.1."""
        return tuple(sorted(self.numbered.on(on), key=lambda clause: in_order(clause.number)))

    def parts(self) -> tuple[Part, ...]:
        """Return the headings in the regulation's order, for a table of contents."""
        return tuple(sorted(self.headings, key=lambda part: in_order(part.number)))

    def figure(self, key: str, on: date | None = None) -> Figure:
        """Return a limit. Raises: NotInRulebook."""
        return self.figures.get(key, on)

    def anomaly(self, key: str, on: date | None = None) -> Anomaly:
        """Return a type of anomaly. Raises: NotInRulebook."""
        return self.anomalies.get(key, on)

    def responsible(self, anomaly: str, on: date | None = None) -> Liability | None:
        """Return who answers for an anomaly by the table, None for `other`.

        Source: clause 2.2.2. Raises: NotInRulebook for an unknown anomaly.
        """
        self.anomaly(anomaly, on)
        return self.liabilities.find(anomaly, on)

    def plan(self, key: str, on: date | None = None) -> Plan:
        """Return an emergency plan. Raises: NotInRulebook."""
        return self.plans.get(key, on)

    def plans_for(self, anomaly: str, on: date | None = None) -> tuple[Plan, ...]:
        """Return the emergency plans made ready for an anomaly, in the rulebook's order. Source: clause 2.2.3.3."""
        return tuple(plan for plan in self.plans.on(on) if anomaly in plan.anomalies)

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
        goods = self.category(category, on)
        told = {
            "danger": danger,
            "emergency": emergency,
            "money_at_risk": money_at_risk,
            "perishable": goods is not None and goods.perishable,
            "medical": goods is not None and goods.medical,
        }
        for rule in self.importance_rules.on(on):
            if anomaly in rule.anomalies or any(told[cue] for cue in (*rule.cues, *rule.goods)):
                return "important"
        return "ordinary"

    def category(self, name: str | None, on: date | None = None) -> Category | None:
        """Return the kind of goods by its key or one of its other names, None if the rulebook does not know it."""
        return self.categories.find(name, on)

    def party_kind(self, key: str, on: date | None = None) -> Named:
        """Return a kind of party. Raises: NotInRulebook."""
        return self.party_kinds.get(key, on)

    def remedy_kind(self, key: str, on: date | None = None) -> RemedyKind:
        """Return a kind of remedy. Raises: NotInRulebook."""
        return self.remedy_kinds.get(key, on)

    def breach(self, key: str, on: date | None = None) -> Breach:
        """Return a kind of breach with its penalties. Source: clause 3.2.3. Raises: NotInRulebook."""
        return self.breaches.get(key, on)

    def credit_method(self, on: date | None = None) -> CreditMethod:
        """Return how scores are worked out. Source: clause 1.2.3. Raises: NotInRulebook."""
        return self.credit_methods.get("score", on)

    def order_field(self, name: str | None, on: date | None = None) -> OrderField | None:
        """Return a field of an order by its key or one of its other names, None if the rulebook does not know it."""
        return self.order_fields.find(name, on)

    def required_by(self, clause: str, on: date | None = None) -> tuple[Required, ...]:
        """Return what a clause requires: fields of a listing, proof of a request."""
        return tuple(each for each in self.required.on(on) if each.clause == clause)

    def proof_of(self, anomaly: str, on: date | None = None) -> tuple[Proof, ...]:
        """Return what proves an anomaly, the consumer's and the respondent's. Source: clause 2.1.6.5."""
        return tuple(proof for proof in self.proofs.on(on) if anomaly in proof.anomalies)

    def signs_on(self, seen_on: str, on: date | None = None) -> tuple[Sign, ...]:
        """Return what an inspection can see on "packaging" or as "damage". Source: clause 2.1.5.2."""
        return tuple(sign for sign in self.signs.on(on) if sign.seen_on == seen_on)

    def term(self, key: str) -> Term:
        """Return a word that findings use, a party among them. Raises: KeyError."""
        return self._terms[key]

    def explanation(self, clause: str, key: str) -> Text3:
        """Return the sentence of a finding. Raises: KeyError."""
        return self._explanations[clause, key]

    @cached_property
    def _terms(self) -> dict[str, Term]:
        parties = {each.key: Term(key=each.key, name=each.name) for each in self.party_kinds}
        return parties | {each.key: each for each in self.terms}

    @cached_property
    def _explanations(self) -> dict[tuple[str, str], Text3]:
        return {(each.clause, each.key): each.text for each in self.explanations}
