"""What is sealed is found by keyed hashes: numbers, addresses and names as a whole, titles by their words."""

import pytest
from sqlalchemy import func, select

from app.cases import actions, queries
from app.cases.commands import StateFacts
from app.cases.queries_people import known_by
from app.cases.traces import CaseTrace
from app.core.db import session, transaction
from app.core.ids import case_number, read_case_number
from app.core.people import who_is_reached_at
from tests.factories import a_case, a_complainant, complaining, saved
from workflows.procedure.authority import SYSTEM
from workflows.procedure.states import Action

LIKE_A_CASE = "+8613905012061"  # its digits end in what would be a case number's check digit


def by(phone, **changes):
    """A case whose complainant gave this telephone number."""

    def made():
        person = who_is_reached_at(phone, "lin@example.test")
        return a_case(person=person, complainant=a_complainant(phone=phone), **changes)

    return saved(made)


def found(typed):
    return [case.number for case in queries.page(SYSTEM, queries.Filter(text=typed)).items]


@pytest.mark.parametrize(
    "typed",
    [LIKE_A_CASE, "13905012061", "139 0501 2061", "8613905012061", "008613905012061", "（139）0501-2061", "05012061"],
)
def test_a_telephone_number_finds_the_case_in_every_form_that_people_write(app, typed):
    case = by(LIKE_A_CASE)

    assert found(typed) == [case.number]


@pytest.mark.parametrize("typed", [LIKE_A_CASE, "13905012061", "139 0501 2061", "008613905012061", "LIN@example.test"])
def test_whoever_complained_twice_is_one_person_known_by_all_they_gave(app, typed):
    first, second = by(LIKE_A_CASE), by(LIKE_A_CASE)
    saved(a_case)

    wanted = [person.id for person in known_by(typed) if person.id == first.person_id]

    assert wanted == [first.person_id] == [second.person_id]


@pytest.mark.parametrize("typed", ["13905012061", LIKE_A_CASE, "8613905012061", "139-0501-2061"])
def test_a_telephone_number_is_no_case_number_though_its_check_digit_fits(typed):
    assert read_case_number(typed) is None


@pytest.mark.parametrize("typed", ["{}", "h{}", " {} ", "{:.9}"])
def test_a_case_number_is_read_as_people_write_it(typed):
    number = case_number(2026, 123)

    read = read_case_number(typed.format(number.removeprefix("H") if typed.startswith("h") else number))

    assert read == (number if ".9" not in typed else None)


@pytest.mark.parametrize(
    "typed", ["退货", "拒绝 商家", "coat", "COAT size", "林小雨", "lin@example.test", "20260901126", "E 1"]
)
def test_a_case_is_found_by_whole_words_names_and_numbers(app, typed):
    case = saved(
        a_case, title="商家拒绝退货 coat, size M", order_facts={"id": "E 1" if "E" in typed else "20260901126"}
    )

    assert found(typed) == [case.number]


@pytest.mark.parametrize("typed", ["coa", "林小", "lin@example", "2026090112", "退款", "coat 退款", "0013"])
def test_nothing_is_found_by_a_part_of_a_word_or_of_a_number(app, typed):
    saved(a_case, title="商家拒绝退货 coat", order_facts={"id": "20260901126"})

    assert found(typed) == []


def test_an_order_number_told_later_finds_the_case_too(app):
    case = saved(a_case, order_facts={"id": "OLD-1"})

    with transaction():
        case = queries.case_to_work(case.id)
        actions.carry_out(case, Action.STATE_FACTS, StateFacts(order={"id": "NEW-2"}), act=complaining(case))

    assert found("NEW-2") == found("OLD-1") == [case.number]


def test_the_traces_of_a_new_case_are_one_statement(app, count_queries):
    with count_queries(writing=True) as statements:
        case = saved(a_case, title="商家拒绝退货")

    assert sum("case_traces" in each for each in statements) == 1
    assert session().scalar(select(func.count()).select_from(CaseTrace).where(CaseTrace.case_id == case.id)) > 5
