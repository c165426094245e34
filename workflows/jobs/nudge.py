"""Telling the queue of new outbox rows after a commit, without the request waiting for it or failing by it."""

from __future__ import annotations

import threading
from queue import Full, Queue

from app.core import outbox
from app.core.outbox import Lane

WAITING = 1_000
"""Rows that may wait for the thread. What is more is left to the sweep."""

_rows: Queue[tuple[Lane, int]] = Queue(maxsize=WAITING)
_starting = threading.Lock()
_thread: threading.Thread | None = None


def install() -> None:
    """Have every commit that added outbox rows tell the queue."""
    outbox.on_commit_tell(nudge)


def nudge(lane: Lane, outbox_id: int) -> None:
    """Pass the row on to the queue in the background. Returns at once and never raises: the sweep finds every row."""
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():  # also after a fork, which threads do not survive
            _thread = threading.Thread(target=_pass_on, name="nudge", daemon=True)
            _thread.start()
    try:
        _rows.put_nowait((lane, outbox_id))
    except Full:
        return


def _pass_on() -> None:
    from workflows.jobs.queues import hand_over  # importing RQ takes time that the web's start does not have

    while True:
        lane, outbox_id = _rows.get()
        hand_over(lane.value, outbox_id)
