"""Finding sealed cases: keyed hashes of what they are looked up by, laid when it is written, gone when it is erased.

Exact: telephone, e-mail, order number, name. By words: those of the title, Latin ones whole, Chinese ones in pairs of
signs. The story itself leaves no traces: pairs of a long text would tell much of it to whoever counts them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, delete, event, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.cases.models import Case, Party
from app.core.contact import email_address, phone_number
from app.core.db import Model, session
from app.core.masters import trace

LAST_DIGITS = 8
MOST_WORDS = 80


@cache
def _han() -> re.Pattern[str]:
    return re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


@cache
def _latin() -> re.Pattern[str]:
    return re.compile(r"[^\W_\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff]+")


class CaseTrace(Model):
    """One thing a case can be found by."""

    __tablename__ = "case_traces"
    __table_args__ = (Index("ix_case_traces_case", "case_id"),)

    trace: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)


def words(text: str) -> list[str]:
    """Return what a text can be found by: its Latin words and numbers, and its pairs of Chinese signs."""
    folded = text.casefold()
    latin = _latin().findall(folded)
    pairs = (run[n : n + 2] for run in _han().findall(folded) for n in range(max(1, len(run) - 1)))
    return list(dict.fromkeys((*latin, *pairs)))[:MOST_WORDS]


def _of_case(case: Case) -> Iterator[tuple[str, str]]:
    yield from (("word", word) for word in words(case.title))
    if order_id := case.order_facts.get("id"):
        yield "order", str(order_id)


def _of_party(party: Party) -> Iterator[tuple[str, str]]:
    yield from (("contact", each) for each in (party.phone, party.email) if each)
    if party.phone and len(party.phone) > LAST_DIGITS:
        yield "digits", party.phone[-LAST_DIGITS:]
    if party.name:
        yield "name", party.name.strip()


@event.listens_for(Session, "after_flush")
def _lay(current: Session, context: Any) -> None:
    """Lay the traces of new cases and parties: one statement."""
    found = [(row.id, *each) for row in current.new if isinstance(row, Case) for each in _of_case(row)]
    found += [(row.case_id, *each) for row in current.new if isinstance(row, Party) for each in _of_party(row)]
    if found:
        rows = {(case_id, trace(kind, value)) for case_id, kind, value in found}
        current.connection().execute(insert(CaseTrace), [{"case_id": case_id, "trace": each} for case_id, each in rows])


def find_by_order(case: Case) -> None:
    """Have a case found by the order number that it goes by now; the one it came with finds it still."""
    if order_id := case.order_facts.get("id"):
        session().merge(CaseTrace(trace=trace("order", str(order_id)), case_id=case.id))


def forget(case_ids: Iterable[int]) -> Any:
    """Return the statement that removes all traces of these cases."""
    return delete(CaseTrace).where(CaseTrace.case_id.in_(list(case_ids)))


def with_any(kind: str, values: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a case has one of these values of a kind: contact, order, digits, name."""
    wanted = [trace(kind, value) for value in values]
    return Case.id.in_(select(CaseTrace.case_id).where(CaseTrace.trace.in_(wanted)))


def matching(text: str) -> ColumnElement[bool]:
    """Return the condition that a case is found by what somebody typed."""
    typed = text.strip()
    contacts = [each for each in (phone_number(typed), email_address(typed)) if each]
    exact = [with_any("contact", contacts), with_any("order", [typed]), with_any("name", [typed])]
    digits = "".join(ch for ch in typed if ch.isascii() and ch.isdigit())
    if len(digits) >= LAST_DIGITS:
        exact.append(with_any("digits", [digits[-LAST_DIGITS:]]))
    return or_(*exact, *_with_all(words(typed)))


def _with_all(wanted: list[str]) -> Iterator[ColumnElement[bool]]:
    if wanted:
        hashes = [trace("word", word) for word in wanted]
        found = select(CaseTrace.case_id).where(CaseTrace.trace.in_(hashes)).group_by(CaseTrace.case_id)
        yield Case.id.in_(found.having(func.count() == len(hashes)))
