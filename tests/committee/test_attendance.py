"""Who has voted, and how many have: kept from the panel until the close, and told to who sends the reminders."""

import re

from tests.committee.factories import bring_to_vote, secretary, vote
from tests.committee.test_pages import page


def test_who_and_how_many_have_voted_is_kept_from_the_panel_until_the_close(case, signed_in):
    chair, member, other = bring_to_vote(case)
    browser, clerk = signed_in(other), signed_in(secretary())
    addresses = [page(case.number, name) for name in ("", "vote", "result")]

    def told(reader):
        return [_without_chance(reader.get(each).text) for each in addresses]

    before = told(browser)
    vote(case, chair)
    vote(case, member)
    after = told(browser)
    seen_by_the_clerk = clerk.get(page(case.number, "result")).text
    vote(case, other)
    closed = browser.get(page(case.number, "result")).text

    assert after == before, "votes of others show"
    assert "nobody on the panel learns who has voted" in after[0]
    assert "2 of 3 votes needed are in" in seen_by_the_clerk  # who looks after the reminders
    assert "3 of 3 votes needed are in" in closed


def _without_chance(text):
    """A page without what differs each time it is made: tokens and nonces."""
    return re.sub(r'(csrf_token"[^>]*value|nonce|content)="[^"]*"', "", text)
