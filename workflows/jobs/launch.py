"""Run a command that ends when its parent does: `python -m workflows.jobs.launch PARENT_PID COMMAND …`.

The kernel sends SIGTERM to the command when the supervisor is gone, however it went, so nothing is left behind that
holds the port or the database. (Linux only; elsewhere the command simply runs.)
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, sign: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send `sign` to this process when process `parent` ends; at once if it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)


def main() -> None:
    parent, *command = sys.argv[1:]
    end_with_parent(int(parent))
    os.execvp(command[0], command)  # the death signal outlives exec


if __name__ == "__main__":
    main()
