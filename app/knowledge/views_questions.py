"""Staff's pages: the questions that the assistant could not answer, each answered once for everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.core.db import transaction
from app.knowledge import asking, queries, service
from app.knowledge.commands import GiveAnswer
from app.knowledge.forms import AnswerForm
from app.knowledge.models import OpenQuestion
from app.knowledge.views import today
from app.web.guards import act, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

questions = Blueprint("questions", __name__, url_prefix="/desk/questions")
BLUEPRINTS = (questions,)


@questions.get("")
@requires(Permission.QUESTION_ANSWER)
def waiting() -> str:
    """Show what waits for an answer, the most asked first, and what staff answered."""
    return render_template(
        "knowledge/questions.html", waiting=queries.open_questions(act().at), given=queries.given_answers()
    )


@questions.route("/<int:question_id>", methods=["GET", "POST"])
@requires(Permission.QUESTION_ANSWER)
def answer(question_id: int) -> Any:
    """Answer one question in three languages."""
    form = AnswerForm(request.form)
    if request.method == "POST" and form.validate() and _given(form, question_id):
        flash(_("Answered. Whoever asks this from now on gets your answer."))
        return redirect(url_for("questions.waiting"), code=303)
    question = _found(question_id)
    near = asking.say(question.text, on=today()).others
    page = render_template("knowledge/question.html", question=question, form=form, near=near)
    return page, 422 if request.method == "POST" else 200


def _found(question_id: int) -> OpenQuestion:
    question = queries.open_question(question_id)
    if question is None:
        raise NotFound
    return question


def _given(form: AnswerForm, question_id: int) -> bool:
    try:
        with transaction():
            service.answer(_found(question_id), GiveAnswer.model_validate(form.command()), act=act())
    except Invalid as wrong:
        form.add_error(wrong.pointer.strip("/"), sentence(wrong.code, wrong.fields))
    except ValidationError:
        form.add_error("clauses", sentence("check_fields"))
    return not form.errors


@questions.post("/<int:question_id>/forget")
@requires(Permission.QUESTION_ANSWER)
def forget(question_id: int) -> Response:
    """Drop a question that no rule can answer."""
    with transaction():
        service.forget(_found(question_id), act=act())
    return redirect(url_for("questions.waiting"), code=303)


@questions.post("/answers/<int:answer_id>/withdraw")
@requires(Permission.QUESTION_ANSWER)
def withdraw(answer_id: int) -> Response:
    """Serve an answer no longer."""
    with transaction():
        given = queries.given_answer(answer_id)
        if given is None:
            raise NotFound
        service.withdraw(given, act=act())
    return redirect(url_for("questions.waiting"), code=303)
