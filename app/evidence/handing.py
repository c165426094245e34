"""Handing exhibits out for saving: the copy that is the reader's; what does harm to staff only, who say why."""

from __future__ import annotations

from typing import cast

from flask import Response, abort, make_response, redirect, url_for
from flask_babel import gettext as _

from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases.queries import case_to_work
from app.core.storage import store
from app.evidence.models import Evidence
from app.evidence.queries import copy_for, is_party
from app.evidence.scanning import harm_in
from app.web import files
from app.web.errors import answer
from app.web.problem import wants_json
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor

HARMFUL = ".harmful"  # so that no machine opens it by a click


def send(evidence: Evidence, actor: Actor, *, sure: bool = False) -> Response:
    """Return the copy that this reader gets, for saving; 404 where there is none for them.

    A file that does harm is given to no party, and to staff only who said why (`sure`); others of them are asked.
    """
    harm, given = harm_of(evidence), copy_for(evidence, actor)
    if harm and not (sure and given and not is_party(actor)):
        return _kept_back(evidence, actor, harm)
    ref, filename, media_type = given or abort(404)
    played = media_type.startswith(("audio/", "video/"))  # by the page of the exhibit; nothing else is told its type
    kind = media_type if played and not harm else "application/octet-stream"
    return files.attachment(ref, filename + HARMFUL if harm else filename, kind)


def harm_of(evidence: Evidence) -> str | None:
    """Return what does harm in it, looked up or, until that is written down, looked for."""
    return evidence.known_harm if evidence.preview else harm_in_file(evidence.ref)


def harm_in_file(ref: str) -> str | None:
    """Return what does harm in a stored file; 404 for one that is gone."""
    try:
        return harm_in(store().read(ref))
    except FileNotFoundError:
        abort(404)


def _kept_back(evidence: Evidence, actor: Actor, harm: str) -> Response:
    if is_party(actor):
        words = _("This file is known to do harm (%(what)s). It is kept as evidence and handed out to neither side.",
                  what=harm)  # fmt: skip
    elif not wants_json():
        return cast(Response, redirect(url_for("evidence.harmful", evidence_id=evidence.id), code=303))
    else:
        words = _("This file is known to do harm (%(what)s). Ask again with ?reason= to have it; the reason is kept.",
                  what=harm)  # fmt: skip
    return make_response(answer(409, words))


def say_why(evidence: Evidence, reason: str, *, act: Act) -> None:
    """Write down who takes out a file that does harm, and why; supervisors read it."""
    number = case_to_work(evidence.case_id).number
    state_reason(ReasonFor.HARM, reason, f"{number} · {evidence.number}", act=act)


def may_say_why(evidence: Evidence, actor: Actor) -> bool:
    """Return whether a reason opens the file to this reader."""
    return not is_party(actor) and actor.user_id is not None and harm_of(evidence) is not None
