import json

import pytest

from app import cli
from workflows.triage import learning

ROWS = [
    {"text": "快递丢了，一直没收到", "language": "zh-Hans", "label": "logistics_info_error"},
    {"text": "please send me the invoice", "language": "en", "label": "other", "source": "elsewhere"},
]


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "triage" not in built_app.cli.commands:
        cli.install(built_app)


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["triage", *map(str, arguments)])


@pytest.fixture
def labelled(tmp_path):
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in ROWS), "utf-8")
    return file


def test_evaluate_prints_the_table(run, labelled):
    told = run("evaluate", labelled).output

    assert "all texts: 2 rows" in told
    assert "written by others: 1 rows" in told


def test_evaluate_names_the_row_that_is_none(run, labelled):
    labelled.write_text("{}", "utf-8")

    result = run("evaluate", labelled)

    assert result.exit_code == 1
    assert "line 1" in result.output


def test_explain_gives_clause_words_and_what_is_missing(run):
    told = run("explain", "我付了钱，订单没有生成", "--language", "zh-Hans").output

    assert "2.2.1.1" in told
    assert "missing_fact" in told
    assert "payment_failed.cause" in told


def test_train_writes_weights(run, labelled, tmp_path, monkeypatch):
    monkeypatch.setattr(learning, "FOLDS", 2)
    out = tmp_path / "weights.tsv"

    result = run("train", "--data", labelled, "--out", out)

    assert result.exit_code == 0, result.output
    assert out.read_text("utf-8").startswith("# ")
