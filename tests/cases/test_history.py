"""What a respondent reads of a case begins where it was asked."""

from app.cases import queries, queries_talk
from app.cases.actions import carry_out
from app.cases.commands import Reply, RequestAnswer
from app.core.db import transaction
from tests.factories import a_case, a_person, acting, an_organisation, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import Action


def test_a_company_that_is_asked_later_reads_nothing_of_what_was_said_to_another(app, time):
    case, mediator = saved(a_case), saved(a_person, Role.MEDIATOR)
    second = saved(an_organisation)
    first_user = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)
    second_user = saved(a_person, Role.RESPONDENT, organisation_id=second.id)

    def do(action, command):
        with transaction():
            carry_out(queries.case_to_work(case.id), action, command, act=acting(mediator))
        time.go(minutes=5)

    do(Action.REQUEST_ANSWER, RequestAnswer(note="first"))
    do(Action.REPLY, Reply(body="Only for the first.", audience="respondent"))
    do(Action.REQUEST_ANSWER, RequestAnswer(organisation_id=second.id, note="second"))
    do(Action.REPLY, Reply(body="For the second.", audience="respondent"))

    seen = queries.events(case, second_user.actor())
    assert [e.detail.get("note") for e in seen if e.action is Action.REQUEST_ANSWER] == ["second"]
    assert [m.body for m in queries_talk.messages(case, second_user.actor())] == ["For the second."]
    assert len(queries_talk.messages(case, first_user.actor())) == 2
    assert queries.by_number(case.number, first_user.actor()) is None
