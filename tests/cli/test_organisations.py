"""`flask organisations import`: good rows are taken, bad ones told."""

import pytest

from app import cli
from app.organisations.models import PartyKind
from app.organisations.queries import by_name

TABLE = """kind,name,email,phone,language
merchant,晴川服饰,Answers@Shop.example,138 0013 8000,
logistics_company,Northgate Parcel,,,en
shop,Nobody,,,
merchant,,a@b.example,,
merchant,Half,not an address,12,
"""


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "organisations" not in built_app.cli.commands:
        cli.install(built_app)


@pytest.fixture
def load(app, tmp_path):
    def run(table):
        file = tmp_path / "organisations.csv"
        file.write_bytes(table if isinstance(table, bytes) else table.encode("utf-8-sig"))
        return app.test_cli_runner().invoke(args=["organisations", "import", str(file)])

    return run


def test_good_rows_are_registered_and_bad_ones_told_with_their_line(load):
    done = load(TABLE)

    assert done.exit_code == 1
    assert "2 registered, 0 were there already, 3 refused." in done.output
    assert ".csv:4: kind must be one of platform, merchant, payment_provider, logistics_company" in done.output
    assert ".csv:5: name is missing" in done.output
    assert ".csv:6: email is no e-mail address; phone is no telephone number" in done.output
    shop = by_name("晴川服饰")
    assert (shop.kind, shop.email, shop.phone) == (PartyKind.MERCHANT, "answers@shop.example", "+8613800138000")
    assert by_name("northgate parcel").language == "en"


def test_a_second_import_registers_nothing_twice(load):
    load(TABLE)

    assert "0 registered, 2 were there already" in load(TABLE).output


@pytest.mark.parametrize(
    ("table", "told"), [("name,email\nA,b\n", "no column kind"), (b"\xff\xfe\x00", "no CSV table")]
)
def test_what_is_no_such_table_is_refused_whole(load, table, told):
    done = load(table)

    assert done.exit_code == 1
    assert told in done.output
