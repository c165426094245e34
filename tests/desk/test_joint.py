"""Cases that belong together: seen, joined, parted; each keeps its own way. And where complaints are on the rise."""

import pytest

from app.cases import actions, queries, queries_joint
from app.cases.commands import Join, Part
from app.cases.models_joint import Joint
from app.core.clock import now
from app.core.db import session, transaction
from tests.factories import a_case, a_person, acting, an_organisation, complaining, saved, sign_in
from workflows.procedure.authority import SYSTEM, Audience, Role
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def mediator(client):
    person = saved(a_person, Role.MEDIATOR)
    sign_in(client, person)
    return person


def do(case, action, command, who):
    with transaction():
        actions.carry_out(queries.case_to_work(case.id), action, command, act=acting(who))


def join(one, other, who):
    do(one, Action.JOIN, Join(case_number=other.number, reason="同一批商品"), who)


def of(client, case, path=""):
    return client.get(f"/desk/cases/{case.number}{path}").text


def test_cases_of_the_same_person_are_shown_and_joined_from_the_page(client, mediator):
    one, other = saved(a_case), saved(a_case)  # the same complainant by default
    assert f"/desk/cases/{one.number}/join?with={other.number}" in of(client, one)
    assert other.number in of(client, one, "/join")

    answer = client.post(
        f"/desk/cases/{one.number}/join", data={"case_number": other.number, "reason": "同一个人", "seen": one.version}
    )

    assert answer.status_code == 303
    for this, that in ((one, other), (other, one)):
        assert that.number in of(client, this)
        last = queries.events(queries.case_to_work(this.id), SYSTEM)[-1]
        assert (last.action, last.detail["case_number"]) == (Action.JOIN, that.number)
        assert last.audience is Audience.INTERNAL


def test_joined_cases_keep_their_own_clocks_and_state(client, mediator):
    one, other = saved(a_case), saved(a_case, CaseState.MEDIATION)
    before = [(clock.kind, clock.due_at, clock.status) for clock in other.clocks]
    join(one, other, mediator)

    after = queries.case_to_work(other.id)
    assert after.state is CaseState.MEDIATION
    assert [(clock.kind, clock.due_at, clock.status) for clock in after.clocks] == before


def test_they_are_parted_again_and_may_be_joined_anew(client, mediator):
    one, other = saved(a_case), saved(a_case)
    join(one, other, mediator)

    answer = client.post(
        f"/desk/cases/{other.number}/part",
        data={"case_number": one.number, "reason": "不是一回事", "seen": queries.case_to_work(other.id).version},
    )
    assert answer.status_code == 303
    assert queries_joint.joined_with(queries.case_to_work(one.id), mediator.actor()) == []
    join(other, one, mediator)

    assert [link.parted_at is None for link in session().query(Joint).order_by(Joint.id)] == [False, True]


@pytest.mark.parametrize("number", ["H2026-999999-9", "nonsense", "itself"])
def test_only_another_case_can_be_joined(client, mediator, number):
    case = saved(a_case)
    typed = case.number if number == "itself" else number
    answer = client.post(
        f"/desk/cases/{case.number}/join", data={"case_number": typed, "reason": "kept", "seen": case.version}
    )

    assert answer.status_code == 422
    assert "kept" in answer.text
    assert "There is no other case with this number" in answer.text


def test_twice_is_refused_and_so_is_parting_what_is_not_joined(client, mediator):
    one, other, third = saved(a_case), saved(a_case), saved(a_case)
    join(one, other, mediator)

    with pytest.raises(Invalid, match="joined_already"):
        join(other, one, mediator)
    with pytest.raises(Invalid, match="not_joined"):
        do(one, Action.PART, Part(case_number=third.number, reason="x"), mediator)


def together(case, who):
    return {each.number for each in queries_joint.joined_with(queries.case_to_work(case.id), who.actor())}


def test_three_are_one_group_wherever_one_looks_and_the_one_that_leaves_leaves_the_others_together(client, mediator):
    one, two, three = (saved(a_case) for _ in range(3))
    join(one, two, mediator)
    join(three, one, mediator)

    assert together(two, mediator) == {one.number, three.number}
    assert three.number in of(client, two)
    with pytest.raises(Invalid, match="joined_already"):
        join(two, three, mediator)

    do(two, Action.PART, Part(case_number=one.number, reason="x"), mediator)  # the one that held them together

    assert together(two, mediator) == {three.number}
    assert together(one, mediator) == set()


def test_many_are_joined_at_once_from_the_queue_with_one_reason(client, mediator):
    numbers = [saved(a_case).number for _ in range(3)]

    asked = client.post("/desk/bulk", data={"case": numbers})
    silent = client.post("/desk/bulk/join", data={"case": numbers, "reason": " "})
    alone = client.post("/desk/bulk/join", data={"case": numbers[:1], "reason": "same batch"})
    done = client.post("/desk/bulk/join", data={"case": [*numbers, "H2026-999999-9"], "reason": "same batch"})

    assert "Join 3 cases" in asked.text
    assert (silent.status_code, alone.status_code) == (422, 422)
    assert all(number in silent.text for number in numbers)
    assert done.text.count("Worked on together with") == 2
    assert "There is no other case with this number" in done.text
    first = queries.by_number(numbers[0], mediator.actor())
    assert together(first, mediator) == set(numbers[1:])


def test_neither_party_reads_of_it(client, mediator):
    one, other = saved(a_case), saved(a_case)
    join(one, other, mediator)

    seen = queries.events(queries.case_to_work(one.id), complaining(one).actor)
    assert Action.JOIN not in {event.action for event in seen}


def some_cases(count, **changes):
    for _ in range(count):
        saved(a_case, **changes)


def test_a_rise_of_like_complaints_is_seen_and_an_even_stream_is_not(client, mediator, time):
    steady, sudden = saved(an_organisation, name="Steady"), saved(an_organisation, name="Sudden")
    for _ in range(4):
        some_cases(3, respondent=steady, anomaly="return_refusal")
        some_cases(1, respondent=sudden, anomaly="return_refusal")
        time.go(days=7)
    some_cases(3, respondent=steady, anomaly="return_refusal")
    some_cases(4, respondent=sudden, anomaly="return_refusal")
    time.go(days=1)
    sign_in(client, mediator)

    assert [(rise.organisation.name, rise.lately, rise.usual) for rise in queries_joint.rises(now())] == [
        ("Sudden", 4, 1.0)
    ]
    page = client.get("/desk/rises").text
    assert "Sudden" in page
    assert "Steady" not in page
