"""What happened in a case and what comes next, told in sentences to one of its two sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.cases.models import Case, CaseEvent
from app.portal.turn import Turn, company
from app.web.filters import instant, law, named
from app.web.i18n import language
from workflows.procedure.clocks import ClockKind
from workflows.procedure.on_call import Stage
from workflows.procedure.penalties import ACTS as PENALTY_ACTS
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

Teller = Callable[["Reader", CaseEvent], tuple[str, str] | None]


class Reader(Struct, frozen=True):
    """For whom the story is told. `clean` covers what is personal; `link` gives the address of a page of the case."""

    case: Case
    side: str
    clean: Callable[[str | None], str]
    link: Callable[..., str | None]

    def who(self, side: str) -> str:
        """Return what the reader calls a side."""
        if side == self.side:
            return _("You")
        return company(self.case) if side == "respondent" else named(side, "side")


def timeline(reader: Reader, events: Iterable[CaseEvent], turn: Turn) -> list[dict[str, Any]]:
    """Return the items of `components/case.html`: what was done, what is being done, what is to come."""
    done = [item for event in events if (item := _item(reader, event))]
    if reader.case.state is CaseState.CLOSED:
        return done
    now = {"state": "now", "title": turn.title, "when": turn.clock.due_text if turn.clock else "", "text": ""}
    return [*done, now, *_to_come(reader.case)]


def _item(reader: Reader, event: CaseEvent) -> dict[str, Any] | None:
    teller = TELLERS.get((event.action, event.branch)) or TELLERS.get((event.action, ""))
    told = teller(reader, event) if teller else None
    if told is None:
        return None
    title, text = told
    item = {"state": "done", "title": title, "when": instant(event.at, with_zone=False), "at": event.at, "text": text}
    return item | ({"link": link} if (link := _link(reader, event)) else {})


def _link(reader: Reader, event: CaseEvent) -> dict[str, str] | None:
    if event.action is Action.PROPOSE or (event.action is Action.ANSWER and event.branch == "offer"):
        n = event.detail.get("offer")
        url, label = (reader.link("offer", n=n), _("Read the offer")) if n else (None, "")
    elif event.action is Action.REPLY:
        url, label = reader.link("messages"), _("Read the message")
    elif event.action is Action.PROPOSE_PENALTY:
        url, label = f"/r/penalties/{event.detail['number']}", _("Read the penalty")
    elif event.action is Action.ADD_EVIDENCE:
        url, label = reader.link("evidence"), _("See the evidence")
    else:
        return None
    return {"url": url, "label": label} if url else None


# --- what was done: title and text of each step ----------------------------------------------------------------------


def _received(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    files = event.detail.get("files") or 0
    return _("Complaint received"), _("%(n)s files came with it.", n=files) if files else ""


def _classified(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    after = event.detail.get("after", {})
    kind = law(after.get("responsible"), "party_kind")
    text = _("By the liability table the %(party)s answers for it.", party=kind) if kind else ""
    return _("Sorted: %(what)s", what=law(after.get("anomaly"), "anomaly")), text


def _emergency(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    note = reader.clean(event.detail.get("note"))
    return _("Emergency handling started: %(plan)s", plan=law(event.detail.get("plan"), "plan")), note


def _emergency_over(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return _("Emergency handling ended"), reader.clean(event.detail.get("done"))


def _called(reader: Reader, event: CaseEvent) -> tuple[str, str] | None:
    if event.detail.get("stage") == Stage.SUPERVISOR:
        return _("Nobody at %(who)s confirmed the emergency call", who=_whom(reader)), _(
            "The person in charge was told and reaches them by other ways."
        )
    return _("Emergency contact called: %(who)s", who=_whom(reader)), ""


def _whom(reader: Reader) -> str:
    return _("You") if reader.side == "respondent" else company(reader.case)


def _confirmed_call(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return _("The emergency call was confirmed by: %(who)s", who=_whom(reader)), ""


def _emergency_step(reader: Reader, event: CaseEvent) -> tuple[str, str] | None:
    plans = {plan.key: plan for plan in book.current().plans.on(reader.case.law_as_of)}
    plan = plans.get(event.detail.get("plan", ""))
    if plan is None or not 1 <= event.detail["step"] <= len(plan.steps):
        return None
    what = plan.steps[event.detail["step"] - 1].in_(language())
    return _("Done: %(what)s", what=what), reader.clean(event.detail.get("note"))


def _asked(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    if reader.side == "respondent":
        return _("You were asked to answer"), reader.clean(event.detail.get("note"))
    return _("%(who)s was asked to answer", who=company(reader.case)), ""


def _answered(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    position = named(event.detail.get("position"), "position") if event.detail.get("position") else ""
    late = _("The answer came late.") if event.detail.get("late") else ""
    who = reader.who("respondent")
    titles = {
        "refuse": _("%(who)s refused, by clause %(clause)s", who=who, clause=event.detail["clause"])
        if event.detail.get("clause")
        else _("%(who)s refused", who=who),
        "not_ours": _("%(who)s said that it is not theirs", who=who),
    }
    return titles.get(event.branch) or _("%(who)s answered: %(position)s", who=who, position=position), late


def _offered(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    by = event.detail.get("by")
    who = named("mediator", "maker") if by == "mediator" else reader.who(event.side)
    return _("Offer %(n)s, made by: %(who)s", n=event.detail.get("offer") or "", who=who), ""


def _accepted(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    who, n = reader.who(event.side), event.detail.get("offer") or ""
    if event.branch == "all":
        return _("Settled: both sides agreed to offer %(n)s", n=n), ""
    return _("Offer %(n)s accepted by: %(who)s", n=n, who=who), _("It binds once both sides have accepted.")


def _declined(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return _("Offer %(n)s not accepted by: %(who)s", n=event.detail.get("offer") or "", who=reader.who(event.side)), ""


def _signed(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    text = _("Both sides have signed.") if event.branch == "all" else ""
    return _("Settlement record signed by: %(who)s", who=reader.who(event.side)), text


def _bid(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    n = event.detail.get("bidding")
    titles = {
        "one": _("You entered a secret figure in round %(n)s", n=n),
        "apart": _("The secret figures of round %(n)s did not meet", n=n),
        "met": _("Settled: the secret figures met, and the middle holds"),
    }
    return titles[event.branch], _("Both figures are void, and nobody learns them.") if event.branch == "apart" else ""


def _lapsed(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return _("Offer %(n)s lapsed", n=event.detail.get("offer") or ""), _(
        "Silence is not consent, so nothing was agreed."
    )


def _referred(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    text = _("It was not settled in time, so it went there by itself.") if event.detail.get("by_itself") else ""
    return _("Referred to the committee"), text


def _sent_back(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    text = _("The first decision is set aside. Until there is a new one nothing that it ordered has to be done.")
    return _("The review sent the case back, to be decided anew"), text


def _ruled(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return named(Action.RULE_CHALLENGE, "action"), named(event.branch, "challenge_outcome")


def _performed(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    proof = reader.clean(event.detail.get("proof"))
    return _("%(who)s reported remedy %(n)s as done", who=reader.who("respondent"), n=event.detail.get("remedy")), proof


def _disputed(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    reason = reader.clean(event.detail.get("reason"))
    return _(
        "%(who)s said that remedy %(n)s was not done", who=reader.who("consumer"), n=event.detail.get("remedy")
    ), reason


def _confirmed(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return _("Remedy %(n)s was done", n=event.detail.get("remedy")), ""


def _late(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    kind = event.detail.get("kind")
    ours = kind not in (ClockKind.RESPONDENT_ANSWER, ClockKind.PERFORMANCE)
    text = _("We are sorry. The person in charge was told.") if ours and reader.side == "consumer" else ""
    return _("Time limit missed: %(clock)s", clock=named(kind, "clock")), text


def _closed(reader: Reader, event: CaseEvent) -> tuple[str, str]:
    return _("Closed: %(why)s", why=named(event.detail.get("reason"), "close_reason")), ""


def _plain(action: Action) -> Teller:
    return lambda reader, event: (named(action, "action"), "")


def _by_side(action: Action) -> Teller:
    """Tell a step by its name and whose it was."""
    return lambda reader, event: (f"{named(action, 'action')} · {reader.who(event.side)}", "")


TELLERS: dict[tuple[Action, str], Teller] = {
    (Action.RECEIVE, ""): _received,
    (Action.CLASSIFY, ""): _classified,
    (Action.START_EMERGENCY, ""): _emergency,
    (Action.CALL_CONTACT, ""): _called,
    (Action.ACKNOWLEDGE_CALL, ""): _confirmed_call,
    (Action.EMERGENCY_STEP, ""): _emergency_step,
    (Action.END_EMERGENCY, ""): _emergency_over,
    (Action.REPLY, ""): lambda reader, event: (_("We wrote to you"), ""),
    (Action.REQUEST_ANSWER, ""): _asked,
    (Action.ANSWER, ""): _answered,
    (Action.NO_ANSWER, ""): _plain(Action.NO_ANSWER),
    (Action.PROPOSE, ""): _offered,
    (Action.ACCEPT, ""): _accepted,
    (Action.DECLINE, ""): _declined,
    (Action.OFFER_LAPSED, ""): _lapsed,
    (Action.OPEN_BIDDING, ""): _plain(Action.OPEN_BIDDING),
    (Action.BID, ""): _bid,
    (Action.BIDDING_LAPSED, ""): _plain(Action.BIDDING_LAPSED),
    (Action.SIGN_SETTLEMENT, ""): _signed,
    (Action.SIGNING_LAPSED, ""): _plain(Action.SIGNING_LAPSED),
    (Action.STATE_FACTS, ""): _by_side(Action.STATE_FACTS),
    (Action.SETTLE_FACT, ""): _plain(Action.SETTLE_FACT),
    (Action.REFER, ""): _referred,
    (Action.CHALLENGE, ""): _by_side(Action.CHALLENGE),
    (Action.RULE_CHALLENGE, ""): _ruled,
    (Action.SIGN_DECISION, ""): lambda reader, event: (_("The committee decided"), ""),
    (Action.SIGN_DECISION, "sent_back"): _sent_back,
    (Action.PUBLISH, ""): _plain(Action.PUBLISH),
    (Action.PERFORM, ""): _performed,
    (Action.CONFIRM_PERFORMANCE, ""): _confirmed,
    (Action.DISPUTE_PERFORMANCE, ""): _disputed,
    (Action.PROOF_STOOD, ""): _plain(Action.PROOF_STOOD),
    (Action.REQUEST_REVIEW, ""): _by_side(Action.REQUEST_REVIEW),
    (Action.WITHDRAW, ""): _by_side(Action.WITHDRAW),
    (Action.CLOSE, ""): _closed,
    (Action.ADD_EVIDENCE, ""): _by_side(Action.ADD_EVIDENCE),
    (Action.BREACH, ""): _late,
    **{(action, ""): _plain(action) for action in PENALTY_ACTS},
}


# --- what is to come -------------------------------------------------------------------------------------------------

ANSWER, OUTCOME, DOING, END = "answer", "outcome", "doing", "end"
AHEAD = {
    CaseState.RECEIVED: (ANSWER, OUTCOME, DOING, END),
    CaseState.TRIAGE: (ANSWER, OUTCOME, DOING, END),
    CaseState.ANSWERING: (OUTCOME, DOING, END),
    CaseState.MEDIATION: (OUTCOME, DOING, END),
    CaseState.COMMITTEE: (DOING, END),
    CaseState.SETTLED: (DOING, END),
    CaseState.DECIDED: (DOING, END),
    CaseState.REVIEW: (DOING, END),
    CaseState.PERFORMING: (END,),
}


def _to_come(case: Case) -> list[dict[str, str]]:
    resolution = next((clock for clock in case.clocks if clock.kind is ClockKind.RESOLUTION), None)
    by = _("By %(time)s", time=instant(resolution.due_at)) if resolution and resolution.ended_at is None else ""
    steps = {
        ANSWER: (_("The company answers"), "", _("It can agree, offer something, refuse, or say whose it is.")),
        OUTCOME: (_("Agreement or decision"), by, _("Without an agreement the committee decides.")),
        DOING: (_("Carrying it out"), "", _("Everything that is owed has a date, and is confirmed when it is done.")),
        END: (
            _("Closing and rating"),
            "",
            _("A decision can be reviewed within %(days)s days.", days=_review_days(case)),
        ),
    }
    return [
        {"state": "later", "title": title, "when": when, "text": text}
        for title, when, text in (steps[key] for key in AHEAD[case.state])
    ]


def _review_days(case: Case) -> int:
    return book.current().figure("review_window", on=case.law_as_of).value
