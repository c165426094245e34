"""How a notice falls into pages."""

import pytest

from app.notices.facts import Ballot, NoticeLanguage, VoteCount
from tests.notices import samples
from tests.notices.test_text import pages_of, squeezed


@pytest.mark.parametrize("language", NoticeLanguage)
@pytest.mark.parametrize("lines", [9, 11, 12, 13, 14])
def test_the_sign_off_never_stands_alone_on_a_page(printed, language, lines):
    facts = samples.a_decision(language, facts_found=("一",) * lines, ballots=())

    last_page = squeezed(pages_of(printed(facts))[-1])

    body, sign, _ = last_page.rpartition(squeezed(facts.organ))
    assert sign
    assert squeezed(facts.notes[0])[-8:] in body


def test_the_head_of_a_table_is_repeated_on_the_next_page(printed):
    members = tuple(VoteCount(choice=f"意见{n}", count=1, reason="理由。" * 12) for n in range(20))

    pages = pages_of(printed(samples.a_decision(ballots=(Ballot(seats=20, voted=20, recused=0, counts=members),))))

    assert sum("意见 人数 理由" in page for page in pages) >= 2


def test_a_reason_longer_than_a_page_is_printed_whole(printed):
    reason = "举证责任在商家。" * 500
    ballot = Ballot(seats=5, voted=5, recused=0, counts=(VoteCount(choice="同意", count=5, reason=reason),))

    pages = pages_of(printed(samples.a_decision(ballots=(ballot,))))

    assert sum(page.count("举证责任") for page in pages) > 400
    assert len(pages) > 4
