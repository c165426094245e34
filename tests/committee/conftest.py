"""A case before the committee, and browsers of those who sit on it."""

import pytest

from tests.committee.factories import a_case_before_the_committee
from tests.factories import saved, sign_in


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


@pytest.fixture
def signed_in(app, client):
    """A browser of their own in which this person is signed in (`client` says what browsers are)."""

    def make(user):
        browser = app.test_client()
        sign_in(browser, user)
        return browser

    return make
