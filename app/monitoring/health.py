"""What is late in the running system, and why. One report for the page, /readyz, /metrics and `flask clocks status`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from app.core import heartbeat, site
from app.core.outbox import Lane
from app.core.storage import store
from app.monitoring import queries
from app.monitoring.queries import Waiting

SWEEPER = "sweeper"
QUEUES = ("clocks", *(lane.value for lane in Lane))
SWEEP_SILENT, WORKER_SILENT = timedelta(seconds=30), timedelta(seconds=90)
CLOCK_LATE, TASK_LATE = timedelta(seconds=10), timedelta(minutes=1)
DISK_LOW, DISK_FULL = 1024**3, 64 * 1024**2
PATIENCE_S = 0.3
BACKUP_OLD = timedelta(hours=26)
"""A backup a day, and two hours in which the next one is made."""


class Problem(Struct, frozen=True):
    """One thing that is not as it should be. `grave` means that people are not served as promised."""

    code: str
    what: str = ""
    since: datetime | None = None
    count: int = 0
    why: str = ""
    grave: bool = False


class Backups(Struct, frozen=True):
    """When the last backup was made, when it was last found sound or broken, and when this system came from one."""

    made_at: datetime | None = None
    sound_at: datetime | None = None
    broken_at: datetime | None = None
    restored_at: datetime | None = None

    @property
    def state(self) -> str:
        """Return none, unchecked, sound or broken: by what was found last."""
        if self.made_at is None:
            return "none"
        found = {self.sound_at: "sound", self.broken_at: "broken"}
        last = max((at for at in found if at is not None and at >= self.made_at), default=None)
        return found[last] if last else "unchecked"


class Health(Struct, frozen=True):
    """How the system is at one instant."""

    at: datetime
    database: str
    database_sound: bool
    redis: str  # here, away, none
    workers: dict[str, datetime | None]
    swept_at: datetime | None
    clocks: Waiting
    overdue: dict[str, int]
    lanes: dict[str, Waiting]
    given_up: int
    disk_free: int
    disk_total: int
    files_away: str
    backups: Backups
    problems: list[Problem] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether the web can take what people send."""
        return self.disk_free >= DISK_FULL and not self.files_away


def report(at: datetime) -> Health:
    """Return how the system is at `at`. Raises what the database raises when it is away."""
    build, sound = queries.database_build()
    redis, workers = _redis()
    disk = shutil.disk_usage(site.settings().data_dir)
    seen = heartbeat.last_seen()
    health = Health(
        at=at, database=build, database_sound=sound, redis=redis, workers=workers,
        swept_at=seen.get(SWEEPER), clocks=queries.clocks_waiting(at),
        overdue=queries.overdue_clocks(), lanes=queries.lanes(at), given_up=queries.given_up(), disk_free=disk.free,
        disk_total=disk.total, files_away=_files_away(), backups=Backups(*map(seen.get, heartbeat.OF_BACKUPS)),
    )  # fmt: skip
    health.problems.extend(_problems(health))
    return health


def _problems(health: Health) -> Iterator[Problem]:
    at = health.at
    if health.disk_free < DISK_LOW:
        yield Problem("disk_low", what=str(health.disk_free), grave=health.disk_free < DISK_FULL)
    if health.files_away:
        yield Problem("files_away", what=store().shelf.where, why=health.files_away, grave=True)
    if not health.database_sound:
        yield Problem("database_unsound", what=health.database)
    if health.swept_at is None or at - health.swept_at > SWEEP_SILENT:
        yield Problem("sweep_silent", since=health.swept_at, grave=True)
    yield from _about_backups(health)
    if health.redis == "away":
        yield Problem("redis_away")
    for queue, seen in health.workers.items() if health.redis == "here" else ():
        if seen is None or at - seen > WORKER_SILENT:
            yield Problem("worker_silent", what=queue, since=seen)
    if health.clocks.oldest and at - health.clocks.oldest > CLOCK_LATE:
        yield Problem("clocks_late", since=health.clocks.oldest, count=health.clocks.count, grave=True)
    for lane, waiting in health.lanes.items():
        if waiting.oldest and at - waiting.oldest > TASK_LATE:
            yield Problem("tasks_late", what=lane, since=waiting.oldest, count=waiting.count, why=waiting.why)
    if health.given_up:
        yield Problem("given_up", count=health.given_up)


def _about_backups(health: Health) -> Iterator[Problem]:
    """Yield what is wrong with the backups; a demo needs none."""
    backups = health.backups
    if backups.state == "broken":
        yield Problem("backup_broken", since=backups.broken_at, grave=True)
    elif not site.settings().demo and (backups.made_at is None or health.at - backups.made_at > BACKUP_OLD):
        yield Problem("backup_old", since=backups.made_at)


def _files_away() -> str:
    """Return why no file can be kept just now; nothing where it can."""
    try:
        store().shelf.require()
    except OSError as error:
        return str(error)
    return ""


def _redis() -> tuple[str, dict[str, datetime | None]]:
    """Return whether Redis is here, away or not wanted, and when the worker of each queue last showed itself."""
    seen: dict[str, datetime | None] = dict.fromkeys(QUEUES)
    if not (url := site.settings().redis_url):
        return "none", seen
    from redis import Redis, RedisError  # costs a start more than this page is asked for
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    connection: Any = Redis.from_url(
        url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )  # fmt: skip
    try:
        for key in connection.smembers("rq:workers"):
            queues, beat = connection.hmget(key, "queues", "last_heartbeat")
            for queue in (queues or "").split(","):
                if queue in seen and beat:
                    seen[queue] = max(filter(None, (seen[queue], datetime.fromisoformat(beat))))
    except (RedisError, OSError):
        return "away", seen
    finally:
        connection.close()
    return "here", seen
