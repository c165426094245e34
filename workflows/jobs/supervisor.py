"""All of Heng on one machine: `python -m workflows.jobs.supervisor`, which is `make run`.

Prepares the data folder and the database, starts Redis, web, sweeper and workers, starts again what dies, and stops
all of it on SIGTERM or Ctrl-C. It holds no state: what must survive stands in the database.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import config
from app.core import sqlite_build
from workflows.jobs import demo_witness, own_redis, welcome
from workflows.jobs.processes import Child, Program, say, stop
from workflows.jobs.queues import QUEUES
from workflows.jobs.stop_sign import on_signal

TICK_S = 0.1
WEBS, WEB_THREADS = ("web 1", "web 2"), 256
"""Most threads only wait for bytes: `wsgi.AT_ONCE` of a process work at a time."""
SWEEPERS = ("sweep 1", "sweep 2")  # while one is started again the other goes on


class CannotStart(Exception):
    """Why there is nothing to supervise, in words for the person at the terminal."""


def web(name: str, host: str, port: int) -> Program:
    """Return a web server: Granian replaces its process when that dies, we replace Granian.

    There are two, and the system shares the connections out: while one is started again the other answers.
    """
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": "1",
        "--blocking-threads": str(WEB_THREADS),
        "--respawn-interval": "0.1",
        "--workers-kill-timeout": "5",
        "--log-level": "warning",
    }
    arguments = [part for option in options.items() for part in option]
    server = (sys.executable, "-m", "granian", *arguments, "--respawn-failed-workers", "--no-ws", "wsgi:app")
    return Program(name, server)


def programs(host: str, port: int) -> list[Program]:
    """Return what runs beside Redis. One queue per worker: listening to several can lose a job when killed."""
    python = (sys.executable, "-m")
    sweepers = [Program(name, (*python, "workflows.jobs.sweeper")) for name in SWEEPERS]
    workers = [Program(queue, (*python, "workflows.jobs.worker", queue)) for queue in QUEUES]
    beside = [Program(name, (*python, f"workflows.jobs.{name}")) for name in ("notary", "mail_in")]
    return [*sweepers, *(web(name, host, port) for name in WEBS), *workers, *beside]


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; the system lets go of it however we end."""
    with (data_dir / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"Heng is already running with the data in {data_dir} (process {lock.read().strip() or 'unknown'}).\n"
                "Stop that one first, or choose another folder: DATA_DIR=… make run"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def require_free(host: str, port: int) -> None:
    """Raise CannotStart unless the address can be listened on now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"Port {port} on {host} is in use. Choose another: PORT={port + 1} make run"
            else:
                reason = f"Cannot listen on {host}, port {port}: {error.strerror}. Set HOST and PORT."
            raise CannotStart(reason) from None


class Supervisor:
    """Keeps the programs running until it is told to stop."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.children: list[Child] = []
        self.stopping = on_signal()

    def add(self, program: Program) -> None:
        """Start the program and keep it running."""
        child = Child(program, self.environ)
        child.start()
        self.children.append(child)

    def run_once(self, module: str) -> None:
        """Run a module to its end, or raise CannotStart if it fails. Its output is part of the common log."""
        with subprocess.Popen(
            (sys.executable, "-m", module), env=dict(self.environ), start_new_session=True
        ) as process:
            while process.poll() is None and not self.stopping.wait(TICK_S):
                pass
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        if process.returncode and not self.stopping.is_set():
            raise CannotStart(f"{module} failed; the reason stands above.")

    def watch(self) -> None:
        """Start again what dies, until told to stop."""
        while not self.stopping.wait(TICK_S):
            for child in self.children:
                child.tend()


def run(settings: config.Settings) -> None:
    """Run everything until SIGTERM or Ctrl-C."""
    redis = None if settings.redis_url else own_redis.program(settings.data_dir)
    url = settings.redis_url or (redis[1] if redis else "")
    supervisor = Supervisor(
        {**os.environ, "DATA_DIR": str(settings.data_dir), "REDIS_URL": url, "PYTHONUNBUFFERED": "1"}
    )
    try:
        if redis:
            supervisor.add(redis[0])
        supervisor.run_once("workflows.jobs.prepare")
        if settings.database_url.startswith("sqlite") and (warning := sqlite_build.warning()):
            say("heng", warning)
        if not url:
            say("heng", "There is no Redis to be had: the sweeper does all work itself, a little later.")
        if not supervisor.stopping.is_set():
            for program in programs(settings.host, settings.port):
                supervisor.add(program)
            if demo_witness.folder(settings.data_dir).exists():
                here = config.local_url(settings.host, settings.port)
                supervisor.add(demo_witness.program(settings.data_dir, here))
            welcome.when_ready(settings, supervisor.stopping)
        supervisor.watch()
    finally:
        say("heng", "Stopping …")
        stop(supervisor.children)
        say("heng", f"Stopped. The data stays in {settings.data_dir}.")


def main() -> int:
    try:
        settings = config.load()
        with only_one(settings.data_dir):
            require_free(settings.host, settings.port)
            run(settings)
    except (CannotStart, config.SettingError) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
