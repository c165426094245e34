"""A throw-away PostgreSQL for a test: its own folder, a socket instead of a port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = bool(shutil.which("initdb") and shutil.which("pg_ctl"))


def _run(*command: str) -> None:
    """Run a program of the server as an ordinary user: it refuses to be root."""
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*other, *command], check=True, capture_output=True, timeout=60)


@contextmanager
def a_postgres() -> Iterator[str]:
    """Start a server and yield its address; stop it and remove all of it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="heng-pg-"))
    folder.chmod(0o777)
    cluster = str(folder / "cluster")
    try:
        _run("initdb", "-D", cluster, "-U", "heng", "--auth=trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _run("pg_ctl", "-D", cluster, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://heng@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", cluster, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
