"""The press: the process that prints notices. Started by `app.notices.render`, never imported by it.

It loads WeasyPrint and the fonts once, then makes a fresh copy of itself (a fork) for every notice, under limits of
CPU, memory, time and files. A notice that runs away or crashes takes only its own copy with it. The press ends when the
process that started it does: its standard input closes.
"""

import json
import os
import resource
import select
import shutil
import signal
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from app.core.lifeline import end_with_parent
from app.notices.composing import Composer, FetchRefused, MissingGlyphs
from app.notices.facts import NoticeFacts

MOST_FACTS_BYTES = 2_000_000
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Limits:
    """What one notice may use: seconds of CPU, seconds in all, bytes of address space."""

    cpu_s: int
    wall_s: int
    memory_bytes: int

    def apply(self) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_s, self.cpu_s))
        resource.setrlimit(resource.RLIMIT_AS, (self.memory_bytes, self.memory_bytes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(self.wall_s)


def main(path: str, cpu_s: str, wall_s: str, memory_bytes: str) -> None:
    """Serve notices on the socket at `path` until standard input ends."""
    end_with_parent(os.getppid(), signal.SIGKILL)  # while it warms up it does not see its input close
    limits = Limits(int(cpu_s), int(wall_s), int(memory_bytes))
    composer = Composer.load()
    composer.compose(NoticeFacts.from_json(sys.stdin.buffer.readline()))  # warms fonts, templates, renderer
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # finished copies need no waiting
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        try:
            while sys.stdin not in (ready := select.select([listener, sys.stdin], [], [])[0]):
                if ready:
                    _serve(listener.accept()[0], composer, limits)
        finally:
            shutil.rmtree(Path(path).parent, ignore_errors=True)


def _serve(connection: socket.socket, composer: Composer, limits: Limits) -> None:
    with connection:
        if os.fork():
            return
        try:
            limits.apply()
            answer = _answer(_receive(connection), composer)
            connection.sendall(_LENGTH.pack(len(answer)) + answer)
        finally:
            os._exit(0)


def _answer(request: bytes, composer: Composer) -> bytes:
    """Return the PDF, or a JSON object that says why there is none."""
    try:
        return composer.compose(NoticeFacts.from_json(request))
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
        (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
        if length > MOST_FACTS_BYTES:
            raise ValueError("The facts are too long for a notice.")
        return stream.read(length)


if __name__ == "__main__":
    main(*sys.argv[1:])
