import json

import pytest

from workflows.triage import learning, measuring, scoring
from workflows.triage.learning import Example, Schooling
from workflows.triage.measuring import Share


def an_example(text="快递丢了", **changes) -> Example:
    fields = {"language": "zh-Hans", "label": "logistics_info_error", "secondary": None}
    fields |= {"emergency": False, "ambiguous": False, "real": False} | changes
    return Example(text, **fields)


SCHOOL = [
    *(an_example(f"快递包裹丢了{n}天没收到") for n in range(6)),
    *(an_example(f"重复扣款{n}元，银行卡被扣两次", label="payment_info_error") for n in range(6)),
    *(an_example(f"请问怎么开发票{n}", label="other") for n in range(6)),
]


def test_the_same_texts_always_teach_the_same_weights():
    first, second = (learning.written(*learning.teach(SCHOOL, Schooling(rounds=2))) for _ in range(2))

    assert first == second


def test_what_is_written_is_read_again():
    anomaly, alarm = learning.teach(SCHOOL, Schooling(rounds=2))

    model = scoring.parse(learning.written(anomaly, alarm), warmth=1.0, version="t")

    assert set(model.anomaly) <= set(anomaly)
    assert all(
        abs(anomaly[name][k] - figure) <= 0.5 / scoring.SCALE + 1e-9
        for name, row in model.anomaly.items()
        for k, figure in enumerate(row)
    )


def test_a_taught_model_knows_its_lesson():
    model = scoring.parse(learning.written(*learning.teach(SCHOOL)), warmth=1.0, version="t")

    rows = measuring.judged(SCHOOL, model)

    assert measuring.figures(rows).macro_f1 == 1.0


def test_an_ambiguous_row_teaches_both_readings():
    row = an_example(ambiguous=True, secondary="return_refusal")

    shares = dict(zip(scoring.ANOMALIES, learning._shares(row), strict=True))

    assert shares["logistics_info_error"] > shares["return_refusal"] > 0


def test_a_row_that_is_none_is_refused_with_its_line(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "a", "language": "en", "label": "other"}\n{"text": "b"}\n', "utf-8")

    with pytest.raises(ValueError, match="line 2"):
        learning.examples(file)


def test_folds_hold_every_row_out_once():
    seen = [row for _, left_out in learning.folds(SCHOOL, Schooling(rounds=1)) for row in left_out]

    assert sorted(row.text for row in seen) == sorted(row.text for row in SCHOOL)


def test_intervals_are_wilsons():
    low, high = Share(95, 100).interval()

    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    assert Share(0, 0).interval() == (0.0, 1.0)
    assert str(Share(0, 0)) == "–"


def test_the_table_tells_each_language_and_the_confusion():
    rows = measuring.judged([an_example(), an_example("please send the invoice", language="en", label="other")])

    told = measuring.table(rows)

    assert "zh-Hans: 1 rows" in told
    assert "en: 1 rows" in told
    assert sum(measuring.confusion(rows).values()) == 2


def test_the_training_texts_are_sound():
    rows = [json.loads(line) for line in learning.TRAINING.read_text("utf-8").splitlines()]

    assert len(rows) >= 2_000
    assert len({row["text"] for row in rows}) == len(rows)
    for row in rows:
        assert row["label"] in scoring.ANOMALIES
        assert row["secondary"] in (None, *scoring.ANOMALIES)
        assert row["secondary"] != row["label"]


def test_weights_are_small_and_cover_all_anomalies():
    assert scoring.WEIGHTS.stat().st_size < 1_500_000
    assert all(len(row) == len(scoring.ANOMALIES) for row in scoring.model().anomaly.values())
