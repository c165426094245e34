"""What can be taken out: a piece at a time however much it is, and nothing in it that its reader may not see."""

from __future__ import annotations

import csv
import io
import json

import pytest

from app import cli
from app.core.db import session
from tests.attacks.world import CANARY, OFFERED, READERS, SUMS, World
from tests.factories import saved
from tests.notices.cases import a_settled_case, published

OF_DECISIONS = {
    "number", "kind", "status", "published_at", "anomaly", "outcome", "clauses", "respondent_kind", "category",
    "amount_band", "currency", "later", "url", "reason",
}  # fmt: skip
OF_FIGURES = {"clause", "kind", "organisation_kind", "kept", "missed", "open"}
TABLES = {
    "/api/v1/decisions.csv": OF_DECISIONS, "/en/decisions.csv": OF_DECISIONS, "/en/stats.csv": OF_FIGURES,
}  # fmt: skip
OF_A_LIST = {
    "case_number", "state", "title", "language", "received_at", "due_at", "anomaly", "responsible_party", "amount",
    "emergency",
}  # fmt: skip
OF_AN_EXPORT = {
    "number", "received_at", "channel", "language", "state", "anomaly", "anomaly_status", "responsible_party",
    "respondent", "important", "emergency", "amount_minor", "currency", "settled_at", "decided_at", "closed_at",
    "close_reason",
}  # fmt: skip
KEPT_FROM_EXPORTS = (CANARY, OFFERED, *(str(each) for each in SUMS), "林小雨", "13800138000", "lin@example.test")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("reader", READERS)
def test_no_table_has_a_column_more_for_anybody(world: World, reader: str):
    for address, columns in TABLES.items():
        answer = world.ask(reader, world.browser(reader), address)

        assert {column for row in rows_of(answer.text) for column in row} <= columns
        assert set(answer.text.removeprefix("\ufeff").splitlines()[0].split(",")) == columns
        assert not [secret for secret in KEPT_FROM_EXPORTS if secret in answer.text]


@pytest.mark.parametrize("reader", ["supervisor", "lead", "respondent", "member"])
def test_a_list_over_the_api_has_the_columns_of_a_list_and_no_others(world: World, reader: str):
    answer = world.ask(reader, world.browser(reader), "/api/v1/cases")

    assert {key for row in answer.json["items"] for key in row} <= OF_A_LIST
    assert not [secret for secret in (OFFERED, "13800138000", "lin@example.test") if secret in answer.text]


def test_an_export_without_a_reason_has_no_column_with_people_in_it(world: World):
    if "complaints" not in world.app.cli.commands:
        cli.install(world.app)

    lines = world.app.test_cli_runner().invoke(args=["complaints", "export", "--format", "jsonl"]).output.splitlines()

    assert len(lines) == len({json.loads(line)["number"] for line in lines}) >= len(world.cases)
    assert {key for line in lines for key in json.loads(line)} == OF_AN_EXPORT
    assert not [secret for secret in KEPT_FROM_EXPORTS if secret in "".join(lines)]


def test_a_table_is_read_a_page_at_a_time_as_it_is_fetched_and_holds_nothing_up_meanwhile(
    client, monkeypatch, count_queries
):
    monkeypatch.setattr("app.core.paging.MAXIMUM", 2)
    monkeypatch.setattr("app.web.streaming.TOGETHER", 1)
    for _ in range(6):
        saved(published, saved(a_settled_case))
    with count_queries() as asked:
        pieces = iter(client.get("/api/v1/decisions.csv", buffered=False).response)

        next(pieces)
        before_anything_is_fetched = len(asked)
        asked_for, held, waiting = [], [], True
        while waiting:
            waiting = next(pieces, None) is not None
            if waiting:
                asked_for.append(len(asked))
                held.append(len(session().identity_map))

    assert before_anything_is_fetched == 0
    assert asked_for[0] < asked_for[2] < asked_for[4]  # two rows a page
    assert max(held) <= 4 * 2
