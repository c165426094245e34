"""Run a command that ends when its parent does: `python -m workflows.jobs.launch PARENT_PID COMMAND …`.

The kernel sends SIGTERM to the command when the supervisor is gone, however it went, so nothing is left behind that
holds the port or the database. (Linux only; elsewhere the command simply runs.)
"""

from __future__ import annotations

import os
import sys

from app.core.lifeline import end_with_parent


def main() -> None:
    parent, *command = sys.argv[1:]
    end_with_parent(int(parent))
    os.execvp(command[0], command)  # the death signal outlives exec


if __name__ == "__main__":
    main()
