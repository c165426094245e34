"""Printing a notice: facts in, PDF out, with the rendering in a process of its own (the press).

This module is safe to import anywhere; WeasyPrint is loaded by the press only. A process that forks, such as a worker,
calls `warm_up` before it does, and all its children share the one warm press.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.notices.facts import Ballot, NoticeFacts, NoticeKind, NoticeLanguage, Remedy, Rule, VoteCount
from app.notices.wire import LENGTH, TAKEN

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "static" / "fonts"
TRIES = 3
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")


class RenderFailed(Exception):
    """The notice was not printed.

    `reason` is one of missing_glyphs (no font has these letters), fetch_refused (the document asked for something from
    outside), over_limit (it used too much time or memory and was stopped), broken (anything else); `detail` says more.
    """

    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"The notice could not be printed, {reason}: {detail}")


@dataclass
class Press:
    """A printing process: started when first needed, and again when it has gone."""

    cpu_s: int = 10
    wall_s: int = 60
    memory_bytes: int = 600_000_000
    _socket_path: str = ""
    _process: subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def render(self, facts: NoticeFacts, proof: bytes = b"") -> bytes:
        """Return the notice as PDF/UA-1, with the proof inside if there is one. Raises: RenderFailed."""
        answer = self._printed(facts.to_json() + b"\n" + proof)
        if answer is None:
            raise RenderFailed("over_limit", f"stopped at {self.cpu_s} s of CPU, {self.wall_s} s in all or its memory")
        if not answer.startswith(b"%PDF-"):
            raise RenderFailed(**json.loads(answer))
        return answer

    def start(self) -> None:
        """Start the printing process and wait until it is warm."""
        self.stop()
        directory = tempfile.mkdtemp(prefix="heng-press-")
        self._socket_path = f"{directory}/socket"
        limits = (str(self.cpu_s), str(self.wall_s), str(self.memory_bytes))
        self._process = process = subprocess.Popen(  # noqa: S603 -- our own module, fixed arguments
            [sys.executable, "-m", "app.notices.press", self._socket_path, *limits],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at the terminal is for those who ask, not for the press
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\0".join(notice.to_json() for notice in _FIRST_NOTICES) + b"\n")
        process.stdin.flush()
        if process.stdout.readline() != b"ready\n":
            raise RenderFailed("broken", "the press did not start; its own message is on standard error")

    def stop(self) -> None:
        """End the printing process, if there is one and this process started it."""
        if self._process is not None:
            try:
                self._process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
            self._process = None
            shutil.rmtree(Path(self._socket_path).parent, ignore_errors=True)

    def _printed(self, request: bytes) -> bytes | None:
        """Return the answer of the press, or None if what printed was stopped over this notice.

        A press that has died may be connected to for a moment, by its last copies. It takes nothing up any more.
        """
        for _ in range(TRIES):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(self.wall_s + 5)
                asked = self._socket_path
                try:
                    if _is_taken_up(connection, asked):
                        connection.sendall(LENGTH.pack(len(request)) + request)
                        return _receive(connection)
                except OSError:
                    return None
            with self._lock:
                if self._socket_path == asked:  # nobody else has started another one meanwhile
                    self.start()
        raise RenderFailed("broken", "the press cannot be reached")


def _is_taken_up(connection: socket.socket, path: str) -> bool:
    """Return whether somebody is there who prints. Raises: TimeoutError when they are and all are busy."""
    try:
        connection.connect(path)
        return connection.recv(len(TAKEN)) == TAKEN
    except TimeoutError:
        raise
    except OSError:
        return False


def _environment() -> dict[str, str]:
    """Only what the press needs: no address or key of anything else reaches it."""
    cache = Path(os.environ.get("DATA_DIR", ROOT / "var")) / "tmp"
    ours = {"FONTCONFIG_FILE": str(FONTS / "fonts.conf"), "XDG_CACHE_HOME": str(cache.resolve())}
    ours["MALLOC_ARENA_MAX"] = "1"  # each further arena reserves 64 MB of the memory that is allowed, and never uses it
    return {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | ours


def _receive(connection: socket.socket) -> bytes | None:
    """Return the whole answer, or None if the other end went away before it was complete."""
    with connection.makefile("rb") as stream:
        head = stream.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack(head)
        answer = stream.read(length)
    return answer if len(answer) == length else None


def _first_notice(language: NoticeLanguage, text: str) -> NoticeFacts:
    """Return a notice that needs every font of a language: body, headings, a table, numbers in Latin, the seal."""
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    return NoticeFacts(
        kind=NoticeKind.DECISION, language=language, organ=text, title=text, case_number="H2026-000001-7",
        addressees=(text,), issued_at=instant, received_at=instant, verification_code="0000-0000-0000",
        verify_url="https://example.org/v/0000-0000-0000", seal_label=text, complainant=text, respondent=text,
        facts_found=(text,), rules=(Rule(clause="1", text=text),), outcome=(text,), notes=(text,),
        remedies=(Remedy(text=text, party=text, amount_minor=1, due_at=instant),),
        ballots=(Ballot(issue=text, seats=3, voted=3, recused=0, counts=(VoteCount(choice=text, count=3),)),),
    )  # fmt: skip


_FIRST_NOTICES = (
    _first_notice(NoticeLanguage.SIMPLIFIED, "试印"),
    _first_notice(NoticeLanguage.TRADITIONAL, "試印"),
    _first_notice(NoticeLanguage.ENGLISH, "Trial print"),
)
_press = Press()


def warm_up() -> None:
    """Start this process's press now, so that the first notice does not wait for it."""
    with _press._lock:
        _press.start()


def render(facts: NoticeFacts, proof: bytes = b"") -> bytes:
    """Return the notice as PDF/UA-1, with the proof inside if there is one. Raises: RenderFailed."""
    return _press.render(facts, proof)
