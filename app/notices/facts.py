"""What a notice says, frozen: the same facts give the same bytes.

The facts are written once, when the step is taken that the notice tells of. Nothing is looked up when the notice is
printed, so it can be printed again years later from the record alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256

from pydantic import ConfigDict, TypeAdapter


class NoticeKind(StrEnum):
    """Each kind has an entry in the registry, `notices.toml`."""

    ACKNOWLEDGEMENT = "acknowledgement"
    EMERGENCY = "emergency"
    REQUEST_TO_ANSWER = "request_to_answer"
    BREACH = "breach"
    OFFER = "offer"
    SETTLEMENT = "settlement"
    REFERRAL = "referral"
    PANEL = "panel"
    DECISION = "decision"
    REVIEW = "review"
    PENALTY = "penalty"
    CLOSING = "closing"
    DEADLINE_RECEIPT = "deadline_receipt"
    DOSSIER = "dossier"


class NoticeLanguage(StrEnum):
    TRADITIONAL = "zh-Hant"
    SIMPLIFIED = "zh-Hans"
    ENGLISH = "en"


class ClockOutcome(StrEnum):
    RUNNING = "running"
    MET = "met"
    MET_LATE = "met_late"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A clause of the regulation and what it says."""

    clause: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What a party has to do; the amount in minor units (cents) and its time, where it has them.

    The time is an instant, or days from the agreement while there is none.
    """

    text: str
    party: str = ""
    amount_minor: int | None = None
    currency: str = "CNY"
    due_at: datetime | None = None
    within_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class VoteCount:
    choice: str
    count: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """How the committee voted on one issue: seats on the panel, members who voted, members who stood aside."""

    issue: str = ""
    seats: int
    voted: int
    recused: int
    counts: tuple[VoteCount, ...]


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the reader may expect, until when, by which clause."""

    what: str
    due_at: datetime
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class WarningSent:
    sent_at: datetime
    share: str
    told: str


@dataclass(frozen=True, kw_only=True)
class ClockAccount:
    """One clock from its start to its end, as the record has it."""

    name: str
    clause: str
    figure: str
    started_at: datetime
    started_because: str
    due_at: datetime
    warnings: tuple[WarningSent, ...] = ()
    outcome: ClockOutcome
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Particular:
    """One thing that is on record, under its name."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of one kind under their caption; the first cell of a row names it. `shape` is how wide its columns are."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shape: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeFacts:
    """All that one notice says in one language.

    `number` is the notice's own, such as 衡决〔2026〕12号; receipts have none. `verification_code` and `verify_url` go
    together and lead anyone to the public page that checks the notice; `tracking_url` is the reader's private way to
    the case and stands on the acknowledgement only. A line break in `title` marks where a long title may be split.
    `original` is the language in which facts, reasons and dissent were written, where the notice is in another one.
    Without a `seal_label` no seal is drawn. Days and hours are printed in `time_zone`.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: NoticeKind
    language: NoticeLanguage
    organ: str
    title: str
    case_number: str
    addressees: tuple[str, ...]
    issued_at: datetime
    time_zone: str = "Asia/Shanghai"
    number: str = ""
    seal_label: str = ""
    verification_code: str = ""
    verify_url: str = ""
    tracking_url: str = ""
    copies_to: tuple[str, ...] = ()

    received_at: datetime | None = None
    complainant: str = ""
    respondent: str = ""
    anomaly: str = ""
    facts_found: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    reasons: tuple[str, ...] = ()
    dissent: tuple[str, ...] = ()
    dissent_ruling: str = ""
    original: NoticeLanguage | None = None
    outcome: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    liable: tuple[str, ...] = ()
    particulars: tuple[Particular, ...] = ()
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    promises: tuple[Promise, ...] = ()
    clocks: tuple[ClockAccount, ...] = ()

    def to_json(self) -> bytes:
        """Return the one canonical form: fields in the order above, UTF-8, no spaces.

        Fields that say nothing are left out, so that a kind that needs new ones does not change older notices.
        """
        return _adapter().dump_json(self, exclude_defaults=True)

    @staticmethod
    def from_json(text: bytes | str) -> NoticeFacts:
        """Return the facts that `to_json` wrote. Raises: ValueError naming the field that is wrong."""
        return _adapter().validate_json(text, strict=True)

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of the canonical form: the PDF's identifier."""
        return sha256(self.to_json()).digest()


@cache
def _adapter() -> TypeAdapter[NoticeFacts]:
    return TypeAdapter(NoticeFacts)  # built when first needed: every process imports this module
