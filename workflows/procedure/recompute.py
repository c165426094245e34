"""Every clock of a case, worked out again from its history and the figures in force for it, and from nothing else.

`recompute` replays the history by the same table of steps that the case followed. What it returns explains each
clock; compared with what is stored (`differences`), it shows that none was lost, moved or fired twice.
Source: clause 3.1.4 (anyone can verify the record), 2.2.4.3 (limits).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct

from workflows.procedure.clocks import LADDER, TIMERS, ClockKind, ClockStatus, is_over, warning_at
from workflows.procedure.on_call import Stage
from workflows.procedure.states import MET_BY, Action, CaseState, next_step
from workflows.procedure.voting import voting_ends
from workflows.regulation.entries import Figure
from workflows.regulation.rulebook import Rulebook

FIRINGS = (Action.WARN, Action.BREACH, Action.ELAPSE)
CLEARS_THE_TABLE = (CaseState.TRIAGE, CaseState.COMMITTEE, CaseState.CLOSED)
VOTING_LIMIT = {CaseState.COMMITTEE: ClockKind.RESOLUTION, CaseState.REVIEW: ClockKind.REVIEW}
OF_A_REMEDY = (ClockKind.PERFORMANCE, ClockKind.PROOF)
DONE_BY = (Action.CONFIRM_PERFORMANCE, Action.PROOF_STOOD)


DETAILS = ("important", "kind", "generation", "level", "stage", "remedy", "owed")
"""What of an entry's detail clocks depend on, offers apart: opened to anyone when the outcome is published."""


class Entry(Struct, frozen=True):
    """One entry of the history, as far as clocks go."""

    seq: int
    at: datetime
    action: Action
    branch: str
    source: CaseState | None
    target: CaseState
    side: str
    detail: Mapping[str, Any]

    @property
    def moves(self) -> bool:
        return self.source is not self.target


@dataclass(slots=True)
class Account:
    """What became of one clock: why it began, by which figure, when it ends, what it did, what ended it."""

    kind: ClockKind
    generation: int
    rule: Figure
    started_at: datetime
    started_by: Entry
    due_at: datetime
    subject: object = None
    status: ClockStatus = ClockStatus.RUNNING
    ended_at: datetime | None = None
    ended_by: Entry | None = None
    firings: list[Entry] = field(default_factory=list)

    @property
    def clause(self) -> str:
        return self.rule.clause

    @property
    def figure(self) -> str:
        return self.rule.key

    @property
    def level(self) -> int:
        """How often it fired on time."""
        return len(self.firings)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def recompute(history: Iterable[Entry], rules: Rulebook, *, on: date) -> list[Account]:
    """Return the account of every clock of a case, in the order in which they began.

    `history` is complete and in order; `on` is the day whose figures govern the case.
    """
    replay = _Replay(rules, on)
    for entry in history:
        replay.follow(entry)
    return replay.accounts


def due_again(account: Account, firing: Entry, rules: Rulebook, *, on: date) -> datetime:
    """Return the instant at which this firing was to happen: the warning's, or the end of the clock."""
    if firing.action is not Action.WARN:
        return account.due_at
    fractions = rules.figure("warnings", on=on).fractions
    return warning_at(account.started_at, account.due_at, fractions[int(firing.detail["level"]) - 1])


def nearest_end(accounts: Iterable[Account]) -> datetime | None:
    """Return the end of the nearest open statutory clock, or None when none is open."""
    return min((each.due_at for each in accounts if each.is_open and each.kind not in TIMERS), default=None)


class _Replay:
    """The clocks as they stand after the entries followed so far."""

    def __init__(self, rules: Rulebook, on: date) -> None:
        self.rules, self.on = rules, on
        self.accounts: list[Account] = []
        self.proved: set[int] = set()

    def follow(self, entry: Entry) -> None:
        """Take one more entry into account: what it ends, then what it begins."""
        if entry.action in FIRINGS:
            self._fire(entry)
            return
        for account in self._ended_by(entry):
            _close(account, entry)
        self._note_proof(entry)
        for kind, figure, until, subject in self._begun_by(entry):
            self._begin(kind, figure, entry, until, subject)

    # --- firing -----------------------------------------------------------------------------------------------------

    def _fire(self, entry: Entry) -> None:
        kind, generation = ClockKind(entry.detail["kind"]), entry.detail["generation"]
        account = next((each for each in self.accounts if (each.kind, each.generation) == (kind, generation)), None)
        if account is None:
            return  # `differences` finds its row without an account
        account.firings.append(entry)
        if entry.action is Action.BREACH:
            account.status = ClockStatus.BREACHED
        elif entry.action is Action.ELAPSE:
            account.status, account.ended_at, account.ended_by = ClockStatus.ELAPSED, entry.at, entry

    # --- ending -----------------------------------------------------------------------------------------------------

    def _ended_by(self, entry: Entry) -> list[Account]:
        stops = next_step(entry.source, entry.action, entry.branch).stops if entry.source else ()
        return [each for each in self.accounts if each.is_open and (each.kind in stops or _concerns(each, entry))]

    def _note_proof(self, entry: Entry) -> None:
        if entry.action is Action.PERFORM:
            self.proved.add(entry.detail["remedy"])
        elif entry.action in (Action.DISPUTE_PERFORMANCE, *DONE_BY):
            self.proved.discard(entry.detail["remedy"])
        if "owed" in entry.detail:
            self.proved &= {owed["remedy"] for owed in entry.detail["owed"]}

    # --- beginning --------------------------------------------------------------------------------------------------

    def _begin(self, kind: ClockKind, figure: str, entry: Entry, until: datetime | None, subject: object) -> None:
        rule = self.rules.figure(figure, on=self.on)
        generation = 1 + sum(each.kind is kind for each in self.accounts)
        due_at = until or entry.at + rule.length
        self.accounts.append(Account(kind, generation, rule, entry.at, entry, due_at, subject))

    def _begun_by(self, entry: Entry) -> Iterator[tuple[ClockKind, str, datetime | None, object]]:
        """Yield kind, figure, end where terms set one, and subject of each clock that the entry begins."""
        match entry.action:
            case Action.RECEIVE:
                first_reply = "first_reply_important" if entry.detail["important"] else "first_reply_ordinary"
                yield ClockKind.EMERGENCY_START, "emergency_start", None, None
                yield ClockKind.FIRST_REPLY, first_reply, None, None
                yield ClockKind.RESOLUTION, "resolution", None, None
                yield ClockKind.REFERRAL, "committee_referral", None, None
            case Action.REQUEST_ANSWER:
                yield ClockKind.RESPONDENT_ANSWER, "respondent_answer", None, None
                if self._last(ClockKind.REFERRAL) is ClockStatus.ELAPSED:  # nobody was named when it was time
                    yield ClockKind.REFERRAL, "late_referral", None, None
            case Action.PROPOSE | Action.ANSWER if "offer" in entry.detail:
                until = self._before_referral(entry, "offer_lapse")
                yield ClockKind.OFFER, "offer_lapse", until, (entry.detail["offer"], _maker(entry))
            case Action.OPEN_BIDDING:
                yield ClockKind.BIDDING, "bidding_round", self._before_referral(entry, "bidding_round"), None
            case Action.REFER:
                yield ClockKind.VOTING, "voting", self._voting_ends(entry, "voting"), None
            case Action.VOTING_EXTENDED:
                figure = "voting_substitutes"
                yield ClockKind.VOTING, figure, self._voting_ends(entry, figure), None
            case Action.REQUEST_REVIEW:
                yield ClockKind.REVIEW, "review", None, None
                yield ClockKind.VOTING, "voting", self._voting_ends(entry, "voting"), None
            case Action.SIGN_DECISION if entry.branch == "sent_back":
                yield ClockKind.RESOLUTION, "resolution", None, None
                yield ClockKind.VOTING, "voting", self._voting_ends(entry, "voting"), None
            case Action.CALL_CONTACT if entry.detail["stage"] != Stage.SUPERVISOR:
                yield ClockKind.ACKNOWLEDGEMENT, "acknowledgement", None, None
            case Action.PERFORM:
                yield ClockKind.PROOF, "proof_challenge", None, entry.detail["remedy"]
        yield from self._begun_by_an_outcome(entry)

    def _begun_by_an_outcome(self, entry: Entry) -> Iterator[tuple[ClockKind, str, datetime | None, object]]:
        """Yield the clocks of what is owed, and of a settlement that waits to be signed."""
        if entry.moves and entry.target is CaseState.SETTLED:
            yield ClockKind.SIGNING, "settlement_signing", None, None
        if _publishes(entry):
            for n in sorted(self.proved):
                yield ClockKind.PROOF, "proof_challenge", None, n
        for owed in entry.detail.get("owed", ()):
            n, until = owed["remedy"], entry.at + timedelta(days=owed["days"])
            yield ClockKind.PERFORMANCE, "performance_default", until, n
            if n in self.proved:
                yield ClockKind.PROOF, "proof_challenge", None, n

    def _before_referral(self, entry: Entry, figure: str) -> datetime:
        own = entry.at + self.rules.figure(figure, on=self.on).length
        referral = [each.due_at for each in self._running(ClockKind.REFERRAL) if each.due_at > entry.at]
        return min([own, *referral])

    def _voting_ends(self, entry: Entry, figure: str) -> datetime:
        limits = [each.due_at for each in self.accounts if each.is_open and each.kind is VOTING_LIMIT[entry.target]]
        return voting_ends(
            entry.at, length=self.rules.figure(figure, on=self.on).length,
            limit_ends=next(iter(limits), None),
            reserve=self.rules.figure("decision_writing", on=self.on).length,
            shortest=self.rules.figure("voting_shortest", on=self.on).length,
        )  # fmt: skip

    def _last(self, kind: ClockKind) -> ClockStatus | None:
        return next((each.status for each in reversed(self.accounts) if each.kind is kind), None)

    def _running(self, kind: ClockKind) -> list[Account]:
        return [each for each in self.accounts if each.kind is kind and each.status is ClockStatus.RUNNING]


def _concerns(account: Account, entry: Entry) -> bool:
    """Return whether the entry ends this clock because it is about the same offer or the same remedy."""
    if account.kind is ClockKind.OFFER and isinstance(account.subject, tuple):
        n, maker = account.subject
        replaced = entry.action in (Action.PROPOSE, Action.ANSWER) and "offer" in entry.detail
        return (
            (entry.moves and entry.target in CLEARS_THE_TABLE)
            or (entry.action is Action.DECLINE and entry.detail["offer"] == n)
            or (replaced and _maker(entry) == maker)
        )
    if account.kind in OF_A_REMEDY:
        if entry.action is Action.REQUEST_REVIEW or "owed" in entry.detail:
            return True
        about = entry.detail.get("remedy") == account.subject
        proof_only = _publishes(entry) or (about and entry.action is Action.DISPUTE_PERFORMANCE)
        return (about and entry.action in DONE_BY) or (proof_only and account.kind is ClockKind.PROOF)
    return False


def _publishes(entry: Entry) -> bool:
    """Return whether what is owed can be challenged from this entry on."""
    return entry.moves and entry.target is CaseState.PERFORMING


def _maker(entry: Entry) -> str:
    return str(entry.detail.get("by") or entry.side)


def _close(account: Account, entry: Entry) -> None:
    late = account.kind not in TIMERS and is_over(account.kind, account.due_at, entry.at)
    late = late or account.status is ClockStatus.BREACHED
    account.ended_at, account.ended_by = entry.at, entry
    if entry.action in MET_BY.get(account.kind, ()):
        account.status = ClockStatus.MET_LATE if late else ClockStatus.MET
    else:
        account.status = ClockStatus.BREACHED if late else ClockStatus.STOPPED


# --- comparing with what is stored ---------------------------------------------------------------------------------


class Row(Protocol):
    """A clock as it is stored."""

    kind: ClockKind
    generation: int


class Effect(Protocol):
    """What a clock did, as it is stored."""

    level: int
    effect: str
    due_at: datetime
    at: datetime


FIELDS = ("clause", "figure", "started_at", "due_at", "status", "ended_at")
NAMES = {"warning": Action.WARN, "breach": Action.BREACH, "elapsed": Action.ELAPSE}


class Difference(Struct, frozen=True):
    """Where the record and what is stored disagree: about which clock, in what, and what each says."""

    kind: ClockKind
    generation: int
    what: str
    stored: object
    recomputed: object


def differences(
    accounts: Sequence[Account], stored: Iterable[tuple[Row, Sequence[Effect]]], rules: Rulebook, *, on: date
) -> list[Difference]:
    """Return every disagreement between the accounts and the stored clocks with their effects; empty when sound."""
    rows = {(row.kind, row.generation): (row, effects) for row, effects in stored}
    known = {(each.kind, each.generation): each for each in accounts}
    found = [Difference(*key, "clock", "is there", "is not") for key in rows.keys() - known.keys()]
    found += [Difference(*key, "clock", "is not there", "is") for key in known.keys() - rows.keys()]
    for key in known.keys() & rows.keys():
        found += _compare(known[key], *rows[key], rules, on)
    return sorted(found, key=lambda each: (each.kind, each.generation, each.what))


def _compare(
    account: Account, row: Row, effects: Sequence[Effect], rules: Rulebook, on: date
) -> Iterator[Difference]:  # fmt: skip
    for name in FIELDS:
        if getattr(row, name) != getattr(account, name):
            yield Difference(account.kind, account.generation, name, getattr(row, name), getattr(account, name))
    told = [(each.action, each.at, due_again(account, each, rules, on=on)) for each in account.firings]
    done = [(NAMES[each.effect], each.at, each.due_at) for each in effects]
    if sorted(told) != sorted(done):
        yield Difference(account.kind, account.generation, "effects", done, told)
    for action, at, due_at in told:
        over = at >= due_at if action is Action.WARN else is_over(account.kind, due_at, at)
        if not over:
            yield Difference(account.kind, account.generation, "fired early", at, due_at)
    if len(told) > len(LADDER) + 1:
        yield Difference(account.kind, account.generation, "fired too often", len(told), len(LADDER) + 1)
