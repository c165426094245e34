"""Texts that make a careless pattern run for minutes are read in a moment, whoever reads them."""

from __future__ import annotations

import time

import pytest

from app.core.text import BODY_LIMIT
from app.intake.titles import title_of
from app.portal.masking import mask_text
from workflows.procedure.leaks import Marks, leaks
from workflows.triage.reading import read

MARKS = Marks(
    consumer=("林小雨", "Lin Xiaoyu"), respondent=("晴川服饰旗舰店",), numbers=("+8613800138000", "O-2026-77")
)
RUNS = [
    "a", "a.", "a@", "1", "1-", "0 ", "市", "市1", "路1号", "林", "林_", "Lin ", "B_", "微信a", "没有", "￥1", "\u200b",
]  # fmt: skip
PATIENCE_S = 1.0  # of the processor; each took between 3 and 50 before every repetition had an end


@pytest.mark.parametrize(
    "reading",
    [lambda text: mask_text(text, MARKS.consumer), title_of, lambda text: leaks(text, MARKS), read],
    ids=["the veil", "the title", "the leak gate", "triage"],
)
@pytest.mark.parametrize("run", RUNS, ids=ascii)
def test_a_long_run_of_one_thing_costs_nobody_their_time(reading, run):
    reading("预热")
    text = (run * BODY_LIMIT)[:BODY_LIMIT]
    begun = time.process_time()

    reading(text)

    assert time.process_time() - begun < PATIENCE_S
