"""The sweep that makes everything sure: `python -m workflows.jobs.sweeper`.

Twice a second it asks the database what is due. What is new goes to the queue; what the queue did not take, or has
not done in time, is done here. So nothing depends on Redis or on any worker being alive. Two sweepers run, so that
nothing depends on one of them either: handing over twice is one job, and doing twice is doing once.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from app.cases.queries import due_clocks
from app.core import heartbeat, logs, outbox
from app.core.clock import now
from app.core.db import transaction
from app.monitoring.health import SWEEPER
from app.rulebook import service as rulebook
from workflows.jobs import tasks
from workflows.jobs.queues import CLOCKS, hand_over
from workflows.jobs.stop_sign import PATIENCE_S, StopSign, on_signal

INTERVAL_S = 0.3
GRACE = timedelta(seconds=1.2)
"""How late a row may be before the sweep does the work itself, which is harmless when a worker does it too.

So whatever is due is in hand within two seconds of its instant, and after an outage at once.
"""
TOGETHER = 20
"""How many clocks are fired in one transaction: on SQLite, waiting for a turn to write takes longer than firing."""
AGAIN_S = 2.0
"""How long a row that failed here is left alone, and the database where it was away."""

BEAT_S = 10.0

log = logging.getLogger("heng.sweeper")


class Sweep:
    """One kind of due rows, done as many as `together` at a time.

    `handed` holds what the queue was given, `put_off` what failed here, until when; forgetting either costs nothing.
    `after` follows each sweep.
    """

    def __init__(
        self, queue: str, due: Callable[[datetime], list[int]], do: Callable[[Sequence[int]], None], together: int = 1,
        after: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.queue, self.due, self.do, self.together, self.after = queue, due, do, together, after
        self.handed: set[int] = set()
        self.put_off: dict[int, float] = {}

    def once(self) -> int:
        """Hand over or do everything that is due now; return how many rows were done here."""
        at = now()
        with tasks.application().app_context():
            rows = self.due(at)
            late = self.due(at - GRACE) if rows else []
        self.handed &= set(rows)
        new = [row for row in rows if row not in self.handed and row not in late]
        to_do = [row for row in late + self._hand_over(new) if time.monotonic() >= self.put_off.get(row, 0.0)]
        random.shuffle(to_do)  # two sweeps that go through the same rows side by side would do the work of one
        for first in range(0, len(to_do), self.together):
            self._do(to_do[first : first + self.together])
        return len(to_do)

    def _hand_over(self, rows: list[int]) -> list[int]:
        """Give rows to the queue; return those from the first on that it did not take."""
        for index, row in enumerate(rows):
            if not hand_over(self.queue, row):
                return rows[index:]
            self.handed.add(row)
        return []

    def _do(self, rows: list[int]) -> None:
        """Do the rows; where one of several fails, each by itself, so that it keeps no other from being done."""
        try:
            self.do(rows)
        except Exception:
            if len(rows) > 1:
                for row in rows:
                    self._do([row])
                return
            log.exception("%s %s failed; tried again in %s s", self.queue, rows[0], AGAIN_S)
            self.put_off = {row: until for row, until in self.put_off.items() if until > time.monotonic()}
            self.put_off[rows[0]] = time.monotonic() + AGAIN_S

    def run(self, stopping: StopSign) -> None:
        """Sweep until told to stop, at once again while there is work. A database that is away does not end it."""
        pause = INTERVAL_S
        while not stopping.wait(pause):
            try:
                pause = 0.0 if self.once() else INTERVAL_S
                self.after()
            except Exception:
                log.exception("the sweep of %s failed", self.queue)
                pause = AGAIN_S


class Pulse:
    """Shows in the database that the sweep of the clocks is done again and again; keeps what must stay in its place."""

    def __init__(self) -> None:
        self.next, self.began = 0.0, False

    def beat(self) -> None:
        """Note that a sweep was done, unless one was noted a moment ago."""
        if time.monotonic() < self.next:
            return
        with tasks.application().app_context():
            with transaction():
                heartbeat.beat(SWEEPER, at=now())
                if not self.began:
                    outbox.keep_going(outbox.Task.FORGET_PEOPLE, at=now())
            rulebook.put_in_place()
        self.began = True
        self.next = time.monotonic() + BEAT_S


def main() -> None:
    logs.install()
    stopping = on_signal(patience_s=PATIENCE_S)
    tasks.application()
    log.info("sweeping")
    # A loop for each, because a slow mail server or a long notice must not keep a clock waiting.
    for lane in outbox.Lane:
        sweep = Sweep(lane.value, partial(outbox.due, lane=lane), tasks.deliver_each)
        threading.Thread(target=sweep.run, args=(stopping,), daemon=True).start()
    Sweep(CLOCKS, due_clocks, tasks.fire_clocks, TOGETHER, after=Pulse().beat).run(stopping)


if __name__ == "__main__":
    main()
