"""What becomes of the people of the trial: each complains by a channel of their own and writes wherever one can."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import User
from app.cases import actions
from app.cases.commands import Classify, Close, ConfirmPerformance, Perform, Rate, Reply, StateFacts, Withdraw
from app.cases.models import Case
from app.cases.queries import case_to_work
from app.cases.service_steps import write_message
from app.core import clock
from app.core.commands import Command
from app.core.db import session, transaction
from app.core.uploads import take
from app.evidence import service as exhibits
from app.evidence.commands import AskEvidence, DeclineEvidence, RecordInspection
from app.mediation.commands import Decline, Propose, SendAnswer
from tests.evidence.files import a_photo
from tests.factories import a_person, acting, an_organisation, complaining, link_of, sign_in
from tests.intake.test_api import COMPLAINT
from tests.intake.test_filing import ANSWERS, CHECK
from tests.post.mails import a_mail, come_in, do_what_is_due
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState

STORY = "八月三十日收到外套，没有穿过，吊牌都在。九月一日申请七天无理由退货，商家拒绝退货，我要求退款。"
CHANNELS = ("web", "api", "phone", "email", "import")


@dataclass
class Canary:
    """Somebody: a word, a telephone number and an address that nobody else has; the numbers of their cases."""

    n: int
    word: str
    phone: str
    numbers: list[str] = field(default_factory=list)

    @classmethod
    def made(cls, n: int) -> Canary:
        """Return the n-th."""
        return cls(n, f"qk{n:03d}{secrets.token_hex(5)}zq", f"+86139{n:03d}{secrets.randbelow(10**5):05d}")

    @property
    def email(self) -> str:
        return f"{self.word}@example.test"

    @property
    def wrote_mail(self) -> bool:
        """Whether they complained by mail, which gives no telephone number."""
        return CHANNELS[self.n % len(CHANNELS)] == "email"

    @property
    def name(self) -> str:
        return f"林{self.word}"

    @property
    def marks(self) -> tuple[str, str]:
        """What is looked for."""
        return self.word, self.phone.removeprefix("+86")

    @property
    def contact(self) -> dict[str, str]:
        return {"name": self.name, "phone": self.phone, "email": self.email, "contact_by": "email"}


@dataclass
class Desk:
    """The application, a shop, and one person of each kind by e-mail address."""

    app: Flask
    folder: Path
    shop_id: int
    people: dict[str, str]

    @classmethod
    def opened(cls, app: Flask, folder: Path) -> Desk:
        """Take people on."""
        with transaction():
            shop = an_organisation(name="晴川服饰")
            found = {role.value: a_person(role).email for role in
                     (Role.OPERATOR, Role.MEDIATOR, Role.LEAD, Role.SUPERVISOR, Role.ADMIN)}  # fmt: skip
            found["respondent"] = a_person(Role.RESPONDENT, organisation_id=shop.id).email
        (folder / "desk.json").write_text(json.dumps([shop.id, found]))
        return cls(app, folder, shop.id, found)

    @classmethod
    def of(cls, app: Flask, folder: Path) -> Desk:
        """Return the one that was opened."""
        return cls(app, folder, *json.loads((folder / "desk.json").read_text()))

    def act(self, who: str) -> Act:
        return acting(session().scalars(select(User).where(User.email == self.people[who])).one())

    def browser(self, who: str = "") -> FlaskClient:
        client = self.app.test_client()
        if who:
            sign_in(client, session().scalars(select(User).where(User.email == self.people[who])).one())
        return client


def live(desk: Desk, canaries: Sequence[Canary]) -> None:
    """Let everybody complain, write, be written to, and come to an end."""
    callers = desk.browser("operator")
    ways = {"web": on_the_web, "api": by_program, "email": by_mail, "import": by_import}
    for each in canaries:
        channel = CHANNELS[each.n % len(CHANNELS)]
        before = set(session().scalars(select(Case.number)))
        by_phone(callers, each) if channel == "phone" else ways[channel](desk, each)
        session().rollback()
        each.numbers += sorted(set(session().scalars(select(Case.number))) - before)
        assert len(each.numbers) == 1, (channel, each.numbers)
        lives(desk, each)
    do_what_is_due()


# --- channels --------------------------------------------------------------------------------------------------------


def on_the_web(desk: Desk, one: Canary) -> None:
    client = desk.browser()
    assert client.post("/zh-hans/complain").status_code == 303
    mine = {
        "order": {"order_number": f"E-{one.word}"}, "details": {"story": STORY + one.word},
        "contact": {"name": one.name, "phone": one.phone.removeprefix("+86"), "email": one.email},
    }  # fmt: skip
    for step, answers in ANSWERS.items():
        answer = client.post(f"/zh-hans/complain/{step}", data=answers | mine.get(step, {}))
        assert answer.status_code == 303, (step, answer.text)
    files = [(io.BytesIO(f"收据 {one.word}".encode()), f"{one.word}.txt"), (io.BytesIO(a_photo()), f"{one.word}.jpg")]
    assert client.post("/zh-hans/complain/evidence", data={"files": files}).status_code in (302, 303)
    assert client.post("/zh-hans/complain/check", data=CHECK).status_code == 303
    unsent = desk.browser()  # another one, begun and left
    unsent.post("/zh-hans/complain")
    unsent.post("/zh-hans/complain/contact", data=ANSWERS["contact"] | mine["contact"])


def by_program(desk: Desk, one: Canary) -> None:
    body = COMPLAINT | {
        "narrative": STORY + one.word, "complainant": one.contact,
        "respondent": {"organisation_id": desk.shop_id, "name": f"店 {one.word}"},
        "order": COMPLAINT["order"] | {"id": f"O-{one.word}", "product_text": one.word},
    }  # fmt: skip
    head = {"Idempotency-Key": f"key-{one.word}"}
    answer = desk.browser().post("/api/v1/complaints", json=body, headers=head)
    assert answer.status_code == 201, answer.text


def by_phone(caller: FlaskClient, one: Canary) -> None:
    call = {
        "name": one.name, "phone": one.phone, "email": one.email, "spoken": "zh-Hans", "company": "晴川服饰",
        "price": "899", "story": STORY + one.word, "danger": "no", "remedies": ["refund"],
    }  # fmt: skip
    caller.get("/desk/phone")
    answer = caller.post("/desk/phone", data=call)
    assert answer.status_code == 303, answer.text


def by_mail(desk: Desk, one: Canary) -> None:
    mail = a_mail(
        f"{STORY}{one.word} 电话 {one.phone}", From=f"{one.name} <{one.email}>", Subject=f"商家拒绝退货 {one.word}",
        Message_ID=f"<{one.word}@example.test>",
    )  # fmt: skip
    mail.add_attachment(one.word.encode(), maintype="text", subtype="plain", filename=f"{one.word}.txt")
    come_in(mail, returns_to=one.email)
    held = a_mail(f"{one.word}", From=f"{one.name} <{one.email}>", Subject=one.word, Auto_Submitted="auto-replied",
                  Message_ID=f"<again{one.word}@example.test>")  # fmt: skip
    come_in(held, returns_to=one.email)


def by_import(desk: Desk, one: Canary) -> None:
    table, path = io.StringIO(), desk.folder / "import.csv"
    row = [f"ref-{one.word}", STORY + one.word, *one.contact.values(), one.word]
    heads = ["reference", "narrative", "name", "phone", "email", "contact_by", "hours"]
    csv.writer(table).writerows([heads, row])
    path.write_text(table.getvalue(), "utf-8-sig")
    done = desk.app.test_cli_runner().invoke(args=["complaints", "import", str(path)])
    path.unlink()  # it is the sender's own
    assert done.exit_code == 0, done.output


# --- what follows ----------------------------------------------------------------------------------------------------


def lives(desk: Desk, one: Canary) -> None:
    """Write in every place of the case, and end it: withdrawn, closed, or settled and done."""
    [number] = one.numbers
    case_id = session().scalars(select(Case.id).where(Case.number == number)).one()

    def do(who: str, action: Action, command: Command) -> Case:
        by = complaining(case_to_work(case_id)) if who == "consumer" else desk.act(who)
        with transaction():
            case = case_to_work(case_id)
            actions.carry_out(case, action, command, act=by)
        return case_to_work(case_id)

    asked_for_a_code(desk, case_id)
    case = case_to_work(case_id)
    if case.state in (CaseState.RECEIVED, CaseState.TRIAGE):
        do("mediator", Action.CLASSIFY, Classify(anomaly="return_refusal", organisation_id=desk.shop_id,
                                                 reason=f"Read of {one.word}"))  # fmt: skip
    talk(one, case_id, do, desk)
    evidence(one, case_id, do)
    do("respondent", Action.ANSWER, SendAnswer.model_validate({
        "position": "refuse", "text": f"{one.word} 穿过了", "clause": "2.1.6.2"}))  # fmt: skip
    terms = [{"kind": "refund", "amount": {"amount_minor": 9900, "currency": "CNY"}, "note": one.word}]
    do("consumer", Action.PROPOSE, Propose.model_validate({"terms": terms, "note": one.word}))
    do("respondent", Action.DECLINE, Decline(offer=1, reason=one.word))
    ends(one, case_id, do)
    do_what_is_due()


def asked_for_a_code(desk: Desk, case_id: int) -> None:
    base = f"/zh-hans/c/{link_of(case_to_work(case_id))}"
    answer = desk.browser().post(f"{base}/verify/send", data={"channel": "email"})
    assert answer.status_code == 303, answer.text


def talk(one: Canary, case_id: int, do: Any, desk: Desk) -> None:
    by = complaining(case_to_work(case_id))
    with transaction():
        write_message(case_to_work(case_id), f"还有一点：{one.word}", act=by)
    for audience in ("internal", "consumer", "respondent"):
        do("mediator", Action.REPLY, Reply(body=f"About {one.word}", audience=audience))
    do("consumer", Action.STATE_FACTS, StateFacts(order={"id": one.word, "product_text": f"外套 {one.word}"}))


def evidence(one: Canary, case_id: int, do: Any) -> None:
    by = complaining(case_to_work(case_id))
    files = [take(f"{one.word}.txt", io.BytesIO(f"聊天记录 {one.word} {one.phone}".encode()))]
    with transaction():
        exhibits.add(case_to_work(case_id), files, act=by, note=one.word)
    due = clock.now() + timedelta(days=2)
    do("mediator", Action.ASK_EVIDENCE, AskEvidence(side="consumer", items=[f"{one.word} 的收据"], due_at=due,
                                                    why=one.word))  # fmt: skip
    do("consumer", Action.DECLINE_EVIDENCE, DeclineEvidence(item=1, reason=f"丢了 {one.word}"))
    do("mediator", Action.RECORD_INSPECTION, RecordInspection(
        inspected_at=clock.now() - timedelta(hours=1), inspected_by="independent", what=f"外套 {one.word}",
        packaging="box_sound", conclusion="none", note=one.word))  # fmt: skip


def ends(one: Canary, case_id: int, do: Any) -> None:
    if one.n % 3 == 0:
        do("consumer", Action.WITHDRAW, Withdraw(reason=f"算了 {one.word}"))
    elif one.n % 3 == 1:
        do("mediator", Action.CLOSE, Close(reason="out_of_scope", explanation=f"Not ours: {one.word}"))
    else:
        terms = [{"kind": "refund", "amount": {"amount_minor": 9900, "currency": "CNY"}}]  # published: without a word
        do("consumer", Action.PROPOSE, Propose.model_validate({"terms": terms, "note": one.word}))
        accepted(one, case_id, do)


def accepted(one: Canary, case_id: int, do: Any) -> None:
    """Settle, do what was agreed, and rate."""
    from app.mediation.commands import Accept
    from app.notices.commands import Publish

    do("respondent", Action.ACCEPT, Accept(offer=2))
    do("mediator", Action.PUBLISH, Publish())
    do("respondent", Action.PERFORM, Perform(remedy=1, proof=f"已退款 {one.word}"))
    case = do("consumer", Action.CONFIRM_PERFORMANCE, ConfirmPerformance(remedy=1))
    assert case.state is CaseState.CLOSED
    do("consumer", Action.RATE, Rate(solved=5, fair=5, effort=1, comment=one.word))
