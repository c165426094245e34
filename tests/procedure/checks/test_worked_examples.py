"""The situations of `worked_examples.toml`: the rule engine finds what a lawyer wrote down, and no other breach."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from workflows.procedure.checks.engine import check
from workflows.procedure.checks.facts import CheckRequest
from workflows.procedure.checks.listing import absolute_claims
from workflows.regulation import book
from workflows.regulation.rulebook import Rulebook

EXAMPLES = tomllib.loads((book.DATA / book.EXAMPLES).read_text("utf-8"))
FACTS = ("order", "events", "complaint_at", "time_zone")


@pytest.mark.parametrize("example", EXAMPLES["check"], ids=lambda each: f"{each['clause']} {each['title']}")
def test_the_rule_engine_finds_what_the_lawyer_wrote(example: dict[str, Any]):
    request = CheckRequest.from_json({name: example[name] for name in FACTS if name in example})

    found = [(each.clause, str(each.verdict), each.liable) for each in check(request, book.current())]

    expected = [(each["clause"], each["verdict"], each.get("liable")) for each in example["expect"]]
    assert [each for each in expected if each not in found] == []
    assert [each for each in found if each[1] == "breach" and each not in expected] == []


@pytest.mark.parametrize(
    ("text", "absolute"), [(text, each["absolute"]) for each in EXAMPLES["wording"] for text in each["texts"]]
)
def test_absolute_wording_is_told_from_what_looks_like_it(text: str, absolute: bool):
    assert bool(absolute_claims(text, book.current())) is absolute


def test_every_sentence_is_spoken_in_some_example(monkeypatch: pytest.MonkeyPatch):
    rules, spoken = book.current(), set()
    speak = Rulebook.explanation
    monkeypatch.setattr(Rulebook, "explanation", lambda self, *place: spoken.add(place) or speak(self, *place))

    for example in EXAMPLES["check"]:
        check(CheckRequest.from_json({name: example[name] for name in FACTS if name in example}), rules)

    assert {(each.clause, each.key) for each in rules.explanations} - spoken == set()


def test_every_clause_that_is_checked_has_a_worked_example():
    shown = {each["clause"] for example in EXAMPLES["check"] for each in example["expect"]}

    checked = {clause.number for clause in book.current().clauses() if clause.automation == "checked"}

    assert checked - shown == set()
