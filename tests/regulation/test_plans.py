"""A plan stands ready for every kind of anomaly, complete in three languages, and cites its clause."""

import pytest

from workflows.regulation import book
from workflows.regulation.text import LANGUAGES

PLANS = book.current().plans.on(None)


@pytest.mark.parametrize("anomaly", [each.key for each in book.current().anomalies])
def test_every_anomaly_has_a_plan_of_its_own_and_all_but_the_open_one_a_compensation(anomaly):
    ready = [plan.key for plan in book.current().plans_for(anomaly)]

    assert ready[0] != "compensate"
    assert ("compensate" in ready) is (anomaly != "other")


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.key)
def test_every_plan_cites_the_clause_and_says_in_each_language_what_is_done(plan):
    assert plan.clause == "2.2.3.3"
    assert 3 <= len(plan.steps) <= 6
    for text in (plan.name, *plan.steps):
        assert all(text.in_(language).strip() for language in LANGUAGES)
        assert len({text.in_(language) for language in LANGUAGES}) >= 2


def test_what_the_regulation_names_is_ready():
    keys = {plan.key for plan in PLANS}

    assert {"replace_or_refund", "compensate", "hold_parcel", "stop_charge"} <= keys
