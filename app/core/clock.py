"""The only place that reads the time. Tests and simulations set it by `time_machine` or `frozen`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """Return the instant, aware, in UTC."""
    return _source()


@contextmanager
def told_by(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `source` tell the time inside the block (a simulation's clock)."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
