"""What is done to the running system: processes killed, Redis emptied, taken away, everything dead for a moment."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError

from tests.jobs.running import START_WITHIN_S, System
from tests.jobs.waiting import eventually

WEB = "granian"
AIMED = 3
"""Every third kill takes the web just when it has acknowledged a complaint."""
NAMES = (WEB, "sweeper", "worker clocks", "worker letters", "worker notices", "valkey-server", "redis-server")


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds from the beginning. `outage` is when the supervisor is killed and how long all of it is left dead."""

    lasts: float
    kill_every: float
    flushes: tuple[float, ...]
    redis_gone: tuple[float, float] | None
    outage: tuple[float, float] | None


def plan(lasts_s: float, *, short: bool, peaceful: bool = False) -> Plan:
    """Return when what happens in a run of this length; nothing at all in a `peaceful` one."""
    if peaceful:
        return Plan(lasts_s, lasts_s, (), None, None)
    if short:
        return Plan(lasts_s, 2.0, (lasts_s * 0.3,), (lasts_s * 0.5, 5.0), None)
    return Plan(lasts_s, 2.0, (lasts_s * 0.15, lasts_s * 0.8), (lasts_s * 0.25, 30.0), (lasts_s * 0.6, 5.0))


@dataclass(frozen=True, slots=True)
class Outage:
    """When all of it was killed, when it was started again, and when it answered: seconds since the epoch."""

    killed: float
    started: float
    ready: float


class Mischief:
    """Follows the plan against a system, and counts what it did."""

    def __init__(self, system: System, plan: Plan, seed: int, acknowledged: threading.Event) -> None:
        self.system, self.plan, self.chance = system, plan, random.Random(seed)
        self.acknowledged = acknowledged
        self.killed: Counter[str] = Counter()
        self.flushed = 0
        self.redis_gone_s = 0.0
        self.outages: list[Outage] = []
        self.orphans: list[str] = []

    def run(self) -> None:
        """Return when the plan is over and everything has been given back."""
        self.began = time.monotonic()
        beside = [threading.Thread(target=self._take_redis_away), threading.Thread(target=self._flush)]
        for thread in beside:
            thread.start()
        next_kill = self.began + self.plan.kill_every
        while (left := self.began + self.plan.lasts - time.monotonic()) > 0:
            if self.plan.outage and not self.outages and time.monotonic() > self.began + self.plan.outage[0]:
                self._kill_everything(self.plan.outage[1])
                next_kill = time.monotonic() + self.plan.kill_every
            time.sleep(max(0.0, min(left, next_kill - time.monotonic())))
            if time.monotonic() - self.began < self.plan.lasts:
                self._kill_one()
            next_kill += self.plan.kill_every
        for thread in beside:
            thread.join()

    def _kill_one(self) -> None:
        running = self.system.processes()
        running.pop(self.system.process.pid, None)
        chosen = [self.chance.choice(sorted(running))]
        if self.killed.total() % AIMED == AIMED - 1:
            chosen = [pid for pid, command in running.items() if WEB in command]
            self.acknowledged.clear()
            self.acknowledged.wait(self.plan.kill_every)
        for pid in chosen:
            self._kill(pid, running[pid])

    def _kill(self, pid: int, command: str) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed[next((name for name in NAMES if name in command), "other")] += 1

    def _kill_everything(self, dead_s: float) -> None:
        """Kill the supervisor, see that all of it goes with it, and start it again as an init system would."""
        began = time.time()
        self.system.process.kill()
        self.system.process.wait()
        self.killed["supervisor"] += 1
        if not eventually(lambda: not self.system.processes(), 20):
            self.orphans = list(self.system.processes().values())
        time.sleep(max(0.0, began + dead_s - time.time()))
        started = time.time()
        self.system.begin()
        if not eventually(self._is_back, START_WITHIN_S):
            raise RuntimeError(f"It did not come up again: {self.system.log[-2000:]}")
        self.outages.append(Outage(began, started, time.time()))

    def _is_back(self) -> bool:
        """Return whether the web answers and a sweep has begun."""
        return "Heng is ready" in self.system.log and "sweeping" in self.system.log

    # --- Redis ----------------------------------------------------------------------------------------------------

    @property
    def _socket(self) -> Path:
        return self.system.data_dir / "redis" / "redis.sock"

    def _flush(self) -> None:
        for at in self.plan.flushes:
            time.sleep(max(0.0, self.began + at - time.monotonic()))
            if eventually(self._flushall, 15):
                self.flushed += 1

    def _flushall(self) -> bool:
        try:
            return bool(Redis.from_url(f"unix://{self._socket}", socket_timeout=2).flushall())
        except (RedisError, OSError):
            return False

    def _take_redis_away(self) -> None:
        """Kill it and sit in its place, so that it cannot start again until the time is over."""
        if self.plan.redis_gone is None:
            return
        at, lasts = self.plan.redis_gone
        time.sleep(max(0.0, self.began + at - time.monotonic()))
        began = time.monotonic()
        self._socket.unlink(missing_ok=True)
        self._socket.mkdir()
        for pid in self.system.pids("redis.sock"):
            os.kill(pid, signal.SIGKILL)
        time.sleep(lasts)
        self._socket.rmdir()
        self.redis_gone_s = time.monotonic() - began
