"""From a person's correction to weights in use, and back again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cases.commands import Classify
from app.cases.queries import case_to_work
from app.cases.service_steps import classify
from app.core.db import session, transaction
from app.core.outbox import OutboxRow, Task
from app.learning import queries, service, teaching
from app.learning.commands import Decide
from app.learning.models import Label, Stage, Weights
from tests.factories import a_case, a_person, acting, an_act, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.triage import approved, learning, scoring
from workflows.triage.learning import Schooling
from workflows.triage.reading import read
from workflows.triage.scoring import ANOMALIES

TOLD = "快递员把箱子摔碎了，物流公司不认"
FEW = 160


def a_read_case(text: str = TOLD, **changes):
    read_as = read(text)
    kept = read_as.to_json() | {"model_version": read_as.model_version, "missing": [], **changes}
    return saved(a_case, narrative=text, reading=kept, anomaly=read_as.anomaly, anomaly_status="proposed")


def corrected(case, anomaly="product_info_error", **changes):
    act = acting(saved(a_person, Role.LEAD))
    with transaction():
        classify(case_to_work(case.id), Classify(anomaly=anomaly, reason="看了照片", **changes), act)


@pytest.fixture
def own_weights(tmp_path):
    before = approved._folder
    approved.use(tmp_path / "triage")
    yield
    approved.use(before)


@pytest.fixture
def short_school(monkeypatch):
    """Teach from a few of our texts in one round: what is tested is the way, not the weights."""
    every = learning.examples
    monkeypatch.setattr(learning, "examples", lambda path: every(path)[:FEW])
    monkeypatch.setattr(learning.Schooling, "rounds", 1)
    taught = learning.teach
    monkeypatch.setattr(learning, "teach", lambda rows: taught(rows, Schooling(rounds=1, asides=0.0)))


@pytest.fixture
def candidate(app, own_weights, short_school):
    with transaction():
        row = service.ask(an_act(Role.ADMIN))
    taught = teaching.taught(service.lessons())
    with transaction():
        service.keep(row.id, taught, act=an_act(Role.SYSTEM))
    return row


def test_a_correction_becomes_a_label_without_words(app):
    case = a_read_case()

    corrected(case)

    label = session().scalars(select(Label)).one()
    assert (label.anomaly, label.read_anomaly) == ("product_info_error", "logistics_info_error")
    assert (label.party, label.read_party) == ("merchant", "logistics_company")
    assert TOLD not in str([getattr(label, column.name) for column in Label.__table__.columns])


def test_the_last_label_of_a_case_counts(app):
    case = a_read_case()
    corrected(case)
    corrected(case, "logistics_info_error")

    (label,) = queries.last_labels()

    assert label.anomaly == "logistics_info_error"


def test_agreement_counts_company_and_anomaly(app):
    corrected(a_read_case())
    corrected(a_read_case(), "logistics_info_error")

    everything = queries.agreement(queries.last_labels())[0]

    assert (everything.party.hits, everything.party.total) == (1, 2)
    assert (
        dict(queries.confusion(queries.last_labels()))["product_info_error"][ANOMALIES.index("logistics_info_error")]
        == 1
    )


def test_what_a_fact_decides_teaches_nothing(app):
    case = a_read_case(missing=["shipped"])
    corrected(case)

    assert service.lessons() == []


def test_an_erased_text_teaches_nothing(app):
    case = a_read_case()
    corrected(case)
    with transaction():
        session().get(type(case), case.id).narrative = ""

    assert service.lessons() == []


def test_a_name_that_stands_in_few_cases_becomes_no_weight():
    ours = [learning.Example("快递丢了", "zh-Hans", "logistics_info_error", None, False, False)] * 2
    secret = learning.Example("欧阳翠花的快递丢了", "zh-Hans", "logistics_info_error", None, False, False, ours=False)

    content = learning.written(*learning.teach([*ours, *[secret] * 4], Schooling(rounds=1, asides=0.0)))

    assert "欧阳" not in content
    assert "快递" in content


def test_asking_puts_a_task_beside_the_web_and_only_once(app):
    with transaction():
        service.ask(an_act(Role.ADMIN))

    assert session().scalars(select(OutboxRow.task)).all() == [Task.TEACH_TRIAGE]
    with pytest.raises(Invalid, match="being_taught"), transaction():
        service.ask(an_act(Role.ADMIN))


def test_only_an_administrator_asks_or_decides(app, candidate):
    with pytest.raises(NotPermitted):
        service.ask(an_act(Role.LEAD))
    with pytest.raises(NotPermitted):
        service.decide(candidate, Decide(approve=True, reason="x"), act=an_act(Role.SUPERVISOR))


def test_a_candidate_changes_nothing_until_it_is_approved(app, candidate):
    assert candidate.stage is Stage.CANDIDATE
    assert candidate.figures["own"]["then"]["rows"] == FEW
    assert approved.model() is scoring.model()


def test_approved_weights_read_at_once_and_going_back_works(app, candidate):
    with transaction():
        service.decide(candidate, Decide(approve=True, reason="更准"), act=an_act(Role.ADMIN))
    assert read(TOLD).model_version == candidate.version

    with transaction():
        service.use_again(None, act=an_act(Role.ADMIN))
    assert read(TOLD).model_version == scoring.model().version

    with transaction():
        service.use_again(session().get(Weights, candidate.id), act=an_act(Role.ADMIN))
    assert read(TOLD).model_version == candidate.version


def test_a_rejected_candidate_is_never_read(app, candidate):
    with transaction():
        service.decide(candidate, Decide(approve=False, reason="漏掉紧急情况"), act=an_act(Role.ADMIN))

    assert approved.model() is scoring.model()
    with pytest.raises(Invalid, match="weights_not_approved"), transaction():
        service.use_again(candidate, act=an_act(Role.ADMIN))


def test_a_decision_that_is_rolled_back_changes_no_reading(app, candidate):
    def decided_and_broken():
        with transaction():
            service.decide(candidate, Decide(approve=True, reason="x"), act=an_act(Role.ADMIN))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decided_and_broken()

    assert approved.model() is scoring.model()


def test_weights_of_another_release_are_not_read(app, candidate, monkeypatch):
    with transaction():
        service.decide(candidate, Decide(approve=True, reason="x"), act=an_act(Role.ADMIN))
    monkeypatch.setattr(scoring, "ground", lambda: "another")
    approved.use(approved._folder)  # a process that starts with the new release

    assert approved.model() is scoring.model()


def test_damaged_weights_are_not_read(app, candidate):
    with transaction():
        service.decide(candidate, Decide(approve=True, reason="x"), act=an_act(Role.ADMIN))
    (approved._folder / f"{candidate.sha256}.tsv").write_text("# half")
    approved.use(approved._folder)

    assert approved.model() is scoring.model()


def test_the_report_and_the_comparison_are_shown(client, candidate, count_queries):
    corrected(a_read_case())
    sign_in(client, saved(a_person, Role.ADMIN))

    with count_queries() as counted:
        page = client.get("/desk/triage").text
    comparison = client.get(f"/desk/triage/weights/{candidate.id}").text

    assert len(counted) <= 12
    assert candidate.version in page
    assert candidate.version in comparison


def test_an_administrator_approves_on_the_page_with_a_reason(client, candidate):
    sign_in(client, saved(a_person, Role.ADMIN))
    place = f"/desk/triage/weights/{candidate.id}/decide"

    assert client.post(place, data={"answer": "approve"}).status_code == 422
    assert client.post(place, data={"answer": "approve", "reason": "更准"}).status_code == 303
    assert approved.model().version == candidate.version


def test_who_asked_for_weights_can_reject_them_and_not_approve_them(client, candidate):
    admin = saved(a_person, Role.ADMIN)
    sign_in(client, admin)
    with transaction():
        candidate.asked_by = admin.id
    place = f"/desk/triage/weights/{candidate.id}"

    assert "another administrator" in client.get(place).text
    assert client.post(f"{place}/decide", data={"answer": "approve", "reason": "更准"}).status_code == 422
    with pytest.raises(NotPermitted, match="second_person"), transaction():
        service.decide(candidate, Decide(approve=True, reason="更准"), act=acting(admin))
    assert client.post(f"{place}/decide", data={"answer": "reject", "reason": "漏掉"}).status_code == 303


def test_who_only_watches_sees_no_decision(client, candidate):
    sign_in(client, saved(a_person, Role.SUPERVISOR))

    page = client.get(f"/desk/triage/weights/{candidate.id}").text

    assert "/decide" not in page
