"""Proposing a change of the rulebook, approving or declining it, and having every process go by it.

Source: clause 3.4.3 (rules are adjusted in time).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from app.accounts import service_approvals
from app.accounts.models_watch import EventKind
from app.accounts.service_approvals import TwoPersonAct, done_by_two
from app.accounts.service_watch import note
from app.core import outbox
from app.core.db import after_commit, canonical, session
from app.ledger.records import recorded
from app.ledger.service import record
from app.rulebook import queries
from app.rulebook.models import Amendment, AmendmentEvent, Step
from workflows.procedure import amending
from workflows.procedure.act import Act
from workflows.procedure.amending import Judged
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.regulation import approved, shipped

ABOUT = "rulebook"
FURTHEST_DAYS = 730
KINDS = {
    Step.PROPOSED: EventKind.RULEBOOK_PROPOSED,
    Step.APPROVED: EventKind.RULEBOOK_APPROVED,
    Step.DECLINED: EventKind.RULEBOOK_DECLINED,
}


class Ready(Struct, frozen=True):
    """A sound change, and the rulebook that it was compared with."""

    judged: Judged
    since: date
    rests_on: int
    against: str


def prepare(files: Mapping[str, str], since: date, *, act: Act) -> Ready:
    """Judge changed files, outside the transaction: it takes half a second.

    Raises: RulebookError with file, entry and reason; Invalid for a day that has begun somewhere, or for no change.
    """
    _administers(act)
    _in_time(since, act)
    rests_on, chain = queries.last_approved(), queries.chain()
    judged = amending.judged(files, chain, since)
    if not judged.changes and not judged.files:
        raise Invalid("rulebook_unchanged", pointer="/files")
    return Ready(judged, since, rests_on, approved.composed(chain).version)


def propose(ready: Ready, reason: str, *, act: Act) -> Amendment:
    """Ask another administrator to bring the change into force on its day; what it would alter is worked out beside."""
    _administers(act)
    files = dict(ready.judged.files)
    row = Amendment(
        since=ready.since, files=files, sha256=_hash(files), version=ready.judged.version, rests_on=ready.rests_on,
        against=ready.against, release=shipped.rulebook().version, examples=ready.judged.examples,
        changes=[asdict(change) for change in ready.judged.changes],
    )  # fmt: skip
    session().add(row)
    session().flush()
    asked = service_approvals.ask(TwoPersonAct.RELEASE_RULEBOOK, {"amendment_id": row.id}, reason, act=act)
    row.approval = asked
    session().flush()
    outbox.add(outbox.Task.REPLAY_RULEBOOK, at=act.at, amendment_id=row.id)
    _tell(row, Step.PROPOSED, act)
    return row


def keep_replay(amendment_id: int, found: dict[str, Any]) -> None:
    """Write down what an amendment would have altered."""
    session().get_one(Amendment, amendment_id).replay = found


def decide(row: Amendment, *, agreed: bool, act: Act) -> None:
    """Approve or decline. Raises NotPermitted for who proposed it, Invalid where it cannot be decided any more."""
    assert row.approval is not None
    service_approvals.decide(row.approval, agreed=agreed, act=act)


def _told(subject: dict[str, Any]) -> str:
    row = session().get_one(Amendment, subject["amendment_id"])
    return f"{row.version}, {row.since}"


def _page(subject: dict[str, Any]) -> str:
    return f"/admin/rulebook/{subject['amendment_id']}"


def _declined(subject: dict[str, Any], act: Act) -> None:
    _tell(session().get_one(Amendment, subject["amendment_id"]), Step.DECLINED, act)


@done_by_two(
    TwoPersonAct.RELEASE_RULEBOOK, told=_told, permission=Permission.SYSTEM_MANAGE, declined=_declined, page=_page
)
def _agreed(subject: dict[str, Any], act: Act) -> None:
    """Put an amendment behind those approved before. Every process goes by it from the commit on, in force on its day.

    Raises: Invalid where it was compared with another rulebook, its day has begun, or its effect is not known yet.
    """
    row = session().get_one(Amendment, subject["amendment_id"])
    assert row.since is not None
    if row.since < (first := amending.earliest(act.at)):
        raise Invalid("rulebook_day_over", first=first.isoformat())
    rests_on, chain = queries.last_approved(), queries.chain()
    if (row.rests_on, row.against) != (rests_on, approved.composed(chain).version):
        raise Invalid("rulebook_moved_on")
    if row.replay is None:
        raise Invalid("rulebook_replaying")
    if rests_on == 0:
        _keep_what_was_shipped(act)
    row.approved_at = act.at
    _tell(row, Step.APPROVED, act)
    after_commit(_put)


def _keep_what_was_shipped(act: Act) -> None:
    files, version = shipped.open_to_change(), shipped.rulebook().version
    session().add(
        Amendment(
            since=None, files=files, sha256=_hash(files), version=version, rests_on=None, against="", release=version,
            changes=[], examples=0, approved_at=act.at,
        )
    )  # fmt: skip


def _put() -> None:
    put_in_place()


def put_in_place() -> bool:
    """Bring the file that every process looks at in line with the database; return whether it was not.

    Done after an approval, at each start and again and again by the sweep: so a file that was lost or damaged mends.
    """
    rows = queries.approved()
    return bool(rows) and approved.put(queries.editions(rows))


def _tell(row: Amendment, step: Step, act: Act) -> None:
    """Write an event down in the log of the desk, in the public one, and for administrators."""
    event = AmendmentEvent(
        amendment_id=row.id, step=step, at=act.at, user_id=act.actor.user_id, since=row.since, version=row.version,
        sha256=row.sha256,
    )  # fmt: skip
    record(event, about=ABOUT, at=act.at)
    note(KINDS[step], about=None, act=act, amendment=row.id, version=row.version)


@recorded("rulebook", AmendmentEvent)
def _event(row: AmendmentEvent) -> dict[str, Any]:
    names = ("amendment_id", "step", "at", "user_id", "version", "sha256")
    return {name: getattr(row, name) for name in names} | {"since": row.since.isoformat()}


def _administers(act: Act) -> None:
    if not act.actor.may(Permission.SYSTEM_MANAGE):
        raise NotPermitted("role", permission=Permission.SYSTEM_MANAGE)


def _in_time(since: date, act: Act) -> None:
    """Raise Invalid for a day that has begun somewhere, for cases may have been opened under its law; or a far one."""
    first = amending.earliest(act.at)
    if since < first:
        raise Invalid("rulebook_day_begun", pointer="/since", first=first.isoformat())
    if (since - first).days > FURTHEST_DAYS:
        last = first + timedelta(days=FURTHEST_DAYS)
        raise Invalid("rulebook_day_far", pointer="/since", last=last.isoformat())


def _hash(files: Mapping[str, str]) -> str:
    return sha256(canonical(files).encode()).hexdigest()
