"""JSON of every shape to the calls that read it: an answer, or a problem that says where; never a breakdown."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cases import access
from app.cases.actions import known
from tests.factories import a_case, saved
from workflows.procedure.states import CaseState

FEW = settings(
    max_examples=25, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
KEYS = st.sampled_from(
    ["narrative", "complainant", "respondent", "order", "events", "remedies_sought", "danger", "language", "anomaly",
     "text", "time_zone", "complaint_at", "version", "body", "reason", "offer", "terms", "note"]
)  # fmt: skip
OBJECTS = st.dictionaries(KEYS, ANY, max_size=5) | ANY
ORDERS = st.dictionaries(
    st.sampled_from(["id", "category", "submitted_at", "goods_total_minor", "currency", "hold_minor", "delivered_at",
                     "received_at", "goods_intact", "payment", "listing", "commitments", "product_text"]),
    ANY, max_size=4,
)  # fmt: skip
EVENTS = st.lists(
    st.dictionaries(st.sampled_from(["type", "at", "actor", "kind", "payer", "amount_minor"]), ANY, max_size=4),
    max_size=2,
)  # fmt: skip
FACTS = st.fixed_dictionaries({}, optional={"order": ORDERS | ANY, "events": EVENTS | ANY, "time_zone": ANY})


def sound(answer) -> bool:
    if answer.status_code < 400:
        return True
    told = answer.json
    return answer.status_code < 500 and answer.mimetype == "application/problem+json" and "title" in told


@FEW
@given(body=OBJECTS)
def test_complaints(client, body):
    assert sound(client.post("/api/v1/complaints", json=body, headers={"Idempotency-Key": "k"}))


@FEW
@given(facts=FACTS)
def test_complaints_with_facts(client, facts):
    whole = {"narrative": "拒绝退货", "complainant": {"email": "a@b.test"}}
    whole |= {key: value for key, value in facts.items() if key != "time_zone"}
    assert sound(client.post("/api/v1/complaints", json=whole, headers={"Idempotency-Key": "k"}))


@FEW
@given(body=OBJECTS, text=st.text(max_size=50))
def test_readings(client, body, text):
    assert sound(client.post("/api/v1/classify", json=body))
    assert sound(client.post("/api/v1/classify", json={"text": text}))


@FEW
@given(facts=FACTS | OBJECTS)
def test_checks(client, facts):
    assert sound(client.post("/api/v1/checks", json=facts))


@FEW
@given(body=OBJECTS, action=st.sampled_from(sorted(known(), key=str)))
def test_actions(client, body, action):
    number = saved(a_case, CaseState.MEDIATION).number
    header = {"Authorization": f"Bearer {access.access_token(number)}"}
    assert sound(client.post(f"/api/v1/cases/{number}/actions/{action}", json=body, headers=header))
