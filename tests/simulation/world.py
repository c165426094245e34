"""The desk in small: the people of it, two shops, and what each of them could say next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from app.cases.commands import Money, Term
from app.cases.models import Case
from app.committee import queries as committee
from app.committee.commands import STATEMENTS, IssueVote
from app.core.commands import Command
from app.core.db import transaction
from app.emergency.service import plans_ready
from app.mediation import queries as mediation
from tests.committee.factories import a_draft
from tests.factories import PASSWORD, a_person, an_organisation
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Role, consumer_of
from workflows.procedure.states import Action

Draw = Callable[[st.SearchStrategy], Any]
SHOP, OTHER_SHOP = "晴川服饰", "云上百货"
ADDRESSES = {SHOP: "answers@first.test", OTHER_SHOP: "answers@second.test"}


class World:
    """Who is there. Made once; cases come and go."""

    def __init__(self) -> None:
        with transaction():
            shops = {name: an_organisation(name=name, email=address) for name, address in ADDRESSES.items()}
            desk = [a_person(role) for role in (Role.MEDIATOR, Role.LEAD, Role.OPERATOR, Role.SECRETARY)]
            bench = [a_person(Role.CHAIR) for _ in range(2)] + [a_person(Role.MEMBER) for _ in range(4)]
            sellers = [a_person(Role.RESPONDENT, organisation_id=shop.id) for shop in shops.values()]
            self.shops = {shop.id: ADDRESSES[name] for name, shop in shops.items()}
            self.staff = [person.actor() for person in (*desk, *bench)]
            self.sellers = [person.actor() for person in sellers]

    def actors(self, case: Case) -> list[Actor]:
        """Return everybody who might do something about the case; the complainant first."""
        return [consumer_of(case.id, name="林小雨", language=case.language, confirmed=True), *self.sellers, *self.staff]


def command(kind: type[Command], action: Action, case: Case, act: Act, draw: Draw, world: World) -> Command | None:
    """Return something that could be said now, sensible or not; None where there is nothing to say at all."""
    if (make := _FIELDS.get(action)) is None:
        return kind() if not any(field.is_required() for field in kind.model_fields.values()) else None
    fields = make(case, act, draw, world)
    return fields if fields is None or isinstance(fields, Command) else kind(**fields)


def _terms(draw: Draw) -> list[Term]:
    refund = Term(kind="refund", amount=Money(amount_minor=19900), days=draw(st.sampled_from([1, 3, 7])))
    return [refund, Term(kind="apology", days=2)][: draw(st.integers(1, 2))]


def _shop(draw: Draw, world: World) -> int | None:
    return draw(st.sampled_from([None, *world.shops]))


def _classify(case: Case, act: Act, draw: Draw, world: World) -> dict[str, Any]:
    anomaly = draw(st.sampled_from(["return_refusal", "return_refusal", "product_info_error", "other"]))
    return {"anomaly": anomaly, "organisation_id": _shop(draw, world), "reason": "因为这样更合适。"}


def _answer(case: Case, act: Act, draw: Draw, world: World) -> dict[str, Any]:
    position = draw(st.sampled_from(["agree", "offer", "offer", "refuse", "not_ours"]))
    shared = {"position": position, "text": "我们的说明。"}
    own = {
        "offer": lambda: {"terms": _terms(draw)},
        "refuse": lambda: {"clause": "2.1.6.2"},
        "not_ours": lambda: {"points_to": "merchant", "organisation_id": _shop(draw, world)},
    }
    return shared | own.get(position, dict)()


def _votes(case: Case, act: Act, draw: Draw, world: World) -> dict[str, Any] | None:
    panel = committee.panel_of(case)
    if panel is None:
        return None
    choice = draw(st.sampled_from(["uphold", "uphold", "partly", "reject"]))
    return {"votes": [IssueVote(issue=issue.n, choice=choice, reason="依规定。") for issue in panel.issues]}


def _draft(case: Case, act: Act, draw: Draw, world: World) -> Command | None:
    panel = committee.panel_of(case)
    return a_draft(case) if panel is not None and not panel.sealed else None


def _plan(case: Case, act: Act, draw: Draw, world: World) -> dict[str, Any]:
    return {"plan": draw(st.sampled_from([plan.key for plan in plans_ready(case)][:2] or ["none"]))}


def _offer(case: Case, act: Act, draw: Draw, world: World) -> dict[str, Any]:
    waiting = [offer.n for offer in mediation.waiting_for(case, act.actor)]
    return {"offer": draw(st.sampled_from([*waiting, *waiting, *waiting, 1, 99]))}


def _remedy(**more: Any) -> Callable[..., dict[str, Any]]:
    return lambda case, act, draw, world: {"remedy": draw(st.integers(1, 2)), **more}


def _penalty(*outcomes: str, **more: Any) -> Callable[..., dict[str, Any]]:
    def fields(case: Case, act: Act, draw: Draw, world: World) -> dict[str, Any]:
        chosen = {"outcome": draw(st.sampled_from(outcomes))} if outcomes else {}
        return {"penalty": draw(st.integers(1, 2)), **chosen, **more}

    return fields


_FIELDS: dict[Action, Callable[..., dict[str, Any] | Command | None]] = {
    Action.CLASSIFY: _classify,
    Action.ASSIGN: lambda case, act, draw, world: {"user_id": draw(st.sampled_from([None, world.staff[0].user_id]))},
    Action.START_EMERGENCY: _plan,
    Action.EMERGENCY_STEP: lambda case, act, draw, world: {"step": draw(st.integers(1, 3))},
    Action.END_EMERGENCY: lambda *_: {"done": "已联系快递拦截。"},
    Action.REPLY: lambda case, act, draw, world: {
        "body": "我们在处理。", "audience": draw(st.sampled_from(["consumer", "both", "respondent", "internal"])),
    },
    Action.REQUEST_ANSWER: lambda case, act, draw, world: {"organisation_id": _shop(draw, world)},
    Action.ANSWER: _answer,
    Action.PROPOSE: lambda case, act, draw, world: {"terms": _terms(draw)},
    Action.BID: lambda case, act, draw, world: {
        "amount": {"amount_minor": draw(st.sampled_from([5000, 9900, 15000])), "currency": "CNY"},
    },
    Action.ACCEPT: _offer,
    Action.DECLINE: _offer,
    Action.REFER: lambda *_: {"summary": "双方各执一词。"},
    Action.DECLARE_INTEREST: lambda case, act, draw, world: {
        "interest": draw(st.sampled_from(["none", "none", "none", "conflict"])), "reason": "亲属。",
    },
    Action.VOTE: _votes,
    Action.DRAFT_DECISION: _draft,
    Action.RETURN_DRAFT: lambda *_: {"note": "请补充理由。"},
    Action.SIGN_DECISION: lambda *_: {"statements": list(STATEMENTS), "password": PASSWORD},
    Action.PUBLISH: lambda *_: {"redact": True},
    Action.PERFORM: _remedy(proof="已退款。"),
    Action.CONFIRM_PERFORMANCE: _remedy(),
    Action.DISPUTE_PERFORMANCE: _remedy(reason="没收到。"),
    Action.RATE: lambda *_: {"solved": 4, "fair": 5, "effort": 3},
    Action.REQUEST_REVIEW: lambda *_: {"grounds": ["new_evidence"], "text": "有新的证据。"},
    Action.ANSWER_PENALTY: _penalty(text="包裹当时已在途中。"),
    Action.DECIDE_PENALTY: _penalty("imposed", "imposed", "dropped", reason="没有凭证。"),
    Action.APPEAL_PENALTY: _penalty(text="我们当天已电话答复。"),
    Action.RULE_PENALTY: _penalty("upheld", "lifted", reason="查无记录。"),
    Action.JOIN: lambda case, act, draw, world: {"case_number": case.number, "reason": "同一订单。"},
    Action.CLOSE: lambda *_: {"reason": "out_of_scope", "explanation": "不在受理范围。"},
}  # fmt: skip
