"""Gathering warnings into one letter a person and interval, and keeping that letter out of quiet hours.

Nothing is lost: each warning brings a task of its own that sends whatever is gathered, so whichever runs first sends
all and the others find nothing. Nothing is doubled: rows are locked while a letter is made of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts import queries as people
from app.accounts import service_hours
from app.accounts.models import User
from app.cases.models import Case, Clock
from app.cases.models_gathered import GatheredWarning
from app.core import outbox, site
from app.core.db import session
from app.core.messages import Channel, post
from workflows.procedure.act import Act
from workflows.procedure.letters import Letter, local, write
from workflows.procedure.names import name
from workflows.procedure.quiet import gathered_at
from workflows.regulation import book


def gather(case: Case, clock: Clock, level: int, person: User, *, act: Act) -> None:
    """Put a warning aside for the person's next letter. Source: figure `warning_digest`."""
    interval = book.current().figure("warning_digest", on=act.at.date()).length
    leaves_at = gathered_at(act.at, interval, service_hours.hours_of(person.id, at=act.at))
    session().add(
        GatheredWarning(
            user_id=person.id, clock_id=clock.id, level=level, case_number=case.number, kind=clock.kind,
            clause=clock.clause, due_at=clock.due_at, time_zone=case.time_zone, at=act.at, leaves_at=leaves_at,
        )
    )  # fmt: skip
    outbox.add(outbox.Task.SEND_WARNINGS, at=act.at, not_before=leaves_at, user_id=person.id)


def send(user_id: int, *, act: Act) -> int:
    """Write one letter of everything gathered for the person that may leave now; return how many warnings it tells."""
    waiting = select(GatheredWarning).where(
        GatheredWarning.user_id == user_id, GatheredWarning.message_id.is_(None), GatheredWarning.leaves_at <= act.at
    )
    rows = session().scalars(waiting.order_by(GatheredWarning.due_at, GatheredWarning.id).with_for_update()).all()
    if not rows:
        return 0
    person = people.by_id(user_id)
    letter = _letter(person, rows)
    message = post(
        channel=Channel.EMAIL, address=person.email, language=person.language, subject=letter.subject,
        body=letter.body, case_number=rows[0].case_number if len(rows) == 1 else None, at=act.at,
    )  # fmt: skip
    for row in rows:
        row.message_id = message.id
    return len(rows)


def _letter(person: User, rows: Sequence[GatheredWarning]) -> Letter:
    """Return the letter of a single warning, or the list of many, soonest end first."""
    if len(rows) == 1:
        return write("clock_warning", person.language, number=rows[0].case_number, **_told(person, rows[0]))
    lines = "\n".join(
        write("warning_line", person.language, number=row.case_number, **_told(person, row)).body for row in rows
    )
    url = site.absolute("/desk?v=soon")
    return write("clock_warnings", person.language, count=len(rows), lines=lines, desk_url=url)


def _told(person: User, row: GatheredWarning) -> dict[str, str]:
    return {
        "clock": name("clock", row.kind, person.language),
        "due": local(row.due_at, row.time_zone),
        "clause": row.clause,
        "case_url": site.absolute(f"/desk/cases/{row.case_number}"),
    }
