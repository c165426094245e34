"""The committee's actions over the API: declare before reading, then vote; votes stay sealed there too."""

import pytest

from app.accounts.service import give_token
from app.committee import queries
from tests.committee.factories import a_case_before_the_committee, bring_to_vote, panel_of, seated, vote
from tests.factories import an_act, saved


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


@pytest.fixture
def asking(client):
    """Asks and acts as a person with a token of their own."""

    def make(user):
        token = saved(give_token, user, "test", act=an_act())
        headers = {"Authorization": f"Bearer {token}"}

        def ask(path, body=None):
            if body is None:
                return client.get(f"/api/v1/cases/{path}", headers=headers)
            return client.post(f"/api/v1/cases/{path}", json=body, headers=headers)

        return ask

    return make


def test_a_member_declares_first_and_then_reads_and_votes(case, asking):
    ask, number = asking(seated(case)[1]), case.number
    for path in ("", "/events", "/findings", "/clocks"):
        assert ask(number + path).status_code == 404
    assert [each["action"] for each in ask(f"{number}/actions").json["items"]] == ["declare_interest"]

    answer = ask(f"{number}/actions/declare_interest", {"interest": "none"})

    assert answer.status_code == 200
    assert ask(number).json["narrative"]
    assert [each["action"] for each in ask(f"{number}/actions").json["items"]] == ["declare_interest", "vote"]
    votes = [{"issue": n, "choice": "uphold", "reason": "So."} for n in (1, 2)]
    assert ask(f"{number}/actions/vote", {"votes": votes}).status_code == 200
    assert queries.voters(panel_of(case)) == {seated(case)[1].id}


def test_who_stands_aside_is_answered_and_reads_nothing(case, asking):
    ask, number = asking(seated(case)[1]), case.number

    answer = ask(f"{number}/actions/declare_interest", {"interest": "conflict", "reason": "A friend."})

    assert (answer.status_code, answer.json) == (200, {"case_number": number})
    assert ask(number).status_code == 404


@pytest.mark.parametrize(
    "votes",
    [
        [], [{"issue": 1, "choice": "uphold", "reason": "So."}], [{"issue": "1", "choice": "uphold", "reason": "So."}],
        [{"issue": n, "choice": "maybe", "reason": "So."} for n in (1, 2)],
        [{"issue": n, "choice": "uphold", "reason": "\u200b"} for n in (1, 2)],
        [{"issue": n, "choice": "uphold", "reason": "So.", "weight": 2} for n in (1, 2)],
        [{"issue": n, "choice": "uphold", "reason": "a\x00b"} for n in (1, 2)],
    ],
)  # fmt: skip
def test_a_broken_vote_is_refused_and_stores_nothing(case, asking, votes):
    member = bring_to_vote(case)[1]
    ask, number = asking(member), case.number

    answer = ask(f"{number}/actions/vote", {"votes": votes})

    assert answer.status_code == 422
    assert queries.voters(panel_of(case)) == set()


def test_neither_the_case_nor_its_history_tells_a_member_that_somebody_voted(case, asking):
    chair, member, other = bring_to_vote(case)
    ask, number = asking(member), case.number

    def told():
        return [ask(number + path).json for path in ("", "/events", "/clocks", "/actions", "/findings")]

    before = told()
    vote(case, chair)
    after = told()
    vote(case, member)
    vote(case, other)

    assert after == before
    assert before[0]["version"] is None
    assert isinstance(ask(number).json["version"], int)
