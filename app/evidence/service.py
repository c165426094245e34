"""Adding exhibits to a case: with the complaint, and later by either side or the desk."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from app.cases.exhibits import keeps_exhibits
from app.cases.models import Case
from app.cases.service import advance
from app.core.db import session
from app.core.uploads import COUNT_LIMIT, Upload, new_among
from app.evidence.models import Evidence
from app.evidence.queries import of_case
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action


def add(case: Case, files: Sequence[Upload], *, act: Act, note: str = "") -> list[Evidence]:
    """Add files to a case as its next exhibits and return them; the same file again from the same side adds nothing.

    Source: clause 2.1.6.5 (proof). Raises Invalid for more files than a side may add, NotPermitted.
    """
    before = of_case(case)
    mine = [each for each in before if each.side == act.actor.side]
    new = new_among(files, {each.sha256 for each in mine})
    if len(mine) + len(new) > COUNT_LIMIT:
        raise Invalid("too_many_files", pointer="/files", limit=COUNT_LIMIT)
    if not new:
        return []
    first = 1 + max((each.number for each in before), default=0)
    added = [
        Evidence(
            case_id=case.id, number=first + n, side=act.actor.side, user_id=act.actor.user_id, note=note or None,
            added_at=act.at, **file.as_row(),
        )
        for n, file in enumerate(new)
    ]  # fmt: skip
    advance(case, Action.ADD_EVIDENCE, act=act, detail={"exhibits": [each.number for each in added]})
    session().add_all(added)
    session().flush()
    return added


@keeps_exhibits
def keep_from_intake(case: Case, files: Sequence[Upload], act: Act) -> None:
    """Write down the files that came with the complaint; they are the complainant's, whoever typed it in."""
    rows = [
        {"case_id": case.id, "number": n, "side": "consumer", "user_id": act.actor.user_id, "added_at": act.at}
        | file.as_row()
        for n, file in enumerate(files, 1)
    ]
    session().execute(insert(Evidence).execution_options(render_nulls=True), rows)  # many rows, one statement
