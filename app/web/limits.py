"""How often one address may do something: kept in Redis where there is one, in the process where there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.core import site

View = TypeVar("View", bound=Callable[..., Any])
limiter = Limiter(key_func=get_remote_address, in_memory_fallback_enabled=True, headers_enabled=True)

PATIENCE_S = 0.2

# By purpose. An address may be a whole office or a shop's server, so the figures stop floods, not people.
LIMITS = {
    "complaints": "1200 per minute",
    "readings": "3000 per minute",
    "questions": "3000 per minute",
    "sign_in": "30 per minute",
    "codes": "60 per minute",
    "uploads": "600 per minute",
    "printing": "30 per minute",
    "figures": "120 per minute",
}


def often(purpose: str) -> Callable[[View], View]:
    """Let an address use this view only as often as its purpose allows; more is a 429 with Retry-After."""
    limited: Callable[[View], View] = cast(Any, limiter.shared_limit(LIMITS[purpose], scope=purpose))
    return limited


def install(app: Flask) -> None:
    """Set the limits up. While Redis is away each process counts for itself, and no request waits for it."""
    if redis_url := site.settings().redis_url:
        app.config.setdefault("RATELIMIT_STORAGE_URI", re.sub("^unix:", "redis+unix:", redis_url))
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", _impatience())
    else:
        app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    app.config.setdefault("RATELIMIT_SWALLOW_ERRORS", True)
    limiter.init_app(app)


def _impatience() -> dict[str, Any]:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {"socket_connect_timeout": PATIENCE_S, "socket_timeout": PATIENCE_S, "retry": Retry(NoBackoff(), 0)}
