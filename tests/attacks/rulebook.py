"""Who reads the rulebook's changes, who proposes one, and who decides on it."""

from __future__ import annotations

from app.core.db import session
from app.rulebook import service
from app.rulebook.models import Amendment
from tests.factories import acting
from workflows.procedure.amending import Judged, earliest

WATCH = "lead supervisor admin"
GET = {
    "/<lang>/rules.json": "anybody",
    "/admin/rulebook": WATCH,
    "/admin/rulebook/files.zip": WATCH,
    "/admin/rulebook/shipped.zip": WATCH,
    "/admin/rulebook/<amendment_id>": WATCH,
    "/admin/rulebook/<amendment_id>/files.zip": WATCH,
    "/admin/rulebook/propose": "admin",
}
POST = {"/admin/rulebook/<amendment_id>/decide": "admin", "/admin/rulebook/propose": "admin"}


def an_amendment(admin) -> Amendment:
    """Return a change that waits for another administrator."""
    act = acting(admin)
    ready = service.Ready(Judged({"edition.toml": "x"}, "2026.2-x", (), 0), earliest(act.at), 0, "")
    row = service.propose(ready, "A new edition", act=act)
    session().flush()
    return row
