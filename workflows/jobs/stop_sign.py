"""Being told to stop, by a signal at any instant."""

from __future__ import annotations

import os
import select
import signal
import threading

PATIENCE_S = 15
"""What a program gets to finish its work after SIGTERM."""


class StopSign:
    """Like `threading.Event`, for what a signal tells: a byte in a pipe, which stays, so that all who wait see it.

    An event loses signals in two ways. It holds a lock while a wait begins, and a handler that runs in that moment, in
    the same thread, waits for the lock for ever. And a signal that arrives just before the thread falls asleep is
    handled only when something else wakes it.
    """

    def __init__(self) -> None:
        self._told, self.tell = os.pipe()
        os.set_blocking(self.tell, False)

    def set(self) -> None:
        """Tell everyone who waits, now and later."""
        os.write(self.tell, b"\0")

    def is_set(self) -> bool:
        """Return whether it was set."""
        return self.wait(0)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is set, or for `timeout_s` seconds, and return whether it is set."""
        poll = select.poll()
        poll.register(self._told, select.POLLIN)
        return bool(poll.poll(None if timeout_s is None else timeout_s * 1000))


def on_signal(*, patience_s: int | None = None) -> StopSign:
    """Return the sign that SIGTERM, SIGINT and SIGHUP set from now on. Once in a process, in its main thread.

    With `patience_s` the process ends that many seconds after the signal at the latest, whatever it hangs in.
    """
    told = StopSign()
    # The interpreter writes the byte where the signal arrives, in whatever thread, before any Python runs.
    signal.set_wakeup_fd(told.tell, warn_on_full_buffer=False)
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, lambda *_: None)
    if patience_s is not None:
        threading.Thread(target=_insist, args=(told, patience_s), daemon=True).start()
    return told


def _insist(told: StopSign, patience_s: int) -> None:
    told.wait()
    signal.alarm(patience_s)  # nothing handles it: the system ends the process
