"""The wording file is complete and cannot be wrong unnoticed."""

import re
import subprocess
import sys

import pytest

from app.notices.facts import NoticeLanguage
from app.notices.kinds import OF_THE_REGISTER, kinds
from app.notices.render import ROOT
from app.notices.wording import WORDING_FILE, WordingError, phrase, wordings

ENTRY = 'key = "a"\nzh_hant = "甲 {x}"\nzh_hans = "乙 {x}"\nen = "A {x}"\n'


def test_every_key_has_a_text_in_every_language():
    keys = [set(texts) for texts in wordings().values()]

    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) > 50


def test_the_notices_use_every_wording_and_no_other():
    sources = [*(ROOT / "templates" / "notices").glob("*.html"), *(ROOT / "app" / "notices").glob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    used = set(re.findall(r"""["']([a-z_]+\.[a-z_.]+|rule|addressees|zone|end_of_day|original|sentence)["']""", text))
    made = tuple(re.findall(r"""["']([a-z_.]+\.)(?:\{|["'] ~)""", text))  # the end of the key is filled in
    keys = set(wordings()[NoticeLanguage.ENGLISH])
    used |= {f"{kind}.intro" for kind in kinds()} | {f"{kind}.intro.public" for kind in OF_THE_REGISTER}

    assert {key for key in keys if not key.startswith(made)} <= used
    assert {key for key in used if key.split(".")[0] in {k.split(".")[0] for k in keys}} <= keys | set(made)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ENTRY.replace("en =", "english ="), "exactly"),
        (ENTRY.replace("乙 {x}", ""), "not empty"),
        (ENTRY.replace("A {x}", "A {y}"), "different fields"),
        (ENTRY.replace("A {x}", "A {x"), "braces"),
        (ENTRY.replace("{x}", "{x.__class__}"), "plain name"),
        (ENTRY.replace("{x}", "{}"), "plain name"),
        (ENTRY + "\n[[wording]]\n" + ENTRY, "twice"),
    ],
)
def test_a_wrong_entry_is_refused_by_file_entry_and_reason(tmp_path, text, reason):
    file = tmp_path / "wording.toml"
    file.write_text("[[wording]]\n" + text, encoding="utf-8")

    with pytest.raises(WordingError, match=rf"wording\.toml: entry 'a': .*{reason}"):
        wordings(file)


def test_fields_are_escaped():
    assert phrase("tail.copies", NoticeLanguage.ENGLISH, names="<b>") == "Copies to: &lt;b&gt;."


def test_the_texts_of_the_two_scripts_are_not_mixed_up():
    simplified_only = set("为于与号码处争议决议见规则个这们办发复")
    for key, text in wordings()[NoticeLanguage.TRADITIONAL].items():
        assert not simplified_only - {"復"} & set(text), key
    assert WORDING_FILE.is_file()


def test_asking_for_a_notice_loads_no_renderer():
    heavy = {"weasyprint", "flask", "fontTools", "segno"}
    code = f"import sys, app.notices.render; print(sorted({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
