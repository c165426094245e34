"""A program that is kept running: started, listened to, started again with a growing pause, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from msgspec import Struct

from workflows.jobs.stop_sign import PATIENCE_S

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0
SETTLED_S = 5.0
"""A program that ran this long is not failing at its start: the next pause is short again."""

_printing = threading.Lock()


def say(who: str, line: str) -> None:
    """Write one line of the common log."""
    with _printing:
        sys.stdout.write(f"{who:<8} | {line}\n")
        sys.stdout.flush()


class Program(Struct, frozen=True):
    """What to run. The others stand on a `foundation`: it starts first and stops last."""

    name: str
    command: tuple[str, ...]
    foundation: bool = False


@dataclass(slots=True)
class Child:
    """One program and the process that runs it now, if any. Times are seconds of the monotonic clock."""

    program: Program
    environ: Mapping[str, str] = field(repr=False)
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S

    def tend(self) -> None:
        """Start the program if it does not run and its pause is over; take note if it has ended."""
        if self.process is None:
            if time.monotonic() >= self.restart_at:
                self.start()
        elif self.process.poll() is not None:
            self._bury()

    def start(self) -> None:
        """Start it in a process group of its own (Ctrl-C reaches the supervisor only). Call from the main thread."""
        launcher = (sys.executable, "-m", "workflows.jobs.launch", str(os.getpid()))
        self.process = subprocess.Popen(
            launcher + self.program.command,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        assert self.process.stdout is not None
        threading.Thread(target=_relay, args=(self.program.name, self.process.stdout), daemon=True).start()

    def _bury(self) -> None:
        """End what the dead process left of its group and set the time of the next start."""
        assert self.process is not None
        self.signal(signal.SIGKILL)
        lived_s = time.monotonic() - self.started_at
        self.pause_s = FIRST_PAUSE_S if lived_s >= SETTLED_S else min(self.pause_s * 2, LONGEST_PAUSE_S)
        self.restart_at = time.monotonic() + self.pause_s
        say("heng", f"{self.program.name} ended ({_ending(self.process.returncode)}); again in {self.pause_s:.1f} s")
        self.process = None

    def signal(self, sign: signal.Signals) -> None:
        """Send `sign` to every process of the program's group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):  # all of it is gone
                os.killpg(self.process.pid, sign)


def stop(children: Iterable[Child]) -> None:
    """Ask programs to finish, wait, and end by force what does not; foundations only after the rest."""
    for foundation in (False, True):
        wave = [child for child in children if child.program.foundation is foundation and child.process]
        for child in wave:
            assert child.process is not None
            child.process.terminate()
        deadline = time.monotonic() + PATIENCE_S
        for child in wave:
            assert child.process is not None
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say("heng", f"{child.program.name} did not finish in {PATIENCE_S} s and is ended")
            child.signal(signal.SIGKILL)
            child.process.wait()
            child.process = None


def _relay(name: str, lines: IO[str]) -> None:
    with lines:
        for line in lines:
            say(name, line.rstrip("\n"))


def _ending(returncode: int) -> str:
    return f"exit {returncode}" if returncode >= 0 else signal.Signals(-returncode).name
