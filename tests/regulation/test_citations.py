"""Every clause is carried out somewhere, or says why not; and nothing cites a clause that does not exist."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from workflows.regulation import book

ROOT = Path(__file__).resolve().parents[2]
RULES = book.current()
NUMBERS = {clause.number for clause in RULES.clauses()}
NUMBER = re.compile(r"[1-3](?:\.[1-9][0-9]?){2,3}")
SOURCE = re.compile(r"Source: (.*?)(?:\n\s*\n|\Z)", re.DOTALL)


def cited_by_code() -> dict[str, str]:
    """Return the numbers after "Source:" in docstrings, and those that stand alone as a string, with a place."""
    cited = {}
    for file in (*ROOT.glob("app/**/*.py"), *ROOT.glob("workflows/**/*.py")):
        place = file.relative_to(ROOT).as_posix()
        for text in strings(ast.parse(file.read_text("utf-8"))):
            found = [number for source in SOURCE.findall(text) for number in NUMBER.findall(source)]
            cited |= dict.fromkeys([text] if NUMBER.fullmatch(text) else found, place)
    return cited


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def cited_by_data() -> set[str]:
    """Return the numbers that the rulebook's own entries rest on, its examples left out."""
    files = [file for file in book.DATA.glob("*.toml") if file.name != book.EXAMPLES]
    tables = [table for file in files for table in tomllib.loads(file.read_text("utf-8")).values()]
    return {entry["clause"] for table in tables if isinstance(table, list) for entry in table if "clause" in entry}


def test_every_clause_is_cited_or_says_why_it_is_not_automated():
    carried_out = cited_by_data() | set(cited_by_code())

    idle = [clause.number for clause in RULES.clauses() if clause.automation != "not_automated"]

    assert [number for number in idle if number not in carried_out] == []
    assert all(clause.reason for clause in RULES.clauses() if clause.automation == "not_automated")


def test_nothing_cites_a_clause_that_does_not_exist():
    assert {number: place for number, place in cited_by_code().items() if number not in NUMBERS} == {}


def test_every_clause_that_is_checked_has_sentences_for_its_findings():
    explained = {each.clause for each in RULES.explanations}

    assert {clause.number for clause in RULES.clauses() if clause.automation == "checked"} <= explained


def test_every_figure_that_code_asks_for_stands_in_the_rulebook():
    asked = re.compile(r"""(?:\bfigure\(|\bfigure=|\buntil\(|since_receipt\()["'](\w+)["']""")
    files = (*ROOT.glob("app/**/*.py"), *ROOT.glob("workflows/**/*.py"))

    keys = {key for file in files for key in asked.findall(file.read_text("utf-8"))}

    assert len(keys) > 10
    assert keys <= {figure.key for figure in RULES.figures}
