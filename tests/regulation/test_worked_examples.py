"""What `worked_examples.toml` says of limits, liability and importance."""

from __future__ import annotations

import tomllib
from datetime import datetime
from typing import Any

import pytest

from workflows.procedure.clocks import end_of_civil_day
from workflows.regulation import book

EXAMPLES = tomllib.loads((book.DATA / book.EXAMPLES).read_text("utf-8"))
RULES = book.current()


@pytest.mark.parametrize("example", EXAMPLES["clock"], ids=lambda each: f"{each['figure']} {each['title']}")
def test_a_limit_ends_when_the_lawyer_says(example: dict[str, Any]):
    figure, start = RULES.figure(example["figure"]), datetime.fromisoformat(example["starts_at"])

    if figure.unit == "civil_day":
        end = end_of_civil_day(start, figure.value, example.get("time_zone", "Asia/Shanghai"))
    else:
        end = start + figure.length

    assert end == datetime.fromisoformat(example["ends_at"])


@pytest.mark.parametrize("example", EXAMPLES["liability"], ids=lambda each: each["anomaly"])
def test_the_table_names_who_answers(example: dict[str, Any]):
    row = RULES.responsible(example["anomaly"])

    assert (row.party_kind if row else None) == example.get("responsible")


@pytest.mark.parametrize("example", EXAMPLES["importance"], ids=lambda each: f"{each['anomaly']}-{len(each)}")
def test_what_is_important_is_replied_to_sooner(example: dict[str, Any]):
    cues = {key: value for key, value in example.items() if key not in ("anomaly", "answer")}

    assert RULES.importance(example["anomaly"], **cues) == example["answer"]
