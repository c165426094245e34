"""What a notice carries inside, as data: the same that stands on its pages, for programs."""

from __future__ import annotations

import json
from typing import Any

from app.notices.facts import NoticeFacts
from app.notices.kinds import kinds
from workflows.verify.paper import DATA as DATA_NAME
from workflows.verify.paper import PROOF as PROOF_NAME

__all__ = ["DATA_NAME", "PROOF_NAME", "data_of"]
SCHEMA = "heng-notice/1"


def data_of(facts: NoticeFacts) -> bytes:
    """Return the notice as JSON: which form it has, the clause it rests on, and all its facts. The same every time."""
    shown: dict[str, Any] = {"schema": SCHEMA, "clause": kinds()[facts.kind].clause} | json.loads(facts.to_json())
    return json.dumps(shown, ensure_ascii=False, indent=1).encode()
