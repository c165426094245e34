"""Labels from people's corrections; weights asked for, taught, approved, rejected, used again."""

from __future__ import annotations

from app.cases.models import Case
from app.cases.service import after
from app.core import outbox
from app.core.db import after_commit, session
from app.learning import queries, teaching
from app.learning.commands import Decide
from app.learning.models import Label, Stage, Weights
from app.learning.teaching import Taught
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.states import Action
from workflows.triage import approved, scoring


@after(Action.CLASSIFY)
def keep_label(case: Case, act: Act) -> None:
    """Keep what a person said of a case beside what triage had read of it, where it had read anything."""
    reading = case.reading
    if act.actor.is_system or not reading.get("model_version"):
        return
    by_fact = bool(reading.get("missing")) or any(reason.get("fact") for reason in reading.get("reasons", ()))
    label = Label(
        case_id=case.id, user_id=act.actor.user_id, at=act.at, language=case.language,
        anomaly=case.anomaly, party=case.responsible_kind, emergency=case.emergency,
        read_anomaly=reading["anomaly"], read_party=reading["responsible_party"], read_emergency=reading["emergency"],
        percent_sure=round(reading["confidence"] * 100), by_itself=not reading["needs_person"], by_fact=by_fact,
        model_version=reading["model_version"],
    )  # fmt: skip
    session().add(label)


def ask(act: Act) -> Weights:
    """Have weights taught anew beside the web. Raises Invalid while others are being taught."""
    _administers(act)
    if queries.being_taught():
        raise Invalid("being_taught")
    row = Weights(stage=Stage.TEACHING, asked_by=act.actor.user_id, asked_at=act.at, figures={}, changed=[])
    session().add(row)
    session().flush()
    outbox.add(outbox.Task.TEACH_TRIAGE, at=act.at, weights_id=row.id)
    return row


def keep(weights_id: int, taught: Taught, *, act: Act) -> None:
    """Write down weights that were taught; they wait for an administrator."""
    row = queries.by_id(weights_id)
    if row is None or row.stage is not Stage.TEACHING:
        return
    row.stage, row.taught_at = Stage.CANDIDATE, act.at
    row.sha256, row.version, row.against = approved.keep(taught.content), taught.model.version, taught.against
    row.ground = scoring.ground()
    row.texts, row.labels, row.held_back = taught.texts, taught.labels, taught.held_back
    row.figures, row.changed = taught.figures, taught.changed


def give_up(weights_id: int) -> None:
    """Write down that teaching failed, so that it can be asked for again."""
    row = queries.by_id(weights_id)
    if row is not None and row.stage is Stage.TEACHING:
        row.stage = Stage.FAILED


def decide(weights: Weights, command: Decide, *, act: Act) -> None:
    """Approve weights, and every process reads with them from the commit on; or reject them. Source: clause 3.1.2.

    Approving takes another administrator than who asked for them.
    """
    _administers(act)
    if weights.stage is not Stage.CANDIDATE:
        raise Invalid("weights_decided")
    if command.approve:
        if asked_for_by(weights, act.actor):
            raise NotPermitted("second_person")
        _usable(weights)
        _use(weights.sha256)
    weights.stage = Stage.APPROVED if command.approve else Stage.REJECTED
    weights.decided_by, weights.decided_at, weights.reason = act.actor.user_id, act.at, command.reason


def asked_for_by(weights: Weights, actor: Actor) -> bool:
    """Return whether it was this person who asked for the weights: approving them takes somebody else."""
    return weights.asked_by is not None and weights.asked_by == actor.user_id


def use_again(weights: Weights | None, *, act: Act) -> None:
    """Go back to weights that were approved before; None for those the product ships."""
    _administers(act)
    if weights is None:
        _use(None)
        return
    if weights.stage is not Stage.APPROVED:
        raise Invalid("weights_not_approved")
    _usable(weights)
    _use(weights.sha256)


def _administers(act: Act) -> None:
    if not act.actor.may(Permission.SYSTEM_MANAGE):
        raise NotPermitted("role", permission=Permission.SYSTEM_MANAGE)


def _usable(weights: Weights) -> None:
    if not approved.fits(weights.ground or ""):
        raise Invalid("weights_of_another_release")
    try:
        approved.kept(weights.sha256 or "")
    except (OSError, ValueError):
        raise Invalid("weights_gone") from None


def _use(sha256: str | None) -> None:
    after_commit(lambda: approved.choose(sha256))


def lessons() -> list[teaching.Lesson]:
    """Return what people's labels teach."""
    labels = queries.last_labels()
    return teaching.lessons(labels, queries.texts_of(labels))
