"""What schemathesis is told beside the document: a caller makes a new Idempotency-Key for each complaint."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, **rest: Any) -> None:
    """Put a key of its own in the place of one that could be taken."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and key.strip() and len(key) <= 200 and key.isprintable():
        case.headers["Idempotency-Key"] = str(uuid4())
