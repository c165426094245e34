"""One rulebook after another: what held stays known, and what the program needs stays there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workflows.procedure import amending
from workflows.regulation import approved, diff, shipped
from workflows.regulation.approved import Edition
from workflows.regulation.errors import RulebookError

BASE = Edition(None, shipped.open_to_change())
GHOST = 'key = "ghost"\nname = { zh-Hant = "x", zh-Hans = "x", en = "x" }\nclause = "2.2.2.1"'
DAY, LATER = date(2026, 9, 10), date(2026, 10, 1)
ONE = timedelta(days=1)


def file(name: str, old: str, new: str, *, after: str = "") -> dict[str, str]:
    """Return a file of the rulebook with one passage changed, the first one `after` a sign."""
    text = BASE.files[name]
    place = text.index(after)
    assert old in text[place:]
    return {name: text[:place] + text[place:].replace(old, new, 1)}


def letters(most: int) -> dict[str, str]:
    return file("figures.toml", "value = 30", f"value = {most}", after='key = "letters_per_hour"')


def cap(editions, on: date) -> int:
    return approved.composed(editions).figure("letters_per_hour", on).value


def test_each_day_has_the_figure_that_held_on_it():
    chain = [BASE, Edition(DAY, letters(40)), Edition(LATER, letters(50))]

    assert [cap(chain, on) for on in (date(2020, 1, 1), DAY - ONE, DAY, LATER - ONE, LATER)] == [30, 30, 40, 40, 50]


def test_what_was_approved_later_for_an_earlier_day_takes_the_place_of_what_would_come():
    chain = [BASE, Edition(LATER, letters(50)), Edition(DAY, letters(40))]

    assert [cap(chain, on) for on in (DAY - ONE, DAY, LATER)] == [30, 40, 40]


def test_an_entry_that_stays_is_not_cut_in_two():
    book = approved.composed([BASE, Edition(DAY, letters(40))])

    assert {each.in_force_from for each in book.numbered.versions} == {date(2000, 1, 1)}


def test_now_is_today_and_what_ended_can_still_be_called_by_its_name():
    plan = shipped.rulebook().plans.versions[0].key
    ended = file("plans.toml", f'key = "{plan}"', f'key = "{plan}"\nin_force_until = 2026-09-09')
    book = approved.composed([BASE, Edition(DAY, ended)], LATER)

    assert plan not in {each.key for each in book.plans}
    assert book.plan(plan).key == plan
    assert plan in {each.key for each in approved.composed([BASE, Edition(DAY, ended)], DAY - ONE).plans}


def test_words_without_a_day_change_on_the_day_of_the_edition():
    words = file("terms.toml", shipped.rulebook().terms[0].name.en, "Another word")
    chain, key = [BASE, Edition(DAY, words)], shipped.rulebook().terms[0].key

    assert approved.composed(chain, DAY - ONE).term(key).name.en != "Another word"
    assert approved.composed(chain, DAY).term(key).name.en == "Another word"


def test_what_only_a_newer_release_has_is_added_and_what_it_says_otherwise_is_not():
    older = {**BASE.files, **letters(40)}
    place = older["figures.toml"].index('[[figure]]\nkey = "draft_lifetime"')
    end = older["figures.toml"].index("[[figure]]", place + 1)
    older["figures.toml"] = older["figures.toml"][:place] + older["figures.toml"][end:]

    book = approved.composed([Edition(None, older)])

    assert book.figure("draft_lifetime") == shipped.rulebook().figure("draft_lifetime")
    assert book.figure("letters_per_hour").value == 40
    assert book.version.endswith(f"+{shipped.rulebook().version}")


def test_the_difference_tells_what_holds_otherwise_from_the_day():
    judged = amending.judged(letters(40), [BASE], DAY)

    assert [change.words for change in judged.changes] == ["figures.toml: letters_per_hour, values: 30 → 40"]
    assert list(judged.files) == ["figures.toml"]


def test_an_entry_added_with_its_own_day_is_told_with_what_it_says():
    added = '\n[[figure]]\nkey = "letters_per_hour"\nin_force_from = 2026-09-10\n'
    text = BASE.files["figures.toml"]
    place = text.index('key = "letters_per_hour"')
    entry = text[place : text.index("[[figure]]", place)].replace("value = 30", "value = 60")
    files = {"figures.toml": text + added + entry.partition("\n")[2]}

    assert [c.words for c in amending.judged(files, [BASE], DAY).changes] == [
        "figures.toml: letters_per_hour, values: 30 → 60"
    ]
    later = amending.judged(files, [BASE], DAY - ONE).changes
    assert [(c.entry, c.kind) for c in later] == [("letters_per_hour from 2026-09-10", "added")]
    assert "values: 60" in later[0].after


@pytest.mark.parametrize(
    ("files", "where", "why"),
    [
        (file("figures.toml", 'key = "letters_per_hour"', 'key = "letters"'), "letters_per_hour", "is missing"),
        (file("figures.toml", 'unit = "hour"', 'unit = "percent"'), "figure", "counts in percent"),
        (file("anomalies.toml", 'key = "other"', 'key = "others"'), "other", "which does not exist"),
        (file("parties.toml", "[[party]]", f"[[party]]\n{GHOST}\n[[party]]"), "ghost", "does not know it"),
        (file("figures.toml", "value = 30", "value = 30\nin_force_until = 2027-01-01",
              after='key = "letters_per_hour"'), "letters_per_hour", "without an end"),
        (file("terms.toml", "key = ", 'key = "a_new_one" #'), "term", "is missing"),
        (file("explanations.toml", "{", "{nobody} {"), "explanation", "same facts|nothing fills"),
        (file("explanations.toml", "{", "{a:>999999999}{"), "explanation", "more than a name"),
        (file("edition.toml", "2026.1", "2026.1 / 1"), "the file", "not the name of an edition"),
        ({"absolute_wording.toml": "x"}, "the file", "with a release"),
        ({"notes.toml": "x"}, "the file", "no file of the rulebook"),
        ({"figures.toml": "a = " + "[" * 9_000}, "the file", "TOML"),
        ({"worked_examples.toml": '[[check]]\nclause = "1"\n'}, "check 1", "cannot be worked out"),
        ({"worked_examples.toml": '[[riddle]]\nx = "1"\n'}, "riddle", "is not one of"),
    ],
)  # fmt: skip
def test_what_would_be_looked_for_in_vain_is_refused(files, where, why):
    with pytest.raises(RulebookError, match=why) as refused:
        amending.judged(files, [BASE], DAY)

    assert where in str(refused.value)


def test_signs_that_nobody_sees_are_refused():
    files = file("clauses/2_1_stages.toml", 'en = "', 'en = "\\u202e')

    with pytest.raises(RulebookError, match="cannot be seen"):
        amending.judged(files, [BASE], DAY)


def test_what_is_read_is_what_was_written(tmp_path):
    approved.use(tmp_path / "rulebook")
    try:
        assert not approved.fault()
        assert approved.put([BASE, Edition(DAY, letters(40))])
        assert approved.editions() == [BASE, Edition(DAY, letters(40))]
        assert not approved.put([BASE, Edition(DAY, letters(40))])
        assert diff.between_books(approved.composed([BASE]), shipped.rulebook()) == []
    finally:
        approved.use(None)
