"""Adding exhibits to a case, with the complaint or later by either side or the desk; and ruling on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from app.cases.actions import performs
from app.cases.exhibits import keeps_exhibits
from app.cases.models import Case
from app.cases.queries_people import cases_of
from app.cases.service import advance
from app.cases.service_erasure import remove_files
from app.core import outbox
from app.core.db import session
from app.core.people import Person, when_erasing
from app.core.sealed import sealed_rows
from app.core.uploads import COUNT_LIMIT, Upload, new_among
from app.evidence.commands import RuleEvidence
from app.evidence.models import Evidence, Standing
from app.evidence.queries import is_own, numbered, of_case
from app.evidence.service_requests import hand_in, item_for
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action


def add(case: Case, files: Sequence[Upload], *, act: Act, note: str = "", item: int | None = None) -> list[Evidence]:
    """Add files to a case as its next exhibits and return them; the same file again from the same side adds nothing.

    `item` is the number of what was asked for and is handed in with them.
    Source: clause 2.1.6.5 (proof). Raises Invalid for more files than a side may add, NotPermitted.
    """
    before = of_case(case)
    mine = [each for each in before if is_own(each, act.actor)]
    new = new_among(files, {each.sha256 for each in mine})
    if len(mine) + len(new) > COUNT_LIMIT:
        raise Invalid("too_many_files", pointer="/files", limit=COUNT_LIMIT)
    asked = item_for(case, item, act.actor) if item is not None else None
    if asked is not None and files:
        hand_in(asked, act=act)
    if not new:
        return []
    first = 1 + max((each.number for each in before), default=0)
    added = [
        Evidence(
            case_id=case.id, number=first + n, side=act.actor.side, user_id=act.actor.user_id,
            organisation_id=act.actor.organisation_id if act.actor.is_respondent else None,
            item_id=asked.id if asked else None, note=note or None, added_at=act.at, **file.as_row(),
        )
        for n, file in enumerate(new)
    ]  # fmt: skip
    detail = {"exhibits": [each.number for each in added], "sha256": [each.sha256 for each in added]}
    advance(case, Action.ADD_EVIDENCE, act=act, detail=detail | ({"item": asked.n} if asked else {}))
    session().add_all(added)
    session().flush()
    _have_shown(case, act)
    return added


def again(case: Case, files: Sequence[Upload], *, act: Act) -> list[Evidence]:
    """Return the exhibits that the actor's side added before and that are among `files`."""
    sent = {file.sha256 for file in files}
    return [each for each in of_case(case) if each.sha256 in sent and is_own(each, act.actor)]


@keeps_exhibits
def keep_from_intake(case: Case, files: Sequence[Upload], act: Act) -> None:
    """Write down the files that came with the complaint; they are the complainant's, whoever typed it in."""
    rows = [
        {"case_id": case.id, "number": n, "side": "consumer", "user_id": act.actor.user_id, "added_at": act.at}
        | file.as_row()
        for n, file in enumerate(files, 1)
    ]
    sealed = sealed_rows(Evidence, rows, case.person)
    session().execute(insert(Evidence).execution_options(render_nulls=True), sealed)  # many rows, one statement
    _have_shown(case, act)


def _have_shown(case: Case, act: Act) -> None:
    """Have pictures made of what is new, once this is committed."""
    outbox.add(outbox.Task.MAKE_PREVIEWS, at=act.at, case_id=case.id)


@performs(Action.RULE_EVIDENCE, RuleEvidence)
def rule(case: Case, command: RuleEvidence, act: Act) -> None:
    """Admit an exhibit or not. One that is not admitted stays in the case with the reason, but no panel judges on it.

    Source: clause 2.1.6.5. Raises Invalid for an exhibit that there is not, and for no reason.
    """
    exhibit = numbered(case, command.exhibit)
    if exhibit is None:
        raise Invalid("not_possible", pointer="/exhibit")
    if not command.admitted and not command.reason:
        raise Invalid("reason_missing", pointer="/reason")
    exhibit.standing = Standing.ADMITTED if command.admitted else Standing.EXCLUDED
    exhibit.standing_reason = command.reason or None
    detail = {"exhibit": exhibit.number, "reason": command.reason}
    advance(case, Action.RULE_EVIDENCE, act=act, branch=exhibit.standing.value, detail=detail)


@when_erasing
def _remove(person: Person, at: datetime) -> None:
    """Remove the exhibits of the person's cases, whoever added them; that there were some stays in the history."""
    for case in cases_of(person):
        exhibits = of_case(case)
        remove_files([ref for each in exhibits for ref in (each.ref, each.shared_ref)])
        remove_files([ref for each in exhibits if each.preview for ref in each.preview.pictures])
