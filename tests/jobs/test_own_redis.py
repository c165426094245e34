"""The Redis that we bring ourselves: private, and it remembers."""

import os
import signal
from pathlib import Path

import pytest
from redis import Redis, RedisError

from tests.jobs.waiting import eventually
from workflows.jobs import own_redis
from workflows.jobs.processes import Child, stop


@pytest.fixture
def start():
    """Start a Redis for a data folder; ended after the test."""
    children = []

    def begin(data_dir: Path) -> tuple[Child, Redis]:
        wanted, url = own_redis.program(data_dir)
        children.append(child := Child(wanted, os.environ))
        child.start()
        redis = Redis.from_url(url)
        assert eventually(lambda: answers(redis))
        return child, redis

    yield begin
    stop(children)


def answers(redis: Redis) -> bool:
    try:
        return redis.ping()
    except RedisError:
        return False


def test_it_starts_on_a_socket_that_only_we_can_open(start, tmp_path):
    _child, redis = start(tmp_path)

    assert redis.set("a", "b")
    assert (tmp_path / "redis").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "redis" / "redis.sock").stat().st_mode & 0o077 == 0


def test_what_it_was_told_survives_a_restart(start, tmp_path):
    child, redis = start(tmp_path)
    redis.set("a", "b")
    child.process.send_signal(signal.SIGTERM)
    assert eventually(lambda: child.tend() or child.process is None)

    assert eventually(lambda: child.tend() or answers(redis))
    assert redis.get("a") == b"b"


def test_a_folder_with_a_very_long_name_is_no_obstacle(start, tmp_path):
    deep = tmp_path / ("x" * 120)
    deep.mkdir()

    _child, redis = start(deep)

    assert redis.ping()


def test_without_any_server_there_is_no_program(monkeypatch, tmp_path):
    monkeypatch.setattr(own_redis, "server", lambda: None)

    assert own_redis.program(tmp_path) is None
