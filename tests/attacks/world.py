"""Everybody at once: cases of every kind, and one browser for each reader there is, signed in as far as they can be.

`addresses` expands the route table into addresses of this world, so that a test can be made of all routes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import chain
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.models_proof import LinkKind, SignInLink
from app.cases import access
from app.cases.actions import carry_out, known
from app.cases.commands import Reply
from app.cases.models import Case
from app.cases.service import advance
from app.conduct.service_breaches import propose
from app.core import clock, messages
from app.core.db import db, session, transaction
from app.core.ids import digest, new_token
from app.core.messages import Channel
from app.core.uploads import take
from app.desk.views import STEP_PAGES
from app.evidence.commands import AskEvidence
from app.evidence.models import Preview
from app.evidence.service import add
from app.hooks import service as hooks
from app.intake import service_drafts
from app.knowledge.models import OpenQuestion, StaffAnswer
from app.learning.models import Stage, Weights
from app.mediation.commands import Decline, EnterBid, Propose, SendAnswer
from app.notices.models import Edition, RegisterEntry
from app.notices.service import issue
from app.organisations import service_keys as keys
from app.organisations.models import Organisation
from app.portal import service as codes
from app.post import service as post
from app.register.models import PublicReply
from tests.attacks.rulebook import an_amendment
from tests.committee.factories import a_pool, declare, seated
from tests.evidence.files import a_photo
from tests.factories import PASSWORD, a_case, a_person, an_act, an_organisation, complaining
from tests.ledger.logs import sealed
from tests.notices.cases import a_decided_case, published
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState

CANARY = "金丝雀的私事"  # in each private text; a reader who is refused must never see it
OFFERED = "帷幕后面的条件"  # said in mediation; the committee must never see it
SUMS = (666_613, 666_623, 666_633, 666_653, 666_643)  # offered and bid there; the last two do not cross
NONE = 999_999_999  # a row that is not there; an address takes nine digits
STAFF = (Role.OPERATOR, Role.MEDIATOR, Role.LEAD, Role.SUPERVISOR, Role.ADMIN)
CASES = {"consumer": ("mediated", "decided"), "stranger": ("other",)}  # whose complaint they are
READERS = (
    "nobody", "link", "consumer", "stranger", "respondent", "rival", "operator", "mediator", "lead", "supervisor",
    "admin", "secretary", "chair", "member", "drawn", "spare",
)  # fmt: skip


@dataclass
class World:
    """Cases by the room they are in, people by what they are, and what opens things."""

    app: Flask
    cases: dict[str, str] = field(default_factory=dict)  # numbers
    people: dict[str, str] = field(default_factory=dict)  # e-mail addresses
    ids: dict[str, Any] = field(default_factory=dict)

    def case_of(self, rule: str) -> str:
        """The number of the case that an address of this rule is about."""
        if "notice_id" in rule:
            return self.cases["decided"]
        return self.cases[{"committee": "judged", "outcomes": "decided"}.get(rule.split("/")[1], "mediated")]

    def browser(self, reader: str) -> FlaskClient:
        """A browser of this reader: signed in, holding a link, or confirmed by a code."""
        browser = self.app.test_client()
        if reader in self.people:
            answer = browser.post("/signin", data={"email": self.people[reader], "password": PASSWORD})
            assert answer.status_code == 303
        elif reader in ("consumer", "stranger"):
            for name in CASES[reader]:
                browser.set_cookie(f"heng-{self.cases[name]}", self.ids[f"confirmation-{name}"])
        return browser

    def bearer(self, reader: str) -> dict[str, str]:
        """The header by which this reader calls the API."""
        if reader in ("consumer", "stranger"):
            return {"Authorization": f"Bearer {access.access_token(self.cases[CASES[reader][0]])}"}
        return {"Authorization": f"Bearer {self.ids[f'token-{reader}']}"} if reader in self.people else {}

    def ask(self, reader: str, browser: FlaskClient, address: str, method: str = "GET", **options: Any) -> TestResponse:
        """Send a request as this reader: under /api by token, elsewhere by what the browser holds."""
        if address.startswith("/api/"):
            options["headers"] = {**self.bearer(reader), **options.get("headers", {})}
            browser = self.app.test_client()  # no cookie opens the API
        return browser.open(address, method=method, **options)


def a_world(app: Flask) -> World:
    """Make it."""
    world = World(app)
    with transaction():
        shop, rival = an_organisation(name="晴川服饰"), an_organisation(name="另一家店")
        people = {role.value: a_person(role) for role in STAFF}
        people["respondent"] = a_person(Role.RESPONDENT, organisation_id=shop.id)
        people["rival"] = a_person(Role.RESPONDENT, organisation_id=rival.id)
        cases = _cases(world, shop, rival)
    people |= _panel(cases["judged"])
    world.cases = {name: case.number for name, case in cases.items()}
    world.people = {name: person.email for name, person in people.items()}
    world.ids |= {"organisation_id": shop.id, "outbox_id": 1}
    world.ids |= {f"user-{name}": person.id for name, person in people.items()}
    with transaction():
        _keys(world, people, cases)
        world.ids |= {"weights_id": _weights().id, "amendment_id": an_amendment(people["admin"]).id}
    sealed()
    return world


def _weights() -> Weights:
    """Weights that wait for an administrator."""
    taught = Weights(stage=Stage.CANDIDATE, asked_at=clock.now(), sha256="0" * 64, figures={}, changed=[])
    session().add(taught)
    session().flush()
    return taught


def _cases(world: World, shop: Organisation, rival: Organisation) -> dict[str, Case]:
    private = {"narrative": f"收到的外套没有穿过，商家拒绝退货。{CANARY}", "title": f"拒绝退货 {CANARY}"}
    cases = {
        "mediated": a_case(CaseState.MEDIATION, respondent=shop, **private),
        "other": a_case(CaseState.MEDIATION, respondent=rival, narrative=f"又一件事。{CANARY}"),
        "closed": _closed(shop, private),
        "triage": a_case(CaseState.TRIAGE, respondent=shop),
        "judged": _judged(shop, private),
        "decided": a_decided_case(case_changes={"respondent": shop, **private}),
    }
    entry: RegisterEntry = published(cases["decided"])
    for notice in entry.notices:
        issue(notice.id, b"%PDF-1.7 as if printed", by="Heng", at=clock.now())
    photos = [take("photo.jpg", BytesIO(a_photo(size=(32, 24))))]
    [photo] = add(cases["mediated"], photos, act=complaining(cases["mediated"]))
    asked = {"side": "consumer", "items": [f"收据 {CANARY}"], "due_at": clock.now() + timedelta(days=2)}
    carry_out(cases["mediated"], Action.ASK_EVIDENCE, AskEvidence(**asked), act=an_act(Role.MEDIATOR))
    session().add(Preview(evidence_id=photo.id, pictures=[photo.shared_ref] * 2, told={}, made_at=clock.now()))
    offer = {"terms": [{"kind": "refund", "amount": {"amount_minor": 9900, "currency": "CNY"}}]}
    carry_out(cases["mediated"], Action.PROPOSE, Propose.model_validate(offer), act=an_act(Role.MEDIATOR))
    late = propose(cases["mediated"], "answer_late", "2.1.7.1", shop, cause="a story", at=clock.now())
    world.ids["penalty_number"] = late.number if late else ""
    world.ids |= {"register_number": entry.number, "code": entry.code, "evidence_id": photo.id, "clause": "2.1.6.1"}
    said = PublicReply(organisation_id=shop.id, entry_id=None, language="en", text="We are sorry.", at=clock.now())
    session().add(said)
    session().flush()
    world.ids["reply_id"] = said.id
    world.ids["notice_id"] = next(n.id for n in entry.notices if (n.edition, n.language) == (Edition.PARTY, "en"))
    return cases


def _closed(shop: Organisation, private: dict[str, str]) -> Case:
    case = a_case(CaseState.MEDIATION, respondent=shop, **private)
    case.close_reason = "withdrawn"
    advance(case, Action.WITHDRAW, act=complaining(case))
    return case


def _judged(shop: Organisation, private: dict[str, str]) -> Case:
    """A case before the committee, in whose mediation something was offered that the committee must not learn."""
    a_pool(chairs=1, members=6)
    case = a_case(CaseState.MEDIATION, respondent=shop, **private)
    company = an_act(Role.RESPONDENT, organisation_id=shop.id)
    _mediate(case, complaining(case), company, an_act(Role.MEDIATOR))
    advance(case, Action.REFER, act=an_act())
    return case


def _mediate(case: Case, consumer: Act, company: Act, mediator: Act) -> None:
    """Say in mediation whatever can be said there: every text holds OFFERED, every sum is one of SUMS."""
    sums = iter(SUMS)

    def terms() -> dict[str, Any]:
        amount = {"amount_minor": next(sums), "currency": "CNY"}
        return {"terms": [{"kind": "refund", "amount": amount, "note": OFFERED}]}

    def bid() -> EnterBid:
        return EnterBid.model_validate({"amount": {"amount_minor": next(sums), "currency": "CNY"}})

    offers = (
        (Action.ANSWER, SendAnswer.model_validate({"position": "offer", "text": OFFERED} | terms()), company),
        (Action.PROPOSE, Propose.model_validate({"note": OFFERED} | terms()), consumer),
        (Action.PROPOSE, Propose.model_validate({"note": OFFERED} | terms()), mediator),
        (Action.DECLINE, Decline(offer=3, reason=OFFERED), company),
        (Action.BID, bid(), consumer),
        (Action.BID, bid(), company),
        (Action.REPLY, Reply(body=OFFERED, audience="internal"), mediator),
        (Action.REPLY, Reply(body=OFFERED, audience="consumer"), mediator),
        (Action.REPLY, Reply(body=OFFERED, audience="respondent"), mediator),
    )
    for action, command, act in offers:
        carry_out(case, action, command, act=act)


def _held_mail() -> int:
    """A message that waits for a person; what it says is private."""
    arrived = post.arrive(f"From: a@b.test\r\n\r\n{CANARY}".encode(), source="smtp", mailbox="desk@desk.test")
    mail = post.keep(arrived, act=an_act())
    mail.subject, mail.body, mail.files = CANARY, CANARY, [take("a.txt", BytesIO(CANARY.encode())).as_row()]
    post.hold(mail, "robot", act=an_act())
    return mail.id


def _panel(judged: Case) -> dict[str, User]:
    """Seat a chair and a member who declared, one who was drawn and did not yet; another was not drawn."""
    people = seated(judged)
    for user in people[:2]:
        declare(judged, user)
    pool = session().scalars(select(User).order_by(User.id)).all()
    spare = next(user for user in pool if Role.MEMBER.value in user.roles and user not in people)
    secretary = next(user for user in pool if Role.SECRETARY.value in user.roles)
    return {"chair": people[0], "member": people[1], "drawn": people[2], "spare": spare, "secretary": secretary}


def _keys(world: World, people: dict[str, User], cases: dict[str, Case]) -> None:
    for name, person in people.items():
        world.ids[f"token-{name}"] = accounts.give_token(person, "test", act=an_act())
    for name in chain.from_iterable(CASES.values()):
        world.ids[f"confirmation-{name}"] = codes.confirm(cases[name], act=an_act())
    world.ids["person_id"] = cases["mediated"].person_id
    world.ids["sign_in_link"] = _link(people["spare"])
    world.ids["mail_id"] = _held_mail()
    endpoint = hooks.add("https://shop.example/hook", act=Act(people["respondent"].actor(), an_act().at))
    world.ids["endpoint_id"] = endpoint.id
    world.ids["key_id"] = keys.make(act=Act(people["respondent"].actor(), an_act().at)).id
    world.ids["delivery_id"] = hooks.post(endpoint, "case.reply", {"case_number": "H"}, act=an_act()).id
    world.ids["message_id"] = messages.post(
        channel=Channel.SMS, address="+8613800138000", language="en", subject="Your code", body="Code 123456.",
        case_number=cases["mediated"].number, at=an_act().at,
    ).id  # fmt: skip
    draft, token = service_drafts.to_write(None, "en", act=an_act())
    service_drafts.save(draft, "problem", {"narrative": CANARY}, act=an_act())
    world.ids["draft"] = token
    world.ids |= _questions(people["lead"])


def _questions(person: User) -> dict[str, int]:
    at = an_act().at
    question = OpenQuestion(digest="a", text="?", language="en", first_asked_at=at, last_asked_at=at)
    texts = {f"{what}_{tongue}": "?" for what in ("question", "answer") for tongue in ("hant", "hans", "en")}
    given = StaffAnswer(**texts, clauses=["2.1.6.1"], answered_at=at, answered_by=person.id)
    session().add_all([question, given])
    session().flush()
    return {"question_id": question.id, "answer_id": given.id}


def _link(person: User) -> str:
    token, act = new_token(), an_act()
    until = act.at + timedelta(hours=1)
    session().add(SignInLink(token_hash=digest(token), user_id=person.id, kind=LinkKind.RESET, created_at=act.at,
                             expires_at=until))  # fmt: skip
    return token


def everything() -> dict[str, str]:
    """Every table as it stands."""
    session().rollback()
    rows = {table.name: session().execute(table.select()).all() for table in db.metadata.sorted_tables}
    return {name: repr(found) for name, found in rows.items()}


def changed(before: dict[str, str]) -> set[str]:
    """The tables that are not as they were."""
    after = everything()
    return {name for name in before if before[name] != after[name]}


# --- the route table as addresses ------------------------------------------------------------------------------------

ANY = re.compile(r"<any\(([^)]*)\):(\w+)>")
OF_THE_COMMITTEE = (
    "declare_interest",
    "rule_challenge",
    "read_dossier",
    "vote",
    "draft_decision",
    "return_draft",
    "sign_decision",
    "publish",
)
CONVERTER = re.compile(r"<[^<>]*:")


def addresses(world: World, method: str, *, number: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (name in the tables, address) for every route that takes `method`."""
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield from _of_rule(world, rule, number or world.case_of(rule.rule))


def _of_rule(world: World, rule: Rule, number: str) -> Iterator[tuple[str, str]]:
    for spread in _spread(rule):
        about = world.cases["judged"] if spread.get("action") in OF_THE_COMMITTEE else number
        values = _values(world, rule, about) | spread
        name, url = CONVERTER.sub("<", rule.rule), rule.rule
        for argument in rule.arguments:
            url = re.sub(rf"<(?:[^<>]*:)?{argument}>", str(values[argument]), url)
        for argument, value in spread.items():
            name = name.replace(f"<{argument}>", value)
        yield name, url


def _spread(rule: Rule) -> Iterator[dict[str, str]]:
    """One rule may stand for many pages: the desk's steps, the steps of filing, the API's actions."""
    many = {found.group(2): found.group(1).split(", ") for found in ANY.finditer(rule.rule) if found.group(2) != "lang"}
    if rule.endpoint == "desk.step":
        many = {"page": list(STEP_PAGES)}
    elif rule.endpoint == "cases_api.take_action":
        many = {"action": [action.value for action in known()]}
    for argument, values in many.items():
        yield from ({argument: value} for value in values)
    if not many:
        yield {}


def _values(world: World, rule: Rule, number: str) -> dict[str, Any]:
    token = access.link_token(number)
    if "resume" in rule.rule:
        token = world.ids["draft"]
    elif "signin/link" in rule.rule:
        token = world.ids["sign_in_link"]
    if "evidence/<int:number>" in rule.rule:
        number = "1"
    elif "decisions" in rule.rule:
        number = world.ids["register_number"]
    return {
        "lang": "en", "number": number, "token": token, "tag": "en", "n": 1, "exhibit": "1", "file_id": 1,
        "view_id": 1, "position": 0, "factor_id": NONE, "session_id": NONE, "token_id": NONE, "name": "dossier",
        "approval_id": NONE, "fact": "received_at", "user_id": world.ids["user-spare"], **world.ids,
    }  # fmt: skip
