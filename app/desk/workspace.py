"""One case as the desk works it: the next step first, then what is known, said, proved, found and done."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.accounts import queries as people
from app.cases import actions, queries, queries_joint, queries_talk
from app.cases.faces import case_faces, finding_faces, message_faces
from app.cases.models import Case, CaseEvent
from app.cases.proposing import proposed
from app.cases.similar import similar
from app.core import clock
from app.desk import reading
from app.desk.emergencies import of_case
from app.desk.queue import parties, subtitle, tags
from app.evidence import queries as evidence
from app.evidence.showing import docket, face
from app.evidence.stating import fact_label
from app.intake.queries import signed_facts
from app.mediation import queries as mediation
from app.mediation.showing import record_face, rounds_of
from app.web.filters import instant, law, named
from app.web.i18n import language
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, CaseState, steps_from

TABS = ("overview", "messages", "evidence", "rules", "similar", "log")

# Action → the page it is done on, in the order in which they are offered.
PAGES = {
    Action.START_EMERGENCY: "emergency",
    Action.END_EMERGENCY: "emergency-end",
    Action.CLASSIFY: "classify",
    Action.REPLY: "reply",
    Action.REQUEST_ANSWER: "ask",
    Action.PROPOSE: "offer",
    Action.OPEN_BIDDING: "bidding",
    Action.PUBLISH: "publish",
    Action.ASSIGN: "transfer",
    Action.REFER: "refer",
    Action.JOIN: "join",
    Action.PART: "part",
    Action.CLOSE: "close",
}
BESIDE_ITS_CASE = (Action.PART,)  # offered where the joined cases stand
KEYS = {Action.REPLY: "r", Action.PROPOSE: "o", Action.ASSIGN: "a"}


class NextStep(Struct, frozen=True):
    """What to do now, why, and by which clause; `action` is None where the desk waits for others."""

    title: str
    text: str
    clause: str
    action: Action | None


def workspace(case: Case, actor: Actor, tab: str, now: datetime) -> dict[str, Any]:
    """Return what the case page shows on `tab`; only that tab's content is loaded."""
    possible = [handler.action for handler in actions.open_to(case, actor) if handler.action in PAGES]
    step = next_step(case, possible)
    return {
        "case": case,
        "tab": tab,
        "tabs": _tabs(case, tab),
        "subtitle": subtitle(case),
        "parties": parties(case),
        "tags": tags(case),
        "clocks": case_faces(case, now),
        "step": step,
        "buttons": _buttons(case, possible, step.action),
        "assignee": people.names([case.assignee_id]).get(case.assignee_id or 0),
        **_CONTENT[tab](case, actor),
    }


def _tabs(case: Case, current: str) -> list[dict[str, Any]]:
    labels = {
        "overview": _("Overview"), "messages": _("Messages"), "evidence": _("Evidence"), "rules": _("Rules"),
        "similar": _("Similar cases"),
        "log": _("Full record"),
    }  # fmt: skip
    return [
        {"label": labels[tab], "url": url_for("desk.case", number=case.number, tab=tab), "current": tab == current}
        for tab in TABS
    ]


def _buttons(case: Case, possible: list[Action], first: Action | None) -> list[dict[str, Any]]:
    ordered = [action for action in PAGES if action in possible and action not in (first, *BESIDE_ITS_CASE)]
    if first:
        ordered.insert(0, first)
    return [
        {
            "label": named(action, "action"),
            "url": _page_of(case, action),
            "key": KEYS.get(action),
            "first": action is first,
        }
        for action in ordered
    ]


def _page_of(case: Case, action: Action) -> str:
    """Return where an action is taken: publishing has one page for all who may, with the check for leaks."""
    if action is Action.PUBLISH:
        return url_for("outcomes.outcome", number=case.number)
    return url_for("desk.step", number=case.number, page=PAGES[action])


def next_step(case: Case, possible: list[Action]) -> NextStep:
    """Return what the desk should do now with the case, among what is possible for the reader."""
    open_clocks = {clock.kind for clock in case.clocks if clock.is_open}
    candidates = [
        (case.emergency and ClockKind.EMERGENCY_START in open_clocks, Action.START_EMERGENCY),
        (case.anomaly_status != "confirmed", Action.CLASSIFY),
        (ClockKind.EMERGENCY_START in open_clocks, Action.START_EMERGENCY),
        (ClockKind.FIRST_REPLY in open_clocks, Action.REPLY),
        (case.state is CaseState.TRIAGE and case.respondent_id is None, Action.CLASSIFY),
        (case.state is CaseState.TRIAGE, Action.REQUEST_ANSWER),
        (case.state is CaseState.MEDIATION, Action.PROPOSE),
        (case.state in (CaseState.SETTLED, CaseState.DECIDED), Action.PUBLISH),
    ]
    for applies, action in candidates:
        if applies and action in possible:
            return NextStep(named(action, "action"), str(WHY[action]), steps_from(case.state, action)[0].clause, action)
    title, text = WAITING[case.state]
    return NextStep(str(title), str(text), CLAUSES.get(case.state, "2.2.4.3"), action=None)


WHY = {
    Action.START_EMERGENCY: _l(
        "Choose the plan and start it. The 2-hour clock is then met, and the company's emergency contact is told."
    ),
    Action.CLASSIFY: _l(
        "Triage was not sure. Confirm what went wrong and who answers for it; nobody is told anything before."
    ),
    Action.REPLY: _l("Your first message to the consumer meets the first-reply clock; the other clocks go on."),
    Action.REQUEST_ANSWER: _l("The company then sees the case and has 48 hours to answer."),
    Action.PROPOSE: _l("Both sides are asked to accept. If either declines, the case can still go to the committee."),
    Action.PUBLISH: _l("The notice is made in three languages, both sides are told, the register shows the outcome."),
}

# What the desk waits for in each state: in a few words, and in a sentence.
WAITING = {
    CaseState.RECEIVED: (_l("being sorted"), _l("Nothing to do for the moment.")),
    CaseState.TRIAGE: (_l("wait for the duty lead"), _l("Somebody who may sort cases has to look at it.")),
    CaseState.ANSWERING: (
        _l("wait for the answer"),
        _l("Without an answer in time the case goes to mediation by itself."),
    ),
    CaseState.MEDIATION: (
        _l("mediation is under way"),
        _l("An offer is on the table, or a mediator has to propose one."),
    ),
    CaseState.COMMITTEE: (
        _l("the committee decides"),
        _l("The panel declares interests, reads and votes; the chair signs."),
    ),
    CaseState.SETTLED: (_l("publish the outcome"), _l("A mediator or the secretary publishes it.")),
    CaseState.DECIDED: (_l("publish the outcome"), _l("The chair or the secretary publishes it.")),
    CaseState.REVIEW: (
        _l("other members review the decision"),
        _l("What was ordered is stayed until they have decided."),
    ),
    CaseState.PERFORMING: (
        _l("see that it is done"),
        _l("The company reports, the consumer confirms. Each remedy has its clock."),
    ),
    CaseState.CLOSED: (_l("nothing, the case is closed"), _l("A party may still ask for a review in its time.")),
}
CLAUSES = {
    CaseState.RECEIVED: "2.2.1", CaseState.TRIAGE: "2.2.2", CaseState.ANSWERING: "2.1.7.1",
    CaseState.COMMITTEE: "3.3.2", CaseState.SETTLED: "2.2.4.4", CaseState.DECIDED: "2.2.4.4",
    CaseState.PERFORMING: "2.2.2",
}  # fmt: skip


def _overview(case: Case, actor: Actor) -> dict[str, Any]:
    offers, found = mediation.offers(case, actor), queries.findings(case)
    joined, perhaps = queries_joint.belonging(case, actor)
    return {
        "findings": finding_faces(found),
        "proposed": proposed(case, found),
        "files": _files(case, actor),
        "offers": offers,
        "answers": mediation.answers(case, actor),
        "rounds": rounds_of(case, actor),
        "record": record_face(case, actor),
        "remedies": queries_talk.remedies(case),
        "facts": _facts(case),
        "reasons": _reasons(case),
        "known_facts": _known_facts(case),
        "reading": reading.face(case),
        "emergencies": of_case(case) if case.emergency_plan else (),
        "joined": joined,
        "perhaps": perhaps,
        "complainant": next((party for party in case.parties if party.role == "complainant"), None),
    }


def _known_facts(case: Case) -> list[tuple[str, str]]:
    """Return the facts of the order that triage stood on, in words, with the anomaly that each speaks for."""
    facts = [reason for reason in case.reading.get("reasons", []) if reason.get("fact")]
    return [(named(re.split(r"\W", reason["fact"])[0], "fact"), reason["points_to"]) for reason in facts]


def _reasons(case: Case) -> list[dict[str, Any]]:
    """Return the spans that triage stood on, without those that lie inside another one."""
    spans = [reason for reason in case.reading.get("reasons", []) if reason.get("text")]
    spans.sort(key=lambda reason: (reason["start"], -reason["end"]))
    kept: list[dict[str, Any]] = []
    for span in spans:
        if not kept or span["end"] > kept[-1]["end"]:
            kept.append(span)
    return kept


def _files(case: Case, actor: Actor) -> list[dict[str, Any]]:
    return [face(exhibit, actor) for exhibit in evidence.of_case(case)]


def _facts(case: Case) -> list[tuple[str, str]]:
    wishes = "、" if language().startswith("zh") else ", "
    named_party = case.respondent.name if case.respondent else law(case.responsible_kind, "party_kind")
    sought = wishes.join(law(wish["kind"], "remedy_kind") for wish in case.remedies_sought)
    return [
        (_("Wants"), sought),
        (_("Order"), str(case.order_facts.get("id") or "")),
        *_signed_by_shop(case),
        (_("What went wrong"), law(case.anomaly, "anomaly")),
        (_("Who answers for it"), named_party),
        (_("Received"), instant(case.received_at)),
    ]


def _signed_by_shop(case: Case) -> list[tuple[str, str]]:
    """Return which facts of the order the shop signed, and where the complainant says otherwise."""
    signed = signed_facts(case.id)
    if signed is None:
        return []
    other = [name for name, value in signed.order_facts.items() if case.order_facts.get(name) != value]
    comma = "、" if language().startswith("zh") else ", "
    agreed = comma.join(fact_label(name) for name in signed.order_facts if name not in other)
    told = comma.join(f"{fact_label(name)} ({signed.order_facts[name]})" for name in other)
    rows = [(_("Signed by the shop"), agreed), (_("The shop says otherwise"), told)]
    return [(label, words) for label, words in rows if words]


def _messages(case: Case, actor: Actor) -> dict[str, Any]:
    return {"messages": message_faces(queries_talk.messages(case, actor))}


def _evidence(case: Case, actor: Actor) -> dict[str, Any]:
    return docket(case, actor, clock.now())


def _rules(case: Case, actor: Actor) -> dict[str, Any]:
    return {"findings": finding_faces(queries.findings(case))}


def _similar(case: Case, actor: Actor) -> dict[str, Any]:
    return {"similar": similar(case, queries.findings(case))}


def _log(case: Case, actor: Actor) -> dict[str, Any]:
    events = queries.events(case, actor)
    by = people.names([event.user_id for event in events])
    return {"entries": [_entry(event, by) for event in events], "effects": queries.effects(case)}


def _entry(event: CaseEvent, by: dict[int, str]) -> dict[str, Any]:
    words = named(event.action, "action")
    if event.action in (Action.WARN, Action.BREACH, Action.ELAPSE):
        words = _("%(label)s: %(value)s", label=words, value=named(event.detail.get("kind"), "clock"))
    elif event.from_state is not event.to_state:
        words = f"{words} → {named(event.to_state, 'state')}"
    who = by.get(event.user_id or 0) or named(event.side, "side")
    return {"at": event.at, "at_text": instant(event.at), "text": words, "by": f"{who} · {event.clause}"}


_CONTENT = {
    "overview": _overview,
    "messages": _messages,
    "evidence": _evidence,
    "rules": _rules,
    "similar": _similar,
    "log": _log,
}
