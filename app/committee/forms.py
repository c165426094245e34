"""The committee's forms. Each cleans, checks, and hands over a frozen command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, PasswordField, RadioField, SelectMultipleField
from wtforms import Form as Part
from wtforms.widgets import CheckboxInput, ListWidget

from app.cases.forms import TermsMixin, terms_for_form
from app.cases.models import Case
from app.cases.terms import restored
from app.committee.commands import (
    STATEMENTS,
    CastVotes,
    DeclareInterest,
    DraftDecision,
    IssueVote,
    OutcomeKey,
    ReturnDraft,
    RuleChallenge,
    SignDecision,
)
from app.committee.models import Decision, Panel, Vote
from app.web.forms import Form, OneOf, Required, line_field, text_field
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.errors import Stale
from workflows.procedure.issues import said
from workflows.procedure.voting import Choice

NOTE = 2_000


class Ticks(SelectMultipleField):
    """Several answers as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ActForm(Form):
    """A form of the committee: it finds the field that a refused command points at."""

    def rows_of(self, name: str) -> Sequence[Part]:
        """Return the rows that the list `name` of the command was made from."""
        return ()

    def refuse(self, pointer: str, words: str) -> None:
        """Put a refusal beside the field that its JSON pointer names, in a row where it names one."""
        name, *rest = pointer.strip("/").split("/")
        rows = self.rows_of(name)
        if rows:
            row = rows[int(rest[0])] if rest else rows[0]
            field = row[rest[1]] if len(rest) > 1 and rest[1] in row else next(iter(row))
            field.errors = [*field.errors, words]
            name = next(each.name for each in self if each.type == "FieldList")
        self.add_error(name, words)


class StepForm(ActForm):
    """A form that knows the version its page was made from, so that a stale page is caught."""

    seen = HiddenField()
    overtaken = False

    def meet(self, stale: Stale) -> None:
        """Tell that somebody else was first; what was written stays, and sending it again is then on purpose."""
        self.form_errors.append(sentence(stale.code))
        self.seen.data, self.overtaken = str(stale.current), True

    def version(self) -> int | None:
        """Return the version that the page was made from."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


class InterestForm(ActForm):
    """None, or an interest and what it is."""

    interest = RadioField(
        _l("Do you have an interest in this case?"), validators=[Required(_l("Choose one of the two."))]
    )
    reason = text_field(_l("What is your interest?"), limit=NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interest.choices = [
            ("none", _l("No, I can judge it freely")), ("conflict", _l("Yes, somebody else should take my seat")),
        ]  # fmt: skip

    def to_command(self) -> DeclareInterest:
        return DeclareInterest(interest=self.interest.data, reason=self.reason.data or "")


class RulingForm(ActForm):
    """Whether a challenge is upheld, and why."""

    ruling = RadioField(_l("Your ruling"), validators=[Required(_l("Choose one of the two."))])
    reason = text_field(_l("Your reasons"), Required(_l("Give your reasons.")), limit=NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ruling.choices = [
            ("upheld", _l("Upheld: another member is drawn")), ("rejected", _l("Rejected: the member stays")),
        ]  # fmt: skip

    def to_command(self, n: int) -> RuleChallenge:
        return RuleChallenge(challenge=n, ruling=self.ruling.data, reason=self.reason.data or "")


class IssueForm(Part):
    """A vote on one issue."""

    choice = RadioField(
        validators=[
            Required(_l("Choose how you vote on this issue.")),
            OneOf(("uphold", "partly", "reject", "abstain")),
        ]
    )
    reason = text_field(_l("Your reasons"), Required(_l("Give your reasons.")), limit=NOTE)


class VoteForm(ActForm):
    """A vote on every issue; the chair, whose vote decides a tie, cannot abstain."""

    issues = FieldList(FormField(IssueForm))

    def prepare(self, panel: Panel, *, is_chair: bool, own: Mapping[int, Vote]) -> None:
        """Make one row an issue, with the member's own earlier vote."""
        while len(self.issues) < len(panel.issues):
            self.issues.append_entry()
        choices = ("uphold", "partly", "reject") if is_chair else ("uphold", "partly", "reject", "abstain")
        for issue, row in zip(panel.issues, self.issues, strict=False):
            row.form.choice.choices = [(key, said(issue.kind, Choice(key), language())) for key in choices]
            if not self.is_submitted() and issue.n in own:
                row.form.choice.data, row.form.reason.data = own[issue.n].choice.value, own[issue.n].reason

    def rows_of(self, name: str) -> Sequence[Part]:
        return [row.form for row in self.issues] if name == "votes" else ()

    def to_command(self) -> CastVotes:
        return CastVotes(
            votes=[
                IssueVote(issue=n, choice=row.form.choice.data, reason=row.form.reason.data)
                for n, row in enumerate(self.issues, start=1)
            ]
        )


class DraftForm(TermsMixin, StepForm):
    """What the secretary writes; the outcome follows from the vote and is not asked."""

    facts = text_field(_l("Facts found"), Required(_l("Write down at least one fact that the panel found.")))
    clauses = Ticks(_l("Clauses applied"))
    more_clauses = line_field(_l("Further clauses"))
    reasons = text_field(_l("Reasons"), Required(_l("Write down the panel's reasons.")))
    dissent = text_field(_l("Dissent"), limit=NOTE)

    def prepare(self, clauses: Sequence[tuple[str, str]]) -> None:
        """Offer the clauses that the issues and findings name."""
        self.clauses.choices = list(clauses)

    def rows_of(self, name: str) -> Sequence[Part]:
        return (list(self.used_rows()) or [self.terms[0].form]) if name == "terms" else ()

    def refuse(self, pointer: str, words: str) -> None:
        """The facts are one field of many lines, and the outcome is not asked."""
        super().refuse(pointer.replace("/facts_found", "/facts"), words)

    def to_command(self, outcome: OutcomeKey) -> DraftDecision:
        further = (self.more_clauses.data or "").replace("，", " ").replace("、", " ").replace(",", " ").split()
        return DraftDecision(
            outcome=outcome, facts_found=[line.strip() for line in self.facts.data.splitlines() if line.strip()],
            clauses=list(dict.fromkeys([*(self.clauses.data or []), *further])), reasons=self.reasons.data,
            terms=self.read_terms(), dissent=self.dissent.data or "", version=self.version(),
        )  # fmt: skip


def draft_for_form(case: Case, decision: Decision) -> dict[str, Any]:
    """Return an earlier draft as the form is filled with."""
    return {
        "facts": "\n".join(decision.facts_found), "clauses": decision.clauses, "reasons": decision.reasons,
        "dissent": decision.dissent or "", "terms": terms_for_form(case, restored(decision.terms)),
    }  # fmt: skip


STATEMENT_WORDS = {
    "dossier_read": _l("I have read the dossier and this decision in full."),
    "matches_vote": _l("The decision says what the panel voted, with its reasons and any dissent."),
    "no_interest": _l("Since I declared that I have no interest in this case, none has arisen."),
    "names_nobody": _l("It names no private person and says nothing of what was offered in mediation."),
}


class SignForm(StepForm):
    """Every statement ticked, and the password once more."""

    statements = Ticks(_l("I confirm"))
    dissent = RadioField(
        _l("Is the dissenting opinion published?"), validators=[Required(_l("Rule on the dissenting opinion."))]
    )
    password = PasswordField(_l("Your password"), validators=[Required(_l("Enter your password."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements.choices = [(key, STATEMENT_WORDS[key]) for key in STATEMENTS]
        self.dissent.choices = [
            ("publish", _l("Yes, without names")), ("keep", _l("No, only that there was one")),
        ]  # fmt: skip

    def about(self, decision: Decision) -> None:
        """Ask what becomes of a dissent only where there is one."""
        if not decision.dissent:
            del self.dissent

    def to_command(self) -> SignDecision:
        ruled = {"dissent": self.dissent.data} if "dissent" in self else {}
        return SignDecision(
            statements=list(self.statements.data or []), password=self.password.data, version=self.version(), **ruled
        )


class ReturnForm(StepForm):
    """Why the draft goes back."""

    note = text_field(_l("What has to change?"), Required(_l("Say what has to change.")), limit=NOTE)

    def to_command(self) -> ReturnDraft:
        return ReturnDraft(note=self.note.data, version=self.version())
