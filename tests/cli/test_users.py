"""`flask users`: people and their tokens, from the command line."""

import pytest

from app import cli
from app.accounts import queries, service
from app.core import clock
from tests.factories import an_organisation, saved
from workflows.procedure.authority import Role


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "users" not in built_app.cli.commands:
        cli.install(built_app)


@pytest.fixture
def run(app):
    return lambda *arguments, **options: app.test_cli_runner().invoke(args=["users", *arguments], **options)


def test_a_person_is_created_and_the_password_is_printed_once(run):
    done = run("create", "Lin@desk.example", "--name", "林悦", "--role", "mediator", "--role", "lead")

    assert done.exit_code == 0
    person = service.check_password("lin@desk.example", done.stdout.strip())
    assert person.name == "林悦"
    assert person.actor().roles == {Role.MEDIATOR, Role.LEAD}


def test_a_password_that_was_asked_for_is_not_printed(run):
    done = run("create", "a@desk.example", "--name", "A", "--role", "admin", "--ask", input="long enough\n" * 2)

    assert done.exit_code == 0
    assert "long enough" not in done.output
    assert service.check_password("a@desk.example", "long enough")


def test_a_respondent_belongs_to_an_organisation(run, app):
    shop = saved(an_organisation, name="晴川服饰")

    refused = run("create", "r@shop.example", "--name", "R", "--role", "respondent")
    done = run("create", "r@shop.example", "--name", "R", "--role", "respondent", "--organisation", "晴川 服饰")

    assert refused.exit_code == 1
    assert "Name the organisation." in refused.output
    assert done.exit_code == 0
    assert queries.by_email("r@shop.example").organisation_id == shop.id


def test_an_unknown_organisation_and_a_taken_address_are_refused_with_the_reason(run):
    unknown = run("create", "r@shop.example", "--name", "R", "--role", "respondent", "--organisation", "nobody")
    run("create", "a@desk.example", "--name", "A", "--role", "admin")
    taken = run("create", "A@desk.example", "--name", "B", "--role", "admin")

    assert "There is no organisation “nobody”" in unknown.output
    assert "Somebody already uses this e-mail address." in taken.output


def test_a_token_is_printed_and_opens_the_api_as_long_as_it_holds(run, time):
    run("create", "a@desk.example", "--name", "A", "--role", "mediator")
    token = run("token", "a@desk.example", "--days", "2").stdout.strip()

    assert queries.live_token(token, at=clock.now()).user.email == "a@desk.example"
    assert queries.live_token(token, at=time.go(days=3)) is None
    assert "Nobody with the address" in run("token", "b@desk.example").output
