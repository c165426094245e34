"""Playing the stories through the services, in order of time, with the clocks firing in between as they would have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import update

from app.cases import service_clocks
from app.cases.models import Clock
from app.cases.queries import case_to_work, due_clocks
from app.cli.demo.people import Cast
from app.cli.demo.stage import Stage
from app.cli.demo.stories import Story
from app.core import outbox
from app.core.db import session
from app.core.uploads import Upload
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM


def play(stories: Sequence[Story], cast: Cast, files: Mapping[str, Upload], *, now: datetime) -> int:
    """Play all stories up to `now` in the caller's transaction; return how many cases there are then.

    `files` are the drawn files by story and name. Letters of the past are written, but not sent any more: they stay on
    the outbox page. Notices are left for the workers.
    """
    stage = Stage(cast, files)
    moments = [moment for story in stories for moment in story.moments()]
    for moment in sorted(moments, key=lambda each: each.at):
        fire_clocks(moment.at)
        try:
            stage.do(moment)
        except Exception as error:
            error.add_note(f"in the story “{moment.story.key}”, at “{moment.do}” {moment.fields}")
            raise
    fire_clocks(now)
    for case_id in stage.cases.values():
        stage.draw_lots(case_to_work(case_id), at=now)
    keep_letters(now)
    return len(stage.cases)


def fire_clocks(until: datetime) -> None:
    """Have every clock do what it had to do until then, each at its own instant."""
    session().flush()
    while due := due_clocks(until, limit=1):
        at = session().get_one(Clock, due[0]).next_at
        if not service_clocks.fire(due[0], act=Act(SYSTEM, at)):
            raise RuntimeError(f"clock {due[0]} is due and does nothing")
        session().flush()


def keep_letters(now: datetime) -> None:
    """Take the letters written so far off the workers' list."""
    letters = [task for task, lane in outbox.LANES.items() if lane is outbox.Lane.LETTERS]
    rows = update(outbox.OutboxRow).where(outbox.OutboxRow.task.in_(letters), outbox.OutboxRow.done_at.is_(None))
    session().execute(rows.values(done_at=now))
