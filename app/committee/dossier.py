"""A case as its judges read it: the issues, both sides in parallel, the rules beside, the exhibits; never an offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.cases import exhibits, pleadings
from app.cases import queries as cases
from app.cases.faces import clock_face
from app.cases.models import Case, Finding
from app.cases.pleadings import Pleading
from app.cases.showing import keeps_progress, shows_decisions
from app.cases.similar import similar
from app.committee import queries
from app.committee.docket import clocks_of, task_of
from app.committee.models import Decision, Issue, Panel, PanelSeat, ReviewRequest
from app.committee.queries import Receipts
from app.committee.service_reading import Material, reading_of
from app.core.money import written
from app.web.api import when
from app.web.filters import clause_url, law, named
from app.web.i18n import language
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.issues import Outcome, said, wording
from workflows.procedure.reading import Change
from workflows.procedure.states import Action
from workflows.procedure.voting import Choice
from workflows.regulation import book


def asked(issue: Issue) -> str:
    """Return the issue as a question, in the reader's language."""
    amount = written(issue.amount_minor, issue.currency, language()) if issue.amount_minor else ""
    return wording(issue.question, language(), book.current(), amount)


def heading(case: Case, panel: Panel, now: datetime) -> dict[str, Any]:
    """Return what stands on top of every page of the case."""
    who = case.respondent.name if case.respondent else _("no respondent named")
    return {
        "case": case, "panel": panel,
        "title": law(case.anomaly or "other", "anomaly"),
        "eyebrow": " · ".join([case.number, named(case.state, "state")]),
        "subtitle": _("against %(who)s", who=who),
        "clocks": [clock_face(each, now) for each in clocks_of(case)],
    }  # fmt: skip


def dossier(case: Case, panel: Panel, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return everything a judge reads, and what they do next."""
    found = cases.findings(case)
    rounds = queries.rounds(case)
    voted = queries.voters(panel)
    draft = rounds[panel.round][0] if panel.round in rounds else None
    told, receipts = pleadings.told(case), queries.receipts(panel, actor.user_id)
    faces = exhibits.shown(case, actor)
    material = Material(found, exhibits.named_in(faces), told)
    return {
        **heading(case, panel, now),
        "issues": [_issue(issue, found) for issue in panel.issues],
        "findings": [_finding(each) for each in found if each.clause not in {issue.clause for issue in panel.issues}],
        "consumer": _consumer(case),
        "respondent": _respondent(case, told),
        "summary": _summary(case),
        "exhibits": [_exhibit(each, panel, actor, receipts) for each in faces],
        "reading": _reading(panel, actor, material, receipts, faces),
        "halted": halted(panel),
        **attendance(panel, voted, actor),
        "task": _task(case, panel, draft, actor, voted),
        "changeable": panel.sealed and actor.user_id in voted,
        "earlier": [rounds[n] for n in range(panel.round - 1, 0, -1) if n in rounds],
        "draft": draft,
    }


def _task(case: Case, panel: Panel, draft: Decision | None, actor: Actor, voted: set[int]) -> str:
    if case.state not in queries.BEFORE:
        return "wait"
    return task_of(panel, draft, actor, voted, halted=panel.halted)


def halted(panel: Panel) -> list[dict[str, Any]]:
    """Return the challenges that wait for a ruling: whom they are about, and until when it is due."""
    waiting = [each for each in panel.challenges if each.outcome == "pending"]
    return [{"member": each.seat.user.name, "side": each.side, "by": each.rule_by} for each in waiting]


def read_so_far(case: Case, panel: Panel, actor: Actor) -> dict[str, Any] | None:
    """Return what a member still has to read before they vote; None for who does not vote."""
    faces = exhibits.shown(case, actor)
    material = Material(cases.findings(case), exhibits.named_in(faces), pleadings.told(case))
    return _reading(panel, actor, material, queries.receipts(panel, actor.user_id), faces)


def _reading(
    panel: Panel, actor: Actor, material: Material, receipts: Receipts, faces: Sequence[dict[str, Any]]
) -> dict[str, Any] | None:
    seat = panel.seat_of(actor.user_id)
    if seat is None or not seat.declared_free or not panel.sealed:
        return None
    reading = reading_of(material, receipts, actor.user_id)
    missing = {each.id for each in reading.unopened}
    return {
        "unopened": [face for face in faces if face["id"] in missing],
        "changes": [_change(each) for each in reading.changed],
        "complete": reading.complete, "mark": reading.mark,
    }  # fmt: skip


def _change(change: Change) -> dict[str, str]:
    """Return one difference between what was read and what is there, in words."""
    what = {
        "exhibit": _("Exhibit %(n)s: %(file)s", n=change.name, file=change.after or change.before or ""),
        "finding": _("Finding on clause %(no)s", no=change.name),
        "answer": _("The respondent's answer %(n)s", n=change.name),
    }[change.kind]  # fmt: skip
    how = {"added": _("new"), "removed": _("taken out"), "changed": _("changed")}[change.how]
    verdicts = change.kind == "finding" and change.how == "changed"
    told = f"{named(change.before, 'verdict')} → {named(change.after, 'verdict')}" if verdicts else how
    target = {"exhibit": "exhibits", "finding": "findings"}.get(change.kind, "sides-title")
    return {"what": what, "how": told, "target": target}


def _exhibit(face: dict[str, Any], panel: Panel, actor: Actor, receipts: Receipts) -> dict[str, Any]:
    """Return an exhibit with whether this member has opened it; for others, how many members have."""
    sitting = [seat.user_id for seat in panel.live_seats]
    if actor.user_id in sitting:
        read = _("opened") if face["id"] in receipts.opened.get(actor.user_id, {}) else _("not opened yet")
    else:
        times = sum(face["id"] in receipts.opened.get(user_id, {}) for user_id in sitting)
        read = _("opened by %(n)s of %(all)s", n=times, all=len(sitting))
    return face | {"note": " · ".join(filter(None, (face.get("note"), read)))}


def like(case: Case, panel: Panel, now: datetime) -> dict[str, Any]:
    """Return what became of cases like this one: outcome and days, never an offer."""
    return heading(case, panel, now) | {"similar": similar(case, cases.findings(case))}


def _issue(issue: Issue, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "n": issue.n,
        "kind": named(issue.kind, "issue_kind"),
        "question": asked(issue),
        "rule": rule(issue.clause),
        "findings": [_finding(each) for each in findings if each.clause == issue.clause],
    }


def rule(number: str) -> dict[str, str]:
    """Return a clause with its text, as it stands beside the dispute."""
    clause = book.current().clause(number)
    return {"clause": number, "text": clause.text.in_(language()), "url": clause_url(number)}


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "title": named(found.verdict, "verdict"),
        "explanation": found.explanation.get(language(), ""),
        "clause": found.clause,
        "clause_url": clause_url(found.clause),
        "liable": law(found.liable, "party_kind") if found.liable else None,
        "confirmed_by": _("a person of the desk") if found.confirmed_at else None,
    }


@keeps_progress
def counts_votes(case: Case, actor: Actor) -> bool:
    """Return whether the actor could count by it the votes that are kept from them."""
    if not actor.may(Permission.VOTE_CAST) or case.state not in queries.BEFORE:
        return False
    panel = queries.panel_of(case)
    return panel is not None and panel.hides_voters_from(actor.user_id)


@shows_decisions
def decided(case: Case) -> list[dict[str, Any]]:
    """Return each signed decision of the case: number, outcome, where it stands, and what a review made of it."""
    return [
        {
            "number": decision.number, "outcome": decision.outcome, "status": decision.status,
            "signed_at": when(decision.signed_at), "reviewed": asked.outcome if asked else None,
        }
        for decision, asked in queries.rounds(case).values()
        if decision.signed_at
    ]  # fmt: skip


def _consumer(case: Case) -> dict[str, Any]:
    return {"text": case.narrative, "lang": case.language, "sought": [_wish(each) for each in case.remedies_sought]}


def _wish(remedy: Mapping[str, Any]) -> str:
    amount = remedy.get("amount")
    kind = law(remedy["kind"], "remedy_kind")
    return f"{kind} {written(amount['amount_minor'], amount['currency'], language())}" if amount else kind


def _summary(case: Case) -> str:
    """Return what the mediator wrote when the case was handed over."""
    referred = cases.last_event(case, Action.REFER)
    return (referred.detail.get("summary") or "") if referred else ""


def _respondent(case: Case, told: Sequence[Pleading]) -> dict[str, Any]:
    return {"name": case.respondent.name if case.respondent else None, "answers": [_answer(each) for each in told]}


def _answer(answer: Pleading) -> dict[str, Any]:
    rule_url = clause_url(answer.clause) if answer.clause else None
    return {"position": named(answer.position, "position"), "clause_url": rule_url, "said": answer}


def attendance(panel: Panel, voted: set[int], actor: Actor) -> dict[str, Any]:
    """Return the seats and the number of votes as the quorum meter draws them: who voted, never what.

    Who sits on the panel is told neither of the others until the close, so that nobody votes by what others do; the
    secretary and the supervisor are, who see to it that the votes come in.
    """
    hidden = panel.hides_voters_from(actor.user_id)
    seen = voted & {actor.user_id} if hidden else voted
    seats = sorted(panel.seats, key=lambda seat: (seat.place, seat.id))
    return {"seats": [_seat(seat, seen, hidden=hidden) for seat in seats], "voted": None if hidden else len(voted)}


def _seat(seat: PanelSeat, voted: set[int], *, hidden: bool) -> dict[str, str]:
    if seat.left_at is not None:
        return {"name": seat.user.name, "state": "out", "state_text": named(seat.left_because, "left")}
    if seat.user_id in voted:
        text, state = _("voted"), "in"
    elif seat.declared_free:
        text, state = _("has declared") if hidden else _("reading"), "waiting"
    else:
        text, state = _("has not declared yet"), "waiting"
    presides = [_("presides")] if seat.is_chair else []
    return {"name": seat.user.name, "state": state, "state_text": " · ".join([*presides, text])}


def result(case: Case, panel: Panel, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the tally with its reasons; while the votes are sealed, only who has voted."""
    names = {seat.user_id: seat.user.name for seat in panel.seats}
    rounds = queries.rounds(case)
    voted = queries.voters(panel)
    draft = rounds[panel.round][0] if panel.round in rounds else None
    return {
        **heading(case, panel, now),
        "rulings": [_ruling(each, names) for each in queries.rulings(panel)],
        **attendance(panel, voted, actor),
        "decision": draft,
        "task": _task(case, panel, draft, actor, voted),
        "halted": halted(panel),
        "publishes": _publishes(case, rounds.values(), actor),
        "sent_back": draft is not None and draft.outcome is Outcome.SENT_BACK,
    }


def _publishes(case: Case, rounds: Iterable[tuple[Decision, ReviewRequest | None]], actor: Actor) -> bool:
    """Return whether the actor is to publish what was decided, or that the case was sent back."""
    back = any(each.signed_at and not each.published_at and each.outcome is Outcome.SENT_BACK for each, _ in rounds)
    return (case.state == "decided" or (case.state == "committee" and back)) and actor.may(Permission.DECISION_PUBLISH)


def _ruling(ruling: queries.Ruling, names: Mapping[int, str]) -> dict[str, Any]:
    kind = ruling.issue.kind
    return {
        "n": ruling.issue.n,
        "question": asked(ruling.issue),
        "result": said(kind, ruling.tally.result, language()),
        "tie_broken": ruling.tally.tie_broken,
        "counts": [(said(kind, choice, language()), ruling.tally.counts[choice]) for choice in Choice],
        "votes": [
            {"by": names[vote.user_id], "choice": said(kind, vote.choice, language()), "reason": vote.reason,
             "dissents": vote.choice not in (ruling.tally.result, Choice.ABSTAIN)}
            for vote in ruling.votes
        ],
    }  # fmt: skip
