"""A draft as its forms: what each step holds, what is still open, and the complaint that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from msgspec import Struct

from app.cases.forms import read_amount
from app.intake.commands import Submission
from app.intake.forms import UNSURE, ContactForm, OrderForm, OutcomeForm, ProblemForm, StepForm
from app.intake.forms_details import details_for
from app.intake.signed import FromShop
from app.web.guards import act
from app.web.i18n import language
from workflows.procedure.checks import engine
from workflows.procedure.checks.facts import DEFAULT_ZONE, CheckRequest
from workflows.procedure.checks.finding import Finding, Verdict
from workflows.regulation import book

STEPS = ("order", "problem", "details", "outcome", "evidence", "contact")
ASKED = tuple(step for step in STEPS if step != "evidence")
Answers = dict[str, Any]


def form_class(step: str, answers: Answers) -> type[StepForm]:
    """Return the form of a step; which facts are asked for depends on what went wrong."""
    fixed: dict[str, type[StepForm]] = {
        "order": OrderForm, "problem": ProblemForm, "outcome": OutcomeForm, "contact": ContactForm,
    }  # fmt: skip
    return fixed.get(step) or details_for(_anomaly(answers))


def posted(step: str, answers: Answers) -> StepForm:
    """Return the form as the browser sent it."""
    return _set_up(form_class(step, answers)(), answers)


def shown(step: str, answers: Answers) -> StepForm:
    """Return the form as the draft fills it, with what can be known already filled in."""
    form = _set_up(form_class(step, answers)(formdata=None, data=answers.get(step) or _known(step, answers)), answers)
    if isinstance(form, OutcomeForm):
        form.prefill()
    if isinstance(form, ContactForm) and not form.speak.data:
        form.speak.data = language()
    return form


def _known(step: str, answers: Answers) -> Answers | None:
    """Return what the shop signed of a step that was not answered yet."""
    shop = FromShop.kept_in(answers)
    return shop.days() if shop and step == "details" else None


def _kept(step: str, answers: Answers) -> StepForm:
    return _set_up(form_class(step, answers).of_answers(answers.get(step)), answers)


def _set_up(form: StepForm, answers: Answers) -> StepForm:
    if isinstance(form, OutcomeForm):
        form.paid_minor = read_amount((answers.get("order") or {}).get("paid") or "")
        form.offer(_anomaly(answers))
    return form


def _anomaly(answers: Answers) -> str | None:
    said = (answers.get("problem") or {}).get("anomaly")
    return None if said == UNSURE else said


class Complaint(Struct, frozen=True):
    """What the draft holds, checked: a form for each step, and the steps that still need something."""

    forms: dict[str, StepForm]
    gaps: list[str]
    shop: FromShop | None = None

    @property
    def contacts(self) -> list[str]:
        """Return where the complainant is reached."""
        return cast(ContactForm, self.forms["contact"]).reached_at

    @property
    def signed(self) -> FromShop | None:
        """Return what the shop signed, as long as the complaint is about that order of that shop."""
        form = self.forms["order"]
        asked = (form["order_number"].data, form["merchant"].data)
        return self.shop if self.shop and self.shop.is_about(*asked) else None

    @property
    def order(self) -> dict[str, Any]:
        """Return the facts of the order, from all steps, and from the shop."""
        told = self._merged("order")
        return self.signed.with_answers(told) if self.signed else told

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return what happened to the order, from the complainant and from the shop."""
        told: list[dict[str, Any]] = self.forms["details"].part().get("events", [])
        return self.signed.events_with(told) if self.signed else told

    def submission(self) -> Submission:
        """Return the complaint. Only for one without gaps."""
        body: dict[str, Any] = {}
        for form in self.forms.values():
            body |= form.part()
        if self.signed:
            body["respondent"] = {"organisation_id": self.signed.organisation_id, "name": self.signed.name}
        return Submission.model_validate(body | {"order": self.order, "events": self.events})

    def findings(self) -> Sequence[Finding]:
        """Return the breaches that the facts show so far, to tell the complainant where they stand."""
        facts: dict[str, Any] = {"order": self.order, "events": self.events}
        facts |= {"complaint_at": act().at.isoformat(), "time_zone": DEFAULT_ZONE}
        found = engine.check(CheckRequest.from_json(facts), book.current())
        return [each for each in found if each.verdict is Verdict.BREACH]

    def _merged(self, name: str) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for form in self.forms.values():
            merged |= form.part().get(name, {})
        return merged


def read(answers: Answers) -> Complaint:
    """Return the draft's complaint, every step checked again."""
    forms = {step: _kept(step, answers) for step in ASKED}
    gaps = [step for step, form in forms.items() if not form.validate()]
    return Complaint(forms, gaps, FromShop.kept_in(answers))
