"""Heng as `make run` starts it, for tests: a process with everything below it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from tests.architecture.rules import ROOT
from tests.jobs.waiting import runs

START_WITHIN_S = 120.0


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class System:
    """A supervisor and everything below it, with a data folder of its own; with the demo or an empty desk."""

    def __init__(self, data_dir: Path, *, demo: bool = False, root: Path = ROOT, **settings: str | None) -> None:
        self.data_dir, self.port, self.root = data_dir, a_free_port(), root
        self.settings = {name: value for name, value in settings.items() if value}
        if not demo:
            (data_dir / "demo-accounts.json").write_text("[]")
        self.begin()

    def begin(self) -> None:
        """Start it, with an empty log; what it said in an earlier life stays in `earlier`."""
        self.earlier = getattr(self, "earlier", []) + getattr(self, "lines", [])
        self.lines: list[str] = []
        self.process = self.start()
        threading.Thread(target=self._read, daemon=True).start()

    def start(self, **environ: str) -> subprocess.Popen[str]:
        settings = {
            "SMTP_LISTEN": f"127.0.0.1:{a_free_port()}",
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
        }
        unset = {"REDIS_URL", "DATABASE_URL", "BASE_URL", "SMTP_URL", "SMS_URL", "IMAP_URL"}
        if self.root != ROOT:
            unset.add("PYTHONDONTWRITEBYTECODE")  # as in `make run`: else every start compiles everything again
        return subprocess.Popen(
            [sys.executable, "-m", "workflows.jobs.supervisor"],
            cwd=self.root,
            env={k: v for k, v in os.environ.items() if k not in unset} | settings | self.settings | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _read(self) -> None:
        with self.process.stdout as lines:
            into = self.lines
            into.extend(lines)

    @property
    def log(self) -> str:
        return "".join(self.lines)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status
        except OSError:
            return 0

    def processes(self) -> dict[int, str]:
        """Return every process with our data folder in its environment, or working there: pid → command line."""
        found, mark = {}, bytes(self.data_dir)
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = mark in (folder / "environ").read_bytes() or self.data_dir in (folder / "cwd").readlink().parents
                if ours and runs(int(folder.name)):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    def pids(self, command: str) -> set[int]:
        return {pid for pid, line in self.processes().items() if command in line}

    def stop(self) -> None:
        """End everything and wait for it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
