"""How often one address may do something: kept in Redis where there is one, in the process where there is none.

Every channel counts for itself, so that a flood on one leaves the others alive.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RequestLimit
from limits import RateLimitItem, parse
from werkzeug.exceptions import TooManyRequests

from app.core import site
from app.core.clock import now
from app.web.door import Door, network
from app.web.guards import current_actor
from workflows.procedure.authority import NOBODY

log = logging.getLogger("heng.web")
View = TypeVar("View", bound=Callable[..., Any])

PATIENCE_S = 0.2

# By purpose. An address may be a whole office or a shop's server, so the figures stop floods, not people.
LIMITS = {
    "complaints": "300 per 15 second; 1200 per minute",
    "filing": "300 per 15 second; 1200 per minute",
    "readings": "3000 per minute",
    "questions": "3000 per minute",
    "sign_in": "30 per minute",
    "codes": "60 per minute",
    "uploads": "600 per minute",
    "printing": "30 per minute",
    "figures": "120 per minute",
    "cosigning": "60 per minute",
}
TO_ONE_CONTACT = parse("10 per 15 minute")  # codes and links asked for with one telephone number or address
MISSES = parse("120 per minute")  # links that open nothing, from one address


def sender() -> str:
    """Return who sends, for counting."""
    return network(request.remote_addr or "")


def _tell_the_door(breached: RequestLimit) -> None:
    _tell(breached.reset_at - now().timestamp())


def _tell(left_s: float) -> None:
    """Have the next requests of this sender for this endpoint answered at the door, should there be many."""
    door: Door = current_app.extensions["door"]
    door.told(sender(), request.endpoint or "", max(1.0, left_s))


limiter = Limiter(key_func=sender, in_memory_fallback_enabled=True, headers_enabled=True, on_breach=_tell_the_door)


def often(purpose: str) -> Callable[[View], View]:
    """Let an address use this view only as often as its purpose allows; more is a 429 with Retry-After.

    Programs with a token are known, so they hand in as much as they have.
    """
    exempt = (lambda: current_actor() is not NOBODY) if purpose == "complaints" else None
    limited: Callable[[View], View] = cast(
        Any, limiter.shared_limit(LIMITS[purpose], scope=purpose, exempt_when=exempt)
    )
    return limited


def count(item: RateLimitItem, *what: str) -> bool:
    """Count one of `what`; return whether it is within the limit. Where counting is not possible, it is."""
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(item, *what)
    except Exception:  # Redis is away: people go first
        log.warning("what happens is not counted just now")
        return True


def used(item: RateLimitItem, *what: str) -> int:
    """Return how many of `what` were counted in the present window."""
    if not limiter.enabled:
        return 0
    try:
        return item.amount - limiter.limiter.get_window_stats(item, *what).remaining
    except Exception:
        return 0


def wait_s(item: RateLimitItem, *what: str) -> int:
    """Return the seconds until `what` may be tried again."""
    return max(1, round(limiter.limiter.get_window_stats(item, *what).reset_time - now().timestamp()))


def require(item: RateLimitItem, *what: str) -> None:
    """Count one of `what`. Raises TooManyRequests (with Retry-After) beyond the limit."""
    if not count(item, *what):
        raise TooManyRequests(retry_after=wait_s(item, *what))


def install(app: Flask) -> None:
    """Set the limits up. While Redis is away each process counts for itself, and no request waits for it."""
    if redis_url := site.settings().redis_url:
        app.config.setdefault("RATELIMIT_STORAGE_URI", re.sub("^unix:", "redis+unix:", redis_url))
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", _impatience())
    else:
        app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    app.config.setdefault("RATELIMIT_SWALLOW_ERRORS", True)
    limiter.init_app(app)
    app.extensions["door"] = door = Door(app.wsgi_app, app.url_map)
    app.wsgi_app = door  # type: ignore[method-assign]
    app.before_request(_stop_guessing)
    app.after_request(_count_misses)


def _is_guess() -> bool:
    """Return whether the address holds a token: links that were sent, and what a guesser would make up."""
    return "token" in (request.view_args or {})


def _stop_guessing() -> None:
    if limiter.enabled and _is_guess() and used(MISSES, "misses", sender()) >= MISSES.amount:
        left_s = wait_s(MISSES, "misses", sender())
        _tell(left_s)
        raise TooManyRequests(retry_after=left_s)


def _count_misses(response: Response) -> Response:
    if response.status_code == 404 and _is_guess():
        count(MISSES, "misses", sender())
    return response


def _impatience() -> dict[str, Any]:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {"socket_connect_timeout": PATIENCE_S, "socket_timeout": PATIENCE_S, "retry": Retry(NoBackoff(), 0)}
