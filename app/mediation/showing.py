"""How blind bidding and the settlement record look to one reader, without anything of the other side's figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cases.models import Case
from app.mediation import queries_bids, queries_record
from app.mediation.models_record import SettlementRecord
from app.mediation.queries_bids import RoundSeen
from app.web.filters import instant, named
from app.web.i18n import language
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, steps_from


def rounds_of(case: Case, actor: Actor) -> Sequence[RoundSeen]:
    """Return the rounds of blind bidding as the reader may know them; asks nothing where none was ever opened."""
    return queries_bids.rounds_seen(case, actor) if queries_bids.ever_opened(case) else ()


def bidding_face(case: Case, actor: Actor) -> dict[str, Any]:
    """Return what the page of secret figures shows: the round, how often one may try, what became of earlier rounds."""
    rounds, most = rounds_of(case, actor), queries_bids.most_rounds(case)
    now = next((each for each in rounds if each.is_open), None)
    possible = bool(steps_from(case.state, Action.BID)) and case.asked_at is not None
    return {
        "n": now.n if now else len(rounds) + 1,
        "most": most,
        "open_until": instant(now.closes_at) if now else "",
        "entered": bool(now and now.entered),
        "may_enter": possible and (not now.entered if now else len(rounds) < most),
        "used_up": possible and now is None and len(rounds) >= most,
        "past": [
            {"n": each.n, "ended": instant(each.ended_at), "result": named(each.result, "bidding_result")}
            for each in rounds
            if not each.is_open
        ],
    }


def record_face(case: Case, actor: Actor) -> dict[str, Any] | None:
    """Return the settlement record in the reader's language, with who signed when; None where there is none."""
    record = queries_record.record_of(case, actor)
    return _face(record, actor.side) if record else None


def _face(record: SettlementRecord, side: str) -> dict[str, Any]:
    tongue = language()
    title, _, body = str(record.texts[tongue]).partition("\n\n")
    signed = [(each, record.signature_of(each)) for each in ("consumer", "respondent")]
    return {
        "title": title,
        "body": body.strip(),
        "tongue": tongue,
        "digest": record.digest(tongue),
        "agreed": instant(record.agreed_at),
        "until": instant(record.sign_until),
        "sign_until": record.sign_until,
        "yours": side in dict(signed) and record.signature_of(side) is None,
        "complete": all(each for _side, each in signed),
        "signatures": [
            {
                "who": named(each, "side"),
                "at": instant(mine.at) if mine else "",
                "method": named(mine.method, "signing_method") if mine else "",
                "sha256": mine.sha256 if mine else "",
            }
            for each, mine in signed
        ],
    }


def to_sign(case: Case, actor: Actor) -> SettlementRecord | None:
    """Return the record while its time runs and the reader's side has not signed; asks nothing where no time runs."""
    open_now = any(clock.kind is ClockKind.SIGNING and clock.is_open for clock in case.clocks)
    record = queries_record.record_of(case, actor) if open_now else None
    return record if record and record.signature_of(actor.side) is None else None
