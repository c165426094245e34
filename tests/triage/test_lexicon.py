import pytest

from workflows.regulation import book
from workflows.triage import emergencies, lexicon, scoring, words


@pytest.mark.parametrize("family", ["zh", "en"])
def test_every_cue_speaks_for_an_anomaly_of_the_rulebook(family):
    for cue in lexicon.cues(family):
        assert book.current().anomaly(cue.points_to)
        assert cue.pattern.search("") is None, cue.name


def test_both_families_know_the_same_cues():
    assert [cue.name for cue in lexicon.cues("zh")] == [cue.name for cue in lexicon.cues("en")]


def test_the_figures_name_cues_that_exist():
    names = {cue.name for cue in lexicon.cues("zh")}

    assert set(scoring.thresholds()["outside_cues"]) <= names


@pytest.mark.parametrize(
    ("text", "family", "cue"),
    [
        ("the delivery was fine", "en", "late"),
        ("不是页面打不开", "zh", "app_broken"),
        ("支付没问题", "zh", "channel_fault"),
        ("i don't want a refund", "en", "return_asked"),
    ],
)
def test_what_is_said_to_be_in_order_is_no_cue(text, family, cue):
    assert cue not in {hit.cue.name for hit in lexicon.hits(text, family)}


def test_a_denial_reaches_no_further_than_its_clause():
    found = {hit.cue.name for hit in lexicon.hits("支付没问题,快递丢件了", "zh")}

    assert "lost" in found


def test_endings_are_dropped():
    assert {words.stem(word) for word in ("cracks", "cracked", "cracking")} == {"crack"}
    assert words.kinds("the cracked mugs", "en")["flaw"] == 1


def test_every_alarm_is_told_in_three_languages():
    for alarm in emergencies.alarms():
        assert all(alarm.texts[tag] for tag in ("zh-Hans", "zh-Hant", "en"))
