"""The catalogues are complete and right, and the check that says so finds what is planted."""

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.architecture import translations


def test_every_text_is_translated_and_every_translation_is_sound():
    assert translations.problems() == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of two rooms with every text translated."""
    write(
        tmp_path, "app/cases/service.py", 'A = _("Case %(number)s")\nB = ngettext("%(num)s day", "%(num)s days", n)\n'
    )
    write(tmp_path, "templates/desk/queue.html", '{% trans %}Clear{% endtrans %}{{ _("Clear") }}')
    translations.update(tmp_path)
    for locale, case, days, clear in (
        ("zh_Hans", "案件%(number)s", "%(num)s天", "清空"),
        ("zh_Hant", "案件%(number)s", "%(num)s天", "清除這裡"),
    ):
        fill(tmp_path, locale, "cases", {"Case %(number)s": case, "%(num)s day": days})
        fill(tmp_path, locale, "desk", {"Clear": clear})
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, "utf-8")


def fill(root: Path, locale: str, room: str, texts: dict[str, str]) -> None:
    path = translations.path_of(room, locale, root)
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    for msgid, text in texts.items():
        message = catalog.get(msgid)
        message.string = (text,) if message.pluralizable else text
    path.write_bytes(translations._text(catalog))


def test_a_complete_tree_has_no_problems_and_updating_it_changes_nothing(tree):
    before = {path: path.read_bytes() for path in tree.glob("translations/**/*.po")}

    translations.update(tree)

    assert translations.problems(tree) == []
    assert before == {path: path.read_bytes() for path in tree.glob("translations/**/*.po")}


def test_updating_keeps_translations_adds_new_texts_and_drops_old_ones(tree):
    write(tree, "app/cases/service.py", 'A = _("Case %(number)s")\nC = _("New")\n')

    translations.update(tree)

    catalog = translations.read(translations.path_of("cases", "zh_Hans", tree), "zh_Hans")
    assert {message.id: message.string for message in catalog if message.id} == {
        "Case %(number)s": "案件%(number)s",
        "New": "",
    }


def test_a_text_that_moved_to_another_room_keeps_its_translation(tree):
    write(tree, "templates/desk/queue.html", "")
    write(tree, "templates/layout.html", '{{ _("Clear") }}')

    translations.update(tree)

    assert translations.problems(tree) == []
    assert translations.path_of("design", "zh_Hans", tree).exists()
    assert not translations.path_of("desk", "zh_Hans", tree).exists()


@pytest.mark.parametrize(
    ("locale", "room", "text", "complaint"),
    [
        ("zh_Hans", "cases", {"Case %(number)s": ""}, "is not translated"),
        ("zh_Hans", "cases", {"Case %(number)s": "案件"}, "placeholders or tags differ"),
        ("zh_Hant", "cases", {"%(num)s day": "天"}, "placeholders or tags differ"),
        ("zh_Hant", "desk", {"Clear": "这里"}, "'这里'"),
        ("zh_Hant", "desk", {"Clear": "皇后在里面"}, "'里'"),
        ("zh_Hans", "desk", {"Clear": "這裡"}, "'這裡'"),
        ("zh_Hans", "cases", {"Case %(number)s": "案件 %(number)s"}, "a space is typed"),
        ("zh_Hant", "cases", {"%(num)s day": "%(num)s 天"}, "a space is typed"),
    ],
)
def test_a_planted_fault_in_a_catalogue_is_found(tree, locale, room, text, complaint):
    fill(tree, locale, room, text)

    assert any(complaint in problem for problem in translations.problems(tree)), translations.problems(tree)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('raise RulebookError(file, entry, f"is {many}")', "words that a catalogue can hold"),
        ('raise entry.fail("is " + many)', "words that a catalogue can hold"),
        ('raise RulebookError(file, Words("the table"), "is %(many)s", many=2)', "put what is nested in a name"),
        ('raise entry.fail("is %(many)s", few=2)', "is not filled"),
        ('raise RulebookError(file, entry, "is missing")', "is missing' is missing; run"),
        ('raise entry.fail("is missing")', "is missing' is missing; run"),
    ],
)
def test_a_refusal_of_the_rules_that_nobody_could_read_in_chinese_is_found(tree, text, complaint):
    write(tree, "workflows/regulation/loading.py", text)

    assert any(complaint in problem for problem in translations.problems(tree)), translations.problems(tree)


@pytest.mark.parametrize(
    ("source", "text", "complaint"),
    [
        ("app/desk/views.py", '_("Not in a catalogue")', "is missing"),
        ("templates/desk/queue.html", "", "fed by no source"),
        ("app/cases/service.py", '_("Case %(number)s")', "no longer in the code"),
    ],
)
def test_planted_code_that_its_catalogue_does_not_know_is_found(tree, source, text, complaint):
    write(tree, source, text)

    assert any(complaint in problem for problem in translations.problems(tree))


def test_one_text_has_one_translation_in_all_rooms(tree):
    write(tree, "app/cases/views.py", '_("Clear")')
    translations.update(tree)
    fill(tree, "zh_Hans", "cases", {"Clear": "明确"})

    assert any("明确" in problem and "清空" in problem for problem in translations.problems(tree))


@pytest.mark.parametrize("text", ["平台與公里", "了解這裡的說明", "皇后以後", "客服訊息", "周一與週一"])
def test_good_traditional_text_is_not_complained_of(text):
    assert translations.foreign_characters(text, "zh_Hant") == ""


def test_the_compiled_catalogue_joins_the_rooms(tree):
    translations.compile_all(tree)

    with translations.path_of("messages", "zh_Hant", tree).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert compiled.gettext("Clear") == "清除這裡"
    assert compiled.ngettext("%(num)s day", "%(num)s days", 3) == "%(num)s天"
