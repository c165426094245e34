"""A worker for one queue: `python -m workflows.jobs.worker QUEUE`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from importlib import import_module
from types import FrameType

from redis import Redis, RedisError
from rq import SimpleWorker

from app.core import logs
from app.notices import render
from workflows.jobs.queues import NOTICES
from workflows.jobs.tasks import application

log = logging.getLogger("heng.worker")
ASK_AGAIN_S = 1.0
NOTICES_GIVE_WAY = 5
"""Printing a thousand notices must not take the processor from clocks and pages."""


class JobWorker(SimpleWorker):
    """Does its jobs in its own process: a fork for each costs more than the job, and a kill is harmless anyway."""

    max_connection_wait_time = 2.0  # seconds; RQ's minute would leave everything to the sweep after Redis is back
    told_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.told_to_stop = True
        super().request_stop(signum, frame)


def wait_for(connection: Redis) -> None:
    """Return when Redis answers. Until then the sweeper does the work."""
    while True:
        try:
            connection.ping()
            return
        except (RedisError, OSError):
            time.sleep(ASK_AGAIN_S)


def warm(queue: str) -> None:
    """Load once what every job of the queue needs, so that no job waits for it."""
    application()
    if queue == NOTICES:
        os.nice(NOTICES_GIVE_WAY)
        try:
            render.warm_up()
            import_module("app.notices.signing")
        except (render.RenderFailed, OSError):
            log.exception("notices cannot be printed; other work goes on")


def main(queue: str) -> None:
    logs.install()
    warm(queue)
    work(queue, Redis.from_url(os.environ["REDIS_URL"]))


def work(queue: str, connection: Redis) -> None:
    """Do the queue's jobs until told to stop. When Redis goes away, wait for it: starting again would cost more."""
    while True:
        wait_for(connection)
        worker = JobWorker([queue], connection=connection, serializer="json", maintenance_interval=10, worker_ttl=30)
        try:
            worker.work(logging_level="WARNING")
        except (RedisError, OSError):
            if worker.told_to_stop:
                return
            log.warning("Redis is away; the sweep does the work of the queue %s meanwhile", queue)
        else:
            return
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, signal.SIG_DFL)  # RQ's own handlers would ask a worker that is gone


if __name__ == "__main__":
    main(*sys.argv[1:])
