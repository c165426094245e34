"""Ending with whoever started us, however they went."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, sign: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send `sign` to this process when process `parent` ends; at once if it is gone already.

    Linux only; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)
