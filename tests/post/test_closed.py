"""Mail about a case that is closed: kept there, told to somebody, and nothing is opened again by it."""

from app.cases import actions
from app.cases.commands import Close
from app.cases.queries import case_to_work
from app.cases.queries_talk import messages
from app.core.db import transaction
from app.core.mail_addresses import COMPLAINANT, reply_address
from tests.factories import a_case, a_person, an_act, saved
from tests.post.mails import a_mail, come_in, letters
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.states import Action, CaseState


def test_an_answer_in_a_closed_case_is_kept_there_and_somebody_hears_of_it(app):
    lead, case = saved(a_person, Role.LEAD), saved(a_case, CaseState.ANSWERING)
    with transaction():
        closing = Close(reason="inadmissible", explanation="按规定不予受理。")
        actions.carry_out(case_to_work(case.id), Action.CLOSE, closing, act=an_act(Role.LEAD))
    before, address = len(letters(lead.email)), reply_address(case.number, COMPLAINANT)

    found = come_in(a_mail("可是钱还没有退给我。", To=address), to=(address,))

    assert (found.status, found.case_id) == ("reply", case.id)
    assert messages(case_to_work(case.id), SYSTEM)[-1].body == "可是钱还没有退给我。"
    assert len(letters(lead.email)) == before + 1
    assert case_to_work(case.id).state is CaseState.CLOSED
