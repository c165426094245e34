"""The queues and how a job gets into one. The database knows what is to be done; a queue only makes it prompt."""

from __future__ import annotations

from functools import cache

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

from app.core import site
from app.core.outbox import Lane

CLOCKS, NOTICES = "clocks", Lane.NOTICES.value
LANES = tuple(lane.value for lane in Lane)
QUEUES = (CLOCKS, *LANES)
TASKS = {CLOCKS: "workflows.jobs.tasks.fire_clock"} | dict.fromkeys(LANES, "workflows.jobs.tasks.deliver")
TIMEOUTS_S = {CLOCKS: 30} | dict.fromkeys(LANES, 110)
"""A job of the outbox ends before its lease does (two minutes), so no two workers hold one row."""
FRESH_S = 2
"""A job that waited longer was done by the sweep: it is forgotten, or a busy worker would never catch up with today."""
PATIENCE_S = 0.25
FAILURES_KEPT_S = 60


def hand_over(queue: str, number: int) -> bool:
    """Have a worker of `queue` see to row `number` (a job carries nothing else); return whether Redis took it.

    A job of the same row that still waits is enough: then nothing is added.
    """
    url = site.settings().redis_url
    if not url:
        return False
    try:
        Queue(queue, connection=_impatient(url), serializer="json").enqueue_call(
            TASKS[queue],
            args=(number,),
            job_id=f"{queue}-{number}",
            unique=True,
            timeout=TIMEOUTS_S[queue],
            ttl=FRESH_S,
            result_ttl=0,
            failure_ttl=FAILURES_KEPT_S,
        )
    except DuplicateJobError:
        return True
    except (RedisError, OSError):
        return False
    return True


@cache
def _impatient(url: str) -> Redis:
    """Return a connection that fails at once instead of waiting and trying again: the sweep is the second try."""
    return Redis.from_url(
        url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0)
    )
