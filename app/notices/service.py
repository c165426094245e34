"""Publishing the outcome of a case, printing its notices, and following what becomes of it.

Source: clause 2.2.4.4 (the outcome is told to the consumer in good time, and published).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from app.cases.actions import performs
from app.cases.models import Case
from app.cases.queries_talk import remedies
from app.cases.recording import about
from app.cases.service import advance, when_entering
from app.cases.service_letters import tell_consumer, tell_respondent
from app.cases.service_performance import DONE
from app.committee import queries as committee
from app.core import ids, outbox, site
from app.core.db import session
from app.core.storage import store
from app.ledger.service import record
from app.notices import proving, queries
from app.notices.commands import Publish, Resolve, TakeDown
from app.notices.facts import NoticeFacts, NoticeKind, NoticeLanguage
from app.notices.freezing import freeze, substitutes, written_number
from app.notices.gate import Coarse, Resolved, coarse, for_the_public, leaking, marks_of
from app.notices.models import (
    Edition,
    LeakResolution,
    Notice,
    NoticeStatus,
    RegisterEntry,
    RegisterRule,
    Standing,
)
from app.notices.outcomes import Outcome, numbered, unpublished
from app.notices.recording import account_of, show
from app.notices.render import RenderFailed, render
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Permission, require
from workflows.procedure.errors import Invalid
from workflows.procedure.leaks import Leak, Marks, leaks
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState

SOON = timedelta(milliseconds=500)
"""When to look for the checkpoint again: the notary signs about every second."""


def waiting(case: Case) -> list[Outcome]:
    """Return what the case has come to and is not published yet."""
    return unpublished(case, {(entry.kind, entry.round) for entry in queries.entries_of(case)})


def _to_publish(case: Case, actor: Actor) -> bool:
    """Return whether there is something to publish: always once decided or settled, else where it was sent back."""
    return case.state is not CaseState.COMMITTEE or (case.decided_at is not None and bool(waiting(case)))


@performs(Action.PUBLISH, Publish, ready=_to_publish)
def publish(case: Case, command: Publish, act: Act) -> None:
    """Write the outcome into the register, freeze its notices, have them printed, tell both sides.

    Raises Invalid with the place and the words of everything that would tell the public who a party is and that nobody
    has resolved: accepted for a reason, or replaced.
    """
    outcomes = waiting(case)
    if not outcomes:
        raise Invalid("nothing_to_publish")
    marks = marks_of(case)
    cleared = [_cleared(case, outcome, marks, command) for outcome in outcomes]
    entries = [_enter(case, each, act) for each in cleared]
    _follow_decisions(case, act)
    last = entries[-1]
    branch = "sent_back" if case.state is CaseState.COMMITTEE else "remedies"
    if not any(remedy.status not in DONE for remedy in remedies(case)) and case.state is CaseState.DECIDED:
        branch, case.close_reason = "nothing_owed", "performed" if outcomes[-1].owed else "nothing_owed"
    advance(case, Action.PUBLISH, act=act, branch=branch, detail={"number": last.number, "code": last.code})
    for entry in entries:
        entry.account = account_of(case)
        record(entry, about=about(case.id), at=act.at)
    show(case.id)
    _tell(case, last, act)


class Cleared(Struct, frozen=True):
    """An outcome that went through the leak gate: as it was signed, as the public reads it, and what was resolved."""

    outcome: Outcome
    public: Outcome
    told: Coarse
    resolved: list[tuple[Leak, Resolve | None, str]]


def _cleared(case: Case, outcome: Outcome, marks: Marks, command: Publish) -> Cleared:
    """Return the outcome cleared for the public, or raise Invalid naming every place that is still open."""
    decided = {each.text: each for each in command.resolutions}
    resolved = Resolved(substitutes(case, outcome.written_in), decided, command.redact)
    found = leaking(outcome, marks)
    _refuse({pointer: [leak for leak in each if resolved.opens(leak)] for pointer, each in found.items()})
    public = for_the_public(outcome, marks, resolved)
    accepted = {text for text, each in decided.items() if each.accepted}
    left = leaking(public, marks)  # what somebody put in its place may tell as much
    _refuse({pointer: [leak for leak in each if leak.text not in accepted] for pointer, each in left.items()})
    each_once = {leak.text: leak for place in found.values() for leak in place}.values()
    made = [(leak, decided.get(leak.text), resolved.instead(leak)) for leak in each_once]
    return Cleared(outcome, public, coarse(case, outcome), made)


def _refuse(leaks_: Mapping[str, Sequence[Leak]]) -> None:
    pointers = [pointer for pointer, each in leaks_.items() if each]
    if pointers:
        said = "、".join(dict.fromkeys(leak.text for each in leaks_.values() for leak in each))
        raise Invalid("names_in_public_text", pointer=pointers[0], also=pointers[1:], words=said)


def _enter(case: Case, cleared: Cleared, act: Act) -> RegisterEntry:
    outcome = numbered(case, cleared.outcome, act)
    cleared = replace(
        cleared, outcome=outcome, public=replace(cleared.public, year=outcome.year, serial=outcome.serial)
    )
    month = act.at.astimezone(ZoneInfo(case.time_zone)).strftime("%Y-%m")
    entry = RegisterEntry(
        case_id=case.id, kind=outcome.kind, round=outcome.round, number=outcome.number,
        code=ids.new_verification_code(), published_at=act.at, month=month, anomaly=case.anomaly or "other",
        outcome=outcome.result, party_kind=case.responsible_kind, category=cleared.told.category,
        amount_band=cleared.told.amount_band or "withheld", currency=case.currency, status=Standing.IN_FORCE,
        status_at=act.at, rules=[RegisterRule(clause=clause) for clause in outcome.clauses],
    )  # fmt: skip
    entry.notices = _editions(case, cleared, entry.code, act)
    entry.searched = _searched(entry)
    session().add(entry)
    session().flush()
    session().add_all(_resolution(entry, *each, act) for each in cleared.resolved)
    for notice in entry.notices:
        proving.enter(notice, entry.code, act=act)
        outbox.add(outbox.Task.ISSUE_NOTICE, at=act.at, notice_id=notice.id)
    return entry


def _resolution(entry: RegisterEntry, leak: Leak, decided: Resolve | None, instead: str, act: Act) -> LeakResolution:
    accepted = decided.accept if decided and decided.accepted else None
    return LeakResolution(
        entry_id=entry.id, found=leak.text, accepted_because=accepted, instead=None if accepted else instead,
        user_id=act.actor.user_id, at=act.at,
    )  # fmt: skip


def _editions(case: Case, cleared: Cleared, code: str, act: Act) -> list[Notice]:
    versions = {Edition.PARTY: (cleared.outcome, None), Edition.PUBLIC: (cleared.public, cleared.told)}
    return [
        _notice(case, freeze(case, version, language=language, code=code, at=act.at, told=told), edition, version, act)
        for edition, (version, told) in versions.items()
        for language in NoticeLanguage
    ]


def _notice(case: Case, facts: NoticeFacts, edition: Edition, outcome: Outcome, act: Act) -> Notice:
    return Notice(
        case_id=case.id, kind=outcome.kind, subject=outcome.round, edition=edition,
        language=facts.language, frozen=facts.to_json().decode(), status=NoticeStatus.PENDING, made_at=act.at,
    )  # fmt: skip


def _searched(entry: RegisterEntry) -> str:
    """Return what a search looks in: number and public words in all languages."""
    said = [entry.number]
    for notice in entry.notices:
        if notice.edition is Edition.PUBLIC:
            facts = notice.facts
            said += [facts.number, facts.title.replace("\n", ""), facts.respondent, *facts.outcome]
            said += [f"{rule.clause} {rule.text}" for rule in facts.rules]
            said += [*facts.facts_found, *facts.reasons, *(remedy.text for remedy in facts.remedies)]
    return folded("\n".join(dict.fromkeys(said)))


def folded(text: str) -> str:
    """Return text as it is searched: one width, one case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _tell(case: Case, entry: RegisterEntry, act: Act) -> None:
    """Tell both sides where the outcome stands published. Source: clause 2.2.4.4."""
    url = site.absolute(f"/v/{entry.code}")

    def fields(language: str) -> dict[str, Any]:
        number = written_number(entry.number, NoticeLanguage(language))
        return {"notice": number, "outcome": name("outcome", entry.outcome, language), "verify_url": url}

    tell_consumer(case, "published", act=act, attachments=_with(entry, case.language), **fields(case.language))
    if case.respondent and case.organisation_ids:
        language = case.respondent.language
        tell_respondent(case, "published_respondent", act=act, attachments=_with(entry, language), **fields(language))


def _with(entry: RegisterEntry, language: str) -> list[dict[str, int]]:
    """Return the notice that goes with a letter to a party: theirs, in their language; it is printed a little later."""
    mine = (notice for notice in entry.notices if (notice.edition, notice.language) == (Edition.PARTY, language))
    return [{"notice_id": notice.id} for notice in mine]


def printed_files(attachments: Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Return the files that a letter brings, or None while one of them is still to be printed."""
    found = [queries.notice(each["notice_id"]) for each in attachments]
    notices = [notice for notice in found if notice and notice.status is not NoticeStatus.WITHDRAWN]
    if any(notice.pdf_sha256 is None for notice in notices):
        return None
    return [
        {"filename": f"{notice.number}.{notice.language}.pdf", "media_type": "application/pdf",
         "ref": notice.pdf_ref}
        for notice in notices
    ]  # fmt: skip


# --- printing ------------------------------------------------------------------------------------------------------


def to_print(notice_id: int, *, at: datetime) -> tuple[NoticeFacts, bytes] | None:
    """Return what is to be printed and the proof that goes with it; None if it is issued or withdrawn already.

    Raises: outbox.Later while the log's checkpoint that the proof needs is still to come.
    """
    notice = queries.notice(notice_id)
    if notice is None or notice.status in (NoticeStatus.ISSUED, NoticeStatus.WITHDRAWN):
        return None
    proof = proving.proved(notice_id)
    if not proof and proving.worth_waiting(notice, at):
        raise outbox.Later(at + SOON)
    return notice.facts, proof


def printed(facts: NoticeFacts, proof: bytes = b"") -> bytes:
    """Print a notice; outside any transaction. Raises RenderFailed. The same facts and proof give the same bytes."""
    return render(facts, proof)


def issue(notice_id: int, pdf: bytes, *, by: str, at: datetime) -> None:
    """Keep the signed file by its hash and write down that the notice is issued.

    What was issued or withdrawn meanwhile stays as it is. After a crash in between, the file waits for nobody.
    """
    file = store().put_bytes(pdf)
    notice = queries.notice(notice_id)
    if notice and notice.status in (NoticeStatus.PENDING, NoticeStatus.FAILED):
        notice.pdf_sha256, notice.pdf_ref = file.sha256, file.ref
        notice.pdf_size, notice.issued_at = file.size, at
        notice.signed_by, notice.signed_at = by, at
        notice.status, notice.reason = NoticeStatus.ISSUED, None
        if notice.entry_id is not None:  # a paper of a case is its readers' own: nothing of it is opened to anyone
            record(notice, about=about(notice.case_id), at=at)
            show(notice.case_id)


def mark_failed(notice_id: int, failure: RenderFailed) -> bool:
    """Write down that the notice could not be printed, which staff see with the reason; return whether to try again.

    Once: what cannot be printed twice has something in it that a person has to look at.
    """
    notice = queries.notice(notice_id)
    if notice is None or notice.status is not NoticeStatus.PENDING:
        return False
    notice.status, notice.reason = NoticeStatus.FAILED, f"{failure.reason}: {failure.detail}"[:500]
    return True


def print_again(notice: Notice, *, act: Act) -> None:
    """Give a notice to the press once more. Raises Invalid where it is printed or withdrawn."""
    if notice.status not in (NoticeStatus.FAILED, NoticeStatus.PENDING):
        raise Invalid("not_possible")
    notice.status = NoticeStatus.PENDING
    outbox.add(outbox.Task.ISSUE_NOTICE, at=act.at, notice_id=notice.id)


# --- what becomes of it --------------------------------------------------------------------------------------------


@when_entering(CaseState.REVIEW)
def _under_review(case: Case, act: Act) -> None:
    """A decision that is looked at again says so wherever it is read."""
    _follow_decisions(case, act)


def _follow_decisions(case: Case, act: Act) -> None:
    """Let the entries stand where the committee's decisions stand; an earlier one names its review."""
    entries = {entry.round: entry for entry in queries.entries_of(case) if entry.kind is NoticeKind.DECISION}
    for decision in committee.decisions(case):
        entry = entries.get(decision.round)
        if entry is None or entry.status is Standing.WITHDRAWN:
            continue
        decision.published_at = decision.published_at or act.at
        entry.later = entries.get(decision.round + 1)
        if entry.status != (status := Standing(decision.status)):
            entry.status, entry.status_at = status, act.at


def take_down(entry: RegisterEntry, case: Case, command: TakeDown, *, act: Act) -> None:
    """Take an entry out of the register: in its place stands the reason. The parties keep their edition.

    Raises NotPermitted, or Invalid where the reason itself tells who the parties are.
    """
    require(act.actor, Permission.DECISION_PUBLISH, case_id=case.id, organisation_ids=case.organisation_ids)
    if found := leaks(command.reason, marks_of(case)):
        raise Invalid("names_in_public_text", pointer="/reason", words="、".join(leak.text for leak in found))
    entry.status, entry.status_at, entry.reason = Standing.WITHDRAWN, act.at, command.reason
    entry.searched = ""
    for notice in entry.notices:
        if notice.edition is Edition.PUBLIC:
            notice.status = NoticeStatus.WITHDRAWN
