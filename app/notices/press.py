"""The press: the process that prints notices. Started by `app.notices.render`, never imported by it.

It loads WeasyPrint and the fonts once, then keeps copies of itself (forks) that print one notice at a time, each notice
under limits of CPU, memory, time and files. A notice that runs away or crashes takes only its own copy with it, and
another copy takes its place. The press ends when the process that started it does: its standard input closes.
"""

import gc
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from math import ceil
from pathlib import Path

from msgspec import Struct

from app.core.lifeline import end_with_parent
from app.notices.composing import Composer, FetchRefused, MissingGlyphs
from app.notices.facts import NoticeFacts
from app.notices.wire import LENGTH, TAKEN

MOST_FACTS_BYTES = 2_000_000
COPIES, NOTICES_EACH = 2, 40
"""How many notices are printed at a time, and by one copy; the memory of one that printed for long grows."""


class Limits(Struct, frozen=True):
    """What one notice may use: seconds of CPU, seconds in all, bytes of address space."""

    cpu_s: int
    wall_s: int
    memory_bytes: int

    def of_the_copy(self) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (self.memory_bytes, self.memory_bytes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def of_the_next_notice(self) -> None:
        used_s = ceil(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used_s + self.cpu_s, resource.RLIM_INFINITY))
        signal.alarm(self.wall_s)


def main(path: str, cpu_s: str, wall_s: str, memory_bytes: str) -> None:
    """Serve notices on the socket at `path` until standard input ends."""
    end_with_parent(os.getppid(), signal.SIGKILL)  # while it warms up it does not see its input close
    limits = Limits(int(cpu_s), int(wall_s), int(memory_bytes))
    composer = Composer.load()
    for notice in sys.stdin.buffer.readline().split(b"\0"):  # warms renderer, templates and each script's fonts
        composer.compose(NoticeFacts.from_json(notice))
    gc.freeze()  # what is there now is shared with every copy; a copy lives too short to collect anything
    gc.disable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # finished copies need no waiting
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        try:
            _keep_copies(lambda: _print_notices(listener, composer, limits))
        finally:
            shutil.rmtree(Path(path).parent, ignore_errors=True)


def _keep_copies(work: Callable[[], None]) -> None:
    """Keep COPIES of this process at work until standard input ends; a copy that ends is seen by its closed pipe."""
    owner, alive = sys.stdin.fileno(), list[int]()
    while True:
        alive += [_copy(work) for _ in range(COPIES - len(alive))]
        ready = select.select([owner, *alive], [], [])[0]
        if owner in ready:
            return
        for ended in ready:
            alive.remove(ended)
            os.close(ended)
        time.sleep(0.02)  # should every copy end at once, this does not take the whole machine


def _copy(work: Callable[[], None]) -> int:
    """Start a copy of this process that does its work and ends; returns the pipe that closes with it."""
    reading, writing = os.pipe()
    parent = os.getpid()
    if os.fork():
        os.close(writing)
        return reading
    try:
        end_with_parent(parent, signal.SIGKILL)
        work()
    finally:
        os._exit(0)


def _print_notices(listener: socket.socket, composer: Composer, limits: Limits) -> None:
    """Print notices one after the other, until one could not be printed or it was NOTICES_EACH."""
    limits.of_the_copy()
    for _ in range(NOTICES_EACH):
        connection = listener.accept()[0]
        with connection:
            limits.of_the_next_notice()
            connection.sendall(TAKEN)
            answer = _answer(_receive(connection), composer)
            connection.sendall(LENGTH.pack(len(answer)) + answer)
            signal.alarm(0)
        if not answer.startswith(b"%PDF-"):
            return


def _answer(request: bytes, composer: Composer) -> bytes:
    """Return the PDF, or a JSON object that says why there is none."""
    try:
        facts, _, proof = request.partition(b"\n")
        return composer.compose(NoticeFacts.from_json(facts), proof)
    except MissingGlyphs as missing:
        return _refusal("missing_glyphs", str(missing))
    except FetchRefused as refused:
        return _refusal("fetch_refused", str(refused))
    except (MemoryError, SystemError):  # the second is how extensions in C run out of memory
        return _refusal("over_limit", "memory")
    except Exception as error:  # the copy ends here anyway; the reason has to reach the caller
        return _refusal("broken", f"{type(error).__name__}: {error}"[:2_000])


def _refusal(reason: str, detail: str) -> bytes:
    return json.dumps({"reason": reason, "detail": detail}).encode()


def _receive(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        (length,) = LENGTH.unpack(stream.read(LENGTH.size))
        if length > MOST_FACTS_BYTES:
            raise ValueError("The facts are too long for a notice.")
        return stream.read(length)


if __name__ == "__main__":
    main(*sys.argv[1:])
