"""The way of a case: its states, and the table of steps.

An arrow that is not in the table does not exist. Each arrow names who may take it, the clause it rests on, which
clocks it stops and starts, and who reads of it. `app.cases.service.advance` is the only one to follow an arrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from workflows.procedure.authority import Audience, Permission
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import StepNotAllowed


class CaseState(StrEnum):
    """Where a case is on its way."""

    RECEIVED = "received"
    TRIAGE = "triage"
    ANSWERING = "answering"
    MEDIATION = "mediation"
    COMMITTEE = "committee"
    SETTLED = "settled"
    DECIDED = "decided"
    REVIEW = "review"
    PERFORMING = "performing"
    CLOSED = "closed"


class Action(StrEnum):
    """What can be done to a case. The first block is the public contract, the second is the procedure's own."""

    CLASSIFY = "classify"
    ASSIGN = "assign"
    START_EMERGENCY = "start_emergency"
    REPLY = "reply"
    REQUEST_ANSWER = "request_answer"
    ANSWER = "answer"
    BID = "bid"
    PROPOSE = "propose"
    ACCEPT = "accept"
    DECLINE = "decline"
    REFER = "refer"
    DECLARE_INTEREST = "declare_interest"
    CHALLENGE = "challenge"
    VOTE = "vote"
    DRAFT_DECISION = "draft_decision"
    SIGN_DECISION = "sign_decision"
    PUBLISH = "publish"
    PERFORM = "perform"
    CONFIRM_PERFORMANCE = "confirm_performance"
    DISPUTE_PERFORMANCE = "dispute_performance"
    RATE = "rate"
    REQUEST_REVIEW = "request_review"
    WITHDRAW = "withdraw"
    JOIN = "join"
    CLOSE = "close"

    RECEIVE = "receive"
    TRIAGE = "triage"
    WARN = "warn"
    BREACH = "breach"
    ELAPSE = "elapse"
    NO_ANSWER = "no_answer"
    OFFER_LAPSED = "offer_lapsed"
    VOTING_ENDED = "voting_ended"
    VOTING_EXTENDED = "voting_extended"
    PROOF_STOOD = "proof_stood"
    MESSAGE = "message"
    ADD_EVIDENCE = "add_evidence"
    ASK_EVIDENCE = "ask_evidence"
    DECLINE_EVIDENCE = "decline_evidence"
    SETTLE_EVIDENCE = "settle_evidence"
    RULE_EVIDENCE = "rule_evidence"
    RECORD_INSPECTION = "record_inspection"
    CONFIRM_FINDING = "confirm_finding"
    CALL_CONTACT = "call_contact"
    ACKNOWLEDGE_CALL = "acknowledge_call"
    EMERGENCY_STEP = "emergency_step"
    END_EMERGENCY = "end_emergency"
    RETURN_DRAFT = "return_draft"
    READ_DOSSIER = "read_dossier"
    RULE_CHALLENGE = "rule_challenge"
    PART = "part"
    OPEN_BIDDING = "open_bidding"
    BIDDING_LAPSED = "bidding_lapsed"
    SIGN_SETTLEMENT = "sign_settlement"
    SIGNING_LAPSED = "signing_lapsed"
    STATE_FACTS = "state_facts"
    SETTLE_FACT = "settle_fact"
    PROPOSE_PENALTY = "propose_penalty"
    ANSWER_PENALTY = "answer_penalty"
    DECIDE_PENALTY = "decide_penalty"
    APPEAL_PENALTY = "appeal_penalty"
    RULE_PENALTY = "rule_penalty"
    STAY_PENALTY = "stay_penalty"
    RESUME_PENALTY = "resume_penalty"
    VOID_PENALTY = "void_penalty"


class Step(Struct, frozen=True):
    """One arrow. `branch` tells apart two outcomes of one action; `walled` keeps it from the committee."""

    action: Action
    source: CaseState
    target: CaseState
    permission: Permission
    clause: str
    branch: str = ""
    stops: frozenset[ClockKind] = frozenset()
    stamps: str | None = None
    audience: Audience = Audience.BOTH
    walled: bool = False

    @property
    def moves(self) -> bool:
        return self.source is not self.target


S, A, P, K = CaseState, Action, Permission, ClockKind
OPEN = (S.RECEIVED, S.TRIAGE, S.ANSWERING, S.MEDIATION, S.COMMITTEE)
UNDER_WAY = (*OPEN, S.SETTLED, S.DECIDED, S.REVIEW, S.PERFORMING)
ANYWHERE = tuple(CaseState)
OUTCOME = frozenset(
    {K.RESOLUTION, K.FIRST_REPLY, K.EMERGENCY_START, K.RESPONDENT_ANSWER, K.REFERRAL, K.OFFER, K.VOTING}
    | {K.ACKNOWLEDGEMENT, K.BIDDING, K.SIGNING}
)
BEFORE_OUTCOME = frozenset({K.RESOLUTION, K.REFERRAL, K.OFFER, K.BIDDING, K.VOTING, K.RESPONDENT_ANSWER})


def _arrows(
    action: Action, sources: Iterable[CaseState], target: CaseState | None, permission: Permission, clause: str,
    *, branch: str = "", stops: Iterable[ClockKind] = (), stamps: str | None = None,
    audience: Audience = Audience.BOTH, walled: bool = False,
) -> Iterator[Step]:  # fmt: skip
    for source in sources:
        yield Step(
            action, source, target or source, permission, clause, branch, frozenset(stops), stamps, audience, walled
        )


STEPS: tuple[Step, ...] = (
    *_arrows(A.TRIAGE, [S.RECEIVED], S.TRIAGE, P.PROCEED, "2.2.1"),
    *_arrows(A.CLASSIFY, [S.TRIAGE, S.ANSWERING, S.MEDIATION], None, P.CASE_CLASSIFY, "2.2.2"),
    *_arrows(A.ASSIGN, UNDER_WAY, None, P.CASE_ASSIGN, "2.2.4.1", audience=Audience.INTERNAL),
    *_arrows(A.START_EMERGENCY, UNDER_WAY, None, P.EMERGENCY_START, "2.2.3.2", stops=[K.EMERGENCY_START]),
    *_arrows(A.CALL_CONTACT, UNDER_WAY, None, P.PROCEED, "2.2.3.1", stops=[K.ACKNOWLEDGEMENT]),
    *_arrows(A.ACKNOWLEDGE_CALL, UNDER_WAY, None, P.CALL_ACKNOWLEDGE, "2.2.3.1", stops=[K.ACKNOWLEDGEMENT]),
    *_arrows(A.EMERGENCY_STEP, UNDER_WAY, None, P.EMERGENCY_START, "2.2.3.3"),
    *_arrows(A.END_EMERGENCY, ANYWHERE, None, P.EMERGENCY_END, "2.2.3.3", stops=[K.ACKNOWLEDGEMENT]),
    *_arrows(A.REPLY, UNDER_WAY, None, P.CASE_REPLY, "2.1.7.1", branch="consumer", stops=[K.FIRST_REPLY]),
    *_arrows(A.REPLY, UNDER_WAY, None, P.CASE_REPLY, "2.1.7.1", branch="other"),
    *_arrows(A.REQUEST_ANSWER, [S.TRIAGE, S.ANSWERING, S.MEDIATION], S.ANSWERING, P.ANSWER_REQUEST, "2.2.2",
             stops=[K.RESPONDENT_ANSWER]),
    *_arrows(A.ANSWER, [S.ANSWERING], None, P.ANSWER_SEND, "2.1.7.1", branch="offer", stops=[K.RESPONDENT_ANSWER],
             walled=True),
    *_arrows(A.ANSWER, [S.ANSWERING, S.MEDIATION], S.MEDIATION, P.ANSWER_SEND, "2.1.7.1", branch="refuse",
             stops=[K.RESPONDENT_ANSWER]),
    *_arrows(A.ANSWER, [S.MEDIATION], None, P.ANSWER_SEND, "2.1.7.1", branch="offer", stops=[K.RESPONDENT_ANSWER],
             walled=True),
    *_arrows(A.ANSWER, [S.ANSWERING, S.MEDIATION], S.TRIAGE, P.ANSWER_SEND, "2.2.2", branch="not_ours",
             stops=[K.RESPONDENT_ANSWER, K.BIDDING]),
    *_arrows(A.NO_ANSWER, [S.ANSWERING], S.MEDIATION, P.PROCEED, "2.1.7.1"),
    *_arrows(A.PROPOSE, [S.ANSWERING], None, P.OFFER_PROPOSE, "2.2.4.3", branch="party", walled=True),
    *_arrows(A.PROPOSE, [S.ANSWERING, S.MEDIATION], S.MEDIATION, P.OFFER_PROPOSE, "2.2.4.3", branch="mediator",
             walled=True),
    *_arrows(A.PROPOSE, [S.MEDIATION], None, P.OFFER_PROPOSE, "2.2.4.3", branch="party", walled=True),
    *_arrows(A.ACCEPT, [S.ANSWERING, S.MEDIATION], None, P.OFFER_ANSWER, "2.2.4.3", branch="one", walled=True),
    *_arrows(A.ACCEPT, [S.ANSWERING, S.MEDIATION], S.SETTLED, P.OFFER_ANSWER, "2.2.4.3", branch="all",
             stops=BEFORE_OUTCOME, stamps="settled_at", walled=True),
    *_arrows(A.DECLINE, [S.ANSWERING, S.MEDIATION], S.MEDIATION, P.OFFER_ANSWER, "2.2.4.3", walled=True),
    *_arrows(A.BID, [S.ANSWERING, S.MEDIATION], None, P.OFFER_ANSWER, "2.2.4.3", branch="one", walled=True),
    *_arrows(A.BID, [S.ANSWERING, S.MEDIATION], None, P.OFFER_ANSWER, "2.2.4.3", branch="apart",
             stops=[K.BIDDING], walled=True),
    *_arrows(A.BID, [S.ANSWERING, S.MEDIATION], S.SETTLED, P.OFFER_ANSWER, "2.2.4.3", branch="met",
             stops=BEFORE_OUTCOME, stamps="settled_at", walled=True),
    *_arrows(A.OPEN_BIDDING, [S.ANSWERING, S.MEDIATION], None, P.OFFER_PROPOSE, "2.2.4.3", walled=True),
    *_arrows(A.BIDDING_LAPSED, [S.ANSWERING, S.MEDIATION], None, P.PROCEED, "2.2.4.3", walled=True),
    *_arrows(A.SIGN_SETTLEMENT, [S.SETTLED, S.PERFORMING], None, P.OFFER_ANSWER, "2.2.4.3", branch="one", walled=True),
    *_arrows(A.SIGN_SETTLEMENT, [S.SETTLED, S.PERFORMING], None, P.OFFER_ANSWER, "2.2.4.3", branch="all",
             stops=[K.SIGNING], walled=True),
    *_arrows(A.SIGNING_LAPSED, [S.SETTLED, S.PERFORMING], None, P.PROCEED, "2.2.4.3", walled=True),
    *_arrows(A.OFFER_LAPSED, [S.ANSWERING, S.MEDIATION], S.MEDIATION, P.PROCEED, "2.2.4.3", walled=True),
    *_arrows(A.REFER, [S.TRIAGE, S.ANSWERING, S.MEDIATION], S.COMMITTEE, P.CASE_REFER, "3.3.2",
             stops=[K.REFERRAL, K.OFFER, K.BIDDING, K.RESPONDENT_ANSWER]),
    *_arrows(A.DECLARE_INTEREST, [S.COMMITTEE, S.REVIEW], None, P.INTEREST_DECLARE, "3.3.2", audience=Audience.INTERNAL),
    *_arrows(A.CHALLENGE, [S.COMMITTEE, S.REVIEW], None, P.PANEL_CHALLENGE, "3.3.2"),
    *_arrows(A.RULE_CHALLENGE, [S.COMMITTEE, S.REVIEW], None, P.CHALLENGE_RULE, "3.3.2", branch="upheld"),
    *_arrows(A.RULE_CHALLENGE, [S.COMMITTEE, S.REVIEW], None, P.CHALLENGE_RULE, "3.3.2", branch="rejected"),
    *_arrows(A.READ_DOSSIER, [S.COMMITTEE, S.REVIEW], None, P.VOTE_CAST, "3.3.2", audience=Audience.INTERNAL),
    *_arrows(A.VOTE, [S.COMMITTEE, S.REVIEW], None, P.VOTE_CAST, "3.3.2", audience=Audience.INTERNAL),
    *_arrows(A.VOTING_ENDED, [S.COMMITTEE, S.REVIEW], None, P.PROCEED, "3.3.2", stops=[K.VOTING]),
    *_arrows(A.VOTING_EXTENDED, [S.COMMITTEE, S.REVIEW], None, P.PROCEED, "3.3.2", audience=Audience.INTERNAL),
    *_arrows(A.DRAFT_DECISION, [S.COMMITTEE, S.REVIEW], None, P.DECISION_DRAFT, "3.3.2", audience=Audience.INTERNAL),
    *_arrows(A.RETURN_DRAFT, [S.COMMITTEE, S.REVIEW], None, P.DECISION_SIGN, "3.3.2", audience=Audience.INTERNAL),
    *_arrows(A.SIGN_DECISION, [S.COMMITTEE], S.DECIDED, P.DECISION_SIGN, "2.2.4.3", stops=BEFORE_OUTCOME,
             stamps="decided_at"),
    *_arrows(A.SIGN_DECISION, [S.REVIEW], S.DECIDED, P.DECISION_SIGN, "2.2.4.3", stops=[K.REVIEW, K.VOTING],
             stamps="decided_at"),
    *_arrows(A.SIGN_DECISION, [S.REVIEW], S.COMMITTEE, P.DECISION_SIGN, "2.2.4.3", branch="sent_back",
             stops=[K.REVIEW, K.VOTING]),
    *_arrows(A.PUBLISH, [S.COMMITTEE], None, P.DECISION_PUBLISH, "2.2.4.4", branch="sent_back"),
    *_arrows(A.PUBLISH, [S.SETTLED, S.DECIDED], S.PERFORMING, P.DECISION_PUBLISH, "2.2.4.4", branch="remedies"),
    *_arrows(A.PUBLISH, [S.DECIDED], S.CLOSED, P.DECISION_PUBLISH, "2.2.4.4", branch="nothing_owed", stops=OUTCOME,
             stamps="closed_at"),
    *_arrows(A.PERFORM, [S.SETTLED, S.DECIDED, S.PERFORMING], None, P.PERFORMANCE_PROVE, "2.2.2"),
    *_arrows(A.CONFIRM_PERFORMANCE, [S.PERFORMING], None, P.PERFORMANCE_CONFIRM, "2.2.2", branch="some"),
    *_arrows(A.CONFIRM_PERFORMANCE, [S.PERFORMING], S.CLOSED, P.PERFORMANCE_CONFIRM, "2.2.2", branch="all",
             stops=OUTCOME, stamps="closed_at"),
    *_arrows(A.PROOF_STOOD, [S.PERFORMING], None, P.PROCEED, "2.2.2", branch="some"),
    *_arrows(A.PROOF_STOOD, [S.PERFORMING], S.CLOSED, P.PROCEED, "2.2.2", branch="all", stops=OUTCOME, stamps="closed_at"),
    *_arrows(A.DISPUTE_PERFORMANCE, [S.PERFORMING], None, P.PERFORMANCE_CONFIRM, "2.2.2"),
    *_arrows(A.RATE, [S.SETTLED, S.DECIDED, S.PERFORMING, S.CLOSED], None, P.CASE_RATE, "2.1.7.3"),
    *_arrows(A.REQUEST_REVIEW, [S.DECIDED, S.PERFORMING, S.CLOSED], S.REVIEW, P.REVIEW_REQUEST, "2.2.4.3"),
    *_arrows(A.WITHDRAW, OPEN, S.CLOSED, P.CASE_WITHDRAW, "2.2.4.3", stops=OUTCOME, stamps="closed_at"),
    *_arrows(A.JOIN, ANYWHERE, None, P.CASE_JOIN, "2.2.4.1", audience=Audience.INTERNAL),
    *_arrows(A.PART, ANYWHERE, None, P.CASE_JOIN, "2.2.4.1", audience=Audience.INTERNAL),
    *_arrows(A.CLOSE, [S.TRIAGE, S.ANSWERING, S.MEDIATION], S.CLOSED, P.CASE_CLOSE, "2.2.4.1", stops=OUTCOME,
             stamps="closed_at"),
    *_arrows(A.MESSAGE, ANYWHERE, None, P.MESSAGE_SEND, "2.2.4.2"),
    *_arrows(A.ADD_EVIDENCE, ANYWHERE, None, P.EVIDENCE_ADD, "2.1.6.5"),
    *_arrows(A.ASK_EVIDENCE, [S.TRIAGE, S.ANSWERING, S.MEDIATION, S.COMMITTEE, S.REVIEW], None, P.EVIDENCE_ASK, "2.1.6.5"),
    *_arrows(A.DECLINE_EVIDENCE, UNDER_WAY, None, P.EVIDENCE_ADD, "2.1.6.5"),
    *_arrows(A.SETTLE_EVIDENCE, UNDER_WAY, None, P.EVIDENCE_ASK, "2.1.6.5"),
    *_arrows(A.RULE_EVIDENCE, UNDER_WAY, None, P.EVIDENCE_RULE, "2.1.6.5", branch="admitted"),
    *_arrows(A.RULE_EVIDENCE, UNDER_WAY, None, P.EVIDENCE_RULE, "2.1.6.5", branch="excluded"),
    *_arrows(A.RECORD_INSPECTION, UNDER_WAY, None, P.FINDING_CONFIRM, "2.1.5.2"),
    *_arrows(A.STATE_FACTS, UNDER_WAY, None, P.EVIDENCE_ADD, "3.1.1"),
    *_arrows(A.SETTLE_FACT, UNDER_WAY, None, P.FINDING_CONFIRM, "3.1.1"),
    *_arrows(A.CONFIRM_FINDING, UNDER_WAY, None, P.FINDING_CONFIRM, "3.1.1", audience=Audience.INTERNAL),
    *_arrows(A.PROPOSE_PENALTY, ANYWHERE, None, P.PROCEED, "3.2.3", audience=Audience.RESPONDENT),
    *_arrows(A.ANSWER_PENALTY, ANYWHERE, None, P.PENALTY_ANSWER, "3.2.3", audience=Audience.RESPONDENT),
    *_arrows(A.DECIDE_PENALTY, ANYWHERE, None, P.PENALTY_DECIDE, "3.2.3", branch="imposed",
             audience=Audience.RESPONDENT),
    *_arrows(A.DECIDE_PENALTY, ANYWHERE, None, P.PENALTY_DECIDE, "3.2.3", branch="dropped",
             audience=Audience.RESPONDENT),
    *_arrows(A.APPEAL_PENALTY, ANYWHERE, None, P.PENALTY_ANSWER, "3.2.3", audience=Audience.RESPONDENT),
    *_arrows(A.RULE_PENALTY, ANYWHERE, None, P.PENALTY_DECIDE, "3.2.3", branch="upheld", audience=Audience.RESPONDENT),
    *_arrows(A.RULE_PENALTY, ANYWHERE, None, P.PENALTY_DECIDE, "3.2.3", branch="lifted", audience=Audience.RESPONDENT),
    *_arrows(A.STAY_PENALTY, ANYWHERE, None, P.PROCEED, "3.2.3", audience=Audience.RESPONDENT),
    *_arrows(A.RESUME_PENALTY, ANYWHERE, None, P.PROCEED, "3.2.3", audience=Audience.RESPONDENT),
    *_arrows(A.VOID_PENALTY, ANYWHERE, None, P.PROCEED, "3.2.3", audience=Audience.RESPONDENT),
    *_arrows(A.WARN, ANYWHERE, None, P.PROCEED, "3.1.3", audience=Audience.INTERNAL),
    *_arrows(A.BREACH, ANYWHERE, None, P.PROCEED, "3.2.3"),
    *_arrows(A.ELAPSE, ANYWHERE, None, P.PROCEED, "3.1.3", audience=Audience.INTERNAL),
)  # fmt: skip

# What each statutory clock waits for. Ended by anything else, it is stopped.
MET_BY: dict[ClockKind, frozenset[Action]] = {
    K.EMERGENCY_START: frozenset({A.START_EMERGENCY}),
    K.FIRST_REPLY: frozenset({A.REPLY}),
    K.RESPONDENT_ANSWER: frozenset({A.ANSWER}),
    K.RESOLUTION: frozenset({A.ACCEPT, A.BID, A.SIGN_DECISION, A.CLOSE, A.WITHDRAW}),
    K.REVIEW: frozenset({A.SIGN_DECISION}),
    K.PERFORMANCE: frozenset({A.CONFIRM_PERFORMANCE, A.PROOF_STOOD}),
}

_BY_PLACE: dict[tuple[CaseState, Action], tuple[Step, ...]] = {}
for _step in STEPS:
    _BY_PLACE[_step.source, _step.action] = (*_BY_PLACE.get((_step.source, _step.action), ()), _step)


def next_step(state: CaseState, action: Action, branch: str = "") -> Step:
    """Return the one step that `action` (in its `branch`) means in `state`, or raise StepNotAllowed."""
    for step in _BY_PLACE.get((state, action), ()):
        if step.branch == branch:
            return step
    raise StepNotAllowed(state, action, possible=possible_actions(state))


def possible_actions(state: CaseState) -> list[Action]:
    """Return the actions that have an arrow out of (or within) `state`, in the order of the table."""
    return list(
        dict.fromkeys(step.action for step in STEPS if step.source is state and step.permission is not P.PROCEED)
    )


def steps_from(state: CaseState, action: Action) -> tuple[Step, ...]:
    """Return every branch of `action` in `state`; empty where there is no arrow."""
    return _BY_PLACE.get((state, action), ())
