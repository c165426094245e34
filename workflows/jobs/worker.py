"""A worker for one queue: `python -m workflows.jobs.worker QUEUE`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from importlib import import_module

from redis import Redis, RedisError
from rq import Queue, Worker
from rq.job import Job

from app.core.db import db
from app.notices import render
from workflows.jobs.launch import end_with_parent
from workflows.jobs.queues import NOTICES
from workflows.jobs.tasks import application

log = logging.getLogger("heng.worker")
ASK_AGAIN_S = 1.0
NOTICES_GIVE_WAY = 5
"""Printing a thousand notices must not take the processor from clocks and pages."""


class JobWorker(Worker):
    """Forks a process for each job; that process ends with the worker, so a killed worker leaves none behind."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        end_with_parent(os.getppid(), signal.SIGKILL)
        with application().app_context():
            db.engine.dispose(close=False)  # a connection opened before the fork belongs to the parent
        super().main_work_horse(job, queue)


def wait_for(connection: Redis) -> None:
    """Return when Redis answers. Until then the sweeper does the work."""
    while True:
        try:
            connection.ping()
            return
        except (RedisError, OSError):
            time.sleep(ASK_AGAIN_S)


def warm(queue: str) -> None:
    """Load once what every job of the queue needs, so that the processes forked for jobs find it there."""
    application()
    if queue == NOTICES:
        os.nice(NOTICES_GIVE_WAY)
        try:
            render.warm_up()
            import_module("app.notices.signing")
        except (render.RenderFailed, OSError):
            log.exception("notices cannot be printed; other work goes on")


def main(queue: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    connection = Redis.from_url(os.environ["REDIS_URL"])
    warm(queue)
    wait_for(connection)
    worker = JobWorker(
        [queue],
        connection=connection,
        serializer="json",
        maintenance_interval=10,
        worker_ttl=30,
        job_monitoring_interval=5,
    )
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main(*sys.argv[1:])
