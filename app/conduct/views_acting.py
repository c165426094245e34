"""Taking an act on a penalty from a page: one transaction, a refusal beside the field that it is about."""

from __future__ import annotations

from sqlalchemy.orm.exc import StaleDataError

from app.cases import actions
from app.cases.queries import by_number
from app.conduct.forms import PenaltyForm
from app.core.db import transaction
from app.web.errors import STATUS
from app.web.guards import act, current_actor
from app.web.words import sentence
from workflows.procedure.errors import ProcedureError, Stale
from workflows.procedure.states import Action


def taken(form: PenaltyForm, action: Action) -> int:
    """Carry the form's command out; return 0, or the status of the refusal, which then stands in the form."""
    number, command = form.penalty.case.number, form.to_command()
    try:
        with transaction():
            case = by_number(number, current_actor())
            if case is None:  # the case went on to another company
                return 404
            actions.carry_out(case, action, command, act=act())
    except ProcedureError as refused:
        form.form_errors = [*form.form_errors, sentence(refused.code, refused.fields)]
        if isinstance(refused, Stale):
            form.version.data = None  # the page comes back with what is new, and is made from that
        return next((STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS), 422)
    except StaleDataError:
        form.form_errors = [*form.form_errors, sentence("stale")]
        return 409
    return 0
