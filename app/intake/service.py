"""A submission becomes a case: prepared outside the transaction, received inside it. Every channel comes here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import insert

from app.cases import access, exhibits, service_clocks, service_steps
from app.cases.commands import RequestAnswer
from app.cases.models import Case, CaseEvent, Finding, Party
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_letters import local, tell_consumer
from app.core import ids, outbox
from app.core.db import canonical, session
from app.core.languages import DEFAULT, LANGUAGES
from app.core.people import who_is_reached_at
from app.core.sealed import sealed_rows
from app.core.storage import Stored, store
from app.core.uploads import Upload
from app.intake import routing
from app.intake.commands import Complainant, Submission
from app.intake.routing import Route
from app.intake.service_keys import Received, claim, received, settle
from app.intake.titles import title_of
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Audience
from workflows.procedure.checks import engine
from workflows.procedure.checks.facts import DEFAULT_ZONE, CheckRequest
from workflows.procedure.checks.finding import Finding as Found
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book
from workflows.triage import reading as triage
from workflows.triage.reading import Reading

MONEY_AT_RISK = frozenset({"debits_continuing", "scam_in_progress"})
PROMISED = (ClockKind.EMERGENCY_START, ClockKind.FIRST_REPLY, ClockKind.RESOLUTION)


class Prepared(Struct, frozen=True):
    """A submission with all that can be known of it before the transaction opens."""

    submission: Submission
    language: str
    law_as_of: date
    original: Stored
    reading: Reading
    findings: Sequence[Found]
    important: bool


def prepare(submission: Submission, *, act: Act) -> Prepared:
    """Return what `receive` needs: the original is stored by its hash, the story read, the facts checked.

    Source: clause 3.4.2 (a channel for complaints), 2.2.1 (what went wrong), 3.1.1 (rule engine),
    2.1.7.1 (importance).
    """
    given = submission.model_dump(mode="json", exclude_none=True)
    order, events = given.get("order", {}), given.get("events", [])
    reading = triage.read(
        submission.narrative, language=submission.language, claimed=submission.anomaly, danger=bool(submission.danger),
        order=order, events=events,
    )  # fmt: skip
    facts = {"order": order, "events": events, "complaint_at": act.at.isoformat(), "time_zone": DEFAULT_ZONE}
    law_as_of = act.at.astimezone(ZoneInfo(DEFAULT_ZONE)).date()
    return Prepared(
        submission=submission,
        language=submission.language or (reading.language if reading.language in LANGUAGES else DEFAULT),
        law_as_of=law_as_of,
        original=store().put_bytes(canonical(given).encode()),
        reading=reading,
        findings=engine.check(CheckRequest.from_json(facts), book.current()),
        important=_important(submission, reading, law_as_of),
    )


def _important(submission: Submission, reading: Reading, on: date) -> bool:
    """Return whether the first reply is due sooner: by what was read or by what was said, whichever is graver."""
    told = {
        book.current().importance(
            anomaly, danger=bool(submission.danger), emergency=reading.emergency,
            money_at_risk=bool(MONEY_AT_RISK & set(reading.emergency_reasons)),
            category=(submission.order or {}).get("category"), on=on,
        )
        for anomaly in (reading.anomaly, submission.anomaly)
    }  # fmt: skip
    return "important" in told


def receive(
    prepared: Prepared, *, act: Act, channel: str, evidence: Sequence[Upload] = (), key: str | None = None,
    declared: Sequence[str] = (),
) -> Received:  # fmt: skip
    """Make the case in the caller's one transaction and return it with the tokens that open it.

    `key` is the sender's idempotency key: the same request finds the case it made before. `declared` is what the
    complainant ticked. Raises Invalid for a key that was used with other content, and for an unknown organisation.
    """
    if key is not None and (earlier := claim(key, prepared.original.sha256, act=act)):
        return earlier
    route = routing.of(prepared.submission, prepared.reading, on=prepared.law_as_of)
    case = _opened(prepared, route, channel, act)
    service_clocks.start_first(case, _figures(case), act=act)
    detail = {"channel": channel, "files": len(evidence), "declared": list(declared), "important": case.important}
    _write_down(case, prepared, act, detail)
    exhibits.keep(case, evidence, act)
    system = Act(SYSTEM, act.at)
    advance(case, Action.TRIAGE, act=system, detail={"anomaly": case.anomaly, "status": case.anomaly_status})
    if route.sure:
        service_steps.request_answer(case, RequestAnswer(), system)
    _acknowledge(case, act)
    if case.emergency:
        outbox.add(outbox.Task.ALERT_DUTY, at=act.at, case_id=case.id)
    if key is not None:
        settle(key, case)
    return received(case)


def _opened(prepared: Prepared, route: Route, channel: str, act: Act) -> Case:
    given, reading = prepared.submission, prepared.reading
    number = ids.case_number(prepared.law_as_of.year, ids.next_serial(f"case-{prepared.law_as_of.year}"))
    sought = [remedy.model_dump(mode="json", exclude_none=True) for remedy in given.remedies_sought or ()]
    order = given.order or {}
    amounts = [remedy.amount for remedy in given.remedies_sought or () if remedy.amount]
    largest = max(amounts, key=lambda amount: amount.amount_minor, default=None)
    return Case(
        number=number, state=CaseState.RECEIVED, channel=channel, language=prepared.language, time_zone=DEFAULT_ZONE,
        rulebook_version=book.current().version, law_as_of=prepared.law_as_of,
        link_hash=ids.digest(access.link_token(number)), access_hash=ids.digest(access.access_token(number)),
        original_sha256=prepared.original.sha256, original_ref=prepared.original.ref,
        title=title_of(given.narrative), narrative=given.narrative, danger=bool(given.danger),
        important=prepared.important, emergency=reading.emergency,
        order_facts=order, order_events=list(given.events or ()), remedies_sought=sought,
        amount_minor=largest.amount_minor if largest else order.get("goods_total_minor") or None,
        currency=largest.currency if largest else order.get("currency") or "CNY",
        anomaly_claimed=given.anomaly, anomaly=route.anomaly, anomaly_status=route.status, others=route.others,
        reading=_kept(reading), responsible_kind=route.kind,
        respondent=route.respondent, respondent_id=route.respondent.id if route.respondent else None,
        person=who_is_reached_at(given.complainant.phone or None, given.complainant.email or None),
        received_at=act.at, last_seq=1, clocks=[], parties=[_party(given.complainant, given)],
    )  # fmt: skip


def _party(person: Complainant, given: Submission) -> Party:
    return Party(
        name=person.name or None, phone=person.phone or None, email=person.email or None,
        contact_by=person.contact_by, contact_hours=person.hours or None, on_behalf_of=person.on_behalf_of or None,
        respondent_named=(given.respondent.name or None) if given.respondent else None,
    )  # fmt: skip


def _kept(reading: Reading) -> dict[str, Any]:
    """Return the reading as the case keeps it: what `/classify` shows, and what a person needs beside it."""
    return reading.to_json() | {
        "language": reading.language,
        "emergency_reasons": list(reading.emergency_reasons),
        "missing": list(reading.missing),
        "model_version": reading.model_version,
        "reasons": [reason.to_json() | {"clause": reason.clause} for reason in reading.reasons],
    }


def _figures(case: Case) -> dict[ClockKind, str]:
    """Return the clocks that run from receipt, and by which figure. Source: clauses 2.2.3.2, 2.1.7.1, 2.2.4.3."""
    return {
        ClockKind.EMERGENCY_START: "emergency_start",
        ClockKind.FIRST_REPLY: "first_reply_important" if case.important else "first_reply_ordinary",
        ClockKind.RESOLUTION: "resolution",
        ClockKind.REFERRAL: "committee_referral",
    }


def _write_down(case: Case, prepared: Prepared, act: Act, detail: dict[str, Any]) -> None:
    """Write the first entry of the history, and what the rule engine found."""
    event = CaseEvent(
        case_id=case.id, seq=case.last_seq, at=act.at, action=Action.RECEIVE, branch="",
        side=act.actor.side if act.actor.roles else "consumer", user_id=act.actor.user_id, from_state=None,
        to_state=CaseState.RECEIVED, clause="2.2.4.2", audience=Audience.BOTH, detail=detail,
    )  # fmt: skip
    record(event, about=about(case.id), at=act.at)
    if prepared.findings:
        found = [each.to_json() | {"case_id": case.id, "found_at": act.at} for each in prepared.findings]
        rows = sealed_rows(Finding, found, case.person)
        session().execute(insert(Finding).execution_options(render_nulls=True), rows)  # many rows, one statement


def _acknowledge(case: Case, act: Act) -> None:
    """Tell the complainant that it is here, what is promised by when, and the private link."""
    due = {clock.kind: local(clock.due_at, case.time_zone) for clock in case.clocks if clock.kind in PROMISED}
    tell_consumer(
        case, "acknowledged", act=act, emergency_due=due[ClockKind.EMERGENCY_START],
        reply_due=due[ClockKind.FIRST_REPLY], resolution_due=due[ClockKind.RESOLUTION],
        link=access.private_link(case),
    )  # fmt: skip
